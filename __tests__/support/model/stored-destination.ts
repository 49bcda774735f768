/** What Redis should hold of one destination. */

import { OTHER } from '../../../src/redis/keys';
import type { Age, ModelClocks, SentAt, Since } from './clocks';
import { StoredMemory } from './stored-memory';

/** The bounds of a transport. */
export interface Limits {
  readonly recentLimit: number;
  readonly commonLimit: number;
  readonly maxPending: number;
}

export type Counts = Map<string, number>;

/** A part of a group of pending counts. */
export interface BatchGroup extends Since {
  readonly counts: [string, number][];
  /** The hours of the server in which it really was logged. */
  readonly hours: ReadonlySet<number>;
  /** Its minutes, by how many seconds after its beginning each came, and how many calls it has. */
  minutes: readonly (readonly [later: number, calls: number])[];
  /** Lines to keep, by message. */
  readonly samples: Map<string, string>;
  /** Whether it may be of several hours. */
  readonly isGuess: boolean;
  /** Messages of which the writer knows that they were touched in a minute. */
  readonly touched: ReadonlySet<string>;
}

export interface Batch {
  readonly number: number;
  /** The minute of the server in which they were. */
  readonly touchedIn: number;
  logged: number;
  /** By how much `seq` grows. */
  numbered: number;
  readonly lines: string[];
  /** Newest first. */
  readonly groups: BatchGroup[];
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
  /** By the id of the writer. */
  readonly writers = new Map<string, WriterEntry>();
  readonly memory = new StoredMemory();
  /** In which the newest group of the last batch was counted; undefined if it came too late. */
  newestMinute: number | undefined;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Whether a batch is new to Redis, which then takes it in. */
  apply({ batch, ages, at }: Sent, clocks: ModelClocks, id = 'own'): boolean {
    const entry = this.writers.get(id);
    if (batch.number <= (entry?.number ?? 0)) return false;
    const before = this.start;
    const { pstart } = this;
    const current = this.#rotate(clocks.hour);
    let leastAge = 0;
    const groups = batch.groups.map((group, i) => {
      const { hour, age, isCertain } = clocks.hourCounted(ages[i] as Age, at, leastAge);
      leastAge = age;
      if (isCertain && !group.isGuess) expect([...group.hours]).toEqual([hour]);
      return { ...group, age, hour: hour >= clocks.hour ? current : hour };
    });
    const hours = groups.map(({ hour }) => hour).filter((hour) => hour < current);
    const previous = Math.max(this.pstart ?? -Infinity, ...hours);
    if (previous !== (this.pstart ?? -Infinity)) {
      this.pstart = previous;
      this.last = new Map();
    }
    let { late } = batch;
    if (!clocks.isMisled) for (const hour of batch.lateHours) expect(hour).toBeLessThan(previous);
    const isCounted = ({ hour }: { hour: number }): boolean => hour >= current || hour === previous;
    const counted = groups.filter(isCounted);
    const times = counted.map(({ age, hour, minutes }) => this.memory.place(age, hour, minutes, clocks));
    this.newestMinute = groups[0] === counted[0] ? times[0]?.[0]?.[0] : undefined;
    this.memory.begin({ clocks, before, current, times: times.flat() });
    for (const group of groups) {
      if (!isCounted(group)) for (const [, count] of group.counts) late += count;
    }
    let first = Infinity;
    counted.forEach(({ hour, counts, minutes, age, samples, ...group }, i) => {
      const isNow = groups[0] === counted[i] && this.newestMinute === clocks.serverMinute;
      const isTold = isNow && minutes.length === 1 && batch.touchedIn === clocks.serverMinute;
      const touched = isTold ? group.touched : new Set<string>();
      const [window, other] = hour >= current ? [this.common, this.last] : [this.last, this.common];
      const was = new Map(counts.map(([message]) => [message, window.get(message) ?? 0]));
      const gone = this.#count(window, counts);
      const second = Math.floor(clocks.server - age);
      first = Math.min(first, second);
      const isFolded = minutes.length > 1;
      this.memory.count(
        { hour, second, counts, times: times[i] as [number, number][], isFolded, samples, touched },
        { was, window, other, isOtherOld: other === this.last && previous < clocks.hour - 169, gone },
      );
    });
    this.memory.finish(first, before, clocks);
    this.recent = [...batch.lines.toReversed(), ...this.recent].slice(0, this.#limits.recentLimit);
    this.seq += batch.numbered;
    const logged = (entry?.logged ?? 0) + batch.logged - late;
    this.writers.set(id, { number: batch.number, hour: current, window: this.common, late, logged });
    if (entry?.hour !== current && pstart !== undefined) this.#prune(Math.min(pstart, before ?? current, current));
    return true;
  }

  /** Forgets writers whose last batch was written before an hour. */
  #prune(oldest: number): void {
    for (const [id, { hour }] of this.writers) if (hour < oldest) this.writers.delete(id);
  }

  #rotate(hour: number): number {
    const { start, common } = this;
    if (start !== undefined && start >= hour && start <= hour + 1) return start;
    if (start !== undefined) Object.assign(this, { pstart: start, last: common, common: new Map() });
    this.start = hour;
    return hour;
  }

  /**
   * If a window would get too full, its rarest messages and the last of the new ones give way to `<other>`.
   * @returns the messages that have given way
   */
  #count(window: Counts, counts: readonly [string, number][]): string[] {
    const fresh = counts.filter(([message]) => !window.has(message));
    for (const [message, count] of counts) if (window.has(message)) increase(window, message, count);
    const { commonLimit } = this.#limits;
    const isFull = window.size + fresh.length > commonLimit;
    const kept = isFull ? fresh.slice(0, commonLimit - 1) : fresh;
    const gone: string[] = [];
    if (isFull) {
      const others = fresh.slice(kept.length);
      const byCount = [...window].filter(([message]) => message !== OTHER).sort(rarestFirst);
      const rarest = byCount.slice(0, Math.max(0, byCount.length + kept.length + 1 - commonLimit));
      gone.push(...rarest.map(([message]) => message));
      others.push(...rarest);
      for (const [message] of others) window.delete(message);
      for (const [, count] of others) increase(window, OTHER, count);
    }
    for (const [message, count] of kept) increase(window, message, count);
    return gone;
  }
}

export function increase(counts: Counts, message: string, by: number): void {
  counts.set(message, (counts.get(message) ?? 0) + by);
}

function rarestFirst([a, countOfA]: [string, number], [b, countOfB]: [string, number]): number {
  return countOfA - countOfB || (a < b ? -1 : 1);
}
