/** Who writes: an id and numbers by which Redis refuses what it has applied already. */

import { randomUUID } from 'node:crypto';
import { numberAfter } from './batch';

/** The id and the batch numbers that the writers of one transport or client share. Redis remembers an entry of it a destination. */
export class Producer {
  #id: string;
  #lastNumber = 0;

  /** @param id - unique among all producers */
  constructor(id: string = randomUUID()) {
    this.#id = id;
  }

  get id(): string {
    return this.#id;
  }

  /** A number for a batch, greater than all before. */
  nextNumber(): number {
    this.#lastNumber = numberAfter(this.#lastNumber);
    return this.#lastNumber;
  }

  /**
   * Replaces the id, unless another writer has done so since. A process that was copied while it ran has the random bytes that
   * Node keeps in store, too, so those are not used.
   *
   * @param used - the id that is of no use any more
   */
  renew(used: string): void {
    if (this.#id === used) this.#id = randomUUID({ disableEntropyCache: true });
  }
}
