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
