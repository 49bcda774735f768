/** Sets back the clocks of this process, so that it can log what was logged in the past; to be imported before the package. */

import { performance } from 'node:perf_hooks';

const { now } = Date;
const prototype = Object.getPrototypeOf(performance) as typeof performance;
const monotonic = prototype.now.bind(performance);
let behindMs = 0;

Date.now = () => now() - behindMs;
Object.defineProperty(prototype, 'now', { value: () => monotonic() - behindMs, configurable: true, writable: true });

/**
 * Has the clocks go so many milliseconds behind; 0 for the present. The transport sends a log call with its age, so Redis files
 * it under its own hour. Come back to the present before anything else runs.
 */
export function goBack(ms: number): void {
  behindMs = ms;
}
