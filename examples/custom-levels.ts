/** Custom levels: one that the severity table knows, one mapped by an option, and one that becomes its own severity. */

import { once } from 'node:events';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  const logger = winston.createLogger({
    levels: { fatal: 0, security: 1, audit: 2 },
    level: 'audit',
    transports: [new RedisRecentCommonTransport({ ...redis, name: 'vault', severities: { security: 'critical' } })],
  });
  logger.log('fatal', 'seal broken');
  logger.log('security', 'login refused', { user: 'eve' });
  logger.log('security', 'login refused', { user: 'mallory' });
  logger.log('audit', 'secret read', { user: 'alice' });
  logger.end();
  await once(logger, 'finish');

  const reader = new RecentCommonReader(redis);
  for (const severity of ['critical', 'audit']) {
    const { messages } = await reader.common('vault', severity);
    for (const { message, count } of messages) console.log(`${severity}: ${count} x ${message}`);
  }
  reader.close();
}

void main();
