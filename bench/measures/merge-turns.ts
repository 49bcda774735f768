/** Measures how long merging at read time holds the event loop. */

import { type Turns, watchTurns } from '../../__tests__/support/longest-turn';
import { MERGE_WORKLOADS } from '../../__tests__/support/merge-workloads';
import { formatSpread } from '../lib/report';

const ROUNDS = 7;

/** The merging of full windows, by workload: CPU time of all turns of the event loop, and of the longest one. */
export async function measureLongestTurns(
  merge: (keys: ReadonlySet<string>) => Promise<ReadonlyMap<string, string>>,
): Promise<Record<string, Record<string, string>>> {
  const rows: Record<string, Record<string, string>> = {};
  for (const [name, makeKeys] of Object.entries(MERGE_WORKLOADS)) {
    const keys = new Set(makeKeys());
    const rounds: Turns[] = [];
    let merged = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      rounds.push(await watchTurns(async () => (merged = (await merge(keys)).size)));
    }
    const [, ...warm] = rounds;
    rows[name] = {
      keys: String(keys.size),
      merged: String(merged),
      'CPU time, ms': formatSpread(
        warm.map(({ all }) => all),
        0,
      ),
      'longest turn, ms': formatSpread(
        warm.map(({ longest }) => longest),
        1,
      ),
    };
  }
  return rows;
}
