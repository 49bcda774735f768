import winston from 'winston';

import type TransportStream = require('winston-transport');

/** What is logged in a run. */
export interface Workload {
  /** Distinct messages; infinite for a message of its own in each line. */
  readonly distinct: number;
  /** Lines in one turn of the event loop. */
  readonly burst: number;
  /** Characters that are added to each message. */
  readonly padding: number;
  readonly hasMetadata: boolean;
  readonly severities: number;
  readonly names: number;
}

const USUAL: Workload = { distinct: 200, burst: 100, padding: 0, hasMetadata: false, severities: 1, names: 1 };

/** Each departs from the usual one in one respect. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  '200-messages': USUAL,
  'bursts-of-1': { ...USUAL, burst: 1 },
  'bursts-of-10': { ...USUAL, burst: 10 },
  'bursts-of-1000': { ...USUAL, burst: 1000 },
  '1-message': { ...USUAL, distinct: 1 },
  '5000-messages': { ...USUAL, distinct: 5000 },
  'all-distinct': { ...USUAL, distinct: Infinity },
  '1-kilobyte': { ...USUAL, padding: 1000 },
  metadata: { ...USUAL, hasMetadata: true },
  'five-severities': { ...USUAL, severities: 5 },
  'ten-names': { ...USUAL, names: 10 },
};

export function workloadOf(title: string): Workload {
  const workload = WORKLOADS[title];
  if (!workload) throw new Error(`no workload is called ${title}`);
  return workload;
}

/** From the most urgent; all of them are severities as well. */
const LEVELS = { critical: 0, error: 1, warning: 2, info: 3, debug: 4 };

type Log = (message: string, metadata?: object) => unknown;

/** Logs the line of a number. */
export type LogLine = (n: number) => void;

/** A logger with one transport, and what logs a workload to it. */
export function openLogger(transport: TransportStream, workload: Workload): { logger: winston.Logger; log: LogLine } {
  const { distinct, padding, hasMetadata, severities, names } = workload;
  const logger = winston.createLogger({ levels: LEVELS, level: 'debug', transports: [transport] });
  const loggers = Array.from({ length: names }, (_, i) => (names === 1 ? logger : logger.child({ name: `app${i}` })));
  const levels = severities === 1 ? ['info'] : Object.keys(LEVELS);
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
