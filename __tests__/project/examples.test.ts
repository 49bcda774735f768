import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { createClient, createCluster } from 'redis';
import { report } from '../../examples/demo/report';
import { type ConnectionOptions, RecentCommonReader } from '../../src';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer, freePort, noServerReason, RedisServer } from '../support/redis/servers';
import { sharedUrl, Workspace } from '../support/workspace';

const ROOT = join(__dirname, '../..');
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const DURATION = /"ms":\d+/g;
const ALL = readdirSync(join(ROOT, 'examples')).filter((file) => file.endsWith('.ts'));
/** Those of the dashboard do not end by themselves, and have a suite of their own. */
const FILES = ALL.filter((file) => !file.startsWith('dashboard-'));

/** What expected.json says of an example. */
interface Expected {
  /** For each run, what it prints, times and colours left out. */
  readonly runs: readonly { readonly exitCode: number | null; readonly output: readonly string[] }[];
  /** By logger name and severity, what Redis has counted in the end. */
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

/** Runs a program of the folder to its end. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const { REDIS_URL: _none, ...inherited } = process.env;
  const child = spawn(process.execPath, ['-r', 'esbuild-register', ...args], {
    cwd: ROOT,
    env: { ...inherited, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { exitCode: child.exitCode, output: stripVTControlCharacters(output), errors };
}

/** What an example is held against, as it really was. */
async function runExample(file: string, urls: readonly string[], connection: ConnectionOptions): Promise<Expected> {
  await Promise.all(urls.map(forgetExamples));
  const hour = new Date().getUTCHours();
  const env = { REDIS_URL: urls[0], REDIS_CLUSTER_URL: urls[0] };
  const runs: Finished[] = [];
  while (runs.length < (EXPECTED[file] as Expected).runs.length) runs.push(await run([`examples/${file}`], env));
  const counts = await readCounts(connection);
  // An hour that turned meanwhile has split the counts in two.
  if (hour !== new Date().getUTCHours()) return runExample(file, urls, connection);
  return { runs: runs.map(({ exitCode, output, errors }) => ({ exitCode, output: linesOf(output + errors) })), counts };
}

function linesOf(output: string): string[] {
  return output.trimEnd().replace(TIME, '<time>').replace(DURATION, '"ms":<ms>').split('\n');
}

async function forgetExamples(url: string): Promise<void> {
  const client = createClient({ url });
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

it('covers every example, and the README lists it', () => {
  const readme = readFileSync(join(ROOT, 'examples', 'README.md'), 'utf8');
  expect(Object.keys(EXPECTED).sort()).toEqual(FILES.sort());
  expect(ALL.filter((file) => !readme.includes(`[${file}](${file})`))).toEqual([]);
});

describe('an example on one Redis', () => {
  let server: RedisServer | undefined;
  const url = (): string => server?.url ?? sharedUrl();

  beforeAll(async () => {
    if (!noServerReason) server = await RedisServer.start();
  });
  afterAll(() => server?.stop());

  it.each(FILES.filter((file) => file !== 'cluster.ts'))('%s prints and counts what it logs', async (file) => {
    expect(await runExample(file, [url()], { url: url() })).toEqual(EXPECTED[file]);
  });
});

describeWithServer('an example on a cluster', () => {
  it('cluster.ts prints and counts what it logs', async () => {
    const cluster = await startCluster();
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
    try {
      await client.connect();
      expect(await runExample('cluster.ts', cluster.urls, { client })).toEqual(EXPECTED['cluster.ts']);
    } finally {
      client.destroy();
      await cluster.stop();
    }
  });
});

/** Runs the demo for a moment, where nothing is found but what is given. */
async function runDemo({ local, ...env }: { local?: string; REDIS_URL?: string; PATH?: string }): Promise<Finished> {
  const nobody = `redis://127.0.0.1:${await freePort()}`;
  return run(['examples/demo/main.ts', '--seconds', '0.3', '--local', local ?? nobody], env);
}

function expectExact({ exitCode, output, errors }: Finished): void {
  expect(errors).toBe('');
  expect(output).toContain('The counts are exact.');
  expect(exitCode).toBe(0);
}

describeWithServer('the demo takes the first Redis that is to be had', () => {
  let server: RedisServer;
  let url: string;

  beforeAll(async () => {
    server = await RedisServer.start({ args: ['--requirepass', 'secret'] });
    url = `redis://:secret@127.0.0.1:${server.port}`;
  });
  afterAll(() => server.stop());

  it('that of REDIS_URL', async () => {
    const demo = await runDemo({ REDIS_URL: url, local: url });
    expect(demo.output).toContain(`Redis: the Redis of REDIS_URL, ${server.url}`);
    expect(demo.output).not.toContain('secret');
    expectExact(demo);
  });

  it('that of this machine', async () => {
    const demo = await runDemo({ local: url });
    expect(demo.output).toContain(`Redis: the Redis on ${server.url}`);
    expectExact(demo);
  });

  it('a redis-server from the PATH, which it ends', async () => {
    const demo = await runDemo({});
    const started = /^Redis: a redis-server from the PATH, started on (redis:\S+)$/m.exec(demo.output)?.[1];
    expectExact(demo);
    const client = createClient({ url: started as string, socket: { reconnectStrategy: false } });
    client.on('error', () => undefined);
    await expect(client.connect()).rejects.toThrow('ECONNREFUSED');
  });
});

describe('the demo', () => {
  it('brings a Redis of its own where there is none', async () => {
    const demo = await runDemo({ PATH: __dirname });
    expect(demo.output).toContain('Redis: the embedded JavaScript server, on redis://');
    expectExact(demo);
  });

  it('ends with code 1 where the Redis of REDIS_URL cannot be used, and does not tell its password', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const demo = await runDemo({ REDIS_URL: `redis://user:secret@${host}` });
    expect(demo).toEqual({
      exitCode: 1,
      output: '',
      errors: expect.stringContaining(`redis://${host}, cannot be used`),
    });
  });

  it.each([
    ['all counts agree', 1, 1, true],
    ['a log call is missing', 2, 1, false],
    ['a request is missing', 1, 2, false],
  ])('where %s reports so', async (_case, made, requests, isExact) => {
    const workspace = await Workspace.open();
    const { logger, transport } = workspace.logger({ name: 'shop' });
    logger.info('GET /health 200');
    await transport.flush();
    const print = jest.spyOn(console, 'log').mockImplementation();
    const load = { requests, ms: 1, statuses: new Map([[200, requests]]) };
    const run = { name: 'shop', load, calls: new Map([['info', made]]), stats: transport.stats() };
    expect(await report(workspace.reader, run)).toBe(isExact);
    print.mockRestore();
    await workspace.close();
  });
});
