/** What becomes of log calls, kept in memory in the plainest way: a transport, and the Redis behind it. */

import { OTHER } from '../../../src/redis/keys';
import { ModelClocks } from './clocks';
import { PendingCounts } from './pending-counts';
import {
  type Batch,
  type Counts,
  type Limits,
  type Sent,
  StoredDestination,
  type WriterEntry,
} from './stored-destination';

/** One log call. */
export interface Call {
  readonly message: string;
  readonly isCounted: boolean;
  readonly line: string;
  /** For the listener of `'logged'`. */
  readonly id: number;
}

/** The outcome of a try to write a batch. */
export interface Fate {
  /** How often Redis runs the script: at once, or when the model is told if the try is overtaken. */
  readonly runs: number;
  /** Whether the writer is told that it failed. */
  readonly fails: boolean;
  /** Whether the script runs after the writer has given up. */
  readonly isLate: boolean;
  /** Whether the error is about the destination alone, not about Redis. */
  readonly isOfDestination: boolean;
}

/** An acknowledged batch, and its window: two windows have the same hour if the clock is set back. */
interface Acknowledged {
  readonly logged: number;
  readonly window: Counts;
  readonly hour: number;
}

const MAX_BATCH_ENTRIES = 1000;

/** One destination: its pending log calls, its tries and their fates, and the batches that were acknowledged. */
class Destination {
  calls: Call[] = [];
  counts: PendingCounts;
  batches: Batch[] = [];
  readonly fates: Fate[] = [];
  readonly overtaken: Sent[] = [];
  refusal: Fate | undefined;
  readonly heard: number[] = [];
  stored: StoredDestination;
  /** Acknowledged batches in a window, as far as the writer knows, and those of them that Redis has lost. */
  held: Acknowledged[] = [];
  missing: Acknowledged[] = [];

  constructor(limits: Limits, clocks: ModelClocks) {
    this.stored = new StoredDestination(limits);
    this.counts = new PendingCounts(clocks);
  }

  get waits(): number {
    return this.calls.length + this.batches.reduce((sum, { logged }) => sum + logged, 0);
  }

  get distinct(): number {
    const groups = this.batches.flatMap((batch) => batch.groups);
    const written = groups.reduce((sum, { counts }) => sum + counts.length, 0);
    return this.counts.size + written;
  }
}

/** A transport and the Redis behind it. Hours are whole numbers. */
export class Model {
  readonly limits: Limits;
  readonly clocks = new ModelClocks();
  /** Log calls so far. */
  logged = 0;
  readonly #destinations = new Map<string, Destination>();
  /** Destinations that an outage of Redis has struck, and that have heard nothing from Redis since. */
  readonly #troubled = new Set<string>();
  #changed = new Set<string>();
  readonly #totals = { written: 0, late: 0, lost: 0, duplicates: 0, retries: 0, other: 0 };
  #awaited = 0;
  #lastNumber = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get destinations(): string[] {
    return [...this.#destinations.keys()];
  }

