import { DeliveryWarning, errorMessage } from '../errors';

interface Outage {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  readonly destinations: Set<string>;
  /** What the last try failed with. */
  cause: unknown;
}

/** Tells of each outage twice, at its beginning and at its end, however many tries and destinations it takes. */
export class Outages {
  readonly #countPending: () => number;
  readonly #onWarning: (warning: DeliveryWarning) => void;
  /** By what is out: Redis, the index or one destination. */
  readonly #outages = new Map<string, Outage>();

  constructor(countPending: () => number, onWarning: (warning: DeliveryWarning) => void) {
    this.#countPending = countPending;
    this.#onWarning = onWarning;
  }

  /** What the last try of the first outage failed with; undefined where there is none. */
  get cause(): unknown {
    const [first] = this.#outages.values();
    return first?.cause;
  }

  has(what: string): boolean {
    return this.#outages.has(what);
  }

  /** A try to write something of a destination failed. */
  begin(what: string, destination: string, error: unknown): void {
    let outage = this.#outages.get(what);
    if (!outage) {
      this.#outages.set(what, (outage = { since: performance.now(), destinations: new Set(), cause: error }));
      const where = what === destination ? what : `${what} for ${destination}`;
      this.#warn(`cannot write to ${where}, ${this.#countPending()} log calls pending: ${errorMessage(error)}`, {
        cause: error,
      });
    }
    outage.destinations.add(destination);
    outage.cause = error;
  }

  /** A try to write something of a destination succeeded. An outage ends with the last of those that it struck. */
  endOf(destination: string, whats: readonly string[]): void {
    for (const what of whats) {
      const destinations = this.#outages.get(what)?.destinations;
      if (destinations?.delete(destination) && destinations.size === 0) this.end(what);
    }
  }

  /** An outage ends. */
  end(what: string): void {
    const outage = this.#outages.get(what);
    if (!this.#outages.delete(what) || !outage) return;
    const seconds = ((performance.now() - outage.since) / 1000).toFixed(1);
    this.#warn(`${what} can be written to again after ${seconds} s, ${this.#countPending()} log calls pending`);
  }

  #warn(what: string, options?: ErrorOptions): void {
    this.#onWarning(new DeliveryWarning(what, options));
  }
}
