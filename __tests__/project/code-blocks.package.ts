/** Type-checks the code blocks of the documentation. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, readText } from '../support/source-tree';

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
