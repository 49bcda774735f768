/** Puts the clock and the timers of the package into the hands of a test. */

import { clock } from '../../src/clock';

const real = { ...clock };
const SOON_MS = 100;

/** Has the package use other timers, or another monotonic clock. Without arguments it uses the real ones again. */
export function setOwnClock(parts: Partial<typeof clock> = {}): void {
  Object.assign(clock, real, parts);
}

/** Has the monotonic clock of the package be ahead by so many milliseconds. */
export function advanceOwnClock(ms: number): void {
  setOwnClock({ now: () => real.now() + ms });
}

/** Has each wait of the package for exactly so many milliseconds be over soon. */
export function shortenWaits(ms: number): void {
  const shortened = (run: () => void, waitMs?: number): NodeJS.Timeout =>
    real.setTimeout(run, waitMs === ms ? SOON_MS : waitMs);
  setOwnClock({ setTimeout: shortened as typeof clock.setTimeout });
}
