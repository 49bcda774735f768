/** Measures how long each script of this package holds up Redis, by its slow log. */

import { createClient } from 'redis';
import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';

const HOUR_MS = 3_600_000;
const LONG = 'x'.repeat(2000);
/** The `commonLimit` of the transport, by default. */
const FULL = 10_000;

export interface BatchTimesTask {
  readonly url: string;
  readonly kind: string;
  readonly rounds: number;
}

/** Milliseconds that each script took; of each round. */
export type BatchTimes = readonly (readonly number[])[];

interface Kind {
  /** Log calls of a round, all at once, each with a message of its own. */
  readonly calls: number;
  readonly severity?: string;
  readonly metadata?: object;
  /** Follows the number in each message. */
  readonly text?: string;
  /** Messages that Redis holds before. */
  readonly held?: number;
  /** Whether the messages are among those that Redis holds. */
  readonly isKnown?: boolean;
  /** Whether the hour turns before the calls. */
  readonly isTurned?: boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'new messages': { calls: 1000 },
  'new messages, a line of each kept': { calls: 1000, severity: 'error' },
  'new messages, a line of 2 kB of each kept': { calls: 600, severity: 'error', metadata: { text: LONG } },
  'known messages': { calls: 1000, held: 1000, isKnown: true },
  'known messages of 1 kB': { calls: 1000, held: 1000, isKnown: true, text: LONG.slice(0, 1000) },
  'new messages in a full window': { calls: 1000, held: FULL },
  'new messages, first of an hour, after a full window': { calls: 1000, held: FULL, isTurned: true },
};

export const BATCH_KINDS = Object.keys(KINDS);

/** The preflight and the first batch of a logger are among what is measured. */
export async function measureBatchTimes({ url, kind, rounds }: BatchTimesTask): Promise<BatchTimes> {
  const { calls, severity = 'info', metadata = {}, text = '', held = 0, isKnown, isTurned } = KINDS[kind] as Kind;
  const client = await createClient({ url }).connect();
  // The commands of a script have entries of their own.
  await client.configSet('slowlog-max-len', '1000000');
  const times: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const name = `app${round}`;
    const transport = new RedisRecentCommonTransport({ url, name, maxPending: 2 * FULL });
    const logger = winston.createLogger({ transports: [transport] });
    const log = async (first: number, count: number): Promise<void> => {
      for (let n = first; n < first + count; n++) logger.log(severity, `message ${n} ${text}`, metadata);
      await transport.flush();
    };
    if (held > 0) await log(0, held);
    const lastHour = `${new Date(Date.now() - HOUR_MS).toISOString().slice(0, 13)}:00:00`;
    if (isTurned) await client.set(`common:${name}:${severity}:start`, lastHour);
    await client.configSet('slowlog-log-slower-than', '0');
    await log(isKnown ? 0 : held, calls);
    await client.configSet('slowlog-log-slower-than', '-1');
    times.push(await readScriptTimes(client as never));
    await transport.close();
    await client.flushAll();
  }
  return times;
}

async function readScriptTimes(client: { sendCommand(args: readonly string[]): Promise<unknown> }): Promise<number[]> {
  const entries = (await client.sendCommand(['SLOWLOG', 'GET', '-1'])) as [number, number, number, string[]][];
  await client.sendCommand(['SLOWLOG', 'RESET']);
  return entries
    .filter(([, , , [command = '']]) => /^eval/i.test(command))
    .map(([, , microseconds]) => microseconds / 1000);
}
