import { DeliveryWarning, messageOf } from './errors';
import { isDestinationError } from './redis/failures';

const REDIS = 'Redis';

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
  /** By what is out: one destination, or Redis for all. */
  readonly #outages = new Map<string, Outage>();

  constructor(countPending: () => number, onWarning: (warning: DeliveryWarning) => void) {
    this.#countPending = countPending;
    this.#onWarning = onWarning;
  }

  get isRedisOut(): boolean {
    return this.#outages.has(REDIS);
  }

  /** What the last try of the first outage failed with; undefined where there is none. */
  get cause(): unknown {
    const [first] = this.#outages.values();
    return first?.cause;
  }

  /** A try to write to a destination failed. */
  begin(destination: string, error: unknown): void {
    const what = isDestinationError(error) ? destination : REDIS;
    let outage = this.#outages.get(what);
    if (!outage) {
      this.#outages.set(what, (outage = { since: performance.now(), destinations: new Set(), cause: error }));
      const pending = this.#countPending();
      this.#warn(`cannot write to ${destination}, ${pending} log calls pending: ${messageOf(error)}`, { cause: error });
    }
    outage.destinations.add(destination);
    outage.cause = error;
  }

  /** A destination was written to. */
  end(destination: string): void {
    for (const [what, { since, destinations }] of this.#outages) {
      if (!destinations.delete(destination) || destinations.size > 0) continue;
      this.#outages.delete(what);
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      this.#warn(`${what} can be written to again after ${seconds} s, ${this.#countPending()} log calls pending`);
    }
  }

  #warn(what: string, options?: ErrorOptions): void {
    this.#onWarning(new DeliveryWarning(what, options));
  }
}
