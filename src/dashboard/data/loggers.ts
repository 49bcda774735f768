/** Tells which loggers can be shown, and lists them for the menu. */

import type { KnownLogger } from '../../read/known-loggers';
import { Slices } from '../../read/slices';
import { toHour } from '../../redis/hour';
import { assertName, assertSeverity } from '../../redis/keys';

/** Loggers in the list: the last that wrote. */
const MAX_LISTED = 1000;
const GRAVE = ['critical', 'error', 'warning'];

/** An entry in the list of loggers. */
export interface LoggerEntry {
  readonly name: string;
  /** The gravest of critical, error and warning that it logged this hour; null for none. */
  readonly gravest: string | null;
}

/** The address names a logger that does not exist. */
export class UnknownLoggerError extends Error {
  override name = 'UnknownLoggerError';
}

/** The loggers that can be read: other programs may put anything into the index, and one bad member must not hide the rest. */
export async function readableLoggers(known: readonly KnownLogger[]): Promise<KnownLogger[]> {
  const slices = new Slices();
  const readable: KnownLogger[] = [];
  for (const logger of known) {
    if (slices.isOver()) await slices.pause();
    if (isReadable(logger)) readable.push(logger);
  }
  return readable;
}

function isReadable({ name, severity, lastSeen }: KnownLogger): boolean {
  try {
    assertName(name, { hashTag: false });
    assertSeverity(severity);
    return !Number.isNaN(lastSeen.getTime());
  } catch {
    return false;
  }
}

/** @throws UnknownLoggerError */
export function assertKnownName(known: readonly KnownLogger[], name: string): void {
  if (!known.some((logger) => logger.name === name)) throw new UnknownLoggerError();
}

/** The loggers that wrote last and the one shown, by name. */
export async function listLoggers(
  known: readonly KnownLogger[],
  chosen: string,
): Promise<{ loggers: LoggerEntry[]; loggerCount: number }> {
  const slices = new Slices();
  const gravest = new Map<string, string | null>();
  for (const logger of known) {
    if (slices.isOver()) await slices.pause();
    const before = gravest.get(logger.name);
    const now = GRAVE.includes(logger.severity) && wroteThisHour(logger) ? logger.severity : null;
    const isGraver = now !== null && (!before || GRAVE.indexOf(now) < GRAVE.indexOf(before));
    if (before === undefined || isGraver) gravest.set(logger.name, now);
  }
  const names = [...gravest.keys()];
  const listed = names.filter((name, i) => i < MAX_LISTED || name === chosen).sort();
  return { loggers: listed.map((name) => ({ name, gravest: gravest.get(name) ?? null })), loggerCount: names.length };
}

function wroteThisHour({ lastSeen }: KnownLogger): boolean {
  return toHour(lastSeen.getTime()) >= toHour(Date.now());
}
