/** Finds the minute in which a surge began. */

import { classify, scoreAgainst } from './surge';

/** Minutes that are at least a twentieth as probable as the best are as good: the logarithm of that. */
const AS_GOOD = Math.log(20);
/** If minutes further away are as good, none is told. */
const CLOSE = 1;

/** Two rates, one before a minute and a higher one from it on. */
interface Split {
  readonly at: number;
  /** Its logarithm, but for what is the same for each split. */
  readonly likelihood: number;
  readonly isSurge: boolean;
}

/**
 * The first minute of the surge with which the last minutes end: from it on one rate, at least twice as high as the one before, is most
 * probable. Undefined if there is none, or if they do not tell it to within a minute.
 *
 * @param minutes - log calls, oldest first; null for a minute that is not known
 * @returns its index
 */
export function findSurgeBeginning(minutes: readonly (number | null)[]): number | undefined {
  const unknown = minutes.lastIndexOf(null) + 1;
  const splits = listSplits(minutes.slice(unknown) as number[]);
  const best = splits.reduce(
    (one: Split | undefined, each) => (one && one.likelihood >= each.likelihood ? one : each),
    undefined,
  );
  if (!best?.isSurge) return undefined;
  const isClear = splits.every(
    ({ at, likelihood }) => Math.abs(at - best.at) <= CLOSE || likelihood < best.likelihood - AS_GOOD,
  );
  return isClear ? unknown + best.at : undefined;
}

function listSplits(minutes: readonly number[]): Split[] {
  const total = minutes.reduce((sum, calls) => sum + calls, 0);
  const splits: Split[] = [];
  let before = 0;
  for (let at = 1; at < minutes.length; at++) {
    before += minutes[at - 1] as number;
    const scale = (minutes.length - at) / at;
    const [after, expected] = [total - before, before * scale];
    if (after <= expected) continue;
    const likelihood = logLikelihood(before, at) + logLikelihood(after, minutes.length - at);
    splits.push({ at, likelihood, isSurge: classify(scoreAgainst(after, expected, scale)) === 'surging' });
  }
  return splits;
}

/** Of log calls that come at random at their own rate. */
function logLikelihood(calls: number, minutes: number): number {
  return calls > 0 ? calls * Math.log(calls / minutes) : 0;
}
