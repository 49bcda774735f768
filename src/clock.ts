/**
 * The timers and the monotonic clock of Node, as they were when this module was loaded: fake timers that tests install later
 * (those of jest or sinon) stop neither the delivery nor the connection.
 */

import { performance } from 'node:perf_hooks';

import timers = require('node:timers');

type TimerName = 'setTimeout' | 'clearTimeout' | 'setInterval' | 'clearInterval' | 'setImmediate';

/** A timer of Node. Fakes that sinon put in its place before this module was loaded remember it. */
function realTimer<Name extends TimerName>(name: Name): (typeof timers)[Name] {
  const found: (typeof timers)[Name] & { clock?: Partial<Record<string, (typeof timers)[Name]>> } = timers[name];
  return found.clock?.[`_${name}`] ?? found;
}

const prototype: object = Object.getPrototypeOf(performance);

/** Of all performance objects alike: a fake clock stands on one object alone. In Bun there is but one, which has it itself. */
const { now } = ('now' in prototype ? prototype : performance) as Pick<typeof performance, 'now'>;

/** An object, so that a test can replace its parts. */
export const clock = {
  /** Milliseconds of the monotonic clock. It stands still while the machine is suspended. */
  now: now.bind(performance),
  setTimeout: realTimer('setTimeout'),
  clearTimeout: realTimer('clearTimeout'),
  setInterval: realTimer('setInterval'),
  clearInterval: realTimer('clearInterval'),
  setImmediate: realTimer('setImmediate'),
};

const { setImmediate } = clock;

/**
 * Calls a client of Redis with Node's own `setImmediate` in place. node-redis has it send what it was given, and with a fake
 * one nothing would be sent any more, not even once the fake one is gone.
 */
export function withRealTimers<T>(call: () => T): T {
  const found = globalThis.setImmediate;
  if (found === setImmediate) return call();
  globalThis.setImmediate = setImmediate;
  try {
    return call();
  } finally {
    globalThis.setImmediate = found;
  }
}
