/** Turns what was read into the data that the page shows. */

import { Slices } from '../../read/slices';
import { surgeScore } from '../../read/surge';
import { shownSeverities, type View } from '../view';
import { type NotableChange, notableChanges, type StatusCounts } from './changes';
import { type FrequentMessage, foldedCount, frequentMessages } from './frequent';
import type { Readings } from './gather';
import { findSample, type ShownLine } from './lines';
import { type LoggerEntry, listLoggers } from './loggers';
import { type CountPair, listSeverities, type SeverityTotal, sumCounts, type Total } from './totals';

/** Lines shown. */
const LINES = 100;
const HOUR_MS = 3_600_000;
const STEP = 1.02;

/** A message that changed, with its newest line; null if none is stored. */
export interface SampledChange extends NotableChange {
  readonly sample: ShownLine | null;
}

/** The data of the page at one time. */
export interface Snapshot {
  /** The logger shown; null if nothing was ever logged. */
  readonly name: string | null;
  /** The loggers that wrote last, by name. */
  readonly loggers: readonly LoggerEntry[];
  /** The number of all loggers. */
  readonly loggerCount: number;
  /** How much of the hour has passed, from 0 to 1, in whole minutes. */
  readonly elapsed: number;
  /** Whether the logger logged anything in the hour before. If not, nothing can be compared. */
  readonly hasBaseline: boolean;
  /** All severities together. */
  readonly total: Total;
  readonly severities: readonly SeverityTotal[];
  readonly changes: readonly SampledChange[];
  readonly changeCounts: StatusCounts;
  /** Messages that may have changed: `<other>` may include their counts. */
  readonly undecided: number;
  readonly frequent: readonly FrequentMessage[];
  /** Log calls of this hour whose messages are too rare to be counted one by one. */
  readonly folded: number;
  /** The latest lines, newest first. */
  readonly lines: readonly ShownLine[];
}

export async function makeSnapshot({ known, name, changes, sums, lines }: Readings, view: View): Promise<Snapshot> {
  const counts = new Map([...sums, ...changes.map((each) => [each.severity, sumCounts(each.changes)] as const)]);
  // By the clock of Redis, or of this process if no severity was read.
  const exactly = changes[0]?.elapsed ?? (Date.now() % HOUR_MS) / HOUR_MS;
  const elapsed = stepBelow(exactly);
  const minutes = Math.floor(exactly * 60) / 60;
  const hasBaseline = [...counts.values()].some(({ previous }) => previous > 0);
  const scored = ({ count, previous }: CountPair): Total => {
    return { count, previous, score: hasBaseline ? surgeScore(count, previous, elapsed) : null };
  };
  const all = listSeverities(counts.keys());
  const shown = shownSeverities(view, all);
  const notable = await notableChanges(changes, elapsed);
  return {
    name: known.length > 0 ? name : null,
    ...(await listLoggers(known, name)),
    elapsed: minutes,
    hasBaseline,
    total: scored(sumCounts([...counts.values()])),
    severities: all.map((severity) => {
      const total = counts.get(severity) ?? { count: 0, previous: 0 };
      return { severity, ...scored(total), isShown: shown.includes(severity) };
    }),
    changes: await addSamples(notable.shown, lines),
    changeCounts: notable.counts,
    undecided: notable.undecided,
    frequent: await frequentMessages(changes, minutes, view.sort),
    folded: foldedCount(changes),
    lines: await filterLines(lines, view.filter),
  };
}

/** The newest lines with a text in upper or lower case, of which there may be tens of thousands. */
async function filterLines(lines: readonly ShownLine[], filter: string): Promise<ShownLine[]> {
  const slices = new Slices();
  const text = filter.toLowerCase();
  const found: ShownLine[] = [];
  for (const line of lines) {
    if (found.length === LINES) break;
    if (slices.isOver()) await slices.pause();
    if (line.message.toLowerCase().includes(text)) found.push(line);
  }
  return found;
}

/** Looks through up to 500 lines for each of up to 50 messages. */
async function addSamples(changes: readonly NotableChange[], lines: readonly ShownLine[]): Promise<SampledChange[]> {
  const slices = new Slices();
  const sampled: SampledChange[] = [];
  for (const change of changes) {
    if (slices.isOver(1)) await slices.pause();
    sampled.push({ ...change, sample: findSample(change.message, change.severity, lines) });
  }
  return sampled;
}

/**
 * Expected counts are computed for a time that advances in steps of 2 %, so that an answer with the same counts stays the
 * same for a while and need not be sent again. The time is at most 2 % behind.
 */
function stepBelow(elapsed: number): number {
  return STEP ** Math.floor(Math.log(elapsed) / Math.log(STEP));
}
