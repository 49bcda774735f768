import { createClient } from 'redis';
import winston from 'winston';

import TransportStream = require('winston-transport');

import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

/** A transport in a process of its own: logs so many lines and prints how many a second were done with. */

const { BENCH_CONTENDER, BENCH_URL, BENCH_PREFIX, BENCH_LINES, BENCH_DISTINCT, BENCH_BURST } = process.env;
const [lines, distinct, burst] = [BENCH_LINES, BENCH_DISTINCT, BENCH_BURST].map(Number) as [number, number, number];

/** The limit: winston itself, with a transport that does nothing. */
class NoopTransport extends TransportStream {
  override log(_info: unknown, callback: () => void): void {
    callback();
  }

  async flush(): Promise<void> {}
}

async function logLines(logger: winston.Logger, count: number): Promise<void> {
  for (let i = 0; i < count; i += burst) {
    for (let n = i; n < Math.min(i + burst, count); n++) logger.info(`message ${n % distinct}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function assertCounted(count: number): Promise<void> {
  const redis = await createClient({ url: BENCH_URL as string }).connect();
  const seq = await redis.get(`${BENCH_PREFIX}recent:app:info:seq`);
  redis.destroy();
  if (Number(seq) !== count) throw new Error(`${count} lines were logged, ${seq} are in Redis`);
}

async function main(): Promise<void> {
  const options = { url: BENCH_URL as string, keyPrefix: BENCH_PREFIX as string, ttlSeconds: 60 };
  const isNoop = BENCH_CONTENDER === 'no-op';
  const transport = isNoop ? new NoopTransport() : new RedisRecentCommonTransport(options);
  const logger = winston.createLogger({ transports: [transport] });
  const warmUp = Math.ceil(lines / 10);
  await logLines(logger, warmUp);
  await transport.flush();
  const began = performance.now();
  await logLines(logger, lines);
  await transport.flush();
  const seconds = (performance.now() - began) / 1000;
  if (!isNoop) await assertCounted(warmUp + lines);
  console.log(Math.round(lines / seconds));
  logger.close();
}

void main();
