import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Node, parseFile, ROOT, readText } from '../support/source-tree';
import { listTests } from '../support/test-titles';

const FOLDERS = ['src', 'bench', 'examples', '__tests__'];

const FUNCTIONS = ['ArrowFunctionExpression', 'FunctionExpression', 'TsFunctionType'];

const files = FOLDERS.flatMap(listFiles);
const testFiles = files.filter((path) => /\.(test|browser|package|faults|long)\.ts$/.test(path));

function listFiles(folder: string): string[] {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  const own = paths.filter((path) => !path.includes('node_modules'));
  return own.filter((path) => /\.m?ts$/.test(path)).map((path) => `${folder}/${path}`);
}

/** The tests of a file that stand in no `describe`, or have the title of an earlier one. */
function listUnclearTitles(text: string): string[] {
  const titles = listTests(text).map((path) => path.join(' › '));
  return titles.filter((title, i) => !title.includes(' › ') || titles.indexOf(title) < i);
}

/** What may be such a name where it is defined. Only files with one are worth parsing. */
const BAD_NAME = /(?<![.\w])\w+Of\b/;

/** The functions and methods of a file whose name ends in `Of`. */
function listBadNames(text: string): string[] {
  if (!BAD_NAME.test(text)) return [];
  return parseFile('sample.ts', text)
    .nodes.map(findFunctionName)
    .filter((name) => name.endsWith('Of'));
}

/** The name that a node gives to a function or method; empty for other nodes. */
function findFunctionName({ type, identifier, id, key, init, value, function: method, typeAnnotation }: Node): string {
  const name = (identifier ?? id ?? key) as Node | null | undefined;
  const typed = (typeAnnotation as Node | null | undefined)?.typeAnnotation;
  const isFunction = [init, value, typed].some((node) => FUNCTIONS.includes(String((node as Node | null)?.type)));
  const isNamed = /^(Function(Declaration|Expression)|MethodProperty|TsMethodSignature)$/.test(String(type));
  return (isFunction || isNamed || method) && typeof name?.value === 'string' ? name.value : '';
}

describe('test title', () => {
  it.each(testFiles)('stands in a describe, and only once, in %s', (path) => {
    expect(listUnclearTitles(readText(path))).toEqual([]);
  });
});

describe('function name', () => {
  it.each(FOLDERS)('does not end in Of, in %s', (folder) => {
    const paths = files.filter((path) => path.startsWith(`${folder}/`));
    const found = paths.flatMap((path) => listBadNames(readText(path)).map((name) => `${path}: ${name}`));
    expect(found).toEqual([]);
  });
});

describe('check of names', () => {
  it.each([
    ["it('counts', () => {});", 'counts'],
    ["describe('batch', () => {});\nit.each([1])('counts %s', () => {});", 'counts %s'],
    ["describe('batch', () => { it('counts', a); test('counts', b); });", 'batch › counts'],
    [
      "describe('batch', () => it('counts', a));\ndescribeWithServer('batch', () => it('counts', b));",
      'batch › counts',
    ],
    ["describe.each`a\n${1}`('batch', () => { it('is $a', b); it('is $a', c); });", 'batch › is $a'],
  ])('finds the unclear title in %s', (text, title) => {
    expect(listUnclearTitles(text)).toEqual([title]);
  });

  it.each([
    'function hourOf() {}',
    'const hourOf = () => 1;',
    'call(function hourOf() {});',
    'class A { hourOf() {} }',
    'class A { #hourOf = () => 1; }',
    'class A { static get hourOf() { return 1; } }',
    'const a = { hourOf() {}, hour() {} };',
    'const a = { hourOf: () => 1 };',
    'interface A { hourOf(): number }',
    'interface A { readonly hourOf: () => number }',
  ])('finds the name hourOf in %s', (text) => {
    expect(listBadNames(text)).toEqual(['hourOf']);
  });

  it('accepts one test in a describe, and variables and verbs that end in Of', () => {
    expect(
      listUnclearTitles("describe('batch', () => { describe('sent', () => it('counts', a)); it('counts', b); });"),
    ).toEqual([]);
    expect(listBadNames('const partOf = 1; text.indexOf(a); lines.map(({ valueOf }) => valueOf);')).toEqual([]);
  });
});
