/** The counts of a destination that wait to be written, in groups, by the plainest means. */

import type { ModelClocks, Since } from './clocks';
import type { Counts } from './stored-destination';
import { increase } from './stored-destination';

/** Most groups that are not merged into their hour. */
const MAX_MINUTES = 15;

/** Counts of one hour or less, with the hours of the server in which they really were logged. */
export interface Group extends Since {
  readonly counts: Counts;
  readonly hours: ReadonlySet<number>;
  /** Its minutes, by how many seconds after its beginning each came, and how many calls it has. */
  readonly minutes: readonly [later: number, calls: number][];
  /** Lines to keep, by message. */
  readonly samples: Map<string, string>;
  /** Whether it may be of several hours. */
  readonly isGuess: boolean;
}

/** What waits, oldest first, and what was given up. */
export class PendingCounts {
  groups: readonly Group[] = [];
  late = 0;
  readonly lateHours = new Set<number>();
  readonly #clocks: ModelClocks;
  #minute = Number.NaN;

  constructor(clocks: ModelClocks) {
    this.#clocks = clocks;
  }

  get size(): number {
    return this.groups.reduce((sum, { counts }) => sum + counts.size, 0);
  }

  get newest(): Counts {
    return this.groups.at(-1)?.counts ?? new Map();
  }

  /** The group of a log call is the newest from now on. */
  open(isCrowded: boolean): void {
    if (this.#minute === this.#clocks.minute) return;
    this.#minute = this.#clocks.minute;
    const { since } = this.#clocks;
    const last = this.groups.at(-1);
    if (!last || !this.#isOne(last, since, false)) {
      const empty = { counts: new Map(), hours: new Set<number>(), samples: new Map(), isGuess: false };
      this.groups = [...this.groups, { ...since, ...empty, minutes: [[0, 0]] }];
    }
    this.condense(isCrowded);
  }

  /** The next log call does not belong to the newest group just because it is of the same minute. */
  close(): void {
    this.#minute = Number.NaN;
  }

  /** A line of a message of the newest group. */
  keepLine(message: string, line: string): void {
    this.groups.at(-1)?.samples.set(message, line);
  }

  count(message: string): void {
    const { counts, hours, minutes, ...since } = this.groups.at(-1) as Group;
    increase(counts, message, 1);
    (minutes.at(-1) as [number, number])[1]++;
    (hours as Set<number>).add(this.#clocks.hour);
    // The clock of the process was set to the same minute again, with no try in between: there is one at least every 30 seconds.
    if (this.#clocks.toHour(since, true) !== this.#clocks.toHour(this.#clocks.since, true))
      this.#clocks.isMisled = true;
  }

  /** Merges the groups of an hour, and gives up hours that cannot be in a window. */
  condense(isCrowded: boolean): void {
    const merged = [...this.groups];
    for (let i = 1; i < merged.length; ) {
      const [older, newer] = [merged[i - 1] as Group, merged[i] as Group];
      const isFull = this.#clocks.isKnown && merged.length > MAX_MINUTES;
      if (this.#isOne(older, newer, isCrowded || isFull)) merged.splice(i - 1, 2, this.#merge(older, newer));
      else i++;
    }
    const isSteady = new Set(merged.map(({ stood }) => stood)).size === 1;
    const isCertain = this.#clocks.isKnown && isSteady && !merged.some((group) => this.#clocks.isDoubtful(group));
    const hours = merged.map((group) => this.#clocks.toHour(group, !isCertain));
    const kept = [...new Set(hours)].slice(isCertain ? -2 : -4);
    for (const group of merged.splice(0, Math.max(0, hours.indexOf(kept[0] as number)))) {
      for (const count of group.counts.values()) this.late += count;
      for (const hour of group.hours) this.lateHours.add(hour);
    }
    this.groups = merged;
  }

  #merge(older: Group, newer: Group): Group {
    const later = newer.monotonic - older.monotonic;
    const shifted = newer.minutes.map(([at, calls]): [number, number] => [at + later, calls]);
    const minutes = [...older.minutes, ...shifted];
    const isOneMinute = minutes.length === 2 && this.#isSameMinute(older, newer);
    if (isOneMinute) minutes.splice(0, 2, [0, minutes.reduce((sum, [, calls]) => sum + calls, 0)]);
    for (const [message, count] of newer.counts) increase(older.counts, message, count);
    for (const [message, line] of newer.samples) if (!older.samples.has(message)) older.samples.set(message, line);
    // Where the hours of the server turn was not known when room had to be made.
    const isGuess = older.isGuess || newer.isGuess || (!this.#clocks.isKnown && !isOneMinute);
    return { ...older, minutes, isGuess, hours: new Set([...older.hours, ...newer.hours]) };
  }

  #isOne(older: Since, newer: Since, savesRoom: boolean): boolean {
    if (older.stood !== newer.stood) return false;
    const isSameHour = (): boolean => this.#clocks.isSame(older, newer, (since) => this.#clocks.toHour(since));
    return (savesRoom && isSameHour()) || this.#isSameMinute(older, newer);
  }

  #isSameMinute(older: Since, newer: Since): boolean {
    if (!this.#clocks.isKnown) return older.monotonic === newer.monotonic;
    return this.#clocks.isSame(older, newer, (since) => this.#clocks.toMinute(since));
  }
}
