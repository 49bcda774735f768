/** Measures how much memory the keys of one logger name and severity take in Redis. */

import { createClient } from 'redis';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

export interface FootprintTask {
  readonly url: string;
  readonly distinct: number;
  readonly messageLength: number;
}

/** Bytes of each key, by its name without the logger name and severity. */
export type Footprint = Readonly<Record<string, number>>;

export async function measureFootprint({ url, distinct, messageLength }: FootprintTask): Promise<Footprint> {
  const transport = new RedisRecentCommonTransport({ url, maxPending: Math.max(distinct, 10_000) });
  const logger = winston.createLogger({ transports: [transport] });
  for (let n = 0; n < Math.max(distinct, 100); n++)
    logger.info(String(n % distinct).padStart(messageLength, 'message '));
  await transport.flush();
  const client = await createClient({ url }).connect();
  const footprint: Record<string, number> = {};
  for (const key of (await client.keys('*:app:info*')).sort()) {
    footprint[key.replace(':app:info', '')] = Number(await client.memoryUsage(key, { SAMPLES: 0 }));
  }
  return footprint;
}
