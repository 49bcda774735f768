/** Decides what has become of a row, a message or all messages of a pattern, in a window: the only place that does. */

import { OTHER } from '../redis/keys';
import { LastGap, type LastHours } from './last-gap';
import type { Memory, Seen } from './memory';
import type { MessageChange } from './message-change';
import { addMinutes, MESSAGE_MINUTES, MessageMinutes, sumLast } from './minutes';
import type { Pulse } from './pulse';
import { type Change, type ChangeStatus, classify, scoreAgainst } from './surge';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** What a window is compared with. */
export interface Comparison {
  /** Whether the logger logged anything before the window, in the time it is compared with, under another severity. */
  readonly hasBaseline: boolean;
  /** The epoch second since which the logger is known, under any severity; undefined if it is not. */
  readonly loggerSince: number | undefined;
  /** Minutes of the window, the running one included; undefined for this hour. */
  readonly minutes?: number | undefined;
}

/** What is known of the messages of a row, summed. It is unknown if it is unknown of one of them, unless the others tell. */
export class Row {
  count = 0;
  previous = 0;
  /** Whether `count` is known: what is not known is not in it. */
  isCounted = true;
  minutes: readonly (number | null)[] | undefined;
  /** The first second of all; undefined if others may have logged one of them before. */
  firstSeen: number | undefined = Infinity;
  /** The last time of all, in epoch milliseconds; undefined if it is not known of one of them. */
  lastSeen: number | undefined = -Infinity;
  readonly gap = new LastGap();
  /** Whether all were first seen in the window. */
  isNew = true;
  /** Whether one of them was seen before the window. */
  isKnown = false;
  /** Whether none was seen in the day before the window. */
  isBack = true;

  /**
   * @param name - the message, or the pattern
   * @param isPattern - whether other messages, that are counted under `<other>`, may belong to it
   */
  constructor(
    readonly name: string,
    readonly isPattern: boolean,
  ) {}
}

const UNKNOWN_MINUTES: readonly null[] = Array.from({ length: MESSAGE_MINUTES }, () => null);

interface Counted {
  readonly count: number | null;
  readonly previous: number;
}

/** Compares the rows of a window with what its logger logged before. */
export class Comparer {
  readonly #memory: Memory;
  readonly #comparison: Comparison;
  readonly #minutes: MessageMinutes;
  /** Beginning of the window, in epoch milliseconds. */
  readonly #start: number;
  /** How long the window is, as a part of what it is compared with. */
  readonly #scale: number;
  readonly #folded: { readonly count: number; readonly previous: number };
  readonly #isCompared: boolean;

  constructor(memory: Memory, comparison: Comparison) {
    const { now, isBorn, seenSince = 0 } = memory;
    this.#memory = memory;
    this.#comparison = comparison;
    this.#minutes = new MessageMinutes(memory);
    const hour = now - (now % HOUR_MS);
    const windowMs = comparison.minutes === undefined ? now - hour : this.#minutes.windowMs(comparison.minutes);
    this.#start = now - windowMs;
    // What was before the logger began says nothing about it.
    const from = Math.max(hour - HOUR_MS, isBorn ? seenSince * 1000 : 0);
    const spanMs = this.#start - from;
    this.#folded = this.#countFolded();
    this.#isCompared = comparison.hasBaseline || this.#hasOwnBaseline();
    // If only others were there before, nothing is expected.
    this.#scale = spanMs > 0 ? windowMs / spanMs : 0;
  }

