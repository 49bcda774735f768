/** Writes log calls to one destination, in their order, for callers that wait for the outcome. */

import { clock } from '../clock';
import { DeliveryWarning } from '../errors';
import type { TimestampFormat } from '../line-format';
import type { LineText } from '../record/line-text';
import { boundedLineFormatter, formatMessage } from '../record/log-call';
import { shortenSample } from '../record/sample';
import { labelDestination } from './batch';
import type { WriteSettings } from './codec';
import type { IndexNote } from './index-note';
import { Destination, Pending } from './pending';
import type { Producer } from './producer';
import type { ServerTime } from './server-time';
import { Touched } from './touched';
import type { Writer } from './writer';

/** Most log calls that are written together. They fit into one batch, even if all are new, unless they are long. */
const MAX_CALLS = 125;
/** Time after which a batch without an outcome no longer holds up later ones, in milliseconds. */
const LONG_FLIGHT_MS = 1000;

/** A log call, as {@link Pending.add} takes it. */
export interface Call {
  readonly time: number;
  readonly message: string | undefined;
  readonly text: LineText;
}

/** How a log call is written. */
export interface CallSettings {
  /** Calls with different keys are written apart. */
  readonly key: string;
  readonly timestamp: TimestampFormat;
  /** Whether Redis is to keep a line of each message. */
  readonly isSampled: boolean;
  readonly write: WriteSettings;
}

/** What a queue is for, and its part of what it writes through. */
export interface CallQueueOptions {
  readonly name: string;
  readonly severity: string;
  /** Tells apart the queues of one logger name. */
  readonly key: string;
  readonly serverTime: ServerTime;
  readonly note: IndexNote;
  /** Opens a writer for the destination, with the producer of the host. */
  readonly openWriter: () => Writer;
}

/** The queues of a client as a whole, as each of them sees it. */
export interface CallQueueHost {
  readonly producer: Producer;
  /** Runs a task as soon as there is time and a slot for it. */
  runInSlot(task: () => Promise<void>): Promise<void>;
  onBusy(queue: CallQueue): void;
  /** Nothing of the queue has yet to be written. */
  onRest(queue: CallQueue): void;
  onWarning(warning: DeliveryWarning): void;
}

/** Log calls that are written together, and their outcome. */
interface Draft {
  readonly settings: CallSettings;
  readonly destination: Destination;
  readonly pending: Pending;
  readonly written: Promise<void>;
}

/** The log calls to one destination. They wait for those before them, since Redis refuses a batch that was overtaken. */
export class CallQueue {
  readonly name: string;
  readonly key: string;
  readonly #options: CallQueueOptions;
  readonly #host: CallQueueHost;
  readonly #touched = new Touched();
  #writer: Writer;
  /** Takes further calls. */
  #draft: Draft | undefined;
  /** Resolves once the last draft has an outcome, or has been without one for too long. It never rejects. */
  #last: Promise<void> = Promise.resolve();
  /** Drafts without an outcome, and those of them that are being written. */
  #unsettled = 0;
  #inFlight = 0;
  /** The producer's id when the last of them went. */
  #id = '';

  constructor(options: CallQueueOptions, host: CallQueueHost) {
    this.name = options.name;
    this.key = options.key;
    this.#options = options;
    this.#host = host;
    this.#writer = options.openWriter();
  }

  /** Rejects if the call may not be written. It is not tried again. */
  write({ time, message, text }: Call, settings: CallSettings): Promise<void> {
    const last = this.#draft;
    const isOne = last !== undefined && last.settings.key === settings.key && last.pending.calls < MAX_CALLS;
    const { pending, destination, written } = isOne ? last : this.#open(settings);
    pending.add(destination, time, message, text);
    return written;
  }

  #open(settings: CallSettings): Draft {
    const { name, severity, serverTime } = this.#options;
    const { recentLimit } = settings.write;
    const formatLine = boundedLineFormatter(settings.timestamp);
    const nextNumber = (): number => this.#host.producer.nextNumber();
    const samples = {
      severities: new Set(settings.isSampled ? [severity] : []),
      format: (time: number, text: LineText) => shortenSample(formatLine(time, text)),
    };
    const pending = new Pending({ recentLimit, maxPending: MAX_CALLS, formatLine, formatMessage, nextNumber, samples });
    const destination = new Destination(name, severity, serverTime, this.#touched);
    const before = this.#last;
    let letNextGo = (): void => undefined;
    this.#last = new Promise((resolve) => (letNextGo = resolve));
    const written = before.then(() => this.#host.runInSlot(() => this.#fly(draft, letNextGo)));
    const draft: Draft = { settings, destination, pending, written: this.#settle(written) };
    this.#draft = draft;
    return draft;
  }

  async #settle(written: Promise<void>): Promise<void> {
    if (this.#unsettled++ === 0) this.#host.onBusy(this);
    try {
      await written;
      // It never rejects: a caller who heard of a failure now would log again what is written already.
      await this.#options.note.write();
    } finally {
      if (--this.#unsettled === 0) this.#host.onRest(this);
    }
  }

  async #fly(draft: Draft, letNextGo: () => void): Promise<void> {
    if (this.#draft === draft) this.#draft = undefined;
    const { settings, destination, pending } = draft;
    const { note } = this.#options;
    if (this.#inFlight > 0) this.#overtake();
    this.#id = this.#host.producer.id;
    this.#inFlight++;
    const timer = clock.setTimeout(letNextGo, LONG_FLIGHT_MS).unref();
    const writer = this.#writer;
    writer.settings = settings.write;
    note.settings = settings.write;
    try {
      for (const batch of pending.draw(destination)) {
        const { lost, part, touchedIn } = await writer.write(batch, note);
        this.#touched.settle(batch, touchedIn, lost > 0);
        if (lost + part === 0) continue;
        const label = labelDestination(batch);
        this.#host.onWarning(new DeliveryWarning(`Redis has lost ${lost + part} log calls of ${label}`));
      }
    } catch (error) {
      this.#touched.forget();
      throw error;
    } finally {
      clock.clearTimeout(timer);
      this.#inFlight--;
      letNextGo();
    }
  }

  /** Later batches need another id: a client that sends an earlier one again must learn that it was applied. */
  #overtake(): void {
    this.#host.producer.renew(this.#id);
    this.#writer = this.#options.openWriter();
  }
}
