/** Gives a logger a past: it and what it has logged are then older than the memory of an hour. */

import { destinationKeys } from '../../src/redis/keys';
import type { Evaluator } from './hours';

/** A score of seen is the last hour, then 33 bits with the second of the first call. The member \255 is about seen itself. */
const AGE = `
local week, hours = tonumber(redis.call('TIME')[1]) - 604800, 48
local found = redis.call('ZRANGE', KEYS[1], 1, -1, 'WITHSCORES')
for i = 1, #found, 2 do
  redis.call('ZADD', KEYS[1], string.format('%.17g', found[i + 1] - hours * (8589934592 + 7200)), found[i])
end
redis.call('ZADD', KEYS[1], -2 * week, '\\255')
return 1
`;

/** Makes a destination a week old, and what it logged two days. The name is the one in the keys. */
export async function ageLogger(evaluator: Evaluator, name: string, severity: string): Promise<void> {
  const { seen } = destinationKeys({ prefix: '', hashTag: false }, name, severity);
  await evaluator.eval(AGE, { keys: [seen], arguments: [] });
}
