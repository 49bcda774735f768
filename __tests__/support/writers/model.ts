import { OTHER } from '../../../src/redis/keys';

/** The bounds of a transport. */
export interface Limits {
  readonly recentLimit: number;
  readonly commonLimit: number;
  readonly maxPending: number;
}

/** One log call. */
export interface Call {
  readonly message: string;
  readonly isCounted: boolean;
  /** Its line, and what its listener hears of it. */
  readonly line: string;
  readonly id: number;
}

/** What comes of a try to write a batch. */
export interface Fate {
  /** How often Redis runs the script: then, or where the try is overtaken, when the model is told. */
  readonly runs: number;
  /** Whether the writer is told that it failed. */
  readonly fails: boolean;
  /** Whether the script runs later than the writer is told so. */
  readonly isLate: boolean;
  /** Whether the error speaks of the destination alone, not of Redis. */
  readonly isOfDestination: boolean;
}

type Counts = Map<string, number>;

interface Batch {
  readonly number: number;
  logged: number;
  /** By how much `seq` grows. */
  numbered: number;
  readonly lines: string[];
  /** Newest hour first, by the clock of the process. */
  readonly groups: { readonly hour: number; readonly counts: [string, number][] }[];
  ids: readonly number[];
}

/** One try of a batch, and by which hour of the process it was sent. */
interface Sent {
  readonly batch: Batch;
  readonly clientHour: number;
}

/** What the last batch of the one writer left, as long as Redis has it. */
interface WriterEntry {
  readonly number: number;
  readonly hour: number;
  readonly window: Counts;
  readonly late: number;
  readonly logged: number;
}

/** An acknowledged batch, by the window that it came into: a clock that is set back gives two of them the same hour. */
interface Acknowledged {
  readonly logged: number;
  readonly window: Counts;
  readonly hour: number;
}

const MAX_BATCH_ENTRIES = 1000;

/** One destination: what waits for it, what it should hold, and what became of what was acknowledged. */
class Destination {
  calls: Call[] = [];
  /** By hour of the process, then by message: what each call is counted under. */
  readonly counts = new Map<number, Counts>();
  batches: Batch[] = [];
  readonly fates: Fate[] = [];
  readonly overtaken: Sent[] = [];
  refusal: Fate | undefined;
  readonly heard: number[] = [];

  recent: string[] = [];
  seq = 0;
  start: number | undefined;
  pstart: number | undefined;
  common: Counts = new Map();
  last: Counts = new Map();
  writer: WriterEntry | undefined;
  /** Acknowledged batches that are in a window, as far as the writer was told, and those of them that Redis has lost. */
  held: Acknowledged[] = [];
  missing: Acknowledged[] = [];

  get waits(): number {
    return this.calls.length + this.batches.reduce((sum, { logged }) => sum + logged, 0);
  }

  get distinct(): number {
    const groups = this.batches.flatMap((batch) => batch.groups);
    const written = groups.reduce((sum, { counts }) => sum + counts.length, 0);
    return [...this.counts.values()].reduce((sum, { size }) => sum + size, written);
  }
}

/** What a transport and the Redis behind it should hold, kept in memory in the plainest way. Hours are whole numbers. */
export class Model {
  readonly limits: Limits;
  /** The hour by the clock of the server, and how far that of the process is ahead of it. */
  hour = 0;
  skew = 0;
  /** Log calls so far. */
  logged = 0;
  readonly #destinations = new Map<string, Destination>();
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

  /** The destinations of which something else should be stored than when this was asked before. */
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

  /** All that waits is tried at once. */
  tryAll(): void {
    for (const [key, { waits }] of this.#destinations) if (waits > 0) this.#write(key);
  }

  /** What is to come of the next tries. */
  foresee(key: string, fates: readonly Fate[]): void {
    this.#find(key).fates.push(...fates);
  }

  /** What comes of every try until `allow`. */
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
    for (const sent of destination.overtaken.splice(0)) this.#apply(destination, sent);
    this.#changed.add(key);
  }

  /** Redis loses all that it holds of a destination, and whatever was under way to it. */
  lose(key: string): void {
    const destination = this.#find(key);
    destination.missing.push(...destination.held);
    Object.assign(destination, {
      recent: [],
      seq: 0,
      start: undefined,
      pstart: undefined,
      writer: undefined,
      held: [],
    });
    Object.assign(destination, { common: new Map(), last: new Map() });
    destination.overtaken.length = 0;
    this.#changed.add(key);
  }

  /** What Redis should hold of a destination. */
  stored(key: string, hourText: (hour: number) => string): Record<string, unknown> {
    const { recent, seq, common, last, start, pstart, writer, heard } = this.#find(key);
    const text = (hour: number | undefined): string | null => (hour === undefined ? null : hourText(hour));
    const windows = { common: Object.fromEntries(common), last: Object.fromEntries(last) };
    const writers = writer ? [`${hourText(writer.hour)} ${writer.late} ${writer.logged} 0`] : [];
    return { recent, seq, ...windows, start: text(start), pstart: text(pstart), writers, heard };
  }

