/** `npm start`: puts load on a web shop that logs through the transport, and compares the counts in Redis with it. */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import winston from 'winston';
import {
  type DeliveryWarning,
  RecentCommonReader,
  RedisRecentCommonTransport,
  toSeverity,
} from 'winston-redis-recent-common';
import { type LoadResult, runLoad } from './load';
import { findRedis } from './redis';
import { report } from './report';
import { startService } from './service';

const NAME = 'shop';
const TTL_SECONDS = 3600;
const LOAD = { connections: 32, maxRequests: 50_000 };

const SEVERITIES = ['debug', 'info', 'warning', 'error'];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '3' },
      local: { type: 'string', default: 'redis://localhost:6379' },
      server: { type: 'string', default: 'redis-server' },
    },
  });
  const maxMs = Number(values.seconds) * 1000;
  if (!(maxMs > 0)) throw new Error('--seconds takes a number above 0');
  const redis = await findRedis({ givenUrl: process.env.REDIS_URL, localUrl: values.local, program: values.server });
  console.log(`Redis: ${redis.label}`);
  try {
    const isExact = await run(redis.url, maxMs);
    console.log(isExact ? '\nThe counts are exact.' : '\nTHE COUNTS DIFFER.');
    if (!isExact) process.exitCode = 1;
  } finally {
    await redis.stop();
  }
}

/** Runs the shop under load. Returns whether Redis has counted exactly the log calls that were made. */
async function run(url: string, maxMs: number): Promise<boolean> {
  // A prefix of its own separates this run from others on the same Redis.
  const redis = { url, keyPrefix: `demo-${randomUUID().slice(0, 8)}:` };
  const transport = new RedisRecentCommonTransport({
    ...redis,
    name: NAME,
    ttlSeconds: TTL_SECONDS,
    // Requests are counted by route and status. All other messages hold no ids, so they can be counted as they are.
    commonKey: ({ route, message }) => String(route ?? message),
  });
  transport.on('warn', (warning: DeliveryWarning) => console.error(warning.message));
  const calls = new Map(SEVERITIES.map((severity) => [severity, 0]));
  const logger = winston.createLogger({ level: 'debug', format: countInto(calls), transports: [transport] });

  console.log(`Logger: ${NAME}, under the key prefix ${redis.keyPrefix}, for ${TTL_SECONDS} s`);
  const load = await serveLoad(logger, maxMs);
  logger.end();
  await once(logger, 'finish');
  const reader = new RecentCommonReader(redis);
  try {
    return await report(reader, { name: NAME, load, calls, stats: transport.stats() });
  } finally {
    reader.close();
  }
}

/** Counts log calls by severity, independently of the transport, for the comparison. */
function countInto(calls: Map<string, number>): winston.Logform.Format {
  return winston.format((info) => {
    const severity = toSeverity(info.level);
    calls.set(severity, (calls.get(severity) ?? 0) + 1);
    return info;
  })();
}

async function serveLoad(logger: winston.Logger, maxMs: number): Promise<LoadResult> {
  const service = await startService(logger);
  console.log(`Service: http://127.0.0.1:${service.port}, under the load of ${LOAD.connections} connections ...`);
  try {
    return await runLoad(service.port, { ...LOAD, maxMs });
  } finally {
    await service.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
