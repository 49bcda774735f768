/** Lists the severities of a logger and sums their counts. */

import type { MessageChange } from '../../read/message-change';
import { compareSeverities, GRAVEST_FIRST } from '../../severity';

/** Log calls of this hour and of the hour before. */
export type CountPair = Pick<MessageChange, 'count' | 'previous'>;

/** How much was logged, beside the hour before. */
export interface Total {
  /** Log calls of this hour. */
  readonly count: number;
  /** Log calls of the hour before. */
  readonly previous: number;
  /** Doublings beyond what the hour before predicts; null if the logger logged nothing in it. */
  readonly score: number | null;
}

/** How much was logged with one severity. */
export interface SeverityTotal extends Total {
  readonly severity: string;
  readonly isShown: boolean;
}

/** The five usual severities, gravest first, then any others by name. */
export function listSeverities(others: Iterable<string>): string[] {
  return [...new Set([...GRAVEST_FIRST, ...others])].sort(compareSeverities);
}

export function sumCounts(all: readonly CountPair[]): CountPair {
  let [count, previous] = [0, 0];
  for (const each of all) {
    count += each.count;
    previous += each.previous;
  }
  return { count, previous };
}
