/** Stops the clocks and the timers of a sequence, which then move only when it says so. */

import { setOwnClock } from '../own-clock';
import { BEGINS_AT, type ModelClocks, SERVER_BEGINS_AT } from './clocks';

const HOUR_MS = 3_600_000;
/** When each sequence begins, by the clocks of the process. Redis does not care which hour that is. */
const DAY = Date.UTC(2026, 0, 1);
const BEGINNING = DAY + BEGINS_AT * 1000;
/** The beginning of the first hour of the server, since the epoch. */
export const FIRST_HOUR = DAY / HOUR_MS;
export const FIRST_MINUTE = 60 * FIRST_HOUR;
/** When the clock of the server shows the first second of a sequence. */
export const FIRST_SECOND = 3600 * FIRST_HOUR + SERVER_BEGINS_AT;
const MONOTONIC_BEGINNING = 10 * HOUR_MS + BEGINS_AT * 1000;

let monotonicMs = MONOTONIC_BEGINNING;

/** Stops the clocks and all timers. The jitter is always the same. */
export function stopClock(): void {
  const real = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
  jest.useFakeTimers({ doNotFake: [...real, 'setInterval', 'clearInterval'], now: BEGINNING });
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  setOwnClock({ now: () => monotonicMs, setTimeout, clearTimeout, setInterval, clearInterval });
}

export function resumeClock(): void {
  jest.restoreAllMocks();
  jest.useRealTimers();
  setOwnClock();
}

/** Sets both clocks of the process. */
export function setClocks({ monotonic, wall }: ModelClocks): void {
  monotonicMs = MONOTONIC_BEGINNING + monotonic * 1000;
  jest.setSystemTime(BEGINNING + wall * 1000);
}

/** What the clock of the server shows. */
export function readServerClock({ server }: ModelClocks): number {
  return DAY + (SERVER_BEGINS_AT + server) * 1000;
}

/** An hour of a sequence, as `:start` holds it. */
export function formatHour(hour: number): string {
  return new Date((FIRST_HOUR + hour) * HOUR_MS).toISOString().slice(0, 19);
}
