/** What can become of a call of the write script. */

import type { Fate } from './destination';

/** How often Redis runs the script, and the error of the call. */
export const OUTCOMES = {
  applied: { runs: 1 },
  'sent twice by the client': { runs: 2 },
  'unknown script': { runs: 1 },
  'lost reply': { runs: 1, error: 'Socket closed unexpectedly' },
  overtaken: { runs: 1, isLate: true, error: 'no answer from Redis within 10000 ms' },
  'no connection': { runs: 0, error: 'connect ECONNREFUSED 127.0.0.1:6379' },
  reset: { runs: 0, error: 'read ECONNRESET' },
  loading: { runs: 0, error: 'LOADING Redis is loading the dataset in memory' },
  busy: { runs: 0, error: 'BUSY Redis is busy running a script' },
  'read only': { runs: 0, error: "READONLY You can't write against a read only replica." },
  'out of memory': { runs: 0, error: "OOM command not allowed when used memory > 'maxmemory'." },
  'no permission': { runs: 0, error: "NOPERM User writer has no permissions to run the 'evalsha' command" },
  'wrong type': { runs: 0, error: 'WRONGTYPE recent:app:info holds a string, expected a list' },
} satisfies Record<string, { runs: number; isLate?: boolean; error?: string }>;
export type Outcome = keyof typeof OUTCOMES;

/** What the model is told of an outcome. */
export function toFate(outcome: Outcome): Fate {
  const { runs, isLate, error }: { runs: number; isLate?: boolean; error?: string } = OUTCOMES[outcome];
  return { runs, isLate: isLate ?? false, fails: error !== undefined, isOfDestination: outcome === 'wrong type' };
}
