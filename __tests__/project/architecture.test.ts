import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Node, parseFile, ROOT, readSourceTree, readText, type SourceFile } from '../support/source-tree';

/** The files directly in src that every folder may import. They import one another at most. */
const LEAVES = ['clock', 'errors', 'line-format', 'severity', 'visible'];

/** The folders that each folder may import besides itself and the leaves; `type` allows types alone. */
const RULES: Record<string, string[]> = {
  record: [],
  redis: [],
  write: ['record', 'redis'],
  read: ['record', 'redis'],
  winston: ['record', 'redis', 'read'],
  watch: ['record', 'redis', 'read', 'winston/warnings'],
  dashboard: ['record', 'redis', 'read'],
  cli: ['record/text-hash', 'redis', 'read', 'watch', 'dashboard/index', 'write/forget'],
};
/** The other files directly in src: the options, and what puts the folders together. */
const COMPOSITION = ['record', 'redis', 'write', 'read', 'winston', 'watch', 'index', 'log', 'options', 'transport'];

/** The packages that src imports, and the files that import them. */
const PACKAGES: Record<string, string[]> = {
  redis: ['redis/node-redis', 'redis/own-connection'],
  'winston-transport': [
    'options',
    'record/keep-template',
    'winston/direct-transport',
    'winston/exit',
    'winston/loggers',
  ],
};

/** Any part of a key that only redis/keys.ts may spell. */
const KEY =
  /\b(recent|common|alarms):|:(seq|start|last|pstart|writers|scratch|lease|told|history)\b|(^|[:}'"])known(['"]|$)/;

const files = readSourceTree();

/** The folder of a module; empty for a file directly in src. */
function folder(module: string): string {
  return module.includes('/') ? (module.split('/', 1)[0] as string) : '';
}

/** The imports of a file that its folder's rule does not allow. */
function strayImports({ module: importer, imports }: SourceFile): string[] {
  const allowed = LEAVES.includes(importer) ? [] : (RULES[folder(importer)] ?? COMPOSITION);
  return imports
    .filter(({ module, isLocal }) => isLocal && !LEAVES.includes(module))
    .filter(({ module }) => folder(module) === '' || folder(module) !== folder(importer))
    .filter(({ module, isTypeOnly }) => {
      const names = [module, folder(module)];
      return !names.some((name) => allowed.includes(name) || (isTypeOnly && allowed.includes(`type ${name}`)));
    })
    .map(({ module }) => `${importer} imports ${module}`);
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

function modulesWhere(predicate: (file: SourceFile) => boolean): string[] {
  return files.filter(predicate).map(({ module }) => module);
}

/** The rules of oxlint, by the configuration of this repository, that a tree of files breaks. */
function brokenRules(tree: Readonly<Record<string, string>>): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'architecture-'));
  try {
    copyFileSync(join(ROOT, '.oxlintrc.json'), join(copy, '.oxlintrc.json'));
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    const args = [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format=json', '.'];
    execFileSync(process.execPath, args, { cwd: copy, stdio: ['ignore', 'pipe', 'inherit'] });
    return [];
  } catch (error) {
    const { diagnostics } = JSON.parse(String((error as { stdout: Buffer }).stdout)) as {
      diagnostics: { code: string }[];
    };
    return [...new Set(diagnostics.map(({ code }) => code))];
  } finally {
    rmSync(copy, { recursive: true });
  }
}

