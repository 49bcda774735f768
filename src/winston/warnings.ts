import type { EventEmitter } from 'node:events';

import { DeliveryWarning, errorMessage } from '../errors';

/** Warnings about single log calls come at most this often for each reason: `stats()` has the numbers. */
const INTERVAL_MS = 30_000;

/** The `'warn'` events of a transport. */
export class Warnings {
  readonly #transport: EventEmitter;
  readonly #warned = new Map<string, number>();

  constructor(transport: EventEmitter) {
    this.#transport = transport;
  }

  /** Tells of something that may strike every log call, now and then. */
  warnSometimes(reason: string, cause: unknown): void {
    const now = performance.now();
    if (now - (this.#warned.get(reason) ?? -Infinity) < INTERVAL_MS) return;
    this.#warned.set(reason, now);
    this.warn(new DeliveryWarning(`${reason}: ${errorMessage(cause)}`, { cause }));
  }

  warn(warning: DeliveryWarning): void {
    emitSafely(this.#transport, 'warn', warning);
  }
}

/** A listener's own error is the application's to handle, and must not end the delivery. */
export function emitSafely(emitter: EventEmitter, event: string, value: unknown): void {
  try {
    emitter.emit(event, value);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
