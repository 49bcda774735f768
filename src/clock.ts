/**
 * The timers and the monotonic clock of Node, as they were when this module was loaded: fake timers that tests install later
 * (those of jest or sinon) stop neither the delivery nor the connection.
 */

import { performance } from 'node:perf_hooks';

import timers = require('node:timers');

/** An object, so that a test can replace its parts. */
export const clock = {
  /** Milliseconds of the monotonic clock. It stands still while the machine is suspended. */
  now: performance.now.bind(performance),
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  clearInterval: timers.clearInterval,
  setImmediate: timers.setImmediate,
};

const { setImmediate } = clock;

/**
 * Calls a client of Redis with Node's own `setImmediate` in place. node-redis has it send what it was given, and with a fake
 * one nothing would be sent any more, not even once the fake one is gone.
 */
export function withRealTimers<T>(call: () => T): T {
  const found = globalThis.setImmediate;
  if (found === setImmediate || found === undefined) return call();
  globalThis.setImmediate = setImmediate;
  try {
    return call();
  } finally {
    globalThis.setImmediate = found;
  }
}