  /**
   * Adds a message of these two hours to a row.
   *
   * @param current - its count of this hour; undefined if it was not counted in it
   * @param before - its count of the hour before; undefined if it was not counted in it
   * @returns its count in the window, as far as it is known
   */
  add(row: Row, message: string, current: number | undefined, before: number | undefined): number {
    const isKept = this.#memory.pulses.has(message);
    const minutes = isKept ? this.#minutes.list(message, current, before) : UNKNOWN_MINUTES;
    const { count, previous } = this.#count(message, minutes, current ?? 0, before ?? 0);
    const least =
      count ?? minutes.slice(-(this.#comparison.minutes ?? 0)).reduce((sum: number, calls) => sum + (calls ?? 0), 0);
    row.count += least;
    row.previous += previous;
    row.isCounted &&= count !== null;
    row.minutes = row.minutes ? addUnlessUnknown(row.minutes, minutes) : minutes;
    this.#addSeen(row, message, count === 0, this.#findLast(minutes));
    row.gap.add(this.#findLastHours(message, current ?? 0, before ?? 0));
    return least;
  }

  /** Adds a message that was seen within a week, but not in these two hours, to the row of its pattern. */
  addOlder(row: Row, message: string): void {
    this.#addSeen(row, message, true);
    row.gap.add(this.#findLastHours(message, 0, 0));
  }

  close(row: Row): MessageChange {
    const { name, count, previous, firstSeen, lastSeen } = row;
    const expected = previous * this.#scale;
    const score = row.isCounted && this.#isCompared ? scoreAgainst(count, expected) : null;
    return {
      message: name,
      count,
      previous,
      expected,
      score,
      status: this.#decide(row, score),
      firstSeen: firstSeen === undefined ? null : new Date(firstSeen * 1000),
      lastSeen: lastSeen === undefined ? null : new Date(lastSeen),
      gapHours: row.gap.hours,
      minutes: row.minutes ?? UNKNOWN_MINUTES,
      sample: null,
    };
  }

  /** All messages together. */
  compareTotal(): Change {
    const { sums, isBorn, seenSince = 0 } = this.#memory;
    const { minutes } = this.#comparison;
    const all = sums.current + sums.previous;
    // What began in the window has all its log calls in it.
    const isWhole = isBorn && seenSince * 1000 >= this.#start;
    const counted = minutes === undefined ? sums.current : (this.#minutes.total(minutes) ?? (isWhole ? all : null));
    const count = counted ?? 0;
    const previous = minutes === undefined ? sums.previous : all - count;
    const expected = previous * this.#scale;
    const score = counted !== null && this.#isCompared ? scoreAgainst(count, expected) : null;
    if (score === null) return { count, previous, expected, score, status: 'unknown' };
    return { count, previous, expected, score, status: previous === 0 && count > 0 ? 'new' : classify(score) };
  }

  #count(message: string, minutes: readonly (number | null)[], current: number, before: number): Counted {
    const { minutes: length } = this.#comparison;
    if (length === undefined) return { count: current, previous: before };
    // All log calls of a message that was not seen before are in the window.
    const seen = this.#memory.seen.get(message);
    const count = sumLast(minutes, length) ?? (seen && this.#isFirst(seen) ? current + before : null);
    return { count, previous: current + before - (count ?? 0) };
  }

  /** Whether a message was first seen in the window, for sure. */
  #isFirst({ first, isCertain }: Seen): boolean {
    return isCertain && first * 1000 >= this.#start;
  }

  #addSeen(row: Row, message: string, isBefore: boolean, last?: number): void {
    const seen = this.#memory.seen.get(message);
    row.firstSeen = seen?.isCertain ? minimum(row.firstSeen, seen.first) : undefined;
    row.lastSeen = maximum(row.lastSeen, last ?? (seen && seen.lastHour * HOUR_MS));
    if (seen && this.#isFirst(seen)) return;
    row.isNew = false;
    const lastBefore = isBefore ? seen?.lastHour : this.#findReturn(message);
    row.isKnown ||= (seen !== undefined && seen.first * 1000 < this.#start) || lastBefore !== undefined;
    row.isBack &&= lastBefore !== undefined && (lastBefore + 1) * HOUR_MS <= this.#start - DAY_MS;
  }

  /** The last hour in which a message had been seen when it came back within the window. */
  #findReturn(message: string): number | undefined {
    const pulse = this.#memory.pulses.get(message);
    const hasReturned = pulse && pulse.gap > 0 && pulse.returned * MINUTE_MS >= this.#start;
    return hasReturned ? Math.floor(pulse.returned / 60) - pulse.gap : undefined;
  }

  /** The last hour in which a message was seen, and the one before it; undefined if the memory does not have it. */
  #findLastHours(message: string, current: number, before: number): LastHours | undefined {
    const { now, pulses, seen } = this.#memory;
    const found = seen.get(message);
    const hour = Math.floor(now / HOUR_MS);
    // What somebody else has counted is in no memory.
    const counted = current > 0 ? hour : before > 0 ? hour - 1 : -Infinity;
    if (!found || found.lastHour < counted) return undefined;
    const { lastHour: last, first, isCertain } = found;
    const pulse = pulses.get(message);
    const isInRow = (last === hour && before > 0) || (pulse !== undefined && hasHour(pulse, last - 1));
    if (isInRow) return { last, before: last - 1 };
    if (pulse && pulse.gap > 0 && Math.floor(pulse.returned / 60) === last) return { last, before: last - pulse.gap };
    return { last, before: isCertain && Math.floor((first * 1000) / HOUR_MS) === last ? -Infinity : undefined };
  }

  #decide(
    { name, count, previous, isCounted, isNew, isKnown, isBack, isPattern }: Row,
    score: number | null,
  ): ChangeStatus {
    if (name === OTHER || !isCounted) return 'unknown';
    const { loggerSince, minutes } = this.#comparison;
    // What was counted under <other> may have been one of these messages.
    const isFolded = minutes === undefined && this.#folded.previous > 0;
    if (count > 0 && isNew && !isFolded) {
      return loggerSince !== undefined && loggerSince * 1000 < this.#start ? 'new' : 'unknown';
    }
    if (count > 0 && isBack && isKnown) return 'returned';
    // Without an entry of its own before the window, somebody else may have logged it, or nobody.
    const isUncertain = previous === 0 && !isFolded && !isKnown;
    if (score === null || isUncertain) return 'unknown';
    return minutes === undefined || isPattern ? this.#decideDespiteFolding(count, previous) : classify(score);
  }

  /** The status that holds whichever part of the folded counts belongs to the row; unknown if there is none. */
  #decideDespiteFolding(count: number, previous: number): ChangeStatus {
    const { count: more, previous: before } = this.#folded;
    const least = classify(scoreAgainst(count, (previous + before) * this.#scale));
    const most = classify(scoreAgainst(count + more, previous * this.#scale));
    return least === most ? least : 'unknown';
  }

  #findLast(minutes: readonly (number | null)[]): number | undefined {
    const at = minutes.findLastIndex((calls) => calls !== null && calls > 0);
    return at < 0 ? undefined : (this.#minutes.last - minutes.length + 1 + at) * MINUTE_MS;
  }

  /** What is counted under `<other>` in the window and before it. It is not known in which minutes. */
  #countFolded(): { count: number; previous: number } {
    const [count = 0, previous = 0] = [this.#memory.current, this.#memory.previous].map(
      (counts) => counts.find(([message]) => message === OTHER)?.[1],
    );
    const all = count + previous;
    return this.#comparison.minutes === undefined ? { count, previous } : { count: all, previous: all };
  }

  #hasOwnBaseline(): boolean {
    const { minutes } = this.#comparison;
    const { current, previous } = this.#memory.sums;
    if (minutes === undefined) return previous > 0;
    const all = current + previous;
    return all > (this.#minutes.total(minutes) ?? all);
  }
}

/** Whether one of the known minutes of a message is in an hour. */
function hasHour({ closed }: Pulse, hour: number): boolean {
  return [...closed].some(([minute, calls]) => calls > 0 && Math.floor(minute / 60) === hour);
}

/** What is unknown is shared, since most rows of a large window are. */
function addUnlessUnknown(a: readonly (number | null)[], b: readonly (number | null)[]): readonly (number | null)[] {
  return a === UNKNOWN_MINUTES || b === UNKNOWN_MINUTES ? UNKNOWN_MINUTES : addMinutes(a, b);
}

function minimum(a: number | undefined, b: number): number | undefined {
  return a === undefined ? undefined : Math.min(a, b);
}

function maximum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b);
}
