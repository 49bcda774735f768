/** The workloads: the messages that a benchmark logs, their names and levels, and how many are logged at once. */

import winston from 'winston';

import type TransportStream = require('winston-transport');

/** The lines of a run. */
export interface Workload {
  /** Number of distinct messages; infinite if no message is logged twice. */
  readonly distinct: number;
  /** Lines in one turn of the event loop. */
  readonly burst: number;
  /** Characters added to each message. */
  readonly padding: number;
  readonly hasMetadata: boolean;
  readonly severities: number;
  /** The level of all lines, if there is one severity. */
  readonly level: string;
  readonly commonKey: 'message' | 'pattern';
  /** Logger names. If there are several, each is that of a child logger. */
  readonly names: number;
}

const USUAL: Workload = {
  distinct: 200,
  burst: 100,
  padding: 0,
  hasMetadata: false,
  severities: 1,
  names: 1,
  level: 'info',
  commonKey: 'message',
};

/** Each differs from the usual one, 200 messages in bursts of 100, in one respect. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  'bursts-of-1': { ...USUAL, burst: 1 },
  'bursts-of-10': { ...USUAL, burst: 10 },
  'bursts-of-100': USUAL,
  'bursts-of-1000': { ...USUAL, burst: 1000 },
  '1-kilobyte': { ...USUAL, padding: 1000 },
  'ten-child-loggers': { ...USUAL, names: 10 },
  'five-severities': { ...USUAL, severities: 5 },
  metadata: { ...USUAL, hasMetadata: true },
  errors: { ...USUAL, level: 'error' },
  patterns: { ...USUAL, commonKey: 'pattern' },
  'all-distinct': { ...USUAL, distinct: Infinity },
  '1-message': { ...USUAL, distinct: 1 },
  '5000-messages': { ...USUAL, distinct: 5000 },
};

/** @throws Error if there is no such workload */
export function findWorkload(title: string): Workload {
  const workload = WORKLOADS[title];
  if (!workload) throw new Error(`no workload is called ${title}`);
  return workload;
}

/** winston's order, the most urgent first. Each level is a severity too. */
const LEVELS = { critical: 0, error: 1, warning: 2, info: 3, debug: 4 };

type Log = (message: string, metadata?: object) => unknown;

/** Logs line number `n`. */
export type LogLine = (n: number) => void;

/** Makes a logger with one transport, and the function that logs a workload to it. */
export function openLogger(transport: TransportStream, workload: Workload): { logger: winston.Logger; log: LogLine } {
  const { distinct, padding, hasMetadata, severities, names, level: only } = workload;
  const logger = winston.createLogger({ levels: LEVELS, level: 'debug', transports: [transport] });
  const loggers = Array.from({ length: names }, (_, i) => (names === 1 ? logger : logger.child({ name: `app${i}` })));
  const levels = severities === 1 ? [only] : Object.keys(LEVELS);
  const pad = padding > 0 ? ` ${'x'.repeat(padding - 1)}` : '';
  const log = (n: number): void => {
    const target = loggers[n % loggers.length] as unknown as Record<string, Log>;
    const level = levels[n % levels.length] as string;
    const message = `message ${n % distinct}${pad}`;
    if (hasMetadata) target[level]?.(message, { order: n, user: 'u17', elapsed: 12.5 });
    else target[level]?.(message);
  };
  return { logger, log };
}
