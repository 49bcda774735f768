/** Prints the most common messages of a shop every two seconds, three times. */

import { setInterval } from 'node:timers/promises';
import winston from 'winston';
import { keepTemplate, RecentCommonReader, RedisRecentCommonTransport } from 'winston-redis-recent-common';

const redis = { url: process.env.REDIS_URL ?? 'redis://localhost:6379', keyPrefix: 'example:' };
const INTERVAL_MS = 2000;
const ROUNDS = 3;

async function main(): Promise<void> {
  const transport = new RedisRecentCommonTransport({ ...redis, name: 'kiosk' });
  const { combine, splat } = winston.format;
  const logger = winston.createLogger({ format: combine(keepTemplate(), splat()), transports: [transport] });
  const reader = new RecentCommonReader(redis);
  let round = 0;
  for await (const _ of setInterval(INTERVAL_MS)) {
    round++;
    // Messages count by their template, whatever the product.
    for (let item = 1; item <= round * 10; item++) logger.info('product %d sold', item);
    if (round > 1) logger.info('shelf refilled');
    await transport.flush();

    const { start, total, messages } = await reader.common('kiosk', 'info', { limit: 10 });
    console.log(`${total} log calls since ${start.toISOString()}`);
    for (const { message, count } of messages) console.log(`${String(count).padStart(5)}  ${message}`);
    if (round === ROUNDS) break;
  }
  reader.close();
  logger.end();
}

void main();
