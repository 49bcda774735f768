import { DeliveryWarning, FlushError } from '../errors';
import type { LineText, LogInfo } from '../record/log-call';
import { isDestinationError } from '../redis/failures';
import { backoffMs } from './backoff';
import type { Batch } from './batch';
import { Notes } from './index-note';
import type { Lane, Lanes } from './lanes';
import { Outages } from './outages';
import type { Pending } from './pending';
import { Semaphore } from './semaphore';
import type { Written } from './writer';

/**
 * Batches that are under way at once, of all destinations: when Redis comes back, all of them have something to write. One
 * that takes longer is on a node that hangs, and must not hold up those of others.
 */
const MAX_IN_FLIGHT = 1000;
const LONG_FLIGHT_MS = 1000;

/** Draws that may follow one another at once after a pause. */
const MAX_BURST = 5;

/** What can be out, apart from single destinations and the index. */
const REDIS = 'Redis';

/** What to do when, and with whose help. */
export interface FlusherOptions {
  /** Time between the beginnings of two batches of one destination, on average, in milliseconds. */
  readonly lingerMs: number;
  readonly onWritten: (batch: Batch) => void;
  /** A destination has nothing more to write for now. */
  readonly onRest: () => void;
  readonly onWarning: (warning: DeliveryWarning) => void;
}

/** What became of what was taken in. Numbers are of log calls unless they say otherwise; only `pending` goes down. */
export interface DeliveryStats {
  /** Acknowledged by Redis. */
  readonly written: number;
  /** Not acknowledged yet. */
  readonly pending: number;
  /** Written, but in no window: an outage held them up until their hour had left both. */
  readonly late: number;
  /** Written, and lost by Redis since then, by a failover, say; or written in part, where a script was ended in its midst. */
  readonly lost: number;
  /** Batches whose reply was lost, and which a retry found applied. */
  readonly duplicates: number;
  /** Tries that failed. */
  readonly retries: number;
  /** Whether Redis has acknowledged something, and has not failed since; single destinations aside. */
  readonly connected: boolean;
}

/** Decides when what is pending is written, and tries until it is. */
export class Flusher {
  readonly #pending: Pending;
  readonly #options: FlusherOptions;
  readonly #lanes: Lanes;
  readonly #outages: Outages;
  readonly #notes: Notes;
  readonly #slots = new Semaphore(MAX_IN_FLIGHT, LONG_FLIGHT_MS);
  #flushes = 0;
  #pendingCalls = 0;
  readonly #totals = { written: 0, late: 0, lost: 0, duplicates: 0, retries: 0 };

  constructor(pending: Pending, lanes: Lanes, options: FlusherOptions) {
    this.#pending = pending;
    this.#lanes = lanes;
    this.#options = options;
    this.#outages = new Outages(() => this.#pendingCalls, options.onWarning);
    this.#notes = new Notes(this.#outages, options);
  }

  get stats(): DeliveryStats {
    const connected = this.#totals.written > 0 && !this.#outages.has(REDIS);
    return { ...this.#totals, pending: this.#pendingCalls, connected };
  }

  /** Whether everything that was added is written. */
  get isIdle(): boolean {
    return this.#lanes.busy().length === 0;
  }

  /** Takes in one log call, as {@link Pending.add} does, and sees to its being written. */
  add(lane: Lane, time: number, message: string | undefined, text: LineText, info?: LogInfo): void {
    this.#pendingCalls++;
    this.#pending.add(lane.destination, time, message, text, info);
    if (!lane.isAwake) this.#wake(lane);
  }

  /**
   * Writes what was added before the call, without waiting for its turn. The deadline keeps the process alive; nothing
   * else of the delivery does.
   * @throws FlushError at the deadline
   */
  async flush(timeoutMs: number): Promise<void> {
    const busy = this.#lanes.busy();
    if (busy.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new FlushError(this.#pendingCalls, timeoutMs, { cause: this.#outages.cause }));
      }, timeoutMs);
    });
    this.#flushes++;
    try {
      await Promise.race([Promise.all(busy.map((lane) => this.#drain(lane))), deadline]);
    } finally {
      this.#flushes--;
      clearTimeout(timer);
    }
  }

  /** Whatever is due, or as good as due for a timer, begins in the next turn of the event loop. */
  #wake(lane: Lane): void {
    lane.isAwake = true;
    const wait = lane.due - performance.now();
    if (wait >= 1) lane.timer = setTimeout(() => this.#run(lane), wait).unref();
    else setImmediate(() => this.#run(lane));
  }

  #run(lane: Lane): Promise<void> {
    clearTimeout(lane.timer);
    lane.isAwake = true;
    lane.running ??= this.#write(lane).finally(() => {
      lane.running = undefined;
      lane.isAwake = false;
      if (lane.destination.logged > 0) this.#wake(lane);
      else if (!lane.isBusy) this.#options.onRest();
    });
    return lane.running;
  }

  async #drain(lane: Lane): Promise<void> {
    lane.retryNow?.();
    await lane.running;
    await this.#run(lane);
    await lane.noting;
  }

  /**
   * Draws are `lingerMs` apart on average, and some may come early that were saved up before: lines that come at about that
   * pace wait for nothing. It is the virtual scheduling algorithm of ITU-T I.371.
   */
  async #write(lane: Lane): Promise<void> {
    const { lingerMs } = this.#options;
    lane.due = Math.max(lane.due, performance.now() - (MAX_BURST - 1) * lingerMs) + lingerMs;
    const batches = this.#pending.draw(lane.destination);
    while (batches.length > 0) await this.#deliverFirst(lane, batches);
  }

  async #deliverFirst(lane: Lane, batches: Batch[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const written = await this.#slots.run(() => lane.writer.write(batches[0] as Batch));
        return this.#settle(lane, batches.shift() as Batch, written);
      } catch (error) {
        if (tries === 0) this.#pending.holdUp(lane.destination, batches);
        this.#totals.retries++;
        this.#outages.begin(isDestinationError(error) ? lane.label : REDIS, lane.label, error);
        await this.#backOff(lane, tries, error);
      }
    }
  }

  #settle(lane: Lane, batch: Batch, { isApplied, late, lost, part }: Written): void {
    this.#pending.release(batch);
    this.#pendingCalls -= batch.logged;
    this.#totals.written += batch.logged;
    this.#totals.late += late;
    this.#totals.lost += lost + part;
    if (!isApplied && part === 0) this.#totals.duplicates++;
    if (late > 0) this.#warn(`${late} log calls of ${lane.label} came too late to be counted`);
    if (lost > 0) this.#warn(`Redis has lost ${lost} log calls of ${lane.label} that it had acknowledged`);
    if (part > 0) this.#warn(`${part} log calls of ${lane.label} may be lost: Redis ended their batch in its midst`);
    else this.#outages.endOf(lane.label, [lane.label, REDIS]);
    this.#options.onWritten(batch);
    this.#notes.note(lane, batch);
  }

  #backOff(lane: Lane, tries: number, error: unknown): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, backoffMs(tries, error, this.#flushes > 0)).unref();
      lane.retryNow = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #warn(what: string): void {
    this.#options.onWarning(new DeliveryWarning(what));
  }
}
