/** Stores when messages were seen, as a logger that has run for a week would have it. */

import type { createClient } from 'redis';

type Client = ReturnType<typeof createClient>;
type Redis = Pick<Client, 'sendCommand' | 'zAdd'>;

const HOUR = 3600;
const WEEK = 7 * 24 * HOUR;
/** Of a score: what comes before the last hour. */
const HOUR_UNIT = 2 ** 33;

/** The messages of this hour that were not logged in the hour before are seen for the first time now, the others three days ago. */
export async function storeSeen(
  redis: Redis,
  common: string,
  current: readonly string[],
  previous: readonly string[],
): Promise<void> {
  const [seconds] = (await redis.sendCommand(['TIME'])) as unknown as [string];
  const now = Number(seconds);
  const hour = Math.floor(now / HOUR);
  const old = now - (3 * WEEK) / 7;
  const score = (lastHour: number, first: number): number => lastHour * HOUR_UNIT + 2 * first;
  const known = new Set(previous);
  const members = [
    ...previous.map((value) => ({ value, score: score(hour - 1, old) })),
    ...current.map((value) => ({ value, score: score(hour, known.has(value) ? old : now) })),
  ].filter(({ value }) => value !== '<other>');
  await storeBeginning(redis, common, now);
  if (members.length > 0) await redis.zAdd(`${common}:seen`, members);
}

/** A client or a cluster of node-redis. */
interface Scripter {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

const AGE = `
local now = tonumber(redis.call('TIME')[1])
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(0', '+inf', 'WITHSCORES')
for i = 1, #found, 2 do
  redis.call('ZADD', KEYS[1], string.format('%.17g', found[i + 1] - ARGV[1]), found[i])
end
redis.call('ZADD', KEYS[1], string.format('%.17g', -2 * (now - ${WEEK})), '\\255')
`;

/** Makes all that was seen older by some hours, and the logger a week old. */
export async function ageSeen(redis: Scripter, common: string, hours: number): Promise<void> {
  await redis.eval(AGE, { keys: [`${common}:seen`], arguments: [String(hours * (HOUR_UNIT + 2 * HOUR))] });
}

/** The member that no message can be has when the memory began. */
async function storeBeginning(redis: Redis, common: string, now: number): Promise<void> {
  const itself = Buffer.from([255]);
  await redis.sendCommand(['ZADD', `${common}:seen`, String(-2 * (now - WEEK)), itself as unknown as string]);
}
