/** `npm start`: a web shop that logs through the transport, and its dashboard; ten seconds later an incident begins. */

import './past';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import winston from 'winston';
import { type DeliveryWarning, RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { createDashboard } from 'winston-redis-recent-common/dashboard';
import { compareCounts, printFindings } from './findings';
import { SHOP } from './incident';
import { type FoundRedis, findRedis } from './redis';
import { fillLastHours, type Log, runShop } from './shop';

const HOUR_MS = 3_600_000;
const TTL_SECONDS = 7200;
const LEVELS = { critical: 0, error: 1, warning: 2, info: 3, debug: 4 };
const REFRESH_MS = 1000;
/** The commands that it prints are those of the build, which `npm start` makes first. */
const PROGRAM = 'node dist/cli/bin.js';

/** The logger name of a log call. As a symbol it is no metadata, so the lines do not repeat it. */
const NAME = Symbol('name');

interface Named {
  readonly [NAME]?: string;
}

interface Options {
  /** When the incident begins, in milliseconds. */
  readonly calmMs: number;
  /** When the shop ends by itself. */
  readonly lastsMs: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calm: { type: 'string', default: '10' },
      // In a terminal it runs until Ctrl-C.
      seconds: { type: 'string', default: process.stdout.isTTY ? 'Infinity' : '13' },
      local: { type: 'string', default: 'redis://localhost:6379' },
      server: { type: 'string', default: 'redis-server' },
    },
  });
  const [calmMs, lastsMs] = [Number(values.calm) * 1000, Number(values.seconds) * 1000];
  if (!(calmMs >= 0 && lastsMs > 0)) throw new Error('--calm and --seconds take numbers of seconds');
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort());
  const places = { givenUrl: process.env.REDIS_URL, localUrl: values.local, program: values.server };
  const redis = await findRedis(places);
  console.log(`Redis: ${redis.label}`);
  try {
    if (!(await run(redis, { calmMs, lastsMs }, end))) process.exitCode = 1;
  } finally {
    await redis.stop();
  }
}

/** Runs the shop, and prints in the end what was found. Returns whether Redis has counted exactly what was logged. */
async function run(redis: FoundRedis, { calmMs, lastsMs }: Options, end: AbortController): Promise<boolean> {
  // A prefix of its own separates this run from others on the same Redis.
  const space = { url: redis.url, keyPrefix: `demo-${randomUUID().slice(0, 4)}:` };
  const { logger, log, made } = openLog(space);
  fillLastHours(log);
  const reader = new RecentCommonReader(space);
  const server = await serveDashboard(reader);
  try {
    printPlaces(redis, space.keyPrefix, server);
    const timer = Number.isFinite(lastsMs) ? setTimeout(() => end.abort(), lastsMs) : undefined;
    const onIncident = (): void => console.log('\nThe incident has begun: watch what is new and what surges.');
    console.log(`\nIn ${calmMs / 1000} seconds its payment gateway will fail.${timer ? '' : ' Ctrl-C ends the shop.'}`);
    await runShop(log, { calmMs, onIncident, signal: end.signal });
    clearTimeout(timer);
    logger.end();
    await once(logger, 'finish');
    await printFindings(reader, SHOP);
    return await compareCounts(reader, made);
  } finally {
    server.close();
    server.closeAllConnections();
    reader.close();
  }
}

/** A logger, and how many log calls were made in each hour, counted independently of the transport. */
function openLog(space: { url: string; keyPrefix: string }) {
  const transport = new RedisRecentCommonTransport({
    ...space,
    name: (info) => (info as Named)[NAME],
    ttlSeconds: TTL_SECONDS,
    maxPending: 100_000,
    commonKey: 'pattern',
  });
  transport.on('warn', (warning: DeliveryWarning) => console.error(warning.message));
  const logger = winston.createLogger({ levels: LEVELS, level: 'debug', transports: [transport] });
  const made = new Map<number, number>();
  const log: Log = (name, call) => {
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    made.set(hour, (made.get(hour) ?? 0) + 1);
    logger.log({ ...call, [NAME]: name } as winston.LogEntry);
  };
  return { logger, log, made };
}

async function serveDashboard(reader: RecentCommonReader): Promise<Server> {
  // It listens on this machine only, so everyone there may see it.
  const dashboard = createDashboard({ reader, authorize: 'public', title: 'Shop logs', refreshMs: REFRESH_MS });
  const server = createServer(dashboard.node).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function printPlaces({ isInEnvironment, url }: FoundRedis, keyPrefix: string, server: Server): void {
  const { port } = server.address() as AddressInfo;
  const options = `${isInEnvironment ? '' : `--url ${url} `}--prefix ${keyPrefix}`;
  console.log(`\nThe dashboard of a web shop:  http://127.0.0.1:${port}/`);
  console.log('\nTo see the same in another terminal, in this folder:');
  for (const command of ['top', 'tail --follow', 'ls']) {
    console.log(`  ${PROGRAM} ${command} ${options}`);
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
