import type { KnownLogger } from '../../read/reader';
import { toHour } from '../../redis/hour';

/** Loggers to choose from, the last written to. */
const MOST = 1000;
const GRAVE = ['critical', 'error', 'warning'];

/** A logger that can be looked at. */
export interface LoggerEntry {
  readonly name: string;
  /** The gravest of critical, error and warning that it logged this hour; null for none. */
  readonly gravest: string | null;
}

/** A logger that does not exist was asked for. */
export class UnknownLoggerError extends Error {
  override name = 'UnknownLoggerError';
}

/**
 * The name that was asked for; by default the logger that last logged something critical this hour, or else an error, or
 * else anything. Empty where there is none.
 * @throws UnknownLoggerError
 */
export function chosenName(known: readonly KnownLogger[], name: string | undefined): string {
  if (name !== undefined && known.length > 0) {
    if (known.some((logger) => logger.name === name)) return name;
    throw new UnknownLoggerError();
  }
  const [critical, error] = GRAVE.map((grave) =>
    known.find((logger) => logger.severity === grave && isOfThisHour(logger)),
  );
  return (critical ?? error ?? known[0])?.name ?? '';
}

function isOfThisHour({ lastSeen }: KnownLogger): boolean {
  return toHour(lastSeen.getTime()) >= toHour(Date.now());
}

/** By name: those last written to, and the one that was chosen. */
export function loggersOf(
  known: readonly KnownLogger[],
  chosen: string,
): { loggers: LoggerEntry[]; loggerCount: number } {
  const gravest = new Map<string, string | null>();
  for (const logger of known) {
    const before = gravest.get(logger.name);
    const now = GRAVE.includes(logger.severity) && isOfThisHour(logger) ? logger.severity : null;
    const isGraver = now !== null && (!before || GRAVE.indexOf(now) < GRAVE.indexOf(before));
    if (before === undefined || isGraver) gravest.set(logger.name, now);
  }
  const names = [...gravest.keys()];
  const listed = names.filter((name, i) => i < MOST || name === chosen).sort();
  return { loggers: listed.map((name) => ({ name, gravest: gravest.get(name) ?? null })), loggerCount: names.length };
}
