import { surgeScore } from '../../read/surge';
import { shownSeverities, type View } from '../view';
import type { Readings } from './gather';
import { findSample, type ShownLine } from './lines';
import { type LoggerEntry, listLoggers } from './loggers';
import {
  type CountPair,
  type FrequentMessage,
  foldedCount,
  frequentMessages,
  listSeverities,
  type NotableChange,
  notableChanges,
  type StatusCounts,
  sumCounts,
} from './ranking';

const LINES = 100;
const HOUR_MS = 3_600_000;
const STEP = 1.02;

/** How much was logged. */
export interface Total {
  /** Log calls of this hour. */
  readonly count: number;
  /** Log calls of the hour before. */
  readonly previous: number;
  /** Doublings beyond what the hour before predicts; null where the logger logged nothing in it. */
  readonly score: number | null;
}

/** The same of one severity. */
export interface SeverityTotal extends Total {
  readonly severity: string;
  readonly isShown: boolean;
}

/** A message that changed, with the newest line of it where that is still kept. */
export interface SampledChange extends NotableChange {
  readonly sample: ShownLine | null;
}

/** What a page shows, as it is at one time. */
export interface Snapshot {
  /** Null where nothing was ever logged. */
  readonly name: string | null;
  readonly loggers: readonly LoggerEntry[];
  /** How many there are in all. */
  readonly loggerCount: number;
  /** How much of the hour has passed, from 0 to 1, to the minute. */
  readonly elapsed: number;
  /** Whether the logger logged anything in the hour before, so that there is something to compare with. */
  readonly hasBaseline: boolean;
  /** Of all severities. */
  readonly total: Total;
  readonly severities: readonly SeverityTotal[];
  readonly changes: readonly SampledChange[];
  readonly changeCounts: StatusCounts;
  /** Messages of which it cannot be told whether they changed, since `<other>` may hold what would. */
  readonly undecided: number;
  readonly frequent: readonly FrequentMessage[];
  /** Log calls of this hour of messages that are too rare to be counted one by one. */
  readonly folded: number;
  /** Newest first. */
  readonly lines: readonly ShownLine[];
}

export function makeSnapshot({ known, name, changes, sums, lines }: Readings, view: View): Snapshot {
  const counts = new Map([...sums, ...changes.map((each) => [each.severity, sumCounts(each.changes)] as const)]);
  // By the clock of Redis; by that of this process if no severity is shown.
  const exactly = changes[0]?.elapsed ?? (Date.now() % HOUR_MS) / HOUR_MS;
  const elapsed = stepBelow(exactly);
  const minutes = Math.floor(exactly * 60) / 60;
  const hasBaseline = [...counts.values()].some(({ previous }) => previous > 0);
  const scored = ({ count, previous }: CountPair): Total => {
    return { count, previous, score: hasBaseline ? surgeScore(count, previous, elapsed) : null };
  };
  const all = listSeverities(counts.keys());
  const shown = shownSeverities(view, all);
  const notable = notableChanges(changes, elapsed);
  const text = view.filter.toLowerCase();
  return {
    name: known.length > 0 ? name : null,
    ...listLoggers(known, name),
    elapsed: minutes,
    hasBaseline,
    total: scored(sumCounts([...counts.values()])),
    severities: all.map((severity) => {
      const total = counts.get(severity) ?? { count: 0, previous: 0 };
      return { severity, ...scored(total), isShown: shown.includes(severity) };
    }),
    changes: notable.shown.map((change) => ({ ...change, sample: findSample(change.message, change.severity, lines) })),
    changeCounts: notable.counts,
    undecided: notable.undecided,
    frequent: frequentMessages(changes, minutes, view.sort),
    folded: foldedCount(changes),
    lines: lines.filter(({ message }) => message.toLowerCase().includes(text)).slice(0, LINES),
  };
}

/**
 * What is expected is computed for a time that stands still for a while: what shows no other counts is the same then, and
 * need not be sent again. It is 2 % too early at most.
 */
function stepBelow(elapsed: number): number {
  return STEP ** Math.floor(Math.log(elapsed) / Math.log(STEP));
}
