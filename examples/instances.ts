/** One busy service under a name for each of its instances, so that a cluster shares the load, and its counts read as one. */

import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

/** How often each message was logged this hour, by all instances together. */
async function countTogether(reader: RecentCommonReader, service: string, level: string): Promise<Map<string, number>> {
  const names = await reader.names();
  const instances = names.filter(({ name, severity }) => name.startsWith(`${service}-`) && severity === level);
  const tables = await Promise.all(instances.map(({ name, severity }) => reader.common(name, severity)));
  const counts = new Map<string, number>();
  for (const { message, count } of tables.flatMap(({ messages }) => messages)) {
    counts.set(message, (counts.get(message) ?? 0) + count);
  }
  return counts;
}

async function main(): Promise<void> {
  const instances = ['1', '2', '3'].map((instance) => {
    const transport = new RedisRecentCommonTransport({ ...redis, name: `checkout-${instance}` });
    return { logger: winston.createLogger({ transports: [transport] }), transport };
  });
  for (const { logger } of instances) logger.info('order placed');
  instances[0]?.logger.info('order cancelled');
  await Promise.all(instances.map(({ transport }) => transport.close()));

  const reader = new RecentCommonReader(redis);
  for (const [message, count] of await countTogether(reader, 'checkout', 'info')) console.log(`${count} x ${message}`);
  reader.close();
}

void main();
