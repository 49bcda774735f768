/** Writes single log calls to one destination, one after the other, for callers that wait for the outcome. */

import { DeliveryWarning } from '../errors';
import { type Batch, labelDestination } from './batch';
import type { IndexNote } from './index-note';
import type { Writer } from './writer';

const ignore = (): void => undefined;

interface CallQueueOptions {
  readonly nextNumber: () => number;
  readonly onWarning: (warning: DeliveryWarning) => void;
}

/** Keeps log calls in their order: a batch that overtook one of a lower number would have that one refused. */
export class CallQueue {
  readonly #writer: Writer;
  readonly #note: IndexNote;
  readonly #options: CallQueueOptions;
  /** The last call. It never rejects. */
  #last: Promise<void> | undefined;

  constructor(writer: Writer, note: IndexNote, options: CallQueueOptions) {
    this.#writer = writer;
    this.#note = note;
    this.#options = options;
  }

  get isBusy(): boolean {
    return this.#last !== undefined;
  }

  /** Rejects if the batch may not be written. It is not tried again. */
  async write(batch: Omit<Batch, 'number'>): Promise<void> {
    const written = this.#writeAfter(this.#last, batch);
    const last = written.then(ignore, ignore);
    this.#last = last;
    await written.finally(() => {
      if (this.#last === last) this.#last = undefined;
    });
    // It never rejects: a caller who heard of a failure now would log again what is written already.
    await this.#note.write();
  }

  async #writeAfter(last: Promise<void> | undefined, batch: Omit<Batch, 'number'>): Promise<void> {
    const { nextNumber, onWarning } = this.#options;
    await last;
    const { lost, part } = await this.#writer.write({ ...batch, number: nextNumber() }, this.#note);
    if (lost + part === 0) return;
    onWarning(new DeliveryWarning(`Redis has lost ${lost + part} log calls of ${labelDestination(batch)}`));
  }
}
