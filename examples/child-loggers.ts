/** One transport, many logger names: each log call is filed under the `service` of its child logger. */

import { once } from 'node:events';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };

async function main(): Promise<void> {
  // The parent has no `service` in its defaultMeta: winston prefers that to the one of a child.
  const logger = winston.createLogger({
    transports: [
      new RedisRecentCommonTransport({
        ...redis,
        name: ({ service }) => (typeof service === 'string' ? service : 'gateway'),
      }),
    ],
  });
  const billing = logger.child({ service: 'billing' });
  const search = logger.child({ service: 'search' });
  logger.info('started');
  billing.info('invoice sent');
  billing.info('invoice sent');
  search.info('index refreshed');
  // Children share the streams of their parent, so end the parent.
  logger.end();
  await once(logger, 'finish');

  const reader = new RecentCommonReader(redis);
  for (const name of ['gateway', 'billing', 'search']) {
    const { messages } = await reader.common(name, 'info');
    for (const { message, count } of messages) console.log(`${name}: ${count} x ${message}`);
  }
  reader.close();
}

void main();
