/** Turns what was read of a logger into the data that its page shows. */

import { Slices } from '../../read/slices';
import type { Change } from '../../read/surge';
import type { ToldAlarms } from '../../read/told-alarms';
import { shownSeverities, type View } from '../view';
import { notableChanges, type StatusCounts } from './changes';
import { type FrequentChange, foldedCount, frequentMessages } from './frequent';
import { findChange, type Readings } from './gather';
import { filterLines, lineMatcher, type ShownLine } from './lines';
import { type LoggerEntry, listLoggers } from './loggers';
import { type MessageRow, rowTexts, toRow, toRows } from './rows';
import { listSeverities, listTotals, type SeverityTotal } from './totals';

/** Lines shown, of those that differ from the one after them. */
const LINES = 100;
const HOUR_MS = 3_600_000;

/** One of the most frequent messages. */
export interface FrequentMessage extends MessageRow {
  /** Its share of the log calls of the window in the severities shown, from 0 to 1. */
  readonly share: number;
}

/** The data of the page of a logger at one time. */
export interface Snapshot {
  /** The logger shown. */
  readonly name: string;
  /** The loggers that wrote last, by name. */
  readonly loggers: readonly LoggerEntry[];
  /** The number of all loggers. */
  readonly loggerCount: number;
  /** How much of the hour has passed, from 0 to 1, in whole minutes. */
  readonly elapsed: number;
  /** Whether the logger logged anything before the window. If not, nothing can be compared. */
  readonly hasBaseline: boolean;
  /** All severities together. */
  readonly total: Change;
  readonly severities: readonly SeverityTotal[];
  readonly changes: readonly MessageRow[];
  readonly changeCounts: StatusCounts;
  /** How many messages that changed contain the text asked for, including those not shown. */
  readonly matching: number;
  /** Messages that may have changed: `<other>` may include their counts. */
  readonly undecided: number;
  readonly frequent: readonly FrequentMessage[];
  /** Whether nearly every message is counted once, so that counts say little. */
  readonly isMostlyUnique: boolean;
  /** Log calls of the window whose messages are too rare to be counted one by one. */
  readonly folded: number;
  /** The latest lines, newest first. */
  readonly lines: readonly ShownLine[];
}

/** The data of the page of one message. */
export interface MessageSnapshot extends Pick<Snapshot, 'name' | 'loggers' | 'loggerCount'> {
  readonly severity: string;
  readonly key: string;
  /** Null if it was logged neither in this hour nor in the hour before. */
  readonly row: MessageRow | null;
  /** The end of its last minute, in ISO. */
  readonly end: string;
  /** The latest lines that were probably counted as the message, newest first. */
  readonly lines: readonly ShownLine[];
  /** What watchers have told of it; null if that cannot be read. */
  readonly told: readonly ToldAlarms[] | null;
}

export async function makeSnapshot({ known, name, changes, glances, lines }: Readings, view: View): Promise<Snapshot> {
  // By the clock of Redis.
  const minutes = Math.floor((glances[0]?.elapsed ?? 0) * 60) / 60;
  const all = listSeverities(glances.map(({ severity }) => severity));
  const text = view.filter.toLowerCase();
  const notable = await notableChanges(changes, text);
  const asked = { sort: view.sort, elapsed: view.window === 'hour' ? minutes : undefined, text };
  const frequent = await frequentMessages(changes, asked);
  const rows = await toRows(frequent, lines);
  return {
    name,
    ...(await listLoggers(known, name)),
    elapsed: minutes,
    hasBaseline: glances.some(({ total }) => total.score !== null),
    ...listTotals(glances, shownSeverities(view, all), view.isExact),
    changes: await toRows(notable.shown, lines),
    changeCounts: notable.counts,
    matching: notable.matching,
    undecided: notable.undecided,
    frequent: rows.map((row, i) => ({ ...row, share: (frequent[i] as FrequentChange).share })),
    isMostlyUnique: changes.some((each) => each.isMostlyUnique),
    folded: foldedCount(changes),
    lines: await filterLines(lines, view.filter, LINES),
  };
}

export async function makeMessageSnapshot(
  { known, name, changes, lines, told }: Readings,
  { severity, key }: NonNullable<View['message']>,
  filter: string,
): Promise<MessageSnapshot> {
  const [compared] = changes;
  const change = findChange(changes, { severity, key });
  const row = change ? toRow({ ...change, severity }, lines) : null;
  const matchers = (change ? rowTexts(change) : [key]).map((text) => lineMatcher(text, severity));
  const slices = new Slices();
  const own: ShownLine[] = [];
  for (const line of lines) {
    if (slices.isOver(16)) await slices.pause();
    if (matchers.some((isOf) => isOf(line))) own.push(line);
  }
  const now = compared ? compared.start.getTime() + compared.elapsed * HOUR_MS : Date.now();
  return {
    name,
    ...(await listLoggers(known, name)),
    severity,
    key,
    row,
    end: new Date((Math.floor(now / 60_000) + 1) * 60_000).toISOString(),
    lines: await filterLines(own, filter, LINES),
    told: told ?? null,
  };
}
