/** Decides what has become of each message in a window: the only place that does. */

import { parseLine, parseParts } from '../line-format';
import { OTHER } from '../redis/keys';
import type { Memory } from './memory';
import { MESSAGE_MINUTES, MessageMinutes, sumLast } from './minutes';
import { Slices, sortInSlices } from './slices';
import { type Change, type ChangeStatus, classify, scoreAgainst } from './surge';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** A line that was logged with a message. */
export interface Sample {
  readonly time: Date;
  /** The message with its metadata, as in a recent line. */
  readonly message: string;
  /** The stack of the error that was logged, if one was. */
  readonly stack?: string;
}

/** How the count of one message has changed. */
export interface MessageChange extends Change {
  readonly message: string;
  /** The first log call in the memory of a week, to the second; null if it is not known. */
  readonly firstSeen: Date | null;
  /** The minute of the last log call if the minutes are known, else its hour; null if it is not known. */
  readonly lastSeen: Date | null;
  /** Log calls of the last 60 minutes, oldest first; null for a minute that is not known. */
  readonly minutes: readonly (number | null)[];
  /** The first line with the message in the hour of the last log call or the one before, if samples of its severity are kept. */
  readonly sample: Sample | null;
}

/** What a window is compared with. */
export interface Comparison {
  /** Whether the logger logged anything before the window, in the time it is compared with, under another severity. */
  readonly hasBaseline: boolean;
  /** The epoch second since which the logger is known, under any severity; undefined if it is not. */
  readonly loggerSince: number | undefined;
  /** Minutes of the window, the running one included; undefined for this hour. */
  readonly minutes?: number | undefined;
}

/** A line of samples, taken apart. */
export function parseSample(line: string | undefined): Sample | null {
  if (line === undefined) return null;
  const { time, text } = parseLine(line);
  const { message, stack } = parseParts(text);
  return { time, message, ...(stack === undefined ? {} : { stack }) };
}

const UNKNOWN_MINUTES: readonly null[] = Array.from({ length: MESSAGE_MINUTES }, () => null);

interface Counted {
  readonly count: number | null;
  readonly previous: number;
}