  #find(key: string): Destination {
    let destination = this.#destinations.get(key);
    if (!destination) this.#destinations.set(key, (destination = new Destination()));
    return destination;
  }

  #add(destination: Destination, call: Call): void {
    this.logged++;
    const isAwaited = this.#awaited < this.limits.maxPending;
    if (isAwaited) this.#awaited++;
    destination.calls.push(isAwaited ? call : { ...call, id: 0 });
    if (!call.isCounted) return;
    const hour = this.hour + this.skew;
    const counts = destination.counts.get(hour) ?? new Map<string, number>();
    destination.counts.set(hour, counts);
    const isOther = !counts.has(call.message) && this.#distinct >= this.limits.maxPending;
    if (isOther) this.#totals.other++;
    increase(counts, isOther ? OTHER : call.message, 1);
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
        batches.push({ number: ++this.#lastNumber, logged: 0, numbered: 0, lines: [], groups: [], ids: [] });
        entries = 1;
      }
      return batches.at(-1) as Batch;
    };
    for (const [hour, counts] of [...destination.counts].sort(([a], [b]) => b - a)) {
      for (const count of counts) {
        const batch = room();
        if (batch.groups.at(-1)?.hour !== hour) batch.groups.push({ hour, counts: [] });
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
    last.logged += destination.calls.filter(({ isCounted }) => !isCounted).length;
    last.ids = destination.calls.map(({ id }) => id).filter((id) => id > 0);
    destination.calls = [];
    destination.counts.clear();
    return batches;
  }

  /** Whether a batch was acknowledged. */
  #try(key: string, destination: Destination, batch: Batch): boolean {
    const sent = { batch, clientHour: this.hour + this.skew };
    const fate = destination.refusal ?? destination.fates.shift() ?? APPLIED;
    if (fate.isLate) destination.overtaken.push(sent);
    if (fate.runs > 0) this.#changed.add(key);
    let isApplied = false;
    for (let run = 0; run < fate.runs && !fate.isLate; run++) isApplied = this.#apply(destination, sent);
    if (fate.fails) {
      this.#totals.retries++;
      if (!fate.isOfDestination) this.#troubled.add(key);
      return false;
    }
    if (!isApplied) this.#totals.duplicates++;
    this.#troubled.delete(key);
    this.#acknowledge(destination, batch);
    return true;
  }

  #acknowledge(destination: Destination, batch: Batch): void {
    const { hour, window, late } = destination.writer as WriterEntry;
    const { start, pstart, common, last } = destination;
    this.#totals.written += batch.logged;
    this.#totals.late += late;
    this.#awaited -= batch.ids.length;
    destination.heard.push(...batch.ids);
    for (const lost of destination.missing.toReversed()) {
      // What no window would hold by now, even if Redis had kept it, is no loss, and neither is what came before that.
      if (lost.hour !== start && lost.hour < (pstart ?? -Infinity)) break;
      this.#totals.lost += lost.logged;
    }
    destination.missing = [];
    destination.held.push({ logged: batch.logged - late, window, hour });
    destination.held = destination.held.filter((held) => held.window === common || held.window === last);
  }

  /** Whether a batch is new to Redis, which then takes it in. */
  #apply(destination: Destination, { batch, clientHour }: Sent): boolean {
    if (batch.number <= (destination.writer?.number ?? 0)) return false;
    const current = this.#rotate(destination);
    const groups = batch.groups.map(({ hour, counts }) => ({
      hour: hour >= clientHour ? current : this.hour - (clientHour - hour),
      counts,
    }));
    const hours = groups.map(({ hour }) => hour).filter((hour) => hour < current);
    const previous = Math.max(destination.pstart ?? -Infinity, ...hours);
    if (previous !== (destination.pstart ?? -Infinity)) {
      destination.pstart = previous;
      destination.last = new Map();
    }
    let late = 0;
    for (const { hour, counts } of groups) {
      if (hour >= current) this.#count(destination.common, counts);
      else if (hour === previous) this.#count(destination.last, counts);
      else for (const [, count] of counts) late += count;
    }
    destination.recent = [...batch.lines.toReversed(), ...destination.recent].slice(0, this.limits.recentLimit);
    destination.seq += batch.numbered;
    const logged = (destination.writer?.logged ?? 0) + batch.logged - late;
    destination.writer = { number: batch.number, hour: current, window: destination.common, late, logged };
    return true;
  }

  #rotate(destination: Destination): number {
    const { start, common } = destination;
    if (start !== undefined && start >= this.hour && start <= this.hour + 1) return start;
    if (start !== undefined) Object.assign(destination, { pstart: start, last: common, common: new Map() });
    destination.start = this.hour;
    return this.hour;
  }

  /** Where a window would get too full, its rarest messages and the last of the new ones give way to `<other>`. */
  #count(window: Counts, counts: readonly [string, number][]): void {
    const fresh = counts.filter(([message]) => !window.has(message));
    for (const [message, count] of counts) if (window.has(message)) increase(window, message, count);
    const { commonLimit } = this.limits;
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

const APPLIED: Fate = { runs: 1, fails: false, isLate: false, isOfDestination: false };

function increase(counts: Counts, message: string, by: number): void {
  counts.set(message, (counts.get(message) ?? 0) + by);
}

function rarestFirst([a, countOfA]: [string, number], [b, countOfB]: [string, number]): number {
  return countOfA - countOfB || (a < b ? -1 : 1);
}
