import type { KnownLogger, RecentCommonReader } from '../../read/reader';
import { shownSeverities, type View } from '../view';
import { chosenName } from './loggers';
import { severitiesWith } from './ranking';
import { keyed, type ShownLine } from './samples';
import type { Readings } from './snapshot';

/** Lines that are read: all that five severities keep by default. With a filter, all that are kept. */
const LINES = 500;

/** What is used of a {@link RecentCommonReader}. */
export type DashboardReader = Pick<RecentCommonReader, 'names' | 'recent' | 'common' | 'changes'>;

/**
 * Reads what a view shows: of one logger, and of the severities that are not shown no more than their sums. No other key is
 * made of a name than of one that there is.
 * @throws UnknownLoggerError
 */
export async function gather(reader: DashboardReader, view: View): Promise<Readings> {
  const known = await reader.names();
  const name = chosenName(known, view.name);
  const own = severitiesOf(known, name);
  const all = shownSeverities(view, severitiesWith(own));
  const shown = own.filter((severity) => all.includes(severity));
  const hidden = own.filter((severity) => !all.includes(severity));
  const [changes, sums, lines] = await Promise.all([
    Promise.all(shown.map(async (severity) => ({ severity, changes: await reader.changes(name, severity) }))),
    Promise.all(hidden.map(async (severity) => [severity, await readSums(reader, name, severity)] as const)),
    shown.length > 0 ? reader.recent(name, shown, view.filter === '' ? { limit: LINES } : {}) : [],
  ]);
  return { known, name, changes, sums: new Map(sums), lines: keyed(lines) };
}

/** All lines that are kept of a logger, newest first. */
export async function readLines(reader: DashboardReader, asked: string | undefined): Promise<ShownLine[]> {
  const known = await reader.names();
  const name = chosenName(known, asked);
  const severities = severitiesOf(known, name);
  return severities.length > 0 ? keyed(await reader.recent(name, severities)) : [];
}

function severitiesOf(known: readonly KnownLogger[], name: string): string[] {
  return known.filter((logger) => logger.name === name).map(({ severity }) => severity);
}

async function readSums(
  reader: DashboardReader,
  name: string,
  severity: string,
): Promise<{ count: number; previous: number }> {
  const [current, previous] = await Promise.all([
    reader.common(name, severity, { limit: 1 }),
    reader.common(name, severity, { limit: 1, window: 'previous' }),
  ]);
  return { count: current.total, previous: previous.total };
}
