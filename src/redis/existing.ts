/** Tells which destinations exist: those in the index may have expired. */

import type { Connection } from './connection';
import type { DestinationKeys } from './keys';
import { defineScript } from './script';

const FIND_EXISTING = defineScript(/* lua */ `
-- Tells which destinations exist.
--
-- KEYS[1] recent  list    the newest lines of the first destination
-- KEYS[2] common  zset    its counts
-- KEYS[3] start   string  its hour
-- KEYS[4] last    zset    its counts of the hour before; and so on for the other destinations
--
-- Returns for each destination how many of its keys exist
local found = { redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[3], KEYS[4]) }
for i = 5, #KEYS, 4 do found[#found + 1] = redis.call('EXISTS', KEYS[i], KEYS[i + 1], KEYS[i + 2], KEYS[i + 3]) end
return found
`);

/** The keys of which at least one exists if anything is left of a destination, whoever wrote it. */
export function lastingKeys({ recent, common, start, last }: DestinationKeys): string[] {
  return [recent, common, start, last];
}

/** Most destinations that one script looks for: 500 take it half a millisecond. */
const MOST = 500;

/** Whether each destination exists. In a cluster, each may be in another slot. */
export async function findExisting(
  connection: Connection,
  destinations: readonly DestinationKeys[],
): Promise<boolean[]> {
  const most = connection.isCluster ? 1 : MOST;
  const parts = Array.from({ length: Math.ceil(destinations.length / most) }, async (_, i) => {
    const keys = destinations.slice(i * most, (i + 1) * most).flatMap(lastingKeys);
    return (await connection.run(FIND_EXISTING, keys, [])) as unknown[];
  });
  return (await Promise.all(parts)).flat().map((keys) => Number(keys) > 0);
}
