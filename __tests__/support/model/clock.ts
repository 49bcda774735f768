/** Stops the clock and the timers of a sequence, which then move only when it says so. */

const HOUR_MS = 3_600_000;
/** When each sequence begins, by the clock of the process. Redis does not care which hour that is. */
const BEGINNING = Date.UTC(2026, 0, 1);

/** Stops the clock and all timers. The jitter is always the same. */
export function stopClock(): void {
  const real = ['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const;
  jest.useFakeTimers({ doNotFake: [...real, 'setInterval', 'clearInterval'], now: BEGINNING });
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
}

export function resumeClock(): void {
  jest.restoreAllMocks();
  jest.useRealTimers();
}

/** Sets the clock to so many hours after the beginning of a sequence. */
export function setHour(hour: number): void {
  jest.setSystemTime(BEGINNING + hour * HOUR_MS);
}

/** An hour since the epoch, as `:start` holds it. */
export function formatHour(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString().slice(0, 19);
}

/** The hour since the epoch that `:start` holds. */
export function parseHour(text: string): number {
  return Date.parse(`${text}Z`) / HOUR_MS;
}
