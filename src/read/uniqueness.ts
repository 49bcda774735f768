/** Tells whether counting the messages of a logger one by one says little, since hardly any comes twice. */

import { OTHER } from '../redis/keys';
import type { Memory } from './memory';
import { Slices } from './slices';

/** Fewer messages than this are no flood. */
const LEAST = 100;
/** Nearly all. */
const SHARE = 0.9;

/** What viewers say then, in one line. */
export const UNIQUE_HINT =
  "nearly all messages are counted once: count them by pattern (commonKey: 'pattern') or by template (keepTemplate())";

/** Whether at least 100 messages were counted in both hours, and nine of ten of them once. */
export async function areMostlyUnique({ current, previous }: Pick<Memory, 'current' | 'previous'>): Promise<boolean> {
  const slices = new Slices();
  const counts = new Map<string, number>();
  for (const window of [current, previous]) {
    for (const [message, count] of window) {
      if (slices.isOver()) await slices.pause();
      if (message !== OTHER) counts.set(message, (counts.get(message) ?? 0) + count);
    }
  }
  let once = 0;
  for (const count of counts.values()) {
    if (slices.isOver()) await slices.pause();
    if (count === 1) once++;
  }
  return counts.size >= LEAST && once >= counts.size * SHARE;
}
