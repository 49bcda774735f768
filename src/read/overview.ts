/** How much each logger and severity logged this hour, beside the hour before. */

import { assertBoolean, OptionsError } from '../errors';
import { assertName, assertSeverity } from '../redis/keys';
import type { HourProgress } from './compare';
import { type KnownLogger, readIndex } from './known-loggers';
import type { MinuteCounts } from './minutes';
import { assertReadOptions } from './option-names';
import { Slices } from './slices';
import type { Source } from './source';
import { type Change, compareTotals } from './surge';
import { type HourTotals, readAllTotals } from './totals';

/** How much a logger name and severity logged this hour, beside the hour before. */
export interface LoggerOverview extends KnownLogger, Change, HourProgress {
  /** Different messages of this hour and of the hour before; one of both counts twice. */
  readonly messages: number;
  /** Its log calls in each of the last 120 minutes, as {@link RecentCommonReader.minutes} gives them, unless they were left out. */
  readonly minutes?: MinuteCounts;
}

/** What to read of each logger and severity. */
export interface OverviewOptions {
  /** False to leave out the minutes, which take most of the time of Redis. @default true */
  readonly minutes?: boolean | undefined;
  /**
   * Only these, as {@link RecentCommonReader.changedSince} gives them; those that do not exist are left out. A severity that was silent
   * in the hour before is compared with the others among them. @default all that are known
   */
  readonly loggers?: readonly KnownLogger[] | undefined;
}

const OPTIONS: Readonly<Record<keyof OverviewOptions, true>> = { minutes: true, loggers: true };

/** The totals of all loggers and severities, or of some, the one last written to first. */
export async function readOverview({ connection, space }: Source, options: OverviewOptions): Promise<LoggerOverview[]> {
  assertReadOptions(options, OPTIONS);
  const { minutes: hasMinutes = true, loggers } = options;
  assertBoolean(hasMinutes, 'minutes');
  assertLoggers(loggers, space);
  const known = loggers ?? (await readIndex(connection, space));
  return compareLoggers(await readAllTotals(connection, space, known, hasMinutes));
}

/** Totals of a logger and severity. */
export type LoggerTotals = KnownLogger & Omit<HourTotals, 'exists'>;

/** How totals have changed. Only those of the same hour have the same hour before. */
export async function compareLoggers(totals: readonly LoggerTotals[]): Promise<LoggerOverview[]> {
  const slices = new Slices();
  const hourKey = ({ name, start }: LoggerTotals): string => `${start.getTime()}:${name}`;
  const withBaseline = new Set<string>();
  for (const logger of totals) {
    if (slices.isOver()) await slices.pause();
    if (logger.previous > 0) withBaseline.add(hourKey(logger));
  }
  const compared: LoggerOverview[] = [];
  for (const logger of totals) {
    if (slices.isOver()) await slices.pause();
    const { name, severity, lastSeen, start, elapsed, messages, minutes } = logger;
    const change = compareTotals(logger, withBaseline.has(hourKey(logger)));
    compared.push({ name, severity, lastSeen, start, elapsed, ...change, messages, ...(minutes && { minutes }) });
  }
  return compared;
}

function assertLoggers(loggers: unknown, space: Source['space']): void {
  if (loggers === undefined) return;
  if (!Array.isArray(loggers)) throw new OptionsError('loggers', 'an array of loggers', loggers);
  for (const logger of loggers) {
    const { name, severity } = Object(logger) as Partial<KnownLogger>;
    assertName(name, space, 'loggers');
    assertSeverity(severity, 'loggers');
  }
}
