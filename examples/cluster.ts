/** Logs to a Redis Cluster, where the logger name becomes a hash tag: the keys of a name and severity share a slot. */

import { once } from 'node:events';
import { createCluster } from 'redis';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

async function main(): Promise<void> {
  const client = createCluster({ rootNodes: [{ url: process.env.REDIS_CLUSTER_URL ?? 'redis://localhost:7000' }] });
  client.on('error', (error: Error) => console.error(`Redis: ${error.message}`));
  await client.connect();

  const redis = { client, keyPrefix: 'example:' };
  const logger = winston.createLogger({ transports: [new RedisRecentCommonTransport({ ...redis, name: 'fleet' })] });
  logger.info('vehicle started');
  logger.info('vehicle started');
  logger.error('vehicle lost');
  logger.end();
  await once(logger, 'finish');

  const reader = new RecentCommonReader(redis);
  for (const severity of ['info', 'error']) {
    const { messages } = await reader.common('fleet', severity);
    for (const { message, count } of messages) console.log(`${severity}: ${count} x ${message}`);
  }
  await client.close();
}

void main();
