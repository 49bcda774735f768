import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DOCS, findBroken, PAGES } from '../support/links';
import { ROOT, readText } from '../support/source-tree';

async function listPacked(): Promise<Set<string>> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, shell: process.platform === 'win32' });
  const [packed] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  return new Set(packed.files.map(({ path }) => path));
}

describe('links of the documentation', () => {
  it('lead somewhere in the package, on pages that it contains', async () => {
    const packed = await listPacked();
    const pages = PAGES.filter((page) => packed.has(page));
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', ...DOCS]));
    const broken = pages.map((page) => [page, findBroken(page, readText(page), (path) => packed.has(path))]);
    expect(broken.filter(([, links]) => links?.length)).toEqual([]);
    expect(findBroken('README.md', '[tests](jest.config.ts)', (path) => packed.has(path))).toEqual(['jest.config.ts']);
  });
});
