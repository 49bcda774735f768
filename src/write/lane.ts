/** Decides when the pending log calls of one destination are written, and tries until they are. */

import { clock } from '../clock';
import type { LineText } from '../record/line-text';
import type { LogInfo } from '../record/log-call';
import { backoffMs } from './backoff';
import { type Batch, labelDestination } from './batch';
import type { IndexNote } from './index-note';
import type { Destination, Pending } from './pending';
import type { WriteResult, Writer } from './writer';

/** Draws that may follow one another at once after a pause. */
const MAX_BURST = 5;

/** The lanes of a transport as a whole, as each of them sees it. */
export interface LaneHost {
  readonly pending: Pending;
  /** Time between the beginnings of two batches of one destination, on average, in milliseconds. */
  readonly lingerMs: number;
  /** Whether a flush is running, which has a deadline. */
  readonly isFlushing: boolean;
  /** Runs a try as soon as there is a slot for it. */
  runInSlot<T>(task: () => Promise<T>, isRetry: boolean): Promise<T>;
  /** Runs what has waited, in a coming turn of the event loop that has time for it. */
  runSoon(task: () => void): void;
  onBusy(lane: Lane): void;
  /** The lane has nothing more to write for now. */
  onRest(lane: Lane): void;
  onFailed(lane: Lane, error: unknown): void;
  onWritten(lane: Lane, batch: Batch, result: WriteResult): void;
}

/** One destination's way to Redis. One batch is in flight at a time, until its outcome is known. */
export class Lane {
  readonly name: string;
  readonly key: string;
  readonly label: string;
  readonly #destination: Destination;
  readonly #writer: Writer;
  readonly #note: IndexNote;
  readonly #host: LaneHost;
  readonly #pending: Pending;
  /** When the next draw is due, in milliseconds of the monotonic clock. */
  #due = -Infinity;
  /** Whether a draw is due, or its batches are being written. */
  #isAwake = false;
  #timer: NodeJS.Timeout | undefined;
  /** The batches of a draw being written. It never rejects. */
  #writing: Promise<void> | undefined;
  /** Ends the wait before the next try. */
  #retryNow: (() => void) | undefined;

  constructor(destination: Destination, writer: Writer, note: IndexNote, host: LaneHost) {
    this.name = destination.name;
    this.key = destination.severity;
    this.label = labelDestination(destination);
    this.#destination = destination;
    this.#writer = writer;
    this.#note = note;
    note.onRetried = () => this.#rest();
    this.#host = host;
    this.#pending = host.pending;
  }

  /** Whether anything of it has yet to be written. */
  get isBusy(): boolean {
    return this.#isAwake || this.#note.isPending;
  }

  /** The text of the newest line that is pending. */
  get lastText(): LineText | undefined {
    return this.#destination.texts.at(-1);
  }

  /** Takes one log call, as {@link Pending.add} does, and sees that it is written. */
  add(time: number, message: string | undefined, text: LineText, info?: LogInfo): void {
    this.#pending.add(this.#destination, time, message, text, info);
    if (!this.#isAwake) this.#wake();
  }

  /** Writes everything added before the call without waiting for its turn. Never rejects. */
  async drain(): Promise<void> {
    this.#retryNow?.();
    await this.#writing;
    await new Promise<void>((resolve) => this.#host.runSoon(resolve));
    await this.#run();
    await this.#note.finish();
  }

  /** A draw that is due, or nearly due for a timer, begins in the next turn of the event loop, unless very many do. */
  #wake(): void {
    this.#setAwake();
    const wait = this.#due - clock.now();
    if (wait >= 1) this.#timer = clock.setTimeout(this.#runSoon, wait).unref();
    else this.#runSoon();
  }

  readonly #runSoon = (): void => {
    this.#host.runSoon(() => void this.#run());
  };

  #setAwake(): void {
    this.#isAwake = true;
    this.#host.onBusy(this);
  }

  #run(): Promise<void> {
    clock.clearTimeout(this.#timer);
    this.#setAwake();
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      this.#isAwake = false;
      if (this.#destination.logged > 0) this.#wake();
      else this.#rest();
    });
    return this.#writing;
  }

  #rest(): void {
    if (!this.isBusy) this.#host.onRest(this);
  }

  /**
   * Draws are `lingerMs` apart on average, and some that were saved up by a pause may come early: lines that come at about
   * that pace wait for nothing. It is the virtual scheduling algorithm of ITU-T I.371.
   */
  async #write(): Promise<void> {
    const { lingerMs } = this.#host;
    this.#due = Math.max(this.#due, clock.now() - (MAX_BURST - 1) * lingerMs) + lingerMs;
    const batches = this.#pending.draw(this.#destination);
    while (batches.length > 0) await this.#deliverFirst(batches);
  }

  async #deliverFirst(batches: Batch[]): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const task = (): Promise<WriteResult> => this.#writer.write(batches[0] as Batch, this.#note);
        const result = await this.#host.runInSlot(task, tries > 0);
        return this.#settle(batches.shift() as Batch, result);
      } catch (error) {
        if (tries === 0) this.#pending.holdUp(this.#destination, batches);
        this.#destination.groups.close();
        this.#host.onFailed(this, error);
        await this.#pause(backoffMs(tries, error, this.#host.isFlushing));
      }
    }
  }

  #settle(batch: Batch, result: WriteResult): void {
    this.#pending.release(this.#destination, batch);
    this.#destination.touched.settle(batch, result.touchedIn, result.lost > 0);
    this.#host.onWritten(this, batch, result);
    void this.#note.write()?.then(() => this.#rest());
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => this.#host.runSoon(resolve);
      const timer = clock.setTimeout(end, ms).unref();
      this.#retryNow = () => {
        clock.clearTimeout(timer);
        end();
      };
    });
  }
}
