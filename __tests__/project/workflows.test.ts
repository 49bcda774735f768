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
