/**
 * Warns once when an outage begins and once when it is over, however many tries and destinations it takes; and once if only a
 * change of configuration can end it, which shows after a connection was lost.
 */

import { clock } from '../clock';
import { DeliveryWarning, errorMessage } from '../errors';
import { isConfigurationError } from '../redis/failures';

interface Outage {
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  /** Those that still wait to be written to. */
  readonly destinations: Set<string>;
  /** The error of the last try. */
  cause: unknown;
  /** Whether it was told that only a change of configuration can end it. */
  isToldToLast: boolean;
}

/** The outages of Redis, of the index and of single destinations. */
export class Outages {
  readonly #onWarning: (warning: DeliveryWarning) => void;
  readonly #countPending: (() => number) | undefined;
  /** By target: what cannot be written to. */
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

  has(target: string): boolean {
    return this.#outages.has(target);
  }

  /** A try to write to a target for a destination failed. */
  reportFailure(target: string, destination: string, error: unknown): void {
    const place = target === destination ? target : `${target} for ${destination}`;
    const problem = `cannot write to ${place}${this.#pending()}: ${errorMessage(error)}`;
    const isLasting = isConfigurationError(error);
    let outage = this.#outages.get(target);
    if (!outage) {
      outage = { since: clock.now(), destinations: new Set(), cause: error, isToldToLast: isLasting };
      this.#outages.set(target, outage);
      this.#warn(problem, { cause: error });
    } else if (isLasting && !outage.isToldToLast) {
      outage.isToldToLast = true;
      this.#warn(`still ${problem}`, { cause: error });
    }
    outage.destinations.add(destination);
    outage.cause = error;
  }

  /** A try to write a batch of a destination succeeded. An outage ends when none of the destinations that it struck waits. */
  reportSuccess(destination: string, targets: readonly string[]): void {
    for (const target of targets) {
      this.reportRest(destination, target);
      if (this.#outages.get(target)?.destinations.size === 0) this.end(target);
    }
  }

  /** Nothing of a destination waits for a target any more, and it is not known whether that can be written to again. */
  reportRest(destination: string, target: string): void {
    this.#outages.get(target)?.destinations.delete(destination);
  }

  end(target: string): void {
    const outage = this.#outages.get(target);
    if (!this.#outages.delete(target) || !outage) return;
    const seconds = ((clock.now() - outage.since) / 1000).toFixed(1);
    this.#warn(`${target} can be written to again after ${seconds} s${this.#pending()}`);
  }

  #pending(): string {
    return this.#countPending ? `, ${this.#countPending()} log calls pending` : '';
  }

  #warn(text: string, options?: ErrorOptions): void {
    this.#onWarning(new DeliveryWarning(text, options));
  }
}
