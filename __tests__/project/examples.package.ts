import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { createClient, createCluster } from 'redis';
import { type ConnectionOptions, RecentCommonReader } from '../../src';
import { compiledRoot } from '../support/compiled';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer } from '../support/redis/servers';
import { CONNECT_TIMEOUT_MS, sharedUrl } from '../support/workspace';

const ROOT = join(__dirname, '../..');
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const DURATION = /"ms":\d+/g;
const ALL = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.ts'));
/** The examples of the dashboard do not end by themselves, and have a suite of their own. */
const FILES = ALL.filter((file) => !file.startsWith('dashboard-'));

/** The entry of an example in expected.json. */
interface Expected {
  /** The output of each run, without times and colours. */
  readonly runs: readonly { readonly exitCode: number | null; readonly output: readonly string[] }[];
  /** The counts in Redis at the end, by logger name and severity. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const EXPECTED: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(join(ROOT, 'examples', 'expected.json'), 'utf8'),
);

interface Finished {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs a compiled program to its end. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const { REDIS_URL: _none, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: compiledRoot(),
    env: { ...inherited, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { exitCode: child.exitCode, output: stripVTControlCharacters(output), errors };
}

/** Runs an example. Returns its entry for expected.json. */
async function runExample(file: string, urls: readonly string[], connection: ConnectionOptions): Promise<Expected> {
  await Promise.all(urls.map(forgetExamples));
  const hour = new Date().getUTCHours();
  const env = { REDIS_URL: urls[0], REDIS_CLUSTER_URL: urls[0] };
  const runs: Finished[] = [];
  while (runs.length < (EXPECTED[file] as Expected).runs.length)
    runs.push(await run([`examples/${file.replace('.ts', '.js')}`], env));
  const counts = await readCounts(connection);
  // An hour that turned meanwhile has split the counts in two.
  if (hour !== new Date().getUTCHours()) return runExample(file, urls, connection);
  return {
    runs: runs.map(({ exitCode, output, errors }) => ({ exitCode, output: splitLines(output + errors) })),
    counts,
  };
}

function splitLines(output: string): string[] {
  return output.trimEnd().replace(TIME, '<time>').replace(DURATION, '"ms":<ms>').split('\n');
}

async function forgetExamples(url: string): Promise<void> {
  const client = createClient({ url, socket: { connectTimeout: CONNECT_TIMEOUT_MS }, RESP: 2 });
  await client.connect();
  const found: string[] = [];
  for await (const keys of client.scanIterator({ MATCH: 'example:*' })) found.push(...keys);
  // In a cluster, a command takes only keys of one slot. The embedded server's SCAN misses keys while others go.
  for (const key of found) await client.unlink(key);
  client.destroy();
}

async function readCounts(connection: ConnectionOptions): Promise<Expected['counts']> {
  const reader = new RecentCommonReader({ ...connection, keyPrefix: 'example:' });
  const counts: Record<string, Record<string, number>> = {};
  for (const { name, severity } of await reader.names()) {
    const { messages } = await reader.common(name, severity);
    counts[`${name} ${severity}`] = Object.fromEntries(messages.map(({ message, count }) => [message, count]));
  }
  reader.close();
  return counts;
}

describe('examples', () => {
  it('are all in expected.json and in their README', () => {
    const readme = readFileSync(join(ROOT, 'examples', 'README.md'), 'utf8');
    expect(Object.keys(EXPECTED).sort()).toEqual(FILES.sort());
    expect(ALL.filter((file) => !readme.includes(`[${file}](${file})`))).toEqual([]);
  });
});

describe('example on one Redis', () => {
  const files = FILES.filter((file) => file !== 'cluster.ts');

  // They write the same keys, so each has a database of its own.
  it.concurrent.each(files)('prints and counts the log calls that expected.json lists: %s', async (file) => {
    const url = `${sharedUrl()}/${1 + files.indexOf(file)}`;
    expect(await runExample(file, [url], { url })).toEqual(EXPECTED[file]);
  });
});

describeWithServer('example on a cluster', () => {
  it.concurrent('prints and counts the log calls that expected.json lists: cluster.ts', async () => {
    const cluster = await startCluster();
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })), RESP: 2 });
    try {
      await client.connect();
      expect(await runExample('cluster.ts', cluster.urls, { client })).toEqual(EXPECTED['cluster.ts']);
    } finally {
      client.destroy();
      await cluster.stop();
    }
  });
});