  /** The destinations whose stored state has changed since the last call. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  get pending(): number {
    return [...this.#destinations.values()].reduce((sum, { waits }) => sum + waits, 0);
  }

  get stats(): Record<string, number | boolean> {
    const { written } = this.#totals;
    const connected = written > 0 && this.#troubled.size === 0;
    return { ...this.#totals, pending: this.pending, logged: this.logged, connected };
  }

  /** Log calls of one destination, or of several, that come in one turn of the event loop. */
  log(calls: readonly (readonly [string, Call])[]): void {
    for (const [key, call] of calls) this.#add(this.#find(key), call);
    for (const key of new Set(calls.map(([key]) => key))) {
      if (this.#find(key).batches.length === 0) this.#write(key);
    }
  }

  /** Tries all pending log calls at once. */
  tryAll(): void {
    for (const [key, { waits }] of this.#destinations) if (waits > 0) this.#write(key);
  }

  /** Decides the next tries. */
  foresee(key: string, fates: readonly Fate[]): void {
    this.#find(key).fates.push(...fates);
  }

  /** Decides every try until `allow`. */
  refuse(key: string, fate: Fate): void {
    this.#find(key).refusal = fate;
  }

  allow(key: string): void {
    this.#find(key).refusal = undefined;
  }

  forgetFates(): void {
    for (const destination of this.#destinations.values()) {
      destination.refusal = undefined;
      destination.fates.length = 0;
    }
  }

  /** Tries that were given up long ago reach Redis. */
  arrive(key: string): void {
    const destination = this.#find(key);
    for (const sent of destination.overtaken.splice(0)) destination.stored.apply(sent, this.clocks);
    this.#changed.add(key);
  }

  /** Redis loses all that it holds of a destination, and whatever was under way to it. */
  lose(key: string): void {
    const destination = this.#find(key);
    destination.missing.push(...destination.held);
    destination.held = [];
    destination.stored = new StoredDestination(this.limits);
    destination.overtaken.length = 0;
    this.#changed.add(key);
  }

  /** What Redis should hold of a destination. */
  stored(key: string, label: (hour: number) => string): Record<string, unknown> {
    const { stored, heard } = this.#find(key);
    const { recent, seq, common, last, start, pstart, writer } = stored;
    const text = (hour: number | undefined): string | null => (hour === undefined ? null : label(hour));
    const windows = { common: Object.fromEntries(common), last: Object.fromEntries(last) };
    const writers = writer ? [`${label(writer.hour)} ${writer.late} ${writer.logged} 0`] : [];
    return { recent, seq, ...windows, start: text(start), pstart: text(pstart), writers, heard };
  }

  #find(key: string): Destination {
    let destination = this.#destinations.get(key);
    if (!destination) this.#destinations.set(key, (destination = new Destination(this.limits, this.clocks)));
    return destination;
  }

  #add(destination: Destination, call: Call): void {
    this.logged++;
    const isAwaited = this.#awaited < this.limits.maxPending;
    if (isAwaited) this.#awaited++;
    destination.calls.push(isAwaited ? call : { ...call, id: 0 });
    if (!call.isCounted) return;
    const { counts } = destination;
    counts.open(this.#isFull);
    if (!counts.newest.has(call.message) && this.#isFull) counts.condense(true);
    const isOther = !counts.newest.has(call.message) && this.#isFull;
    if (isOther) this.#totals.other++;
    counts.count(isOther ? OTHER : call.message);
  }

  get #isFull(): boolean {
    return this.#distinct >= this.limits.maxPending;
  }

  get #distinct(): number {
    return [...this.#destinations.values()].reduce((sum, { distinct }) => sum + distinct, 0);
  }

  /** Goes on until nothing waits or a try fails. */
  #write(key: string): void {
    const destination = this.#find(key);
    while (destination.waits > 0) {
      if (destination.batches.length === 0) destination.batches = this.#draw(destination);
      if (!this.#try(key, destination, destination.batches[0] as Batch)) return;
      destination.batches.shift();
    }
  }

  #draw(destination: Destination): Batch[] {
    const batches: Batch[] = [];
    let entries = MAX_BATCH_ENTRIES;
    const room = (): Batch => {
      if (entries++ === MAX_BATCH_ENTRIES) {
        const empty = { logged: 0, numbered: 0, lines: [], groups: [], late: 0, lateHours: new Set<number>(), ids: [] };
        batches.push({ number: ++this.#lastNumber, ...empty });
        entries = 1;
      }
      return batches.at(-1) as Batch;
    };
    const { groups, late, lateHours } = destination.counts;
    for (const { counts, hours, ...since } of groups.toReversed()) {
      for (const count of counts) {
        const batch = room();
        if (batch.groups.at(-1)?.hours !== hours) batch.groups.push({ ...since, counts: [], hours });
        batch.groups.at(-1)?.counts.push(count);
        batch.logged += count[1];
      }
    }
    const lines = destination.calls.map(({ line }) => line).slice(-this.limits.recentLimit);
    for (const line of lines) room().lines.push(line);
    for (const batch of batches) batch.numbered = batch.lines.length;
    const firstWithLines = batches.find((batch) => batch.lines.length > 0) as Batch;
    firstWithLines.numbered += destination.calls.length - lines.length;
    const last = batches.at(-1) as Batch;
    last.logged += destination.calls.filter(({ isCounted }) => !isCounted).length + late;
    Object.assign(last, { late, lateHours });
    last.ids = destination.calls.map(({ id }) => id).filter((id) => id > 0);
    destination.calls = [];
    destination.counts = new PendingCounts(this.clocks);
    return batches;
  }

  /** Whether a batch was acknowledged. */
  #try(key: string, destination: Destination, batch: Batch): boolean {
    const ages = batch.groups.map((group) => this.clocks.age(group));
    const sent = { batch, ages, at: this.clocks.sent };
    const fate = destination.refusal ?? destination.fates.shift() ?? APPLIED;
    if (fate.isLate) destination.overtaken.push(sent);
    if (fate.runs > 0) this.#changed.add(key);
    let isApplied = false;
    for (let run = 0; run < fate.runs && !fate.isLate; run++) isApplied = destination.stored.apply(sent, this.clocks);
    if (fate.fails) {
      this.#totals.retries++;
      destination.counts.close();
      if (fate.isOfDestination) this.#troubled.delete(key);
      else this.#troubled.add(key);
      return false;
    }
    if (!isApplied) this.#totals.duplicates++;
    this.#troubled.delete(key);
    this.clocks.see();
    this.#acknowledge(destination, batch);
    return true;
  }

  #acknowledge(destination: Destination, batch: Batch): void {
    const { start, pstart, common, last } = destination.stored;
    const { hour, window, late } = destination.stored.writer as WriterEntry;
    this.#totals.written += batch.logged;
    this.#totals.late += late;
    this.#awaited -= batch.ids.length;
    destination.heard.push(...batch.ids);
    for (const lost of destination.missing.toReversed()) {
      // Batches that would have left the windows by now are no loss, and neither are those before them.
      if (lost.hour !== start && lost.hour < (pstart ?? -Infinity)) break;
      this.#totals.lost += lost.logged;
    }
    destination.missing = [];
    destination.held.push({ logged: batch.logged - late, window, hour });
    destination.held = destination.held.filter((held) => held.window === common || held.window === last);
  }
}

const APPLIED: Fate = { runs: 1, fails: false, isLate: false, isOfDestination: false };
