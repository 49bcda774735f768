/** Emits the `'warn'` events of a transport, and lets no listener disturb the delivery. */

import type { EventEmitter } from 'node:events';
import { clock } from '../clock';
import { DeliveryWarning, errorMessage } from '../errors';

/** Least time between two warnings about single log calls for the same reason; `stats()` has their number. */
const INTERVAL_MS = 30_000;

/** The `'warn'` events of a transport. */
export class Warnings {
  readonly #transport: EventEmitter;
  readonly #warned = new Map<string, number>();

  constructor(transport: EventEmitter) {
    this.#transport = transport;
  }

  /** Warns of a problem that every log call may have, at most once per interval. */
  warnSometimes(reason: string, cause: unknown): void {
    const now = clock.now();
    if (now - (this.#warned.get(reason) ?? -Infinity) < INTERVAL_MS) return;
    this.#warned.set(reason, now);
    this.warn(new DeliveryWarning(`${reason}: ${errorMessage(cause)}`, { cause }));
  }

  warn(warning: DeliveryWarning): void {
    emitSafely(this.#transport, 'warn', warning);
  }
}

/** Emits an event. An error of a listener becomes an uncaught exception of the application, and does not end the delivery. */
export function emitSafely(emitter: EventEmitter, event: string, value: unknown): void {
  try {
    emitter.emit(event, value);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
