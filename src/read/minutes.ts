/** Tells which minutes of a logger and of its messages are known, and sums them. */

import { countOther, type HourSums, type Memory, type StoredMinutes, type TotalsByMinute } from './memory';
import { countMinutes, type Pulse } from './pulse';

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

/** When the running minute and the minutes before it began, in epoch milliseconds. */
export function minutesBeginning(now: number, minutes: number): number {
  return (toMinute(now) - minutes + 1) * MINUTE_MS;
}

/**
 * Since when what began or came back is news: the beginning of a window; of this hour, that of the last sixty minutes, so that nothing
 * stops being news as the hour turns.
 *
 * @param minutes - of the window; undefined for this hour
 */
export function newsBeginning(now: number, minutes = 60): number {
  return minutesBeginning(now, minutes);
}

/** Whether anything was logged in these two hours before a window, as far as that is known. */
export function isLoggedBefore(stored: TotalsByMinute, minutes: number | undefined): boolean {
  const { now, current, previous, seenSince = 0, isBorn } = stored;
  if (minutes === undefined) return previous > 0;
  if (isBorn && seenSince * 1000 >= minutesBeginning(now, minutes)) return false;
  const counted = sumLast(listMinutes(stored).counts, minutes);
  return counted === null ? previous > 0 : current + previous > counted;
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
  readonly #hasOther: boolean;
  /** The running minute. */
  readonly #last: number;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#last = toMinute(memory.now);
    this.#sound = soundHours(memory, memory.sums.current, memory.sums.previous);
    this.#hasOther = countOther(memory.current) + countOther(memory.previous) > 0;
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
    const first = this.#last - length + 1;
    const pulse = pulses.get(message);
    const thisHour = Math.floor(this.#last / 60);
    const countHour = (hour: number): number | undefined =>
      hour === thisHour ? current : hour === thisHour - 1 ? before : undefined;
    // Nobody had counted it in these two hours before its minutes were kept, or all that was counted is in them: none was missed.
    const isWhole = pulse !== undefined && (pulse.since === 0 || this.#hasAll(pulse, current ?? 0, before ?? 0));
    const found = pulse && countMinutes(isWhole ? { ...pulse, since: 0 } : pulse, first, this.#last, countHour);
    return Array.from({ length }, (_, i) => {
      const minute = first + i;
      const isKept = isWhole || (pulsesSince !== undefined && minute >= pulsesSince);
      const isKnown = isKept && this.#sound.has(Math.floor(minute / 60));
      return isKnown && found ? (found[i] as number | null) : null;
    });
  }

  /** Whether all that a message was counted in these two hours is in its minutes, and nothing under `<other>`. */
  #hasAll({ open, base, closed }: Pulse, current: number, before: number): boolean {
    if (this.#hasOther) return false;
    const first = (Math.floor(this.#last / 60) - 1) * 60;
    let sum = open < first ? 0 : (open < first + 60 ? before : current) - base;
    for (const [minute, calls] of closed) if (minute >= first && minute !== open) sum += calls;
    return sum === current + before;
  }

  /** When one of the last minutes began, by its index. */
  begin(at: number, { length }: { readonly length: number }): number {
    return (this.#last - length + 1 + at) * MINUTE_MS;
  }

  /** All log calls of the last minutes; null if they are not all known. */
  total(minutes: number): number | null {
    let sum = 0;
    for (let minute = this.#last - minutes + 1; minute <= this.#last; minute++) {
      const calls = countMinute(this.#memory, this.#sound, minute);
      if (calls === null) return null;
      sum += calls;
    }
    return sum;
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
