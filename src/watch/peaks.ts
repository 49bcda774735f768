/** Finds how often a message came before, so that what comes and goes again and again, such as a job of each hour, is no surge. */

import { readMemory } from '../read/memory';
import { addMinutes, MessageMinutes } from '../read/minutes';
import { findPatterns } from '../read/patterns';
import type { Source } from '../read/source';
import { destinationKeys } from '../redis/keys';

/** Minutes that are known of a message at most: those of this hour and of the hour before. */
const MOST_MINUTES = 120;

/**
 * Log calls of each of the last 120 minutes, oldest first, of messages by their keys; null for minutes that are not known.
 *
 * @param wanted - keys by `parameterize`
 */
export async function readLongMinutes(
  source: Source,
  { name, severity }: { readonly name: string; readonly severity: string },
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly (number | null)[]>> {
  const keys = destinationKeys(source.space, name, severity);
  const memory = await readMemory(source.connection, keys, true);
  const patterns = await findPatterns(source.patterns, keys, memory, { groupBy: 'pattern', merge: false });
  const minutes = new MessageMinutes(memory);
  const [current, before] = [new Map(memory.current), new Map(memory.previous)];
  const found = new Map<string, readonly (number | null)[]>();
  for (const message of memory.pulses.keys()) {
    const key = patterns?.findKey(message) ?? message;
    if (!wanted.has(key)) continue;
    const own = minutes.list(message, current.get(message), before.get(message), MOST_MINUTES);
    const others = found.get(key);
    found.set(key, others ? addMinutes(own, others) : own);
  }
  return found;
}

/**
 * The most log calls of so many minutes on end, before as many that are the last ones; 0 if none are known.
 *
 * @param minutes - oldest first
 */
export function findPeak(minutes: readonly (number | null)[], length: number): number {
  let [peak, sum, known] = [0, 0, 0];
  for (const [i, calls] of minutes.slice(0, -length).entries()) {
    if (calls === null) {
      [sum, known] = [0, 0];
      continue;
    }
    sum += calls;
    if (++known > length) sum -= minutes[i - length] as number;
    peak = Math.max(peak, sum);
  }
  return peak;
}