describe('layout of src', () => {
  it('has a rule for each folder, and at most ten files beside the folders', () => {
    const folders = new Set(files.map(({ module }) => folder(module)));
    expect([...folders].filter(Boolean).sort()).toEqual(Object.keys(RULES).sort());
    expect(modulesWhere(({ module }) => folder(module) === '').length).toBeLessThanOrEqual(10);
  });

  it('lets each folder import only the folders that its rule allows', () => {
    expect(files.flatMap(strayImports)).toEqual([]);
  });

  it('imports packages only in the files listed for them', () => {
    const used: Record<string, string[]> = {};
    for (const { module: importer, imports } of files) {
      const packages = imports.filter(({ module, isLocal }) => !isLocal && !module.startsWith('node:'));
      for (const module of new Set(packages.map((each) => each.module))) (used[module] ??= []).push(importer);
    }
    expect(used).toEqual(PACKAGES);
    expect(Object.keys(JSON.parse(readText('package.json')).dependencies)).toEqual(Object.keys(PACKAGES));
  });

  it("uses winston's symbols only in record/log-call.ts and record/keep-template.ts", () => {
    expect(modulesWhere(makesSymbol)).toEqual(['record/keep-template', 'record/log-call']);
  });

  it('spells keys only in redis/keys.ts', () => {
    expect(modulesWhere(spellsKey)).toEqual(['redis/keys']);
  });
});

describe('check of the layout', () => {
  it.each([
    ['errors.ts', "import { toText } from './record/text';"],
    ['record/log-call.ts', "const later = import('../write/flusher');"],
    ['redis/keys.ts', "import type { Batch } from '../write/batch';"],
    ['write/pending.ts', "import type { RecentLine } from '../read/lines';"],
    ['read/reader.ts', "export { WRITE } from '../write/script';"],
    ['winston/query.ts', "import { Pending } from '../write/pending';"],
    ['watch/watcher.ts', "import { backoffMs } from '../write/backoff';"],
    ['read/reader.ts', "import type { Alarm } from '../watch/alarm';"],
    ['dashboard/view.ts', "import { RedisRecentCommonTransport } from '../transport';"],
    ['dashboard/page/text.ts', "import { visible } from '../../cli/terminal/text';"],
    ['cli/commands/serve.ts', "import { view } from '../../dashboard/view';"],
    ['log.ts', "import dashboard = require('./dashboard/index');"],
  ])('finds the stray import in %s: %s', (path, text) => {
    expect(strayImports(parseFile(path, text))).toHaveLength(1);
  });

  it.each([
    '`recent:${name}`',
    "'app:start'",
    '`${prefix}known`',
    "`redis.call('ZADD', 'known')`",
    '`-- KEYS[1] common:app`',
    '`${prefix}alarms:{${group}}`',
  ])('finds a key in %s', (text) => {
    expect(spellsKey(parseFile('sample.ts', text))).toBe(true);
  });

  it('finds a symbol of winston', () => {
    expect(makesSymbol(parseFile('sample.ts', "info[Symbol.for('level')];"))).toBe(true);
  });
});

describe('linter', () => {
  it.each(['src', 'bench', 'examples'])('refuses cycles of imports in %s, type imports included', (top) => {
    const tree = {
      [`${top}/a.ts`]: "import { b } from './redis/b';\nexport const a = b;\n",
      [`${top}/redis/b.ts`]: "import type { C } from '../c';\nexport const b: C = 1;\n",
      [`${top}/c.ts`]: "import type { a } from './a';\nexport type C = typeof a | 1;\n",
    };
    expect(brokenRules(tree)).toEqual(['import(no-cycle)']);
  });

  it.each([
    ['any', 'export let list: Promise<any[]>;\n', 'typescript(no-explicit-any)'],
    ['a file of 301 lines', `export const list = [${'\n0,'.repeat(300)}];\n`, 'eslint(max-lines)'],
    [
      'a function of 41 lines',
      `export function sample(): void {${'\n'.repeat(40)}}\n`,
      'eslint(max-lines-per-function)',
    ],
  ])('refuses %s in src', (_, text, rule) => {
    expect(brokenRules({ 'src/sample.ts': text })).toEqual([rule]);
  });

  it('accepts a file of 300 lines with a function of 40', () => {
    const longest = `export function sample(): void {${'\n'.repeat(39)}}\n`;
    expect(brokenRules({ 'src/sample.ts': `${longest}${'\n'.repeat(260)}` })).toEqual([]);
  });
});
