/** Waits for conditions. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a condition holds, and gives its value. Fails with the last value or error after the deadline. */
export async function until<T>(condition: () => Promise<T> | T, timeoutMs = 30_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await sleep(10);
  }
  throw new Error(`condition not met after ${timeoutMs} ms: ${condition.toString()} gave ${String(last)}`, {
    cause: last,
  });
}
