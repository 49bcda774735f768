/** Requires that every link of the documentation leads somewhere, in the repository and in the package. */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { readText } from '../support/source-tree';

const ROOT = join(__dirname, '../..');
const DOCS = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'examples/README.md',
  ...DOCS.map((file) => `docs/${file}`),
];

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, 'code');
}

/** The targets of relative links and pictures. */
function findLinks(markdown: string): string[] {
  const targets = [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => String(match[1]));
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives to headings. */
function findAnchors(markdown: string): string[] {
  const headings = [...markdown.replace(/^```[^]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)];
  const slugs = headings.map(([, heading]) =>
    String(heading)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return slugs.map((slug, i) => {
    const earlier = slugs.slice(0, i).filter((each) => each === slug).length;
    return earlier ? `${slug}-${earlier}` : slug;
  });
}

/** The links of a page that lead nowhere, among the files that exist. */
function findBroken(page: string, markdown: string, exists: (path: string) => boolean): string[] {
  return findLinks(markdown).filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : posix.join(posix.dirname(page), path);
    if (!exists(file)) return true;
    return anchor !== undefined && !findAnchors(file === page ? markdown : readText(file)).includes(anchor);
  });
}

const inRepository = (path: string): boolean => existsSync(join(ROOT, path));

async function listPacked(): Promise<Set<string>> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: ROOT, shell: process.platform === 'win32' });
  const [packed] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  return new Set(packed.files.map(({ path }) => path));
}

describe('links of the documentation', () => {
  it.each(PAGES)('in %s lead somewhere in the repository', (page) => {
    expect(findBroken(page, readText(page), inRepository)).toEqual([]);
  });

  it('lead somewhere in the package, on pages that it contains', async () => {
    const packed = await listPacked();
    const pages = PAGES.filter((page) => packed.has(page));
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', ...DOCS.map((file) => `docs/${file}`)]));
    const broken = pages.map((page) => [page, findBroken(page, readText(page), (path) => packed.has(path))]);
    expect(broken.filter(([, links]) => links?.length)).toEqual([]);
    expect(findBroken('README.md', '[tests](jest.config.ts)', (path) => packed.has(path))).toEqual(['jest.config.ts']);
  });

  it.each([
    ['no-such-page.md', '[page](no-such-page.md)'],
    ['../README.md#no-such-heading', '[heading](../README.md#no-such-heading)'],
    ['#no-such-heading', '# Heading\n\n[heading](#no-such-heading)'],
    ['no-such-picture.png', '![picture](no-such-picture.png)'],
    ['../../outside.md', '[outside](../../outside.md)'],
  ])('are found broken: %s', (target, markdown) => {
    expect(findBroken('docs/sample.md', markdown, inRepository)).toEqual([target]);
  });

  it('are not found broken if they lead to existing headings and files or to other sites, or stand in code', () => {
    const markdown = [
      '# A `name`: what, and how?',
      '# Twice',
      '# Twice',
      '[first](#a-name-what-and-how) [second](#twice-1) [options](../README.md#options) [picture](dashboard.png)',
      '[site](https://example.com/none) `[code](none.md)`',
      '```\n[block](none.md)\n```',
    ].join('\n');
    expect(findBroken('docs/sample.md', markdown, (path) => path === 'docs/sample.md' || inRepository(path))).toEqual(
      [],
    );
  });
});
