import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readText } from '../support/source-tree';
import { listTests } from '../support/test-titles';

/** Each test that the page names: its file, and its title with those of its describes. An ellipsis stands for a parameter. */
const named = [...readText('docs/guarantees.md').matchAll(/^ {2}- `([^`]+)`: (.+)$/gm)].map(
  ([, file, title]) => [file as string, title as string] as const,
);

/** A parameter of `each`, or an expression of a template. */
const PARAMETER = /%[sdijp]|\$\w+|\$\{\}/g;

function exists(file: string, title: string): boolean {
  if (!existsSync(resolve(__dirname, '..', file))) return false;
  const titles = listTests(readText(`__tests__/${file}`)).map((path) => path.join(' › ').replace(PARAMETER, '…'));
  return titles.includes(title);
}

describe('docs/guarantees.md', () => {
  it('names more than twenty tests', () => {
    expect(named.length).toBeGreaterThan(20);
  });

  it.each(named)('names a test that exists in %s: %s', (file, title) => {
    expect(exists(file, title)).toBe(true);
  });
});

describe('check of named tests', () => {
  it.each([
    ['project/guarantees.test.ts', 'docs/guarantees.md › names no such test'],
    ['project/no-such.test.ts', 'docs/guarantees.md › names more than twenty tests'],
  ])('finds that %s has no test with the title %s', (file, title) => {
    expect(exists(file, title)).toBe(false);
  });
});
