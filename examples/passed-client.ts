/** Shares one client of the application, which closes it last, between the transport and the reader. */

import { once } from 'node:events';
import { createClient } from 'redis';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

async function main(): Promise<void> {
  const client = createClient({ url: process.env.REDIS_URL ?? 'redis://localhost:6379' });
  client.on('error', (error: Error) => console.error(`Redis: ${error.message}`));
  await client.connect();

  const redis = { client, keyPrefix: 'example:' };
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'worker' })] });
  logger.info('job done');
  logger.info('job done');
  logger.warn('job retried');
  logger.end();
  await once(logger, 'finish');

  const reader = new RecentCommonReader(redis);
  for (const severity of ['info', 'warning']) {
    const { messages } = await reader.common('worker', severity);
    for (const { message, count } of messages) console.log(`${severity}: ${count} x ${message}`);
  }
  console.log(`the client is still open: ${await client.ping()}`);
  await client.close();
}

void main();
