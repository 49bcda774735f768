/** What becomes of log calls, kept in memory in the plainest way: a transport, and the Redis behind it. */

import { OTHER } from '../../../src/redis/keys';
import { ModelClocks } from './clocks';
import { type Call, Destination, type Fate } from './destination';
import {
  type Batch,
  type Counts,
  type Limits,
  type Sent,
  StoredDestination,
  type WriterEntry,
} from './stored-destination';

/** A transport and the Redis behind it. Hours are whole numbers. */
export class Model {
  readonly limits: Limits;
  readonly clocks = new ModelClocks();
  /** Log calls so far. */
  logged = 0;
  /** How often the counters of the transport, or what Redis holds of a destination, were compared with the model. */
  comparisons = 0;
  readonly #destinations = new Map<string, Destination>();
  /** Destinations that an outage of Redis has struck, and that have heard nothing from Redis since. */
  readonly #troubled = new Set<string>();
  #changed = new Set<string>();
  readonly #totals = { written: 0, late: 0, lost: 0, duplicates: 0, retries: 0, other: 0 };
  #awaited = 0;
  #lastNumber = 0;
  #elsewhere = 0;

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
    for (const [key, call] of calls) this.#add(this.#find(key), call, key.endsWith(':error'));
    const keys = new Set(calls.map(([key]) => key));
    this.#writeAll([...keys].filter((key) => this.#find(key).batches.length === 0));
  }

  /** Tries all pending log calls at once. */
  tryAll(): void {
    this.#writeAll(this.destinations.filter((key) => this.#find(key).waits > 0));
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

  /** Whether Redis may have forgotten the minutes of some messages. */
  isCrowded(key: string): boolean {
    return this.#find(key).stored.memory.known.size > 1000;
  }

  /** What Redis should hold of a destination. */
  stored(key: string, label: (hour: number) => string): Record<string, unknown> {
    const { stored, heard } = this.#find(key);
    const { recent, seq, common, last, start, pstart } = stored;
    const text = (hour: number | undefined): string | null => (hour === undefined ? null : label(hour));
    const windows = { common: Object.fromEntries(common), last: Object.fromEntries(last) };
    const writers = [...stored.writers.values()].map(({ hour, late, logged }) => `${label(hour)} ${late} ${logged} 0`);
    const memory = stored.memory.read(this.clocks);
    return {
      recent,
      seq,
      ...windows,
      start: text(start),
      pstart: text(pstart),
      writers: writers.sort(),
      heard,
      ...memory,
    };
  }

  /** Another writer logs, whose batches know nothing of what is touched. */
  logElsewhere(key: string, messages: readonly string[]): void {
    const destination = this.#find(key);
    const counts: Counts = new Map();
    for (const message of messages) counts.set(message, (counts.get(message) ?? 0) + 1);
    const hours = new Set([this.clocks.hour]);
    const minutes: [number, number][] = [[0, messages.length]];
    const plain = { minutes, samples: new Map<string, string>(), touched: new Set<string>(), isGuess: false };
    const group = { ...this.clocks.since, counts: [...counts], hours, ...plain };
    const batch = {
      number: ++this.#elsewhere,
      touchedIn: Number.NaN,
      logged: messages.length,
      numbered: messages.length,
      lines: [],
      groups: [group],
      late: 0,
      lateHours: new Set<number>(),
      ids: [],
    };
    const at = { expected: undefined, server: this.clocks.server };
    const sent = { batch, ages: [{ ago: 0, step: 0, isFresh: true }], at };
    destination.stored.apply(sent, this.clocks, 'elsewhere');
    this.#changed.add(key);
  }

  #find(key: string): Destination {
    let destination = this.#destinations.get(key);
    if (!destination) this.#destinations.set(key, (destination = new Destination(this.limits, this.clocks)));
    return destination;
  }

  #add(destination: Destination, call: Call, isSampled: boolean): void {
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
    if (isSampled && !isOther) destination.keepLine(call);
    counts.count(isOther ? OTHER : call.message);
  }

  /** Whether batches are still on their way that the writer has given up. */
  get #isOvertaken(): boolean {
    return [...this.#destinations.values()].some(({ overtaken }) => overtaken.length > 0);
  }

  get #isFull(): boolean {
    return this.#distinct >= this.limits.maxPending;
  }

  get #distinct(): number {
    return [...this.#destinations.values()].reduce((sum, { distinct }) => sum + distinct, 0);
  }

  /** The first batches are sent before the reply to any of them comes. */
  #writeAll(keys: readonly string[]): void {
    const sent = keys.map((key) => this.#send(this.#find(key)));
    keys.forEach((key, i) => this.#write(key, sent[i] as Sent));
  }

  #send(destination: Destination): Sent {
    if (destination.batches.length === 0) destination.batches = destination.draw(() => ++this.#lastNumber);
    const batch = destination.batches[0] as Batch;
    return { batch, ages: batch.groups.map((group) => this.clocks.age(group)), at: this.clocks.sent };
  }

  /** Goes on until nothing waits or a try fails. */
  #write(key: string, first: Sent): void {
    const destination = this.#find(key);
    if (!this.#try(key, destination, first)) return;
    destination.batches.shift();
    if (this.pending === 0 && !this.#isOvertaken) this.clocks.settle();
    if (destination.waits > 0) this.#write(key, this.#send(destination));
  }

  /** Whether a batch was acknowledged. */
  #try(key: string, destination: Destination, sent: Sent): boolean {
    const { batch } = sent;
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
    const { lost } = this.#totals;
    this.#acknowledge(destination, batch);
    destination.learn(batch, isApplied, this.#totals.lost > lost);
    return true;
  }

  #acknowledge(destination: Destination, batch: Batch): void {
    const { start, pstart, common, last } = destination.stored;
    const { hour, window, late } = destination.stored.writers.get('own') as WriterEntry;
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
