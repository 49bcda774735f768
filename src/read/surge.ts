/** Compares the counts of this hour with those of the hour before: what is new, surging or fading. */

import { OTHER } from '../redis/keys';
import type { Count, Hours } from './scripts';
import { Slices, sortInSlices } from './slices';

/** Added to both counts: small counts vary most, and should not look like news. */
const PRIOR = 10;
/** Least score of a surge: one doubling. Half of what was expected is the same distance the other way. */
const NOTEWORTHY = 1;

/**
 * How a count changed: `'new'` was not logged in the hour before, `'surging'` is at least twice what that hour predicts,
 * `'fading'` at most half of it, each with a margin for small counts; `'steady'` is none of these.
 */
export type ChangeStatus = 'new' | 'surging' | 'fading' | 'steady';

/** A count of this hour compared with the count of the hour before. */
export interface Change {
  /** Log calls of this hour. */
  readonly count: number;
  /** Log calls of the whole hour before. */
  readonly previous: number;
  /** Log calls that the hour before predicts for the part of this hour that has passed. */
  readonly expected: number;
  /**
   * See {@link surgeScore}; null if the logger logged nothing in the hour before, under any severity, so that there is
   * nothing to compare with.
   */
  readonly score: number | null;
  /** Null if there is nothing to compare with, or if it depends on which messages `<other>` stands for. */
  readonly status: ChangeStatus | null;
}

/** How the count of one message has changed. */
export interface MessageChange extends Change {
  readonly message: string;
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
  return Math.log2((count + PRIOR) / (elapsed * previous + PRIOR));
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
export function compareTotals({ current, previous, elapsed }: Hours<number>, hasBaseline: boolean): Change {
  const counts = { count: current, previous, expected: elapsed * previous };
  const isCompared = previous > 0 || (hasBaseline && current > 0);
  if (!isCompared) return { ...counts, score: null, status: null };
  const score = surgeScore(current, previous, elapsed);
  return { ...counts, score, status: previous === 0 ? 'new' : classify(score) };
}

/**
 * How the count of each message has changed, computed in slices, the most surprising first: new and surging messages by score, then fading ones,
 * then the others. Messages of a severity that was silent in the hour before are new if its logger was not silent.
 *
 * @param hasBaseline - whether the logger logged anything in the hour before, under any severity
 */
export async function compareMessages(
  { current, previous, elapsed }: Hours<readonly Count[]>,
  hasBaseline: boolean,
): Promise<MessageChange[]> {
  const slices = new Slices();
  const gone = new Map<string, number>();
  for (const [message, before] of previous) {
    if (slices.isOver()) await slices.pause();
    gone.set(message, before);
  }
  const isCompared = hasBaseline || gone.size > 0;
  const folded = { count: current.find(isOther)?.[1] ?? 0, previous: gone.get(OTHER) ?? 0 };
  // There may be tens of thousands of messages: each is looked up once, and scored once if nothing is folded.
  const change = (message: string, count: number, before: number): MessageChange => {
    const expected = elapsed * before;
    if (!isCompared) return { message, count, previous: before, expected, score: null, status: null };
    const score = surgeScore(count, before, elapsed);
    const counts = { count, previous: before, score };
    const status = message === OTHER ? null : statusDespiteFolding(counts, folded, elapsed);
    return { message, count, previous: before, expected, score, status };
  };
  const changes: MessageChange[] = [];
  for (const [message, count] of current) {
    if (slices.isOver()) await slices.pause();
    changes.push(change(message, count, gone.get(message) ?? 0));
    gone.delete(message);
  }
  for (const [message, before] of gone) {
    if (slices.isOver()) await slices.pause();
    changes.push(change(message, 0, before));
  }
  return sortInSlices(changes, bySurprise, slices);
}

function isOther([message]: Count): boolean {
  return message === OTHER;
}

interface Counts {
  readonly count: number;
  readonly previous: number;
}

/** The status that holds whichever part of the folded counts belongs to the message; null if there is none. */
function statusDespiteFolding(
  { count, previous, score }: Counts & { readonly score: number },
  folded: Counts,
  elapsed: number,
): ChangeStatus | null {
  if (previous === 0 && folded.previous === 0) return 'new';
  if (folded.count === 0 && folded.previous === 0) return classify(score);
  const least = classify(surgeScore(count, previous + folded.previous, elapsed));
  const most = classify(surgeScore(count + folded.count, previous, elapsed));
  return least === most ? least : null;
}

function classify(score: number): ChangeStatus {
  if (score >= NOTEWORTHY) return 'surging';
  return score <= -NOTEWORTHY ? 'fading' : 'steady';
}

const RANK: Readonly<Record<ChangeStatus | 'unknown', number>> = {
  new: 0,
  surging: 0,
  fading: 1,
  steady: 2,
  unknown: 3,
};

function bySurprise(a: MessageChange, b: MessageChange): number {
  return (
    RANK[a.status ?? 'unknown'] - RANK[b.status ?? 'unknown'] ||
    Math.abs(b.score ?? 0) - Math.abs(a.score ?? 0) ||
    b.count - a.count ||
    (a.message < b.message ? -1 : 1)
  );
}
