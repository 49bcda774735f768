/** Finds the most frequent messages. */

import type { SeverityChanges } from '../../read/compare';
import type { MessageChange } from '../../read/message-change';
import { Slices } from '../../read/slices';
import { OTHER } from '../../redis/keys';
import { compareSeverities } from '../../severity';
import { matches, type SeverityChange } from './rows';

/** Messages shown. */
const MAX_FREQUENT = 10;
/** The hour is young while less than this part of it has passed. */
const YOUNG = 1 / 6;

/** One of the most frequent messages. */
export interface FrequentChange extends SeverityChange {
  /** Its share of the log calls of the window in the severities shown, from 0 to 1. */
  readonly share: number;
}

/** What to look for. */
interface Asked {
  readonly sort: 'current' | 'previous';
  /** How much of the hour has passed, from 0 to 1; undefined for a window of minutes. */
  readonly elapsed: number | undefined;
  /** That a message must contain, in lower case. */
  readonly text: string;
}

/** By the count of the window, or, while the hour is young, by an estimate of the last sixty minutes. */
export async function frequentMessages(
  all: readonly SeverityChanges[],
  { sort, elapsed, text }: Asked,
): Promise<FrequentChange[]> {
  const slices = new Slices();
  const rest = elapsed !== undefined && isYoung(elapsed) ? 1 - elapsed : 0;
  const top: { readonly weight: number; readonly severity: string; readonly change: MessageChange }[] = [];
  let total = 0;
  for (const { severity, changes } of [...all].sort((a, b) => compareSeverities(a.severity, b.severity))) {
    for (const change of changes) {
      if (slices.isOver()) await slices.pause();
      total += change.count;
      const weight = sort === 'previous' ? change.previous : change.count + rest * change.previous;
      // Inserting into the ten is cheaper than sorting thousands of messages.
      if (weight <= (top[MAX_FREQUENT - 1]?.weight ?? 0) || !matches(change, text)) continue;
      const at = top.findIndex((other) => other.weight < weight);
      top.splice(at < 0 ? top.length : at, 0, { weight, severity, change });
      top.length = Math.min(top.length, MAX_FREQUENT);
    }
  }
  return top.map(({ severity, change }) => {
    return { ...change, severity, share: total > 0 ? change.count / total : 0 };
  });
}

export function isYoung(elapsed: number): boolean {
  return elapsed < YOUNG;
}

/** Log calls of the window whose messages are too rare to be counted one by one. */
export function foldedCount(all: readonly SeverityChanges[]): number {
  return all.reduce((total, { changes }) => total + (changes.find(({ message }) => message === OTHER)?.count ?? 0), 0);
}
