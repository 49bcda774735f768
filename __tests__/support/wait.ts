/** Waits for conditions. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Between two looks at a condition: at first, and at most. What takes long already is looked at less often, for its own sake. */
const [FIRST_MS, MOST_MS] = [10, 100];

/** Waits until a condition holds, and gives its value. Fails with the last value or error after the deadline. */
export async function until<T>(condition: () => Promise<T> | T, timeoutMs = 30_000): Promise<NonNullable<T>> {
  const began = performance.now();
  let last: unknown;
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs = performance.now() - began) {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await sleep(Math.min(FIRST_MS + waitedMs / 20, MOST_MS));
  }
  throw new Error(`condition not met after ${timeoutMs} ms: ${condition.toString()} gave ${String(last)}`, {
    cause: last,
  });
}
