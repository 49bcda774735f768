/** An uncaught exception still ends the process, and its line is in Redis: the second run prints it. */

import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  const reader = new RecentCommonReader(redis);
  const [last] = await reader.recent('crasher', 'error', { limit: 1 });
  reader.close();
  console.log(last ? `${last.time.toISOString()} ${String(last.stack).split('\n', 1).join()}` : 'no crash on record');

  const transport = new RedisRecentCommonTransport({ ...redis, name: 'crasher', handleExceptions: true });
  winston.createLogger({ transports: [transport] });
  setImmediate(() => {
    throw new Error('out of cheese');
  });
}

void main();
