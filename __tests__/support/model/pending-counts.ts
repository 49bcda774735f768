/** The counts of a destination that wait to be written, in groups, by the plainest means. */

import type { ModelClocks, Since } from './clocks';
import type { Counts } from './stored-destination';
import { increase } from './stored-destination';

/** Counts of one hour or less, with the hours of the server in which they really were logged. */
export interface Group extends Since {
  readonly counts: Counts;
  readonly hours: ReadonlySet<number>;
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
    if (!last || !this.#isOne(last, since, isCrowded)) {
      this.groups = [...this.groups, { ...since, counts: new Map(), hours: new Set() }];
    }
    this.condense(isCrowded);
  }

  /** The next log call does not belong to the newest group just because it is of the same minute. */
  close(): void {
    this.#minute = Number.NaN;
  }

  count(message: string): void {
    const { counts, hours, ...since } = this.groups.at(-1) as Group;
    increase(counts, message, 1);
    (hours as Set<number>).add(this.#clocks.hour);
    // The clock of the process was set to the same minute again, with no try in between: there is one at least every 30 seconds.
    if (this.#clocks.toHour(since, true) !== this.#clocks.toHour(this.#clocks.since, true))
      this.#clocks.isMisled = true;
  }

  /** Merges the groups of an hour, and gives up hours that cannot be in a window. */
  condense(isCrowded: boolean): void {
    const merged = this.groups.reduceRight<Group[]>((newer, group) => {
      const next = newer[0];
      if (!next || !this.#isOne(group, next, isCrowded)) return [group, ...newer];
      for (const [message, count] of next.counts) increase(group.counts, message, count);
      return [{ ...group, hours: new Set([...group.hours, ...next.hours]) }, ...newer.slice(1)];
    }, []);
    const isCertain = this.#clocks.isKnown && new Set(merged.map(({ stood }) => stood)).size === 1;
    const hours = merged.map((group) => this.#clocks.toHour(group, !isCertain));
    const kept = [...new Set(hours)].slice(isCertain ? -2 : -4);
    for (const group of merged.splice(0, Math.max(0, hours.indexOf(kept[0] as number)))) {
      for (const count of group.counts.values()) this.late += count;
      for (const hour of group.hours) this.lateHours.add(hour);
    }
    this.groups = merged;
  }

  #isOne(older: Since, newer: Since, isCrowded: boolean): boolean {
    if (older.stood !== newer.stood) return false;
    if (!this.#clocks.isKnown && !isCrowded) return older.monotonic === newer.monotonic;
    return this.#clocks.toHour(older) === this.#clocks.toHour(newer);
  }
}
