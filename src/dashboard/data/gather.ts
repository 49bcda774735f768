/** Reads from Redis what a view of one logger shows, and no more. */

import type { SeverityChanges } from '../../read/compare';
import type { SeverityGlance } from '../../read/glance';
import type { KnownLogger } from '../../read/known-loggers';
import type { MessageChange } from '../../read/message-change';
import type { RecentCommonReader } from '../../read/reader';
import type { ToldAlarms } from '../../read/told-alarms';
import { readerWindow, shownSeverities, type View } from '../view';
import { addKeys, type ShownLine } from './lines';
import { assertKnownName, readableLoggers } from './loggers';
import { hasKey } from './rows';
import { listSeverities } from './totals';

/** Lines to read without a filter: all that five severities keep by default. With a filter, all lines are read. */
const LINES = 500;

/** The methods of a {@link RecentCommonReader} that a dashboard calls. */
export type DashboardReader = Pick<
  RecentCommonReader,
  'names' | 'overview' | 'changedSince' | 'glance' | 'recent' | 'compare' | 'told'
>;

/** What was read of a logger. */
export interface Readings {
  readonly known: readonly KnownLogger[];
  readonly name: string;
  /** Of the severities that are shown. */
  readonly changes: readonly SeverityChanges[];
  /** Of all severities. */
  readonly glances: readonly SeverityGlance[];
  /** Newest first. */
  readonly lines: readonly ShownLine[];
  /** What watchers have told of the message, if the view is of one; undefined if that cannot be read. */
  readonly told: readonly ToldAlarms[] | undefined;
}

/** A message that a view is about. */
type ViewedMessage = NonNullable<View['message']>;

/**
 * Reads one logger, and of severities that are not shown only what a glance tells. A name becomes part of a key only if a logger
 * has it.
 *
 * @throws UnknownLoggerError
 */
export async function gather(
  reader: DashboardReader,
  view: View & { readonly name: string },
  groups: readonly string[],
): Promise<Readings> {
  const { name, message } = view;
  const known = await readableLoggers(await reader.names());
  assertKnownName(known, name);
  const own = loggedSeverities(known, name);
  const shown = chooseSeverities(view, own);
  const window = readerWindow(view);
  const [glances, lines] = await Promise.all([
    reader.glance(name, own, { window }),
    shown.length > 0 ? reader.recent(name, shown, isWhole(view) ? {} : { limit: LINES }) : [],
  ]);
  const hasBaseline = glances.some(({ total }) => total.score !== null);
  const changes = await reader.compare(name, shown, {
    window,
    hasBaseline,
    groupBy: view.isExact ? 'message' : 'pattern',
  });
  const told = message && (await readTold(reader, name, message, { changes, groups }));
  return { known, name, changes, glances, lines: await addKeys(lines), told };
}

/** The change of a message among those of its severity. */
export function findChange(changes: readonly SeverityChanges[], { key }: ViewedMessage): MessageChange | undefined {
  return changes[0]?.changes.find((each) => hasKey(each, key));
}

/** The page does without it: its user may not be permitted to read it. */
function readTold(
  reader: DashboardReader,
  name: string,
  message: ViewedMessage,
  { changes, groups }: { readonly changes: readonly SeverityChanges[]; readonly groups: readonly string[] },
): Promise<ToldAlarms[] | undefined> {
  const keys = findChange(changes, message)?.keys ?? [message.key];
  return reader.told(name, message.severity, keys, { groups }).catch(() => undefined);
}

/** Those of a logger that a view shows. */
function chooseSeverities(view: View, own: readonly string[]): string[] {
  const shown = view.message ? [view.message.severity] : shownSeverities(view, listSeverities(own));
  return own.filter((severity) => shown.includes(severity));
}

/** Whether all lines are looked through. */
function isWhole({ filter, message }: View): boolean {
  return filter !== '' || message !== undefined;
}

/** Every stored line of a logger, newest first. */
export async function readLines(reader: DashboardReader, name: string): Promise<ShownLine[]> {
  const known = await readableLoggers(await reader.names());
  assertKnownName(known, name);
  return addKeys(await reader.recent(name, loggedSeverities(known, name)));
}

function loggedSeverities(known: readonly KnownLogger[], name: string): string[] {
  return known.filter((logger) => logger.name === name).map(({ severity }) => severity);
}
