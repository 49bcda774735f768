/** Measures what many destinations cost Redis with their first batch of an hour, beside a batch within the hour. */

import { createClient } from 'redis';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { watchServer } from '../lib/redis';

const HOUR_MS = 3_600_000;
/** Destinations whose hours one command sets. */
const AT_ONCE = 500;
const CLOSE_TIMEOUT_MS = 120_000;

export interface TurnTask {
  readonly url: string;
  readonly destinations: number;
  /** Distinct messages of each destination in the hour that ends. */
  readonly distinct: number;
  readonly turns: number;
}

/** CPU time of Redis, in microseconds a batch of one line; of each turn. */
export interface Turns {
  readonly within: readonly number[];
  readonly first: readonly number[];
}

/** The hour turns as if the hour of all destinations were the one before. */
export async function measureTurns({ url, destinations, distinct, turns }: TurnTask): Promise<Turns> {
  const names = Array.from({ length: destinations }, (_, i) => `app${i}`);
  const transport = new RedisRecentCommonTransport({ url, name: ({ app }) => app, closeTimeoutMs: CLOSE_TIMEOUT_MS });
  const logger = winston.createLogger({ transports: [transport] });
  const client = await createClient({ url }).connect();
  const log = async (messages: number): Promise<number> => {
    const costSince = await watchServer(client as never);
    for (const app of names) for (let n = 0; n < messages; n++) logger.info(`message ${n}`, { app });
    await transport.flush();
    return (1e6 * (await costSince()).seconds) / destinations;
  };
  const turnBack = async (): Promise<void> => {
    const hour = `${new Date(Date.now() - HOUR_MS).toISOString().slice(0, 13)}:00:00`;
    for (let i = 0; i < destinations; i += AT_ONCE) {
      await client.mSet(
        names.slice(i, i + AT_ONCE).map((app) => [`common:${app}:info:start`, hour] as [string, string]),
      );
    }
  };
  const within: number[] = [];
  const first: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    await log(distinct);
    within.push(await log(1));
    await turnBack();
    first.push(await log(1));
  }
  return { within, first };
}
