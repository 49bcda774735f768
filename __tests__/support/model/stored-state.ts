/** Reads all that Redis holds of destinations, and makes it older. */

import { defineScript, runScript } from '../../../src/redis/script';
import type { Workspace } from '../workspace';

type Redis = Workspace['redis'];

/** All that is stored of destinations, in one round trip. */
const READ = defineScript(/* lua */ `
local found = {}
for i = 1, #KEYS, 7 do
  found[#found + 1] = {
    redis.call('LRANGE', KEYS[i], 0, -1), redis.call('GET', KEYS[i + 1]),
    redis.call('ZRANGE', KEYS[i + 2], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[i + 3]),
    redis.call('ZRANGE', KEYS[i + 4], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[i + 5]),
    redis.call('HVALS', KEYS[i + 6])
  }
end
return found
`);

/** Makes the windows of destinations and the batches of their writers older: ARGV are pairs of an hour and another for it. */
const RELABEL = defineScript(/* lua */ `
local other = {}
for i = 1, #ARGV, 2 do other[ARGV[i]] = ARGV[i + 1] end
for i = 1, #KEYS, 7 do
  for _, key in ipairs({ KEYS[i + 3], KEYS[i + 5] }) do
    local hour = redis.call('GET', key)
    if hour then redis.call('SET', key, other[hour]) end
  end
  local known = redis.call('HGETALL', KEYS[i + 6])
  for n = 1, #known, 2 do
    local number, hour, rest = string.match(known[n + 1], '^(%d+) (%S+) (.+)$')
    redis.call('HSET', KEYS[i + 6], known[n], number .. ' ' .. other[hour] .. ' ' .. rest)
  end
end
`);

type Found = [string[], string | null, string[], string | null, string[], string | null, string[]];

const parseCounts = (members: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (let i = 0; i < members.length; i += 2) counts[members[i] as string] = Number(members[i + 1]);
  return counts;
};

/** What Redis holds of destinations, by the seven keys of each. */
export async function readState(redis: Redis, keys: string[]): Promise<Record<string, unknown>[]> {
  const found = (await runScript(redis, READ, keys, [])) as Found[];
  return found.map(([recent, seq, common, start, last, pstart, writers]) => ({
    recent,
    seq: Number(seq),
    common: parseCounts(common),
    last: parseCounts(last),
    start,
    pstart,
    writers: writers.map((entry) => entry.slice(entry.indexOf(' ') + 1)),
  }));
}

/** Gives hours other labels: pairs of a label and the one that takes its place. */
export async function relabelHours(redis: Redis, keys: string[], labels: string[]): Promise<void> {
  await runScript(redis, RELABEL, keys, labels);
}
