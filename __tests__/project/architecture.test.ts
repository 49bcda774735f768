import { type Node, parseFile, readSourceTree, readText, type SourceFile } from '../support/source-tree';

const MAX_FILE_LINES = 200;
const MAX_FUNCTION_LINES = 40;

/** Both sides stand on these, and they on nothing but one another. */
const LEAVES = [
  'abort',
  'errors',
  'parameterize',
  'severity',
  'metadata',
  'template',
  'text',
  'redis/client',
  'redis/connection',
  'redis/failures',
  'redis/hour',
  'redis/keys',
  'redis/node-redis',
  'redis/script',
  'visible',
];

/** What each stage imports apart from leaves. Of what comes before it in the pipeline that is a type. */
const WRITE_SIDE: Record<string, string[]> = {
  backoff: [],
  batch: ['type record'],
  direct: [],
  exit: ['type record'],
  flusher: [
    'backoff',
    'notes',
    'outages',
    'semaphore',
    'type batch',
    'type lanes',
    'type pending',
    'type record',
    'type redis/writer',
  ],
  lanes: ['pending', 'type redis/writer'],
  notes: ['type batch', 'type lanes', 'type outages'],
  options: ['type record'],
  outages: [],
  pending: ['batch', 'type record'],
  record: [],
  semaphore: [],
  warnings: [],
  'redis/possible': [],
  'redis/window': [],
  'redis/write': ['redis/possible', 'redis/window', 'type batch'],
  'redis/writer': ['redis/write', 'type batch'],
};
const READ_SIDE: Record<string, string[]> = {
  follow: ['line', 'type redis/read'],
  line: ['type redis/read'],
  query: ['line', 'reader'],
  reader: ['follow', 'line', 'redis/read', 'surge'],
  surge: ['type redis/read'],
  'redis/read': [],
};
/** These alone put the stages of the write side together; the transport lets winston read back, too. */
const ROOTS: Record<string, string[]> = { log: [], transport: ['query'] };
const ENTRIES = ['index', 'index.mts'];
/** What shows the log, by folder, with the file of that name: what its files import apart from leaves and one another. */
const VIEWERS: Record<string, string[]> = {
  cli: ['dashboard/index', 'line', 'reader', 'surge'],
  dashboard: ['surge', 'type line', 'type reader'],
};

/** The packages that src imports, and where. */
const PACKAGES: Record<string, string[]> = {
  redis: ['redis/connection', 'redis/node-redis'],
  'safe-stable-stringify': ['text'],
  'winston-transport': ['direct', 'exit', 'options', 'template'],
};

