/** What readers saw of each hour, and whether all of it can be true. */

import { type Counts, sum, total } from '../redis/stored-log';
import { KINDS, PARTS, partMessage } from '../writers/group-writer';

/** The counts of an hour, which is the time of its beginning in milliseconds. */
export interface Window {
  readonly hour: number;
  readonly counts: Counts;
}

export const isSame = (a: Counts, b: Counts): boolean => isWithin(a, b) && isWithin(b, a);
export const isWithin = (a: Counts, b: Counts): boolean =>
  Object.entries(a).every(([message, count]) => count <= (b[message] ?? 0));

/** Whether each group is there with all its parts, or not at all. */
export function isWhole(counts: Counts): boolean {
  return Array.from({ length: KINDS }, (_, kind) => kind).every((kind) => {
    const parts = new Set(Array.from({ length: PARTS }, (_, part) => counts[partMessage(kind, part)] ?? 0));
    return parts.size === 1;
  });
}

export const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0;

/** What all readers know together: the final counts of each hour, and what they saw that cannot be true. */
export class Findings {
  readonly problems: string[] = [];
  readonly #finals = new Map<number, Counts>();
  /** Sums of hours whose final counts were not known yet. */
  readonly #claims: { readonly hour: number; readonly sum: number }[] = [];

  expect(isTrue: boolean, what: () => unknown): void {
    if (!isTrue && this.problems.length < 10) this.problems.push(JSON.stringify(what()));
  }

  /** The counts of an hour that is over. All readers have to see the same. */
  ended({ hour, counts }: Window): void {
    const final = this.#finals.get(hour);
    if (final) this.expect(isSame(final, counts), () => ['an hour that was over changed', hour, final, counts]);
    else this.#finals.set(hour, counts);
  }

  endedWith(hour: number, sumOfAll: number): void {
    this.#claims.push({ hour, sum: sumOfAll });
  }

  final(hour: number): Counts | undefined {
    return this.#finals.get(hour);
  }

  /** Compares the sums with the counts, and all counts with the logged messages. */
  settle(last: Window, logged: Counts): void {
    for (const { hour, sum: claimed } of this.#claims) {
      const final = this.#finals.get(hour);
      this.expect(final !== undefined && total(final) === claimed, () => ['a wrong sum', hour, final, claimed]);
    }
    const counted = [...this.#finals.values(), last.counts].reduce(sum, {});
    this.expect(isSame(counted, logged), () => ['not all are counted', counted, logged]);
  }
}
