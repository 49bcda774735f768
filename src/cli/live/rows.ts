/** Reads the rows of the interactive `top`: the messages of all selected loggers, in one list. */

import { lastingKey, type MessageChange } from '../../read/message-change';
import { type ChangeStatus, STATUS_RANK, surprise } from '../../read/surge';
import { compareSeverities } from '../../severity';
import type { GroupBy, TopWindow } from '../arguments/invocation';
import { isNews, type SectionReader, type TopSelection } from '../commands/top-sections';

const HOUR_MS = 3_600_000;

/** A message, or a pattern of messages, of one logger and severity. */
export interface TopRow extends MessageChange {
  /** Stays the same in later readings of the same window and grouping. */
  readonly id: string;
  readonly name: string;
  readonly severity: string;
}

/** What is read for the list. */
export interface Question {
  readonly window: TopWindow;
  readonly groupBy: GroupBy;
}

/** A reading of the list. */
export interface Snapshot extends Question {
  /** The most urgent first. */
  readonly rows: readonly TopRow[];
  /** Loggers, by name and severity, of which only the most telling messages were read: there are too many. */
  readonly unread: number;
  /** Whether hardly any message of some logger came twice. */
  readonly isMostlyUnique: boolean;
  /** By the clock of Redis; undefined if nothing has been logged. */
  readonly now: Date | undefined;
  /** By the clock here, for people. */
  readonly readAt: Date;
}

/**
 * Reads the list.
 * @throws Failure if a logger or severity was asked for that does not exist
 */
export async function readSnapshot(
  reader: SectionReader,
  selection: TopSelection,
  question: Question,
): Promise<Snapshot> {
  const { read, unread, quiet } = await reader.read({ ...selection, ...question });
  const [first] = [...read.map(({ logger }) => logger), ...unread, ...quiet];
  const rows = read.flatMap(({ logger: { name, severity }, changes }) =>
    changes.map((change) => ({ ...change, name, severity, id: JSON.stringify([name, severity, lastingKey(change)]) })),
  );
  return {
    ...question,
    rows: rows.sort(byUrgency),
    unread: unread.length,
    isMostlyUnique: read.some((section) => section.isMostlyUnique),
    now: first && new Date(first.start.getTime() + first.elapsed * HOUR_MS),
    readAt: new Date(),
  };
}

/** Whether a reading answers a question. */
export function isAnswer(snapshot: Snapshot, { window, groupBy }: Question): boolean {
  return snapshot.window === window && snapshot.groupBy === groupBy;
}

/** How many rows there are of each status that is news. */
export function countNews(rows: readonly TopRow[]): ReadonlyMap<ChangeStatus, number> {
  const counts = new Map<ChangeStatus, number>();
  for (const row of rows) if (isNews(row)) counts.set(row.status, (counts.get(row.status) ?? 0) + 1);
  return counts;
}

/** What came up before what went away, then the gravest severity, then the largest change. */
export function byUrgency(a: TopRow, b: TopRow): number {
  return (
    STATUS_RANK[a.status] - STATUS_RANK[b.status] ||
    compareSeverities(a.severity, b.severity) ||
    surprise(b) - surprise(a) ||
    byCount(a, b)
  );
}

export function byCount(a: TopRow, b: TopRow): number {
  return b.count - a.count || b.previous - a.previous || (a.id < b.id ? -1 : 1);
}

/** The message logged last comes first. */
export function byLastSeen(a: TopRow, b: TopRow): number {
  return (b.lastSeen?.getTime() ?? 0) - (a.lastSeen?.getTime() ?? 0) || byUrgency(a, b);
}