/** Any part of a key that nobody but the keys' own file may spell. */
const KEY = /\b(recent|common):|:(seq|start|last|pstart|writers)\b|(^|[:}'"])known(['"]|$)/;

const files = readSourceTree();
const modules = files.map(({ module }) => module);
const writeSide = [...Object.keys(WRITE_SIDE), ...Object.keys(ROOTS)];
const readSide = Object.keys(READ_SIDE);
const viewers = modules.filter((module) => viewerOf(module) in VIEWERS);

/** The folder of a module, or its name where it is in none. */
function viewerOf(module: string): string {
  return module.split('/', 1)[0] as string;
}

/** All modules that one reaches through imports, those of types included. */
function closureOf(module: string, tree = files, seen = new Set<string>()): Set<string> {
  const imports = tree.find((file) => file.module === module)?.imports ?? [];
  for (const { module: imported, isLocal } of imports) {
    if (isLocal && !seen.has(imported)) closureOf(imported, tree, seen.add(imported));
  }
  return seen;
}

function isInCycle({ module }: SourceFile, tree: SourceFile[]): boolean {
  return closureOf(module, tree).has(module);
}

/** What a file imports of src without being allowed to. */
function strayImports({ module: importer, imports }: SourceFile): string[] {
  const row = rowOf(importer);
  return imports
    .filter(({ module, isLocal }) => isLocal && !LEAVES.includes(module) && !row.includes(module))
    .filter(({ module, isTypeOnly }) => !(isTypeOnly && row.includes(`type ${module}`)))
    .map(({ module }) => `${importer} imports ${module}`);
}

function rowOf(module: string): readonly string[] {
  if (ENTRIES.includes(module)) return modules;
  if (module in ROOTS) return [...Object.keys(WRITE_SIDE), ...(ROOTS[module] as string[])];
  const ofViewer = VIEWERS[viewerOf(module)];
  if (ofViewer) return [...ofViewer, ...viewers.filter((each) => viewerOf(each) === viewerOf(module))];
  return WRITE_SIDE[module] ?? READ_SIDE[module] ?? [];
}

/** Whether a text in a file's code spells a key. Comments of Lua are part of such a text. */
function spellsKey({ nodes }: SourceFile): boolean {
  return nodes
    .filter(({ type }) => type === 'StringLiteral' || type === 'TemplateElement')
    .some(({ value, cooked }) => KEY.test(String(value ?? cooked)));
}

function makesSymbol({ nodes }: SourceFile): boolean {
  return nodes.some(({ type, object, property }) => {
    const parts = [object, property].map((part) => (part as Node | undefined)?.value);
    return type === 'MemberExpression' && parts.join('.') === 'Symbol.for';
  });
}

function hasAny({ nodes }: SourceFile): boolean {
  return nodes.some(({ type, kind }) => type === 'TsKeywordType' && kind === 'any');
}

function modulesWhere(predicate: (file: SourceFile) => boolean): string[] {
  return files.filter(predicate).map(({ module }) => module);
}

describe('the modules of src', () => {
  it('have no cycles, imports of types included', () => {
    expect(modulesWhere((file) => isInCycle(file, files))).toEqual([]);
  });

  it('each have a place in the table', () => {
    expect([...LEAVES, ...writeSide, ...readSide, ...ENTRIES, ...viewers].sort()).toEqual([...modules].sort());
  });

  it('import what the table allows them', () => {
    expect(files.flatMap(strayImports)).toEqual([]);
  });

  it('import packages only where the table says so', () => {
    const used: Record<string, string[]> = {};
    for (const { module: importer, imports } of files) {
      const packages = imports.filter(({ module, isLocal }) => !isLocal && !module.startsWith('node:'));
      for (const module of new Set(packages.map((each) => each.module))) (used[module] ??= []).push(importer);
    }
    expect(used).toEqual(PACKAGES);
    expect(Object.keys(JSON.parse(readText('package.json')).dependencies)).toEqual(Object.keys(PACKAGES));
  });

  it('read without what writes, and write without what reads', () => {
    const reached = (side: string[]): string[] => side.flatMap((module) => [...closureOf(module)]);
    expect(reached(readSide).filter((module) => writeSide.includes(module))).toEqual([]);
    const writing = [...Object.keys(WRITE_SIDE), 'log'];
    expect(reached(writing).filter((module) => readSide.includes(module))).toEqual([]);
    expect(reached(viewers).filter((module) => writeSide.includes(module))).toEqual([]);
    expect(reached([...writeSide, ...readSide]).filter((module) => viewers.includes(module))).toEqual([]);
  });

  it('are listed in CONTRIBUTING.md, each with what it is for', () => {
    const listed = readText('CONTRIBUTING.md').matchAll(/^(src\/\S+\.m?ts) {2,}\S/gm);
    expect([...listed].map((match) => String(match[1])).sort()).toEqual(files.map(({ path }) => path).sort());
  });
});

describe('the code of src', () => {
  it("knows winston's symbols in record.ts, and in template.ts what its format needs", () => {
    expect(modulesWhere(makesSymbol)).toEqual(['record', 'template']);
  });

  it('spells keys in redis/keys.ts alone', () => {
    expect(modulesWhere(spellsKey)).toEqual(['redis/keys']);
  });

  it('has no any', () => {
    expect(modulesWhere(hasAny)).toEqual([]);
  });

  it(`has no file over ${MAX_FILE_LINES} lines and no function over ${MAX_FUNCTION_LINES}`, () => {
    const sizes = files.map(({ path, lines, functions }) => {
      const [longest] = [...functions].sort((a, b) => b.lines - a.lines);
      return { path, lines, longest: longest?.lines ?? 0, name: longest?.name ?? '' };
    });
    console.table(sizes);
    expect(sizes.filter(({ lines, longest }) => lines > MAX_FILE_LINES || longest > MAX_FUNCTION_LINES)).toEqual([]);
  });
});

describe('the checks', () => {
  it.each([
    ['flusher.ts', "import { Pending } from './pending';"],
    ['redis/keys.ts', "import type { Batch } from '../pending';"],
    ['reader.ts', "export { WRITE } from './redis/write';"],
    ['log.ts', "import transport = require('./transport');"],
    ['pending.ts', "type Late = import('./redis/writer').Writer;"],
    ['record.ts', "const later = import('./flusher');"],
    ['dashboard/view.ts', "import { RedisRecentCommonTransport } from '../transport';"],
    ['dashboard/view.ts', "import { RecentCommonReader } from '../reader';"],
    ['reader.ts', "import type { View } from './dashboard/view';"],
    ['cli/tail.ts', "import { readLines } from '../redis/read';"],
    ['dashboard/text.ts', "import { visible } from '../cli/text';"],
  ])('find in %s the stray: %s', (path, text) => {
    expect(strayImports(parseFile(path, text))).toHaveLength(1);
  });

  it('find a cycle of types', () => {
    const tree = [
      parseFile('a.ts', "import './redis/b';"),
      parseFile('redis/b.ts', "import { type C, type D } from '../c';"),
      parseFile('c.ts', "export type * from './a';"),
      parseFile('d.ts', "import './a';"),
    ];
    expect(tree.filter((file) => isInCycle(file, tree)).map(({ module }) => module)).toEqual(['a', 'redis/b', 'c']);
  });

  it.each([
    '`recent:${name}`',
    "'app:start'",
    '`${prefix}known`',
    "`redis.call('ZADD', 'known')`",
    '`-- KEYS[1] common:app`',
  ])('find a key in %s', (text) => {
    expect(spellsKey(parseFile('sample.ts', text))).toBe(true);
  });

  it('find any within another type, and a symbol', () => {
    expect(hasAny(parseFile('sample.ts', 'let list: Promise<any[]>;'))).toBe(true);
    expect(makesSymbol(parseFile('sample.ts', "info[Symbol.for('level')];"))).toBe(true);
  });

  it.each([
    ['a function', 'function sample() {\n  return 1;\n}\n', 3],
    ['an arrow function after text of several bytes', '/* … */ const sample = () =>\n  2;\n', 2],
    ['a private method', 'class A {\n  #sample() {\n\n\n  }\n}\n', 4],
    ['a constructor', 'class A {\n  constructor() {\n  }\n}\n', 2],
  ])('measure %s', (_, text, lines) => {
    expect(parseFile('sample.ts', text).functions.map((sample) => sample.lines)).toEqual([lines]);
  });
});
