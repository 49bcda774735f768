/** Measures the CPU time of finding the keys of messages, for several functions in one run. */

import { alternate } from '../lib/report';

export type ToKey = (text: string) => string;

/** So many rounds come before those that count. */
const WARM_UP = 5;

/**
 * CPU time of a text in µs, in each round: all functions in turn, so that they meet the same machine.
 *
 * Each gets texts of its own that were never hashed or compared, as log calls make them. Making these is not in the times.
 */
export function measureKeyTimes(
  texts: readonly string[],
  functions: Readonly<Record<string, ToKey>>,
  rounds: number,
): Record<string, number[]> {
  const times = Object.entries(functions).map(([name, toKey]) => ({ name, toKey, each: [] as number[] }));
  for (let round = 0; round < WARM_UP + rounds; round++) {
    for (const { toKey, each } of alternate(times, round)) {
      const time = timeOnce(toKey, texts);
      if (round >= WARM_UP) each.push(time);
    }
  }
  return Object.fromEntries(times.map(({ name, each }) => [name, each]));
}

function timeOnce(toKey: ToKey, texts: readonly string[]): number {
  const copies = texts.map((text) => Buffer.from(text).toString());
  const before = process.cpuUsage();
  for (const copy of copies) toKey(copy);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / texts.length;
}
