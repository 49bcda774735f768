import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const guarantees = readFileSync(resolve(__dirname, '../../docs/guarantees.md'), 'utf8');

/** Each test that the page names: its file and its title. */
const named = [...guarantees.matchAll(/^ {2}- `([^`]+)`: (.+)$/gm)].map(([, file, title]) => [file, title] as const);

function has(file: string, title: string): boolean {
  const path = resolve(__dirname, '..', file);
  return existsSync(path) && readFileSync(path, 'utf8').replaceAll("\\'", "'").includes(title);
}

describe('the page of guarantees', () => {
  it('names tests, and no test is found that is not there', () => {
    expect(named.length).toBeGreaterThan(20);
    expect([has('project/guarantees.test.ts', 'no such ' + 'title'), has('no-such.test.ts', '')]).toEqual([
      false,
      false,
    ]);
  });

  it.each(named)('names in %s a test that there is: %s', (file, title) => {
    expect(has(file as string, title as string)).toBe(true);
  });
});
