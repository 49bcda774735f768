/** Decides whether a logger has fallen silent: the only place that does. */

import { addMinutes, type MinuteCounts } from './minutes';
import { classify, scoreAgainst } from './surge';

const MINUTE_MS = 60_000;
/** A logger that spoke in each of so many minutes, and then in none of as many, is silent. */
const SPOKEN = 30;
const SILENT = 5;

/** A silence. */
export interface Silence {
  /** The end of the last minute in which something was logged, in epoch milliseconds. */
  readonly since: number;
  /** Log calls that the 30 minutes before predict for the whole minutes since then. */
  readonly expected: number;
}

/** The sums of the minutes of several severities; a minute that is unknown for one of them is unknown. */
export function sumMinutes(all: readonly MinuteCounts[]): MinuteCounts | undefined {
  const [first, ...others] = all;
  if (!first) return undefined;
  // A reading in the next minute begins a minute later.
  const start = Math.max(...all.map((each) => each.start.getTime()));
  const counts = [first, ...others]
    .map((each) => each.counts.slice((start - each.start.getTime()) / MINUTE_MS))
    .reduce(addMinutes);
  return { start: new Date(start), counts };
}

/**
 * The silence of a logger; undefined if it spoke in the last five whole minutes, or not in each of the 30 before, or if that
 * is not known.
 */
export function findSilence({ start, counts }: MinuteCounts): Silence | undefined {
  const whole = counts.slice(0, -1);
  if (counts.at(-1) !== 0) return undefined;
  const last = whole.findLastIndex((count) => count !== 0);
  const spoken = last < SPOKEN - 1 ? [] : whole.slice(last - SPOKEN + 1, last + 1);
  const minutes = whole.length - 1 - last;
  if (minutes < SILENT || spoken.length === 0 || spoken.some((count) => !count)) return undefined;
  const expected = (spoken.reduce((sum: number, count) => sum + (count ?? 0), 0) / SPOKEN) * minutes;
  if (classify(scoreAgainst(0, expected)) !== 'fading') return undefined;
  return { since: start.getTime() + (last + 1) * MINUTE_MS, expected };
}
