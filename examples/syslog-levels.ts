/** Logs with winston's eight syslog levels, and shows the five severities under which they are filed. */

import { once } from 'node:events';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport, toSeverity } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  const { levels } = winston.config.syslog;
  const logger = winston.createLogger({
    levels,
    level: 'debug',
    transports: [new RedisRecentCommonTransport({ ...redis, name: 'daemon' })],
  });
  for (const level of Object.keys(levels)) logger.log(level, `logged as ${level}`);
  logger.end();
  await once(logger, 'finish');

  const reader = new RecentCommonReader(redis);
  for (const severity of new Set(Object.keys(levels).map((level) => toSeverity(level)))) {
    const lines = await reader.recent('daemon', severity);
    console.log(`${severity}: ${lines.map(({ message }) => message).join(', ')}`);
  }
  reader.close();
}

void main();
