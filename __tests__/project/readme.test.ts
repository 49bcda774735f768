/** Compares the tables of the documentation with the code, and type-checks its code blocks. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { SEVERITY, toSeverity } from '../../src';
import { DEFAULTS, RANGES } from '../../src/options';
import { readText } from '../support/source-tree';

const ROOT = join(__dirname, '../..');

/** The cells of the rows that stand under a heading of a page. */
function readRows(page: string, heading: string): string[][] {
  const [, section = ''] = readText(page).split(`\n${heading}\n`);
  const [table = ''] = section.split(/\n#+ /);
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

describe('options in the README', () => {
  const rows = readRows('README.md', '## Options');
  const options = new Map(rows.map(([option, value, meaning]) => [option, { value, meaning }]));

  it('have the defaults of the code', () => {
    const documented = Object.keys(DEFAULTS).map((option) => [option, options.get(`\`${option}\``)?.value]);
    expect(documented).toEqual(Object.entries(DEFAULTS).map(([option, value]) => [option, `\`${inspect(value)}\``]));
  });

  it('include those without a default', () => {
    const others = [...options.keys()].filter((option) => !((option as string).slice(1, -1) in DEFAULTS));
    expect(others).toEqual(['`url`', '`redis`', '`client`', '`ttlSeconds`']);
  });

  it.each(Object.entries(RANGES))('have the range of the code: %s', (option, [least, most]) => {
    const range = `${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
    expect(options.get(`\`${option}\``)?.meaning).toContain(range);
  });
});

describe('severities in docs/keys.md', () => {
  it('have every level under the severity that the code gives it', () => {
    const rows = readRows('docs/keys.md', '## Severities');
    for (const [severity, levels, number] of rows as [string, string, string][]) {
      for (const level of [...levels.split(', '), number]) expect(`\`${toSeverity(level)}\``).toBe(severity);
    }
    const documented = rows.flatMap(([severity, levels, number]) => [
      severity?.slice(1, -1),
      ...(levels as string).split(', '),
      number,
    ]);
    expect(new Set(documented)).toEqual(new Set(Object.keys(SEVERITY)));
  });
});

/** Names that the code blocks use without making them. */
const GLOBALS = `
type Package = typeof import('winston-redis-recent-common');
declare const RedisRecentCommonTransport: Package['RedisRecentCommonTransport'];
declare const RecentCommonReader: Package['RecentCommonReader'];
declare const RecentCommonWatcher: Package['RecentCommonWatcher'];
declare const alarmText: Package['alarmText'];
declare const keepTemplate: Package['keepTemplate'];
declare const parameterize: Package['parameterize'];
declare const logCommon: Package['logCommon'];
declare const logRecent: Package['logRecent'];
declare const winston: typeof import('winston');
declare const logger: import('winston').Logger;
declare const transport: import('winston-redis-recent-common').RedisRecentCommonTransport;
declare const reader: import('winston-redis-recent-common').RecentCommonReader;
declare const client: ReturnType<typeof import('redis').createClient>;
declare const app: import('express').Express;
declare const isOperator: (request: Request) => boolean;
declare const toSlack: (webhook: string, alarm: Parameters<typeof alarmText>[0]) => Request;
declare const url: string;
declare const ca: string;
declare const cert: string;
declare const key: string;
declare const signal: AbortSignal;
`;

/** The JavaScript blocks of all pages, by the names of files for them. */
function readBlocks(): Record<string, string> {
  const docs = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
  const blocks = ['README.md', ...docs.map((file) => `docs/${file}`)].flatMap((page) =>
    [...readText(page).matchAll(/```js\n([^]*?)```/g)].map(
      ([, code], i) => [`${page.replace('/', '-')}-${i + 1}.mts`, String(code)] as const,
    ),
  );
  return Object.fromEntries(blocks);
}

/** Checks the types of blocks, each in a module of its own. Returns the complaints of the compiler. */
async function typecheck(blocks: Readonly<Record<string, string>>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'blocks-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'), 'junction');
    const compilerOptions = {
      tsBuildInfoFile: join(dir, 'blocks.tsbuildinfo'),
      noUnusedLocals: false,
      noUnusedParameters: false,
      useUnknownInCatchVariables: false,
    };
    const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['*'] };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(dir, 'globals.d.ts'), GLOBALS);
    for (const [file, code] of Object.entries(blocks)) writeFileSync(join(dir, file), `${code}\nexport {};\n`);
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
    return await new Promise((resolve) => {
      execFile(process.execPath, [compiler, '-p', dir], { cwd: dir }, (error, stdout, stderr) => {
        resolve(stdout + stderr || (error?.message ?? ''));
      });
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Blocks that are wrong: an option and a method that do not exist. */
const WRONG = {
  'wrong-option.mts': 'new RedisRecentCommonTransport({ limit: 1 });',
  'wrong-method.mts': "await reader.newest('shop');",
};

describe('code blocks of README.md and docs/', () => {
  const blocks = readBlocks();
  let complaints: string[];

  beforeAll(async () => {
    const output = await typecheck({ ...blocks, ...WRONG });
    complaints = output.split(/^(?=\S)/m);
  });

  it('have the types of the package', () => {
    expect(Object.keys(blocks).length).toBeGreaterThan(10);
    expect(complaints.filter((complaint) => !complaint.startsWith('wrong-'))).toEqual([]);
  });

  it('fail the check with an option or a method that does not exist', () => {
    const expected = ["'limit' does not exist", "'newest' does not exist"].map((part) => expect.stringContaining(part));
    expect(complaints).toEqual(expect.arrayContaining(expected));
  });
});
