/** What Redis should hold of one destination. */

import { OTHER } from '../../../src/redis/keys';
import type { Age, ModelClocks, SentAt, Since } from './clocks';

/** The bounds of a transport. */
export interface Limits {
  readonly recentLimit: number;
  readonly commonLimit: number;
  readonly maxPending: number;
}

export type Counts = Map<string, number>;

export interface Batch {
  readonly number: number;
  logged: number;
  /** By how much `seq` grows. */
  numbered: number;
  readonly lines: string[];
  /** Newest first, with the hours of the server in which they really were logged. */
  readonly groups: (Since & { readonly counts: [string, number][]; readonly hours: ReadonlySet<number> })[];
  /** Log calls that were given up, and their hours. */
  late: number;
  lateHours: ReadonlySet<number>;
  ids: readonly number[];
}

/** One try of a batch, and what the writer knew of the time when it was sent. */
export interface Sent {
  readonly batch: Batch;
  readonly ages: readonly Age[];
  readonly at: SentAt;
}

/** What Redis keeps of the last batch of the only writer. */
export interface WriterEntry {
  readonly number: number;
  readonly hour: number;
  readonly window: Counts;
  readonly late: number;
  readonly logged: number;
}

/** The keys of one destination. Hours are whole numbers. */
export class StoredDestination {
  recent: string[] = [];
  seq = 0;
  start: number | undefined;
  pstart: number | undefined;
  common: Counts = new Map();
  last: Counts = new Map();
  writer: WriterEntry | undefined;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Whether a batch is new to Redis, which then takes it in. */
  apply({ batch, ages, at }: Sent, clocks: ModelClocks): boolean {
    if (batch.number <= (this.writer?.number ?? 0)) return false;
    const current = this.#rotate(clocks.hour);
    const groups = batch.groups.map(({ counts, hours }, i) => {
      const { hour, isCertain } = clocks.hourCounted(ages[i] as Age, at);
      if (isCertain) expect([...hours]).toEqual([hour]);
      return { hour: hour >= clocks.hour ? current : hour, counts };
    });
    const hours = groups.map(({ hour }) => hour).filter((hour) => hour < current);
    const previous = Math.max(this.pstart ?? -Infinity, ...hours);
    if (previous !== (this.pstart ?? -Infinity)) {
      this.pstart = previous;
      this.last = new Map();
    }
    let { late } = batch;
    if (!clocks.isMisled) for (const hour of batch.lateHours) expect(hour).toBeLessThan(previous);
    for (const { hour, counts } of groups) {
      if (hour >= current) this.#count(this.common, counts);
      else if (hour === previous) this.#count(this.last, counts);
      else for (const [, count] of counts) late += count;
    }
    this.recent = [...batch.lines.toReversed(), ...this.recent].slice(0, this.#limits.recentLimit);
    this.seq += batch.numbered;
    const logged = (this.writer?.logged ?? 0) + batch.logged - late;
    this.writer = { number: batch.number, hour: current, window: this.common, late, logged };
    return true;
  }

  #rotate(hour: number): number {
    const { start, common } = this;
    if (start !== undefined && start >= hour && start <= hour + 1) return start;
    if (start !== undefined) Object.assign(this, { pstart: start, last: common, common: new Map() });
    this.start = hour;
    return hour;
  }

  /** If a window would get too full, its rarest messages and the last of the new ones give way to `<other>`. */
  #count(window: Counts, counts: readonly [string, number][]): void {
    const fresh = counts.filter(([message]) => !window.has(message));
    for (const [message, count] of counts) if (window.has(message)) increase(window, message, count);
    const { commonLimit } = this.#limits;
    const isFull = window.size + fresh.length > commonLimit;
    const kept = isFull ? fresh.slice(0, commonLimit - 1) : fresh;
    if (isFull) {
      const others = fresh.slice(kept.length);
      const byCount = [...window].filter(([message]) => message !== OTHER).sort(rarestFirst);
      others.push(...byCount.slice(0, Math.max(0, byCount.length + kept.length + 1 - commonLimit)));
      for (const [message] of others) window.delete(message);
      for (const [, count] of others) increase(window, OTHER, count);
    }
    for (const [message, count] of kept) increase(window, message, count);
  }
}

export function increase(counts: Counts, message: string, by: number): void {
  counts.set(message, (counts.get(message) ?? 0) + by);
}

function rarestFirst([a, countOfA]: [string, number], [b, countOfB]: [string, number]): number {
  return countOfA - countOfB || (a < b ? -1 : 1);
}
