/** Asks what has changed since a moment, and prints each message that began then: how often, since which second, from where. */

import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

function settle(orderId: number): void {
  throw new Error(`payment gateway refused order ${orderId}`);
}

async function main(): Promise<void> {
  const transport = new RedisRecentCommonTransport({ ...redis, name: 'till' });
  const logger = winston.createLogger({ transports: [transport] });
  const reader = new RecentCommonReader(redis);
  logger.info('order placed');
  await transport.flush();
  const { cursor } = await reader.changedSince();

  for (const orderId of [1001, 1002, 1003]) {
    try {
      settle(orderId);
    } catch (error) {
      logger.error(error);
    }
  }
  logger.end();
  await transport.flush();

  const { loggers } = await reader.changedSince(cursor);
  for (const { name, severity } of loggers.filter(({ hasNewMessages }) => hasNewMessages)) {
    for (const { message, count, firstSeen, sample } of await reader.changes(name, severity, {
      groupBy: 'pattern',
    })) {
      console.log(`${name} ${severity}: ${count} x ${message}`);
      console.log(`  since ${firstSeen?.toISOString()}`);
      // The first frame of the stack, without its file.
      console.log(`  ${sample?.stack?.split('\n')[1]?.trim().split(' (')[0]}`);
    }
  }
  reader.close();
}

void main();
