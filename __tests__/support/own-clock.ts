/** Puts the clock and the timers of the package into the hands of a test. */

import { clock } from '../../src/clock';

const real = { ...clock };

/** Has the package use other timers, or another monotonic clock. Without arguments it uses the real ones again. */
export function setOwnClock(parts: Partial<typeof clock> = {}): void {
  Object.assign(clock, real, parts);
}
