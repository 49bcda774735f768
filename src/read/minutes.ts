/** Tells which minutes of a logger and of its messages are known, and sums them. */

import type { HourSums, Memory, StoredMinutes } from './memory';
import { countMinutes } from './pulse';

const MINUTE_MS = 60_000;
/** Minutes that are given of a logger, and of each message. */
const LOGGER_MINUTES = 120;
export const MESSAGE_MINUTES = 60;

/** Log calls by minute. */
export interface MinuteCounts {
  /** Beginning of the first minute. */
  readonly start: Date;
  /** Oldest first, the last of the running minute; null if it is not known: other programs wrote, say, or an older version. */
  readonly counts: readonly (number | null)[];
}

/** The minute of a time, since the epoch. */
export function toMinute(ms: number): number {
  return Math.floor(ms / MINUTE_MS);
}

/** The hours, since the epoch, whose minutes sum to what was counted: all that wrote in them kept minutes. */
function soundHours({ now, minutes }: StoredMinutes, current: number, previous: number): ReadonlySet<number> {
  const thisHour = Math.floor(toMinute(now) / 60);
  const sums = new Map<number, number>();
  for (const [minute, calls] of minutes) {
    const hour = Math.floor(minute / 60);
    sums.set(hour, (sums.get(hour) ?? 0) + calls);
  }
  const totals = [
    [thisHour, current],
    [thisHour - 1, previous],
  ] as const;
  return new Set(totals.filter(([hour, total]) => (sums.get(hour) ?? 0) === total).map(([hour]) => hour));
}

/** The log calls of each of the last 120 minutes. */
export function listMinutes(stored: StoredMinutes & HourSums): MinuteCounts {
  const last = toMinute(stored.now);
  const first = last - LOGGER_MINUTES + 1;
  const sound = soundHours(stored, stored.current, stored.previous);
  const counts = Array.from({ length: LOGGER_MINUTES }, (_, i) => countMinute(stored, sound, first + i));
  return { start: new Date(first * MINUTE_MS), counts };
}

function countMinute({ minutes, since }: StoredMinutes, sound: ReadonlySet<number>, minute: number): number | null {
  const isKnown = since !== undefined && minute >= since && sound.has(Math.floor(minute / 60));
  return isKnown ? (minutes.get(minute) ?? 0) : null;
}

/** The minutes of the messages of a logger. */
export class MessageMinutes {
  readonly #memory: Memory;
  readonly #sound: ReadonlySet<number>;
  /** The running minute. */
  readonly last: number;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.last = toMinute(memory.now);
    this.#sound = soundHours(memory, memory.sums.current, memory.sums.previous);
  }

  /**
   * Of the last minutes, oldest first; null for minutes that are not known.
   *
   * @param current - the count of the message in this hour; undefined if it is not among the counts
   * @param before - the same of the hour before
   */
  list(
    message: string,
    current: number | undefined,
    before: number | undefined,
    length = MESSAGE_MINUTES,
  ): (number | null)[] {
    const { pulses, pulsesSince } = this.#memory;
    const first = this.last - length + 1;
    const pulse = pulses.get(message);
    const thisHour = Math.floor(this.last / 60);
    const countHour = (hour: number): number | undefined =>
      hour === thisHour ? current : hour === thisHour - 1 ? before : undefined;
    const found = pulse && countMinutes(pulse, first, this.last, countHour);
    return Array.from({ length }, (_, i) => {
      const minute = first + i;
      // Nobody had counted it in these two hours before its minutes were kept: none was missed.
      const isWhole = pulse?.since === 0 || (pulsesSince !== undefined && minute >= pulsesSince);
      const isKnown = isWhole && this.#sound.has(Math.floor(minute / 60));
      return isKnown && found ? (found[i] as number | null) : null;
    });
  }

  /** All log calls of the last minutes; null if they are not all known. */
  total(minutes: number): number | null {
    let sum = 0;
    for (let minute = this.last - minutes + 1; minute <= this.last; minute++) {
      const calls = countMinute(this.#memory, this.#sound, minute);
      if (calls === null) return null;
      sum += calls;
    }
    return sum;
  }

  /** Milliseconds since the beginning of the running minute and the minutes before it. */
  windowMs(minutes: number): number {
    return this.#memory.now - (this.last - minutes + 1) * MINUTE_MS;
  }
}

/** The sums of two rows of counts, minute by minute: of what is unknown in one of them, nothing is known. */
export function addMinutes(a: readonly (number | null)[], b: readonly (number | null)[]): (number | null)[] {
  return a.map((count, i) => {
    const other = b[i] ?? null;
    return count === null || other === null ? null : count + other;
  });
}

/** The sum of the last counts; null if not all of them are known. */
export function sumLast(counts: readonly (number | null)[], minutes: number): number | null {
  return counts
    .slice(-minutes)
    .reduce((sum: number | null, count) => (sum === null || count === null ? null : sum + count), 0);
}
