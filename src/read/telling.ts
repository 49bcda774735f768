/** Picks from the messages that were looked at those that tell most, by patterns of which not all messages may be known. */

import { parameterize } from '../record/parameterize';
import { OTHER } from '../redis/keys';
import type { MessageChange } from './message-change';
import { isNotable, isRising } from './surge';

/**
 * The messages that changed, one of each pattern, in their order. If messages of a pattern differ in what became of them, their counts
 * vary while those of the pattern may not: none of them is picked. So it is with orders that are logged with their numbers.
 *
 * @param changes - such as those of a glance
 */
export function pickTelling(changes: readonly MessageChange[]): MessageChange[] {
  if (!changes.some(({ status }) => isNotable(status))) return [];
  const patterns = new Map<string, { readonly first: MessageChange; isAlike: boolean }>();
  for (const change of changes) {
    if (change.message === OTHER) continue;
    const key = parameterize(change.message);
    const known = patterns.get(key);
    if (!known) patterns.set(key, { first: change, isAlike: isNotable(change.status) });
    else known.isAlike &&= isNotable(change.status) && isRising(change.status) === isRising(known.first.status);
  }
  return [...patterns.values()].filter(({ isAlike }) => isAlike).map(({ first }) => first);
}
