/** npm run bench:follow: what `tail -f` of thousands of loggers asks of Redis while nothing happens, and how soon it shows a line. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisRecentCommonTransport } from '../src';
import { type Given, parseNumber, runProgram } from './lib/options';
import { type BenchServer, watchServers, withServer } from './lib/redis';
import { describeMachine } from './lib/report';
import { median } from './lib/statistics';

const SETTLE_MS = 8000;
const LINES = 20;
/** Lines come at no fixed point between two questions. */
const BETWEEN_LINES_MS = 730;

const OPTIONS = {
  loggers: { value: 'n', meaning: 'how many loggers are followed; 2000 by default' },
  seconds: { value: 's', meaning: 'how long nothing is logged; 20 by default' },
  against: { value: 'folder', meaning: 'another checkout with a built dist, measured first' },
};

interface Followed {
  readonly 'commands/s': string;
  readonly 'scripts/s': string;
  readonly 'server CPU, share of a core': string;
  readonly 'line shown after, ms: median': string;
  readonly greatest: string;
}

/** Has the text that a program prints until it holds a mark. */
async function readUntil(program: ChildProcess, mark: string): Promise<void> {
  let text = '';
  while (!text.includes(mark))
    text += String((await once(program.stdout as NonNullable<ChildProcess['stdout']>, 'data'))[0]);
}

async function measureLines(
  program: ChildProcess,
  transport: RedisRecentCommonTransport,
  loggers: number,
): Promise<number[]> {
  const delays: number[] = [];
  for (let i = 0; i < LINES; i++) {
    const began = performance.now();
    const shown = readUntil(program, `mark ${i}.`);
    transport.log({ level: 'info', message: `mark ${i}.`, app: `service-${(i * 997) % loggers}` });
    await shown;
    delays.push(performance.now() - began);
    await sleep(BETWEEN_LINES_MS);
  }
  return delays;
}

async function measure(folder: string, server: BenchServer, options: Given<keyof typeof OPTIONS>): Promise<Followed> {
  const loggers = parseNumber(options.loggers, 'loggers', 2000, 1);
  const seconds = parseNumber(options.seconds, 'seconds', 20, 1);
  await server.empty();
  const transport = new RedisRecentCommonTransport({ url: server.url, name: (info) => String(info.app) });
  for (let i = 0; i < loggers; i++) transport.log({ level: 'info', message: 'hello', app: `service-${i}` });
  await transport.flush();
  const program = spawn(
    process.execPath,
    [join(folder, 'dist/cli/bin.js'), 'tail', '-f', '-o', 'raw', '-u', server.url],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    await readUntil(program, 'hello');
    program.stdout.resume();
    await sleep(SETTLE_MS);
    const costs = await watchServers([server.url]);
    await sleep(1000 * seconds);
    const [cost] = await costs();
    const delays = await measureLines(program, transport, loggers);
    return {
      'commands/s': ((cost?.executed ?? 0) / seconds).toFixed(1),
      'scripts/s': ((cost?.sent ?? 0) / seconds).toFixed(1),
      'server CPU, share of a core': `${((100 * (cost?.seconds ?? 0)) / seconds).toFixed(2)} %`,
      'line shown after, ms: median': median(delays).toFixed(0),
      greatest: Math.max(...delays).toFixed(0),
    };
  } finally {
    program.kill();
    await transport.close();
  }
}

async function run(options: Given<keyof typeof OPTIONS>): Promise<void> {
  await withServer(async (server) => {
    console.log(describeMachine(server.version));
    const table: Record<string, Followed> = {};
    if (options.against !== undefined) table.against = await measure(resolve(options.against), server, options);
    table['this build'] = await measure(resolve(__dirname, '..'), server, options);
    console.table(table);
  });
}

void runProgram('npm run bench:follow', OPTIONS, run);
