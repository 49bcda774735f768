/** Scores how far a count lies from what was expected, and says what has become of a total. */

import type { HourTotals } from './totals';

/** Added to both counts: small counts vary most, and should not look like news. */
const PRIOR = 10;
/** Least score of a surge: one doubling. Half of what was expected is the same distance the other way. */
const NOTEWORTHY = 1;

/**
 * How a count changed. `'new'`: first seen within the window, in the memory of a week, by a logger that is older than the window.
 * `'returned'`: not seen for a day or more before the window, but within the week. For these two, this hour counts as the last sixty
 * minutes, so that nothing stops being news as the hour turns. `'surging'`: at least twice what is expected; `'fading'`: at most half of
 * it, each with a margin for small counts; `'steady'`: none of these. `'unknown'`: nothing can be said.
 */
export type ChangeStatus = 'new' | 'returned' | 'surging' | 'fading' | 'steady' | 'unknown';

/** What is worth a row of its own. */
export type NotableStatus = Exclude<ChangeStatus, 'steady' | 'unknown'>;

/** The order of rows: what came up, what went away, what stayed, what is not known. */
export const STATUS_RANK: Readonly<Record<ChangeStatus, number>> = {
  new: 0,
  returned: 0,
  surging: 0,
  fading: 1,
  steady: 2,
  unknown: 3,
};

/** Whether a status is of something that came up: it is new or surging, or has come back. */
export function isRising(status: ChangeStatus): boolean {
  return STATUS_RANK[status] === STATUS_RANK.new;
}

/** Whether a status is worth a row of its own. */
export function isNotable(status: ChangeStatus): status is NotableStatus {
  return STATUS_RANK[status] < STATUS_RANK.steady;
}

/** How surprising a change is: of what came up, what goes on comes before what is over; of the others, the largest either way. */
export function surprise({ status, score }: Pick<Change, 'status' | 'score'>): number {
  return isRising(status) ? (score ?? 0) : Math.abs(score ?? 0);
}

/** A count of a window compared with what was logged before it. */
export interface Change {
  /** Log calls of the window. */
  readonly count: number;
  /** Log calls of what it is compared with: the whole hour before, or, for minutes, the two hours up to the window. */
  readonly previous: number;
  /** Log calls that these predict for the window. */
  readonly expected: number;
  /**
   * See {@link surgeScore}; null if there is nothing to compare with: the logger logged nothing in that time, under any severity,
   * or it is not known what it logged in the window.
   */
  readonly score: number | null;
  /** How it changed. */
  readonly status: ChangeStatus;
}

/**
 * How many doublings a count lies beyond what the hour before predicts for this part of the hour: 1 is twice as much, −1
 * half, with ten added to both sides. It is the logarithm of a ratio with a prior, which stays steady if counts vary more than
 * by chance, as counts of log messages do; `npm run bench:surge` compares it with other scores.
 *
 * @param count - log calls of this hour so far, from 0
 * @param previous - log calls of the whole hour before, from 0
 * @param elapsed - how much of this hour has passed, from 0 to 1
 */
export function surgeScore(count: number, previous: number, elapsed: number): number {
  return scoreAgainst(count, elapsed * previous);
}

/**
 * The same for a count that is expected.
 *
 * @param scale - how many times as long the window is as the time that predicts for it. If it is longer, as much more is added: what
 *   is expected varies that much more by chance.
 */
export function scoreAgainst(count: number, expected: number, scale = 1): number {
  const prior = PRIOR * Math.max(1, scale);
  return Math.log2((count + prior) / (expected + prior));
}

/** A score as a factor, in a few characters: `×3.1`, `×0.25`, `<×0.01`. */
export function factorText(score: number): string {
  const factor = 2 ** score;
  if (factor < 0.01) return '<×0.01';
  if (factor >= 9999.5) return '>×9999';
  return `×${factor.toFixed(factor < 0.95 ? 2 : factor < 9.95 ? 1 : 0)}`;
}

/**
 * How the sum of all counts has changed.
 *
 * @param hasBaseline - whether the logger logged anything in the hour before, under any severity
 */
export function compareTotals(
  { current, previous, elapsed }: Pick<HourTotals, 'current' | 'previous' | 'elapsed'>,
  hasBaseline: boolean,
): Change {
  const counts = { count: current, previous, expected: elapsed * previous };
  const isCompared = previous > 0 || (hasBaseline && current > 0);
  if (!isCompared) return { ...counts, score: null, status: 'unknown' };
  const score = surgeScore(current, previous, elapsed);
  return { ...counts, score, status: previous === 0 ? 'new' : classify(score) };
}

/** How the sum of several totals of one window has changed. */
export function sumTotals(totals: readonly Change[]): Change {
  const sum = (part: 'count' | 'previous' | 'expected'): number => totals.reduce((all, each) => all + each[part], 0);
  const counts = { count: sum('count'), previous: sum('previous'), expected: sum('expected') };
  if (totals.every(({ score }) => score === null)) return { ...counts, score: null, status: 'unknown' };
  const score = scoreAgainst(counts.count, counts.expected);
  return { ...counts, score, status: classify(score) };
}

/** The status of a score. */
export function classify(score: number): ChangeStatus {
  if (score >= NOTEWORTHY) return 'surging';
  return score <= -NOTEWORTHY ? 'fading' : 'steady';
}
