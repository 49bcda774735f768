/** Waits until all lines of a contender are written, and checks that none of them is missing. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender } from '../contenders/contender';

/** Lines that may be pending before the application waits, if the contender's queue is not bounded. */
const MAX_PENDING = 2000;
const SETTLE_MS = 30_000;

/** Whether the application had better wait, given the number of lines logged. This is to the contender's advantage. */
export function backpressure(contender: Contender): ((logged: number) => boolean) | undefined {
  return contender.isUnbounded ? (logged) => logged - contender.done(logged) > MAX_PENDING : undefined;
}

/** @throws Error if lines fail, or are not written after 30 s */
export async function settle(contender: Contender, logged: number): Promise<void> {
  await contender.flush?.();
  const deadline = performance.now() + SETTLE_MS;
  while (contender.done(logged) < logged) {
    if (contender.failure?.() !== undefined) throw new Error(`Error: ${contender.failure()}`);
    if (performance.now() > deadline) {
      throw new Error(`Error: ${contender.done(logged)} of ${logged} lines were written in ${SETTLE_MS} ms`);
    }
    await sleep(1);
  }
}

/**
 * The last lines may reach a file a moment after they are reported as written.
 *
 * @throws Error if fewer or more lines can be read back than were logged
 */
export async function assertCounted({ count }: Contender, logged: number): Promise<void> {
  const deadline = performance.now() + SETTLE_MS;
  let counted = await count?.();
  while (counted !== undefined && counted !== logged && performance.now() < deadline) {
    await sleep(50);
    counted = await count?.();
  }
  if (counted !== undefined && counted !== logged) throw new Error(`Error: ${counted} of ${logged} lines were stored`);
}
