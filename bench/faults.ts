/** npm run bench:faults: the time of a log call during each fault of Redis, and just before the fault. */

import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../__tests__/support/redis/cluster';
import { FaultProxy } from '../__tests__/support/redis/proxy';
import { RedisServer } from '../__tests__/support/redis/servers';
import { FaultWriter, type WriterConnection } from '../__tests__/support/writers/fault-writer';
import { median } from './lib/statistics';

const ROUNDS = 3;
const LINES_PER_SECOND = 2000;
const WARM_UP_MS = 1500;
const MEASURED_MS = 2500;
/** A fault that is over at once is repeated this often. */
const REPEAT_MS = 50;

/** Makes the server wait 2,000 µs for each object that it loads, so that the writer meets it loading. */
const LOAD_DELAY = [
  '--key-load-delay',
  '2000',
  '--loading-process-events-interval-bytes',
  '1024',
  '--rdbcompression',
  'no',
];

interface Stage {
  /** The server that holds the keys of the logger. */
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
  readonly connection: WriterConnection;
  readonly stop: () => Promise<void>;
}

/** A server behind a proxy. */
async function openServer(): Promise<Stage> {
  const server = await RedisServer.start({ args: LOAD_DELAY });
  const proxy = await FaultProxy.start(server.port);
  return { server, proxy, connection: { url: proxy.url }, stop: () => server.stop() };
}

/** A cluster whose replicas take over. The writer connects to it directly, not through the proxy. */
async function openCluster(): Promise<Stage> {
  const cluster = await startCluster({ replicas: 1 });
  const server = await cluster.masterByKey('common:{app}:info');
  const proxy = await FaultProxy.start(server.port);
  return { server, proxy, connection: { cluster: cluster.urls }, stop: () => cluster.stop() };
}

/** Begins a fault, and returns the function that ends it. */
type Begin = (stage: Stage) => Promise<() => unknown>;

const lasting =
  (command: readonly string[], end: readonly string[]): Begin =>
  async ({ server }) => {
    await server.command(command);
    return () => server.command(end);
  };

const repeated =
  (strike: (stage: Stage) => Promise<unknown>): Begin =>
  async (stage) => {
    const timer = setInterval(() => void strike(stage).catch(() => undefined), REPEAT_MS);
    return () => clearInterval(timer);
  };

const FAULTS: Readonly<Record<string, Begin>> = {
  none: async () => () => undefined,
  'killed, not restarted': async ({ server }) => {
    await server.kill();
    return () => server.start();
  },
  'hung (SIGSTOP)': async ({ server }) => {
    server.signal('SIGSTOP');
    return () => server.signal('SIGCONT');
  },
  'paused (CLIENT PAUSE)': async ({ server }) => {
    await server.command(['CLIENT', 'PAUSE', String(MEASURED_MS)]);
    return () => undefined;
  },
  'slow network (100 ms)': async ({ proxy }) => {
    proxy.delay(100);
    return () => proxy.delay(0);
  },
  'replies lost': repeated(async ({ proxy }) => {
    proxy.holdReplies();
    await sleep(REPEAT_MS / 2);
    proxy.cut('rst');
  }),
  'connections killed': repeated(({ server }) => server.command(['CLIENT', 'KILL', 'TYPE', 'normal'])),
  'scripts flushed': repeated(({ server }) => server.command(['SCRIPT', 'FLUSH'])),
  'slow line (20 kB/s)': async ({ proxy }) => {
    proxy.throttle(20_000);
    return () => proxy.throttle(0);
  },
  'read-only replica': lasting(['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']),
  'not permitted (NOPERM)': lasting(['ACL', 'SETUSER', 'default', '-evalsha'], ['ACL', 'SETUSER', 'default', '+@all']),
  'memory full (OOM)': lasting(['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']),
  'wrong type under a key': lasting(['SET', 'common:app:info', 'junk'], ['DEL', 'common:app:info']),
  'busy with a script (BUSY)': async ({ server }) => {
    await server.command(['CONFIG', 'SET', 'busy-reply-threshold', '100']);
    void server.command(['EVAL', 'while true do end', '0']).catch(() => undefined);
    return () => server.command(['SCRIPT', 'KILL']);
  },
  'loading its data (LOADING)': async ({ server }) => {
    const fill = "for i = 1, 1500 do redis.call('SET', 'key' .. i, string.rep('x', 500)) end";
    await server.command(['EVAL', fill, '0']);
    await server.command(['SAVE']);
    await server.kill();
    const starting = server.start();
    return () => starting;
  },
};
const CLUSTER_FAULTS: Readonly<Record<string, Begin>> = {
  'none, in a cluster': async () => () => undefined,
  'killed master of a cluster': async ({ server }) => {
    await server.kill();
    return () => server.start();
  },
};

/** Times of log calls, in milliseconds. */
interface Measured {
  /** 99th percentile before the fault. */
  readonly before: number;
  /** 99th percentile during the fault. */
  readonly during: number;
  /** The longest call during the fault. */
  readonly longest: number;
}

async function measure(begin: Begin, open: () => Promise<Stage>): Promise<Measured> {
  const stage = await open();
  const writer = await FaultWriter.start({ connection: stage.connection, linesPerSecond: LINES_PER_SECOND });
  try {
    await sleep(WARM_UP_MS);
    await writer.progress();
    await sleep(MEASURED_MS);
    const { latency: before } = await writer.progress();
    const end = await begin(stage);
    await sleep(MEASURED_MS);
    const { latency: during } = await writer.progress();
    await end();
    await writer.end();
    return { before: before.p99, during: during.p99, longest: during.max };
  } finally {
    await writer.kill();
    await stage.proxy.stop();
    await stage.stop();
  }
}

async function measureRounds(begin: Begin, open: () => Promise<Stage>): Promise<object> {
  const rounds: Measured[] = [];
  while (rounds.length < ROUNDS) rounds.push(await measure(begin, open));
  const microseconds = (pick: (round: Measured) => number): number => Math.round(1000 * median(rounds.map(pick)));
  return {
    'p99 before, µs': microseconds(({ before }) => before),
    'p99 during, µs': microseconds(({ during }) => during),
    'during ÷ before': median(rounds.map(({ before, during }) => during / before)).toFixed(2),
    'longest during, µs': microseconds(({ longest }) => longest),
  };
}

async function main(): Promise<void> {
  const rows: Record<string, object> = {};
  for (const [title, begin] of Object.entries(FAULTS)) rows[title] = await measureRounds(begin, openServer);
  for (const [title, begin] of Object.entries(CLUSTER_FAULTS)) rows[title] = await measureRounds(begin, openCluster);
  console.log(`Time of logger.info at ${LINES_PER_SECOND} lines/s; medians of ${ROUNDS} rounds`);
  console.table(rows);
}

void main();
