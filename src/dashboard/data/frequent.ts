/** Finds the most frequent messages. */

import type { SeverityChanges } from '../../read/compare';
import type { MessageChange } from '../../read/message-change';
import { Slices } from '../../read/slices';
import { OTHER } from '../../redis/keys';
import { compareSeverities } from '../../severity';

/** Messages shown. */
const MAX_FREQUENT = 10;
/** The hour is young while less than this part of it has passed. */
const YOUNG = 1 / 6;

/** One of the most frequent messages. */
export interface FrequentMessage {
  readonly severity: string;
  readonly message: string;
  /** Log calls of this hour. */
  readonly count: number;
  /** Log calls of the whole hour before. */
  readonly previous: number;
  /** Its share of this hour's log calls in the severities shown, from 0 to 1. */
  readonly share: number;
}

/** By the count of this hour, or, while the hour is young, by an estimate of the last sixty minutes. */
export async function frequentMessages(
  all: readonly SeverityChanges[],
  elapsed: number,
  sort: 'current' | 'previous',
): Promise<FrequentMessage[]> {
  const slices = new Slices();
  const rest = isYoung(elapsed) ? 1 - elapsed : 0;
  const top: { readonly weight: number; readonly severity: string; readonly change: MessageChange }[] = [];
  let total = 0;
  for (const { severity, changes } of [...all].sort((a, b) => compareSeverities(a.severity, b.severity))) {
    for (const change of changes) {
      if (slices.isOver()) await slices.pause();
      total += change.count;
      const weight = sort === 'previous' ? change.previous : change.count + rest * change.previous;
      // Inserting into the ten is cheaper than sorting thousands of messages.
      if (weight <= (top[MAX_FREQUENT - 1]?.weight ?? 0)) continue;
      const at = top.findIndex((other) => other.weight < weight);
      top.splice(at < 0 ? top.length : at, 0, { weight, severity, change });
      top.length = Math.min(top.length, MAX_FREQUENT);
    }
  }
  return top.map(({ severity, change: { message, count, previous } }) => {
    return { severity, message, count, previous, share: total > 0 ? count / total : 0 };
  });
}

export function isYoung(elapsed: number): boolean {
  return elapsed < YOUNG;
}

/** Log calls of this hour whose messages are too rare to be counted one by one. */
export function foldedCount(all: readonly SeverityChanges[]): number {
  return all.reduce((total, { changes }) => total + (changes.find(({ message }) => message === OTHER)?.count ?? 0), 0);
}
