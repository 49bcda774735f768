/** The lanes of a transport as a whole: flush with its deadline, slots for batches in flight, totals. */

import { DeliveryWarning, FlushError } from '../errors';
import type { Connection } from '../redis/connection';
import { withDeadline } from '../redis/deadline';
import { isDestinationError } from '../redis/failures';
import type { Batch } from './batch';
import type { Lane, LaneHost } from './lane';
import type { Outages } from './outages';
import type { Pending } from './pending';
import { Semaphore } from './semaphore';
import { TaskTurns } from './task-turns';
import type { WriteResult } from './writer';

/** How many destinations a flush sets going in one turn of the event loop. */
const DRAINED_AT_ONCE = 250;
/** Retries that may be in flight at once as long as none has succeeded. */
const FIRST_RETRIES = 64;

/** Part of a flush's time after which a connection that gives no reply is replaced, so that there is time for a retry. */
const REPLY_SHARE = 1 / 3;

/** The target of an outage that is neither of a single destination nor of the index. */
const REDIS = 'Redis';

/** Timing and callbacks of the flusher. */
export interface FlusherOptions {
  /** Time between the beginnings of two batches of one destination, on average, in milliseconds. */
  readonly lingerMs: number;
  readonly onWritten: (batch: Batch) => void;
  /** A destination has something to write. */
  readonly onBusy: (lane: Lane) => void;
  /** A destination has nothing more to write for now. */
  readonly onRest: (lane: Lane) => void;
  readonly onWarning: (warning: DeliveryWarning) => void;
  /** See {@link Connection.expectReplies}. */
  readonly expectReplies: Connection['expectReplies'];
}

/** Counters of the delivery. They count log calls unless they say otherwise, and only `pending` goes down. */
export interface DeliveryStats {
  /** Acknowledged by Redis. */
  readonly written: number;
  /** Not acknowledged yet. */
  readonly pending: number;
  /** Written but in no window: an outage held them up until their hour had left both. */
  readonly late: number;
  /** Written and then lost by Redis, by a failover, say; or written in part because a script was ended midway. */
  readonly lost: number;
  /** Batches whose reply was lost and that a retry found applied. */
  readonly duplicates: number;
  /** Tries that failed. */
  readonly retries: number;
  /** Whether Redis has acknowledged something and has not failed since, errors of single destinations aside. */
  readonly connected: boolean;
}

/** Flushes the lanes of a transport, and counts what becomes of their batches. */
export class Flusher implements LaneHost {
  readonly pending: Pending;
  readonly #options: FlusherOptions;
  readonly #outages: Outages;
  readonly #turns = new TaskTurns();
  readonly #slots = new Semaphore((task) => this.runSoon(task));
  /**
   * Slots of their own, so that no first try waits behind retries. At most a thousand fail in a second, however many
   * destinations wait for Redis to come back.
   */
  readonly #retrySlots = new Semaphore((task) => this.runSoon(task), { first: FIRST_RETRIES, countsFailed: true });
  readonly #busy = new Set<Lane>();
  #flushes = 0;
  readonly #totals = { written: 0, late: 0, lost: 0, duplicates: 0, retries: 0 };

  constructor(pending: Pending, outages: Outages, options: FlusherOptions) {
    this.pending = pending;
    this.#outages = outages;
    this.#options = options;
  }

  get lingerMs(): number {
    return this.#options.lingerMs;
  }

  get isFlushing(): boolean {
    return this.#flushes > 0;
  }

  /** Whether everything that was added is written. */
  get isIdle(): boolean {
    return this.#busy.size === 0;
  }

  get stats(): DeliveryStats {
    const connected = this.#totals.written > 0 && !this.#outages.has(REDIS);
    return { ...this.#totals, pending: this.pending.calls, connected };
  }

  /**
   * Writes everything added before the call without waiting for its turn. The deadline keeps the process alive; nothing else
   * of the delivery does.
   * @throws FlushError at the deadline
   */
  async flush(timeoutMs: number): Promise<void> {
    if (this.isIdle) return;
    const toError = (): FlushError => new FlushError(this.pending.calls, timeoutMs, { cause: this.#outages.cause });
    this.#flushes++;
    const stopExpecting = this.#options.expectReplies(timeoutMs * REPLY_SHARE);
    try {
      await withDeadline(this.#drain([...this.#busy]), timeoutMs, { holdsProcess: true, toError });
    } finally {
      stopExpecting();
      this.#flushes--;
    }
  }

  async #drain(lanes: readonly Lane[]): Promise<void> {
    const drained: Promise<void>[] = [];
    for (const lane of lanes) {
      if (drained.length % DRAINED_AT_ONCE === 0) await new Promise<void>((resolve) => this.runSoon(resolve));
      drained.push(lane.drain());
    }
    await Promise.all(drained);
  }

  runInSlot<T>(task: () => Promise<T>, isRetry: boolean): Promise<T> {
    return (isRetry ? this.#retrySlots : this.#slots).run(task);
  }

  runSoon(task: () => void): void {
    this.#turns.run(task);
  }

  onBusy(lane: Lane): void {
    this.#busy.add(lane);
    this.#options.onBusy(lane);
  }

  onRest(lane: Lane): void {
    this.#busy.delete(lane);
    this.#options.onRest(lane);
  }

  onFailed({ label }: Lane, error: unknown): void {
    this.#totals.retries++;
    const concernsRedis = !isDestinationError(error);
    if (!concernsRedis) this.#outages.reportSuccess(label, [REDIS]);
    this.#outages.reportFailure(concernsRedis ? REDIS : label, label, error);
  }

  onWritten({ label }: Lane, batch: Batch, { isApplied, late, lost, part }: WriteResult): void {
    this.#totals.written += batch.logged;
    this.#totals.late += late;
    this.#totals.lost += lost + part;
    if (!isApplied && part === 0) this.#totals.duplicates++;
    if (late > 0) this.#warn(`${late} log calls of ${label} came too late to be counted`);
    if (lost > 0) this.#warn(`Redis has lost ${lost} log calls of ${label} that it had acknowledged`);
    if (part > 0) {
      this.#warn(`${part} log calls of ${label} may be lost: Redis ended their batch in its midst`);
      this.#outages.reportRest(label, REDIS);
    } else {
      this.#outages.reportSuccess(label, [label, REDIS]);
    }
    this.#options.onWritten(batch);
  }

  #warn(text: string): void {
    this.#options.onWarning(new DeliveryWarning(text));
  }
}
