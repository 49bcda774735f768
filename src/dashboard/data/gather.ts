/** Reads from Redis what a view shows, and no more. */

import type { SeverityChanges } from '../../read/compare';
import type { KnownLogger } from '../../read/known-loggers';
import type { RecentCommonReader } from '../../read/reader';
import { shownSeverities, type View } from '../view';
import { addKeys, type ShownLine } from './lines';
import { chooseName, readableLoggers } from './loggers';
import { type CountPair, listSeverities } from './totals';

/** Lines to read without a filter: all that five severities keep by default. With a filter, all lines are read. */
const LINES = 500;

/** The methods of a {@link RecentCommonReader} that a dashboard calls. */
export type DashboardReader = Pick<RecentCommonReader, 'names' | 'recent' | 'common' | 'compare'>;

/** What was read of a logger. */
export interface Readings {
  readonly known: readonly KnownLogger[];
  /** Empty if nothing was ever logged. */
  readonly name: string;
  /** Of the severities that are shown. */
  readonly changes: readonly SeverityChanges[];
  /** The sums of the severities that are not shown. */
  readonly sums: ReadonlyMap<string, CountPair>;
  /** Newest first. */
  readonly lines: readonly ShownLine[];
}

/**
 * Reads one logger, and of severities that are not shown only their sums. A name becomes part of a key only if a logger has
 * it.
 *
 * @throws UnknownLoggerError
 */
export async function gather(reader: DashboardReader, view: View): Promise<Readings> {
  const known = await readableLoggers(await reader.names());
  const name = chooseName(known, view.name);
  const own = loggedSeverities(known, name);
  const all = shownSeverities(view, listSeverities(own));
  const shown = own.filter((severity) => all.includes(severity));
  const hidden = own.filter((severity) => !all.includes(severity));
  const [counts, lines] = await Promise.all([
    readCounts(reader, name, shown, hidden),
    shown.length > 0 ? reader.recent(name, shown, view.filter === '' ? { limit: LINES } : {}) : [],
  ]);
  return { known, name, ...counts, lines: await addKeys(lines) };
}

/** Every stored line of a logger, newest first. */
export async function readLines(reader: DashboardReader, asked: string | undefined): Promise<ShownLine[]> {
  const known = await readableLoggers(await reader.names());
  const name = chooseName(known, asked);
  const severities = loggedSeverities(known, name);
  return severities.length > 0 ? addKeys(await reader.recent(name, severities)) : [];
}

function loggedSeverities(known: readonly KnownLogger[], name: string): string[] {
  return known.filter((logger) => logger.name === name).map(({ severity }) => severity);
}

/** Reads the sums first, since they can tell that the logger has an hour before to compare with. */
async function readCounts(
  reader: DashboardReader,
  name: string,
  shown: readonly string[],
  hidden: readonly string[],
): Promise<Pick<Readings, 'changes' | 'sums'>> {
  const sums = await Promise.all(hidden.map((severity) => readSums(reader, name, severity)));
  const hasBaseline = sums.some(({ previous }) => previous > 0);
  const changes = await reader.compare(name, shown, { hasBaseline });
  return { changes, sums: new Map(sums.map((sum, i) => [hidden[i] as string, sum])) };
}

async function readSums(reader: DashboardReader, name: string, severity: string): Promise<CountPair> {
  const [current, previous] = await Promise.all([
    reader.common(name, severity, { limit: 1 }),
    reader.common(name, severity, { limit: 1, window: 'previous' }),
  ]);
  return { count: current.total, previous: previous.total };
}
