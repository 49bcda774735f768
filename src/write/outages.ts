/** Warns once when an outage begins and once when it is over, however many tries and destinations it takes. */

import { DeliveryWarning, errorMessage } from '../errors';

interface Outage {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly destinations: Set<string>;
  /** The error of the last try. */
  cause: unknown;
}

/** The outages of one transport: of Redis, of the index, or of single destinations. */
export class Outages {
  readonly #onWarning: (warning: DeliveryWarning) => void;
  readonly #countPending: (() => number) | undefined;
  /** By what is out. */
  readonly #outages = new Map<string, Outage>();

  /** @param countPending - log calls that are pending, for the warnings */
  constructor(onWarning: (warning: DeliveryWarning) => void, countPending?: () => number) {
    this.#onWarning = onWarning;
    this.#countPending = countPending;
  }

  /** The error of the last try of the first outage; undefined if nothing is out. */
  get cause(): unknown {
    const [first] = this.#outages.values();
    return first?.cause;
  }

  has(what: string): boolean {
    return this.#outages.has(what);
  }

  /** A try to write something for a destination failed. */
  reportFailure(what: string, destination: string, error: unknown): void {
    let outage = this.#outages.get(what);
    if (!outage) {
      this.#outages.set(what, (outage = { since: performance.now(), destinations: new Set(), cause: error }));
      const where = what === destination ? what : `${what} for ${destination}`;
      this.#warn(`cannot write to ${where}${this.#pending()}: ${errorMessage(error)}`, { cause: error });
    }
    outage.destinations.add(destination);
    outage.cause = error;
  }

  /** A try to write a batch of a destination succeeded. An outage ends with the last of the destinations that it struck. */
  reportSuccess(destination: string, whats: readonly string[]): void {
    for (const what of whats) {
      const destinations = this.#outages.get(what)?.destinations;
      if (destinations?.delete(destination) && destinations.size === 0) this.end(what);
    }
  }

  end(what: string): void {
    const outage = this.#outages.get(what);
    if (!this.#outages.delete(what) || !outage) return;
    const seconds = ((performance.now() - outage.since) / 1000).toFixed(1);
    this.#warn(`${what} can be written to again after ${seconds} s${this.#pending()}`);
  }

  #pending(): string {
    return this.#countPending ? `, ${this.#countPending()} log calls pending` : '';
  }

  #warn(what: string, options?: ErrorOptions): void {
    this.#onWarning(new DeliveryWarning(what, options));
  }
}
