import { setTimeout as sleep } from 'node:timers/promises';
import { FaultWriter } from '../__tests__/support/fault-writer';
import { FaultProxy } from '../__tests__/support/proxy';
import { RedisServer } from '../__tests__/support/servers';
import { quantileOf } from './quantile';

/** How long a log call takes while something is wrong with Redis, beside how long it takes before that. */

const ROUNDS = 3;
const LINES_PER_SECOND = 2000;
const WARM_UP_MS = 1500;
const MEASURED_MS = 2500;
/** How often a fault that is over at once is made again. */
const AGAIN_MS = 50;

interface Stage {
  readonly server: RedisServer;
  readonly proxy: FaultProxy;
}

/** Begins a fault, and gives what ends it. */
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
    const timer = setInterval(() => void strike(stage).catch(() => undefined), AGAIN_MS);
    return () => clearInterval(timer);
  };

const FAULTS: Readonly<Record<string, Begin>> = {
  none: async () => () => undefined,
  'killed, and absent since': async ({ server }) => {
    await server.kill();
    return () => server.start();
  },
  'hung (SIGSTOP)': async ({ server }) => {
    server.signal('SIGSTOP');
    return () => server.signal('SIGCONT');
  },
  'paused (CLIENT PAUSE)': async ({ server }) => {
    await server.command(['CLIENT', 'PAUSE', String(MEASURED_MS), 'ALL']);
    return () => undefined;
  },
  'slow network (100 ms)': async ({ proxy }) => {
    proxy.delay(100);
    return () => proxy.delay(0);
  },
  'replies lost': repeated(async ({ proxy }) => {
    proxy.holdReplies();
    await sleep(AGAIN_MS / 2);
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
};

interface Measured {
  readonly before: number;
  readonly during: number;
  readonly longest: number;
}

async function measure(begin: Begin): Promise<Measured> {
  const server = await RedisServer.start();
  const proxy = await FaultProxy.start(server.port);
  const writer = await FaultWriter.start({ connection: { url: proxy.url }, linesPerSecond: LINES_PER_SECOND });
  try {
    await sleep(WARM_UP_MS);
    await writer.progress();
    await sleep(MEASURED_MS);
    const { latency: before } = await writer.progress();
    const end = await begin({ server, proxy });
    await sleep(MEASURED_MS);
    const { latency: during } = await writer.progress();
    await end();
    await writer.end();
    return { before: before.p99, during: during.p99, longest: during.max };
  } finally {
    await writer.kill();
    await proxy.stop();
    await server.stop();
  }
}

async function main(): Promise<void> {
  const rows: Record<string, object> = {};
  for (const [title, begin] of Object.entries(FAULTS)) {
    const rounds: Measured[] = [];
    while (rounds.length < ROUNDS) rounds.push(await measure(begin));
    const microseconds = (pick: (round: Measured) => number): number =>
      Math.round(1000 * quantileOf(rounds.map(pick), 0.5));
    rows[title] = {
      'p99 before, µs': microseconds(({ before }) => before),
      'p99 during, µs': microseconds(({ during }) => during),
      ratio: quantileOf(
        rounds.map(({ before, during }) => during / before),
        0.5,
      ).toFixed(2),
      'longest, µs': microseconds(({ longest }) => longest),
    };
  }
  console.log(`logger.info, ${LINES_PER_SECOND} lines a second, medians of ${ROUNDS} rounds`);
  console.table(rows);
}

void main();
