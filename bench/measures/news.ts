/** Logs messages that nobody has logged before, or one that is known, at a steady rate, to many loggers in turn. */

import winston from 'winston';
import { RedisRecentCommonTransport } from 'winston-redis-recent-common';
import { toMessage } from '../../__tests__/support/alarms/words';
import type { Gate } from '../lib/child';
import { logFor, machineMs } from '../lib/load';

export interface NewsTask {
  readonly url: string;
  readonly names: readonly string[];
  /** The number of the first message. */
  readonly first: number;
  /** Logged instead of new messages. */
  readonly known?: string;
  readonly messages: number;
  readonly seconds: number;
}

/** The messages, and when each was logged. */
export type News = readonly (readonly [message: string, ms: number])[];

export async function logNews({ url, names, first, known, messages, seconds }: NewsTask, gate: Gate): Promise<News> {
  const transport = new RedisRecentCommonTransport({ url, name: ({ app }) => String(app) });
  const logger = winston.createLogger({ transports: [transport] });
  const logged: [message: string, ms: number][] = [];
  const log = (n: number): void => {
    const message = known ?? toMessage(first + n);
    logged.push([message, machineMs()]);
    logger.error(message, { app: names[n % names.length] });
  };
  await gate();
  await logFor({ log, burst: 1, seconds, linesPerSecond: messages / seconds }, 0);
  await transport.close();
  return logged;
}
