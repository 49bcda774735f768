/** Makes an hour pass while writers log, without losing sight of any count. */

import { destinationKeys } from '../../src/redis/keys';
import { isoHour } from '../support/hours';
import type { Counts } from '../support/redis/stored-log';

const HOUR_MS = 3_600_000;
/** This close to the turn, no hour is made to pass: the moved counts would leave the windows unseen. */
const MARGIN_MS = 60_000;

/** A client that runs scripts. */
export interface Evaluator {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  zRangeWithScores(key: string, first: number, last: number): Promise<{ value: string; score: number }[]>;
}

/** Archives the counts that the next rotation would drop, and makes it due, in one step that a failover keeps or loses whole. */
const PASS = `
for _, member in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  redis.call('ZINCRBY', KEYS[5], redis.call('ZSCORE', KEYS[3], member), member)
end
redis.call('UNLINK', KEYS[3])
if ARGV[1] == '' or redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[1])
redis.call('SET', KEYS[4], ARGV[2])
return 1
`;

function keyNames(name: string, severity: string): string[] {
  const { common, start, last, pstart } = destinationKeys({ prefix: '', hashTag: false }, name, severity);
  return [common, start, last, pstart, `archive:${name}:${severity}`];
}

/** Makes the counts of a destination those of the hour before. The name is the one in the keys. */
export function passHour(evaluator: Evaluator, name: string, severity: string): Promise<unknown> {
  const isNearTurn = Date.now() % HOUR_MS > HOUR_MS - MARGIN_MS;
  const hours = isNearTurn ? ['', ''] : [isoHour(1), isoHour(2)];
  return evaluator.eval(PASS, { keys: keyNames(name, severity), arguments: hours });
}

/** The counts that were taken out of the windows of a destination. */
export async function archived(evaluator: Evaluator, name: string, severity: string): Promise<Counts> {
  const members = await evaluator.zRangeWithScores(keyNames(name, severity)[4] as string, 0, -1);
  return Object.fromEntries(members.map(({ value, score }) => [value, score]));
}
