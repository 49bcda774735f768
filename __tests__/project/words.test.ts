import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, readText } from '../support/source-tree';

const FOLDERS = ['src/cli', 'src/dashboard', 'examples/demo'];
const PAGES = ['README.md', 'docs/dashboard.md', 'docs/terminal.md', 'docs/alarms.md'];

/** The clock's hour before this one, or the last 60 minutes? */
const AMBIGUOUS = /\blast hour\b/i;

describe('the words of the viewers', () => {
  it('are "this hour", "the hour before" and "the last 60 minutes", and never "last hour"', () => {
    const files = FOLDERS.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|css)$/.test(path))
        .map((path) => `${folder}/${path}`),
    );
    expect(files.length).toBeGreaterThan(100);
    expect([...files, ...PAGES].filter((path) => AMBIGUOUS.test(readText(path)))).toEqual([]);
  });
});
