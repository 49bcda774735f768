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
export const LEVELS = { critical: 0, error: 1, warning: 2, info: 3, debug: 4 };

/** A logger's methods, one for each level. */
export type Levels = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** A logger, as a workload uses it. */
export interface Logger {
  readonly root: Levels;
  readonly child: (fields: object) => Levels;
  readonly write: (target: Levels, level: string, message: string, metadata?: object) => void;
}

/** Logs line number `n`. */
export type LogLine = (n: number) => void;

/** winston with one transport. */
export function openLogger(transport: TransportStream): Logger {
  const logger = winston.createLogger({ levels: LEVELS, level: 'debug', transports: [transport] });
  return {
    root: logger as unknown as Levels,
    child: (fields) => logger.child(fields) as unknown as Levels,
    write: (target, level, message, metadata) => {
      if (metadata) target[level]?.(message, metadata);
      else target[level]?.(message);
    },
  };
}

/** Makes the function that logs a workload. */
export function makeLog({ root, child, write }: Logger, workload: Workload): LogLine {
  const { distinct, padding, hasMetadata, severities, names, level: only } = workload;
  const loggers = Array.from({ length: names }, (_, i) => (names === 1 ? root : child({ name: `app${i}` })));
  const levels = severities === 1 ? [only] : Object.keys(LEVELS);
  const pad = padding > 0 ? ` ${'x'.repeat(padding - 1)}` : '';
  return (n) => {
    const metadata = hasMetadata ? { order: n, user: 'u17', elapsed: 12.5 } : undefined;
    const level = levels[n % levels.length] as string;
    write(loggers[n % loggers.length] as Levels, level, `message ${n % distinct}${pad}`, metadata);
  };
}
