/** What Redis should keep of a destination beside its windows: minutes, when messages were seen, and a line of each. */

import { OTHER } from '../../../src/redis/keys';
import { HOUR, type ModelClocks, SERVER_BEGINS_AT } from './clocks';
import type { Counts } from './stored-destination';

const MINUTE = 60;
const MAX_ADMITTED = 1000;
const WEEK = 168;
const WEEK_SECONDS = (WEEK + 1) * HOUR;

/** A group as it is counted, with seconds of the server and its calls by minutes. */
interface CountedGroup {
  readonly hour: number;
  readonly second: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly times: readonly (readonly [minute: number, calls: number])[];
  readonly isFolded: boolean;
  readonly samples: ReadonlyMap<string, string>;
  /** Messages that the writer does not flag. */
  readonly touched: ReadonlySet<string>;
}

/** The windows of a group after it was counted, what its messages had before, and what has given way to others. */
interface Windows {
  readonly was: Counts;
  readonly window: Counts;
  readonly other: Counts;
  /** Whether the other window is older than all that is remembered. */
  readonly isOtherOld: boolean;
  readonly gone: readonly string[];
}

/** What is known of one message. */
interface Known {
  readonly calls: Map<number, number>;
  /** From which minute on all its calls are in `calls`. */
  since: number;
  /** The last minute in which it was noted. */
  last: number;
  /** The minute in which it came back, and after how many hours. */
  returned?: number;
  gap: number;
}

interface Seen {
  hour: number;
  first: number;
  isCertain: boolean;
}

/** Minutes are those of the server. */
export class StoredMemory {
  minutes = new Map<number, number>();
  minutesSince = Number.NaN;
  known = new Map<string, Known>();
  knownSince = Number.NaN;
  readonly seen = new Map<string, Seen>();
  /** When the memory of a week began: the second, and whether the destination began then. */
  seenSince: { second: number; isBorn: boolean } | undefined;
  readonly samples = new Map<string, { hour: number; line: string }>();
  #now = 0;
  #hour = 0;
  #admitted = 0;
  #admittedIn = Number.NaN;
  #refusedIn = -Infinity;
  #completeSince = 0;
  #hasNoted = false;

  /** The minutes of a group, each moved into its hour. */
  place(
    age: number,
    hour: number,
    minutes: readonly (readonly [number, number])[],
    clocks: ModelClocks,
  ): [number, number][] {
    return minutes.map(([later, calls]) => {
      const minute = Math.floor((clocks.server + SERVER_BEGINS_AT - age + later) / MINUTE);
      return [Math.max(hour * 60, Math.min(hour * 60 + 59, minute)), calls];
    });
  }

