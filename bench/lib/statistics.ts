/** Medians of repeated measurements, and the range in which noise leaves the true median. */

const CONFIDENCE = 0.95;

function sort(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

/** The number below which the given share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  return sort(numbers)[Math.floor(share * numbers.length)] as number;
}

export function median(numbers: readonly number[]): number {
  const sorted = sort(numbers);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

/** A range that holds the true median with a probability of `confidence`. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
}

/**
 * The narrowest interval between two of the numbers, equally far from both ends, that holds the true median with a
 * probability of at least 0.95, whatever the distribution (W. J. Conover, Practical Nonparametric Statistics, 3rd
 * edition, section 3.2). For fewer than six numbers, their range, which is less certain: 0.94 for five, 0.75 for three.
 */
export function medianInterval(numbers: readonly number[]): Interval {
  const sorted = sort(numbers);
  const count = sorted.length;
  let left = 0;
  let confidence = 1 - 2 ** (1 - count);
  for (let term = 2 ** -count; ; left++) {
    // How likely exactly `left + 1` of the numbers are below the true median.
    term *= (count - left) / (left + 1);
    if (confidence - 2 * term < CONFIDENCE) break;
    confidence -= 2 * term;
  }
  return { low: sorted[left] as number, high: sorted[count - 1 - left] as number, confidence };
}

/** Each number divided by the one of the same round. */
export function divideByRound(numbers: readonly number[], divisors: readonly number[]): number[] {
  return numbers.map((number, round) => number / (divisors[round] as number));
}
