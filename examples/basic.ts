/** Logs a few messages, waits until Redis has them, and reads them back: the newest lines and the count of each. */

import { once } from 'node:events';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'shop' })] });
  // Pass ids as metadata: the line has them, and equal messages still count together.
  logger.info('order placed', { orderId: 1001 });
  logger.info('order placed', { orderId: 1002 });
  logger.info('mail sent');
  logger.error('payment declined', { orderId: 1002 });
  logger.end();
  await once(logger, 'finish');

  const reader = new RecentCommonReader(redis);
  for (const severity of ['info', 'error']) {
    for (const { time, message } of await reader.recent('shop', severity)) {
      console.log(`${time.toISOString()} ${severity} ${message}`);
    }
    const { messages } = await reader.common('shop', severity);
    for (const { message, count } of messages) console.log(`${count} x ${message}`);
  }
  reader.close();
}

void main();