  /** A batch comes. `before` is the hour of the window before it. */
  begin({
    clocks,
    before,
    current,
    times,
  }: {
    clocks: ModelClocks;
    before: number | undefined;
    current: number;
    times: readonly (readonly [number, number])[];
  }): void {
    if (before !== undefined && before > clocks.hour && before !== current) {
      this.minutes = new Map();
      this.known = new Map();
      [this.minutesSince, this.knownSince] = [Number.NaN, Number.NaN];
      // The admissions to the memory are kept with the minutes.
      this.#refusedIn = -Infinity;
    }
    this.#now = clocks.serverMinute;
    this.#hour = current;
    if (before === undefined) this.#completeSince = Math.min(this.#now, ...times.map(([minute]) => minute));
    else if (before === current || before > clocks.hour) this.#completeSince = this.#now;
    else this.#completeSince = before === current - 1 ? current * 60 : current * 60 - 60;
    const isTimed = times.some(([minute]) => Math.floor(minute / 60) >= current - 1);
    if (isTimed && Number.isNaN(this.minutesSince)) this.minutesSince = this.#completeSince;
    if (this.#admittedIn !== current) this.#admitted = 0;
    this.#admittedIn = current;
  }

  count(group: CountedGroup, windows: Windows): void {
    for (const message of windows.gone) this.known.delete(message);
    for (const [minute, calls] of group.times) this.minutes.set(minute, (this.minutes.get(minute) ?? 0) + calls);
    const minute = Math.max(...group.times.map(([each]) => each));
    for (const [message, calls] of group.counts) {
      const isNew = !this.known.has(message);
      // Its minutes may have been forgotten since it was touched.
      if (message === OTHER || (isNew && group.touched.has(message))) continue;
      const before = windows.window.has(message) ? (windows.was.get(message) as number) : undefined;
      const isElsewhere = !windows.isOtherOld && windows.other.has(message);
      const opened = this.known.get(message)?.last ?? Number.NaN;
      const known = this.#find(message, before, isElsewhere, windows);
      // A call of the same minute hardly came before the first that was noted.
      const isFirst = Math.floor(opened / 60) !== group.hour || minute < opened;
      const isUnknown = isNew || Math.floor(opened / 60) < group.hour - WEEK;
      const gap = isFirst ? this.#see(message, group, before === 0 && isUnknown && !isElsewhere) : undefined;
      if (before === undefined) this.known.delete(message);
      if (!known || before === undefined) continue;
      note(known, group, minute, calls);
      noteReturn(known, group, minute, gap);
      if (Math.floor(known.last / 60) < group.hour || !group.isFolded) known.last = Math.max(known.last, minute);
    }
    for (const [message, line] of group.samples) {
      const kept = this.samples.get(message);
      if (message !== OTHER && windows.window.has(message) && !(kept && kept.hour >= group.hour)) {
        this.samples.set(message, { hour: group.hour, line });
      }
    }
  }

  /**
   * All groups of a batch are counted.
   *
   * @param first - the first second of all
   * @param before - the hour of the window before the batch
   */
  finish(first: number, before: number | undefined, clocks: ModelClocks): void {
    if (!this.#hasNoted) return;
    this.#hasNoted = false;
    const now = Math.floor(clocks.server);
    const isBorn = before === undefined;
    // Nobody is in the memory of a destination that was silent for a week.
    const isSilent = before !== undefined && before < clocks.hour - WEEK - 1;
    this.seenSince ??= { second: isBorn ? Math.min(now, first) : isSilent ? now - WEEK_SECONDS : now, isBorn };
    if (this.seenSince.isBorn) this.seenSince.second = Math.min(this.seenSince.second, first, now);
  }

  #find(message: string, before: number | undefined, isElsewhere: boolean, windows: Windows): Known | undefined {
    const found = this.known.get(message);
    if (found || before === undefined) return found;
    if (Number.isNaN(this.knownSince)) this.knownSince = this.#completeSince;
    const isAlone = before === 0 && !isElsewhere && !windows.window.has(OTHER) && !windows.other.has(OTHER);
    const known: Known = { calls: new Map(), since: isAlone ? -Infinity : this.#now + 1, last: -Infinity, gap: 0 };
    this.known.set(message, known);
    return known;
  }

  /** After how many hours a message has come back, if it is the first of its hour. */
  #see(message: string, { hour, second }: CountedGroup, isFirst: boolean): number | undefined {
    const seen = this.seen.get(message);
    const isCertain = isFirst && this.#refusedIn < this.#hour - 1;
    if (!seen || hour - seen.hour > WEEK) {
      if (!seen && this.#admitted >= MAX_ADMITTED) {
        this.#refusedIn = this.#hour;
        return undefined;
      }
      if (!seen) this.#admitted++;
      this.#hasNoted = true;
      this.seen.set(message, { hour, first: second, isCertain });
      return undefined;
    }
    this.#hasNoted ||= second < seen.first || hour > seen.hour;
    seen.first = Math.min(seen.first, second);
    if (hour <= seen.hour) return undefined;
    const gap = hour - seen.hour;
    seen.hour = hour;
    return gap;
  }

  /** All that is kept, as far as it is read: of the last two hours, and of messages what is known of the last 60 minutes. */
  read(clocks: ModelClocks): Record<string, unknown> {
    const to = clocks.serverMinute;
    const isKept = (minute: number): boolean => Math.floor(minute / 60) >= this.#hour - 1;
    const known = [...this.known].filter(([, { last }]) => isKept(last));
    return {
      minutes: Object.fromEntries([...this.minutes].filter(([minute]) => isKept(minute))),
      minutesSince: this.minutesSince,
      pulses: Object.fromEntries(
        known.map(([message, { since, calls, returned, gap }]) => {
          const counts = Array.from({ length: 60 }, (_, i) => {
            const minute = to - 59 + i;
            return minute < Math.max(since, this.knownSince) ? '-' : (calls.get(minute) ?? 0);
          });
          return [message, `${counts.join(' ')} returned ${returned ?? 0} after ${gap}`];
        }),
      ),
      seen: Object.fromEntries(this.seen),
      seenSince: this.seenSince,
      samples: Object.fromEntries([...this.samples].filter(([, { hour }]) => hour >= this.#hour - 1)),
    };
  }
}

function note(known: Known, { isFolded }: CountedGroup, minute: number, calls: number): void {
  if (isFolded) known.since = Math.max(known.since, minute + 1);
  else known.calls.set(minute, (known.calls.get(minute) ?? 0) + calls);
}

function noteReturn(known: Known, { hour }: CountedGroup, minute: number, gap: number | undefined): void {
  if (gap !== undefined && gap > 1) {
    known.returned = minute;
    known.gap = gap;
  } else if (known.returned !== undefined && known.returned > minute) {
    known.gap = Math.max(0, known.gap - Math.floor(known.returned / (HOUR / MINUTE)) + hour);
    known.returned = minute;
  }
}
