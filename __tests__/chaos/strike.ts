/** Lets faults strike for a while, and counts them. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults';
import { Random } from './random';

/**
 * Shortest run in which each planned fault strikes at least once: one of them takes 14 seconds. On a busy machine it may last up to
 * twice as long for that.
 */
const LEAST_FOR_ALL_SECONDS = 30;
const LEAST_PAUSE_MS = 100;

/** How long faults strike, and how often. */
export interface Strikes {
  readonly seconds: number;
  readonly seed: number;
  /** Longest pause between two faults of a row. */
  readonly pauseMs: number;
}

/**
 * The rows strike at the same time, the faults of a row one after the other, each once before any of them strikes again.
 *
 * @returns how often each fault has struck
 */
export async function strikeFor(
  { seconds, seed, pauseMs }: Strikes,
  rows: readonly (readonly Fault[])[],
): Promise<Record<string, number>> {
  const struck = Object.fromEntries(rows.flat().map(({ title }) => [title, 0]));
  const [until, latest] = [1, 2].map((times) => performance.now() + times * seconds * 1000) as [number, number];
  await Promise.all(
    rows.map(async (row, index) => {
      const random = new Random(seed + index);
      for (;;) {
        const missing = seconds < LEAST_FOR_ALL_SECONDS ? [] : row.filter(({ title }) => struck[title] === 0);
        if (performance.now() >= (missing.length > 0 ? latest : until)) return;
        const { title, strike } = random.pick(missing.length > 0 ? missing : row);
        // It may fail if another fault has struck the same server.
        const hasStruck = await strike(random).then(
          () => true,
          () => false,
        );
        if (hasStruck) struck[title] = (struck[title] ?? 0) + 1;
        await sleep(random.between(LEAST_PAUSE_MS, pauseMs));
      }
    }),
  );
  return struck;
}
