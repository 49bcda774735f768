/** Ends waits when a signal aborts. */

import { clock } from '../clock';

/**
 * The result of some work; undefined as soon as the signal aborts. It listens to the signal only while the work lasts: a
 * promise of the abort, which lives as long as the signal, would keep every wait in memory.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** Waits for some milliseconds, or until the signal aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, ms);
  });
  await unlessAborted(over, signal);
  clock.clearTimeout(timer);
}
