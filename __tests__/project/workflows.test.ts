import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readText } from '../support/source-tree';

const FOLDER = '.github/workflows';

/** The actions that a workflow uses by a name that others can move. */
function findMovable(workflow: string): string[] {
  const used = [...workflow.matchAll(/uses: *(\S+)/g)].map(([, action]) => action as string);
  return used.filter((action) => !action.startsWith('./') && !/@[0-9a-f]{40}$/.test(action));
}

describe('workflows', () => {
  it.each(readdirSync(join(ROOT, FOLDER)))('use every action by its commit: %s', (file) => {
    expect(findMovable(readText(`${FOLDER}/${file}`))).toEqual([]);
  });

  it('are found out if one uses an action by its version', () => {
    expect(findMovable('steps:\n  - uses: actions/checkout@v6\n')).toEqual(['actions/checkout@v6']);
  });
});

describe('continuous integration', () => {
  const { scripts } = JSON.parse(readText('package.json'));
  const paths = readdirSync(join(ROOT, '__tests__'), { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => path.endsWith('.ts') && !/^(support|chaos|data)\b/.test(path));
  const [, kinds = ''] = /testMatch: \['.*\{(.+)\}\.ts'\]/.exec(readText('jest.config.ts')) ?? [];

  it('runs all tests but those that take long', () => {
    expect(scripts['test:all']).toBe('jest');
    for (const file of ['.ci/run', '.github/workflows/ci.yml']) expect(readText(file)).toContain(' npm run test:all');
    const left = files.filter((path) => !kinds.split(',').some((kind) => path.endsWith(`.${kind}.ts`)));
    expect(left.filter((path) => !path.endsWith('.long.ts'))).toEqual([]);
    expect(left.length).toBeLessThan(files.length / 4);
  });

  it.each(kinds.split(','))('runs *.%s.ts also by a command of their own', (kind) => {
    const script = scripts[kind === 'test' ? 'test' : `test:${kind}`];
    expect(script).toContain(`"<rootDir>/__tests__/**/*.${kind}.ts"`);
  });
});

describe('release', () => {
  const release = readText(`${FOLDER}/release.yml`);
  const steps = [...release.matchAll(/run: (.+)/g)].map(([, command]) => command);

  it('publishes with provenance, last, after all checks, and only if the tag is the version', () => {
    const [first] = steps;
    expect(first).toContain('npm pkg get version');
    expect(steps.slice(1)).toEqual([
      '.ci/run',
      'npm run docs && git diff --exit-code docs/api',
      expect.stringContaining('repository.url'),
      'npm publish --provenance --access public',
    ]);
  });

  it('may prove to npm who it is, may write nothing to the repository, and has no token of npm', () => {
    expect([...release.matchAll(/^ +(\S+): (?:read|write)\b/gm)].map(([line]) => line.trim())).toEqual([
      'contents: read',
      'contents: read',
      'id-token: write',
    ]);
    expect(release).not.toMatch(/secrets\./);
  });
});