/** Compares the messages of a window with what its logger logged before. */
class Comparer {
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
    this.#folded = { count: findOther(memory.current), previous: findOther(memory.previous) };
    this.#isCompared = comparison.hasBaseline || this.#hasOwnBaseline();
    // If only others were there before, nothing is expected.
    this.#scale = spanMs > 0 ? windowMs / spanMs : 0;
  }

  /** @param current - of this hour; @param before - of the hour before */
  compare(message: string, current: number, before: number): MessageChange {
    const minutes = this.#memory.pulses.has(message) ? this.#minutes.list(message) : UNKNOWN_MINUTES;
    const counted = this.#count(message, minutes, current, before);
    const { count, previous } = counted;
    const expected = previous * this.#scale;
    const score = count !== null && this.#isCompared ? scoreAgainst(count, expected) : null;
    const seen = this.#memory.seen.get(message);
    return {
      message,
      count:
        count ?? minutes.slice(-(this.#comparison.minutes ?? 0)).reduce((sum: number, calls) => sum + (calls ?? 0), 0),
      previous,
      expected,
      score,
      status: this.#decide(message, counted, score),
      firstSeen: seen?.isCertain ? new Date(seen.first * 1000) : null,
      lastSeen: this.#findLast(minutes, seen?.lastHour),
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
    const score = counted !== null && this.#isCompared ? scoreAgainst(count, expected) : null;
    if (score === null) return { count, previous, expected, score, status: 'unknown' };
    return { count, previous, expected, score, status: previous === 0 && count > 0 ? 'new' : classify(score) };
  }

  #count(message: string, minutes: readonly (number | null)[], current: number, before: number): Counted {
    const { minutes: length } = this.#comparison;
    if (length === undefined) return { count: current, previous: before };
    const seen = this.#memory.seen.get(message);
    // All log calls of a message that was not seen before are in the window.
    const isWhole = seen?.isCertain && seen.first * 1000 >= this.#start;
    const count = sumLast(minutes, length) ?? (isWhole ? current + before : null);
    return { count, previous: current + before - (count ?? 0) };
  }

  #decide(message: string, { count, previous }: Counted, score: number | null): ChangeStatus {
    if (message === OTHER || count === null) return 'unknown';
    const seen = this.#memory.seen.get(message);
    const isRecent = seen !== undefined && seen.first * 1000 >= this.#start;
    const { loggerSince, minutes } = this.#comparison;
    // What was counted under <other> may have been this message.
    const isFolded = minutes === undefined && this.#folded.previous > 0;
    if (count > 0 && isRecent && seen.isCertain && !isFolded) {
      return loggerSince !== undefined && loggerSince * 1000 < this.#start ? 'new' : 'unknown';
    }
    if (count > 0 && this.#hasReturned(message)) return 'returned';
    // Without an entry of its own before the window, somebody else may have logged it, or nobody.
    const isUncertain = previous === 0 && !isFolded && (seen === undefined || isRecent);
    if (score === null || isUncertain) return 'unknown';
    if (minutes !== undefined) return classify(score);
    return this.#decideDespiteFolding(count, previous);
  }

  /** The status that holds whichever part of the folded counts belongs to the message; unknown if there is none. */
  #decideDespiteFolding(count: number, previous: number): ChangeStatus {
    const { count: more, previous: before } = this.#folded;
    const least = classify(scoreAgainst(count, (previous + before) * this.#scale));
    const most = classify(scoreAgainst(count + more, previous * this.#scale));
    return least === most ? least : 'unknown';
  }

  #hasReturned(message: string): boolean {
    const pulse = this.#memory.pulses.get(message);
    if (!pulse || pulse.gap === 0 || pulse.returned * MINUTE_MS < this.#start) return false;
    const lastHour = Math.floor(pulse.returned / 60) - pulse.gap;
    return (lastHour + 1) * HOUR_MS <= this.#start - DAY_MS;
  }

  #findLast(minutes: readonly (number | null)[], lastHour: number | undefined): Date | null {
    const at = minutes.findLastIndex((calls) => calls !== null && calls > 0);
    if (at >= 0) return new Date((this.#minutes.last - minutes.length + 1 + at) * MINUTE_MS);
    return lastHour === undefined ? null : new Date(lastHour * HOUR_MS);
  }

  #hasOwnBaseline(): boolean {
    const { minutes } = this.#comparison;
    const { current, previous } = this.#memory.sums;
    if (minutes === undefined) return previous > 0;
    const all = current + previous;
    return all > (this.#minutes.total(minutes) ?? all);
  }
}

/** How the sum of all messages of a window has changed: new if its severity logged nothing before, but its logger did. */
export function compareTotal(memory: Memory, comparison: Comparison): Change {
  return new Comparer(memory, comparison).compareTotal();
}

function findOther(counts: Memory['current']): number {
  return counts.find(([message]) => message === OTHER)?.[1] ?? 0;
}

/**
 * How the count of each message has changed, computed in slices, the most surprising first: new, returned and surging messages by
 * score, then fading ones, then the others.
 */
export async function compareMessages(memory: Memory, comparison: Comparison): Promise<MessageChange[]> {
  const slices = new Slices();
  const gone = new Map<string, number>();
  for (const [message, before] of memory.previous) {
    if (slices.isOver()) await slices.pause();
    gone.set(message, before);
  }
  const comparer = new Comparer(memory, comparison);
  const changes: MessageChange[] = [];
  for (const [message, count] of memory.current) {
    if (slices.isOver()) await slices.pause();
    changes.push(comparer.compare(message, count, gone.get(message) ?? 0));
    gone.delete(message);
  }
  for (const [message, before] of gone) {
    if (slices.isOver()) await slices.pause();
    changes.push(comparer.compare(message, 0, before));
  }
  return sortInSlices(changes, bySurprise, slices);
}

const RANK: Readonly<Record<ChangeStatus, number>> = {
  new: 0,
  returned: 0,
  surging: 0,
  fading: 1,
  steady: 2,
  unknown: 3,
};

function bySurprise(a: MessageChange, b: MessageChange): number {
  return (
    RANK[a.status] - RANK[b.status] ||
    Math.abs(b.score ?? 0) - Math.abs(a.score ?? 0) ||
    b.count - a.count ||
    (a.message < b.message ? -1 : 1)
  );
}
