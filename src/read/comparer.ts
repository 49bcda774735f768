/** Decides what has become of a row, a message or all messages of a pattern, in a window: the only place that does. */

import { OTHER } from '../redis/keys';
import { LastGap, type LastHours } from './last-gap';
import { countOther, type Memory, type Seen } from './memory';
import type { MessageChange } from './message-change';
import { addMinutes, MESSAGE_MINUTES, MessageMinutes, minutesBeginning, newsBeginning, sumLast } from './minutes';
import type { Pulse } from './pulse';
import { type Change, type ChangeStatus, classify, scoreAgainst } from './surge';
import { findSurgeBeginning } from './surge-beginning';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** What a window is compared with. */
export interface Comparison {
  /** Whether the logger logged anything before the window, in the time it is compared with, under any severity. */
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
  /** Whether one of them began or came back since {@link newsBeginning}. */
  isNews = false;
  /** Whether all were first seen since then. */
  isNew = true;
  /** Whether one of them was seen before that. */
  isKnown = false;
  /** Whether none was seen in the day before that. */
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
  /** From when on what began or came back is news. */
  readonly #newsSince: number;
  /** Whether the logger is older than that: if not, nothing in it is new. */
  readonly #isOld: boolean;
  /** How long the window is, as a part of what it is compared with. */
  readonly #scale: number;
  readonly #folded: { readonly count: number; readonly previous: number };
  /** Whether the logger was there and logged something before the window. */
  readonly #isCompared: boolean;

  constructor(memory: Memory, comparison: Comparison) {
    const { now, isBorn } = memory;
    const { minutes, loggerSince = Infinity } = comparison;
    const began = loggerSince * 1000;
    this.#memory = memory;
    this.#comparison = comparison;
    this.#minutes = new MessageMinutes(memory);
    const hour = now - (now % HOUR_MS);
    this.#start = minutes === undefined ? hour : minutesBeginning(now, minutes);
    // In a logger that is younger than sixty minutes, only what began in the window can be new.
    const news = newsBeginning(now, minutes);
    this.#newsSince = began < news ? news : this.#start;
    this.#isOld = began < this.#newsSince;
    // What was before the logger began says nothing about it. Under a severity that began later, nothing was logged before.
    const from = Math.max(hour - HOUR_MS, isBorn ? began : 0);
    const spanMs = this.#start - from;
    this.#folded = this.#countFolded();
    this.#isCompared = comparison.hasBaseline && spanMs > 0;
    this.#scale = spanMs > 0 ? (now - this.#start) / spanMs : 0;
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
    const { name, count, previous, firstSeen, lastSeen, minutes = UNKNOWN_MINUTES } = row;
    const expected = previous * this.#scale;
    const score = row.isCounted && this.#isCompared ? scoreAgainst(count, expected, this.#scale) : null;
    const status = this.#decide(row, score);
    const surge = status === 'surging' ? findSurgeBeginning(minutes) : undefined;
    return {
      message: name,
      count,
      previous,
      expected,
      score,
      status,
      firstSeen: firstSeen === undefined ? null : new Date(firstSeen * 1000),
      lastSeen: lastSeen === undefined ? null : new Date(lastSeen),
      gapHours: row.gap.hours,
      ...(surge === undefined ? {} : { surgingSince: new Date(this.#minutes.begin(surge, minutes)) }),
      minutes,
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
    const score = counted !== null && this.#isCompared ? scoreAgainst(count, expected, this.#scale) : null;
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

  /** Whether a message is new, for sure. */
  #isFirst({ first, isCertain }: Seen): boolean {
    return isCertain && first * 1000 >= this.#newsSince;
  }

  #addSeen(row: Row, message: string, isBefore: boolean, last?: number): void {
    const seen = this.#memory.seen.get(message);
    row.firstSeen = seen?.isCertain ? minimum(row.firstSeen, seen.first) : undefined;
    row.lastSeen = maximum(row.lastSeen, last ?? (seen && seen.lastHour * HOUR_MS));
    const isFirst = seen !== undefined && this.#isFirst(seen);
    const back = this.#findReturn(message);
    row.isNews ||= isFirst || back !== undefined;
    if (isFirst) return;
    row.isNew = false;
    const before = back ? back.before : isBefore ? seen?.lastHour : undefined;
    const start = back && this.#comparison.minutes === undefined ? back.last * HOUR_MS : this.#start;
    row.isKnown ||= (seen !== undefined && seen.first * 1000 < this.#newsSince) || before !== undefined;
    row.isBack &&= before !== undefined && (before + 1) * HOUR_MS <= start - DAY_MS;
  }

  /** The hour in which a message came back, and the one in which it had been seen before, if that is news. */
  #findReturn(message: string): LastHours | undefined {
    const { returned, gap } = this.#memory.pulses.get(message) ?? { returned: 0, gap: 0 };
    if (gap === 0 || returned * MINUTE_MS < this.#newsSince) return undefined;
    const last = Math.floor(returned / 60);
    return { last, before: last - gap };
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
    { name, count, previous, isCounted, isNews, isNew, isKnown, isBack, isPattern }: Row,
    score: number | null,
  ): ChangeStatus {
    if (name === OTHER || !isCounted) return 'unknown';
    const { minutes } = this.#comparison;
    // What was counted under <other> may have been one of these messages.
    const isFolded = minutes === undefined && this.#folded.previous > 0;
    if (isNews && isNew && !isFolded) return this.#isOld ? 'new' : 'unknown';
    if (isNews && isBack && isKnown) return 'returned';
    // Without an entry of its own before the window, somebody else may have logged it, or nobody.
    const isUncertain = previous === 0 && !isFolded && !isKnown;
    if (score === null || isUncertain) return 'unknown';
    return minutes === undefined || isPattern ? this.#decideDespiteFolding(count, previous) : classify(score);
  }

  /** The status that holds whichever part of the folded counts belongs to the row; unknown if there is none. */
  #decideDespiteFolding(count: number, previous: number): ChangeStatus {
    const { count: more, previous: before } = this.#folded;
    const least = classify(scoreAgainst(count, (previous + before) * this.#scale, this.#scale));
    const most = classify(scoreAgainst(count + more, previous * this.#scale, this.#scale));
    return least === most ? least : 'unknown';
  }

  #findLast(minutes: readonly (number | null)[]): number | undefined {
    const at = minutes.findLastIndex((calls) => calls !== null && calls > 0);
    return at < 0 ? undefined : this.#minutes.begin(at, minutes);
  }

  /** What is counted under `<other>` in the window and before it. It is not known in which minutes. */
  #countFolded(): { count: number; previous: number } {
    const [count, previous] = [countOther(this.#memory.current), countOther(this.#memory.previous)];
    const all = count + previous;
    return this.#comparison.minutes === undefined ? { count, previous } : { count: all, previous: all };
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
