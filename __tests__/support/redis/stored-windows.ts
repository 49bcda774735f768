/** Stores full windows of loggers, with all that is kept beside them, as transports would leave them, in a moment. */

import { destinationKeys, type KeySpace, knownKey, knownMember } from '../../../src/redis/keys';

/** Runs a script where its keys are. */
export type RunScript = (script: string, keys: string[], args: string[]) => Promise<unknown>;

/** The windows of one logger and severity. */
export interface StoredWindows {
  readonly name: string;
  readonly severity: string;
  /** Messages of each hour; of all of them the week is known. */
  readonly messages: number;
}

/** Most messages whose minutes are kept. */
const MAX_PULSES = 2000;
const MAX_LINES = 100;

const STORE = `
local common, start_key, last, pstart, minutes, pulse, seen, recent, seq = unpack(KEYS)
local count, name, pulses, lines = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local hour_text, before_text = ARGV[5], ARGV[6]
local now = tonumber(redis.call('TIME')[1])
local minute, hour = math.floor(now / 60), math.floor(now / 3600)
local sums = { 0, 0 }
for i = 0, count - 1 do
  local message = 'order ' .. i .. ' of ' .. name .. ' was not delivered'
  local current, previous = 1 + i * 3 % 97, 1 + i * 7 % 97
  sums[1], sums[2] = sums[1] + current, sums[2] + previous
  redis.call('ZADD', common, current, message)
  redis.call('ZADD', last, previous, message)
  redis.call('ZADD', seen, string.format('%.17g', hour * 8589934592 + (now - 3 * 86400) * 2), message)
  if i < pulses then
    local closed = ''
    if minute % 60 > 0 then closed = 'A' .. current end
    redis.call('HSET', pulse, message, string.format('%d %d 0 %s A%d 0 0', minute, minute % 60 > 0 and current or 0, closed, previous))
  end
  if i < lines then redis.call('RPUSH', recent, ARGV[7] .. ' ' .. message) end
end
redis.call('SET', start_key, hour_text)
redis.call('SET', pstart, before_text)
redis.call('SET', seq, count)
redis.call('ZADD', minutes, sums[1], hour * 60, sums[2], hour * 60 - 60, hour * 60 - 7200, 'since')
redis.call('HSET', pulse, '\\255', '0 ' .. pulses)
redis.call('ZADD', seen, string.format('%.17g', -2 * (now - 6 * 86400)), '\\255')
return now
`;

const NOTE = `return redis.call('ZADD', KEYS[1], unpack(ARGV))`;

/** Stores them, and notes in the index that they were written to a minute ago. */
export async function storeWindows(run: RunScript, space: KeySpace, windows: readonly StoredWindows[]): Promise<void> {
  const hour = new Date().toISOString().slice(0, 13);
  const before = new Date(Date.now() - 3_600_000).toISOString().slice(0, 13);
  let now = 0;
  for (const { name, severity, messages } of windows) {
    const { common, start, last, pstart, minutes, pulse, seen, recent, seq } = destinationKeys(space, name, severity);
    const keys = [common, start, last, pstart, minutes, pulse, seen, recent, seq];
    const limits = [MAX_PULSES, MAX_LINES].map((most) => String(Math.min(most, messages)));
    const times = [`${hour}:00:00`, `${before}:00:00`, new Date().toISOString()];
    now = Number(await run(STORE, keys, [String(messages), name, ...limits, ...times]));
  }
  for (let at = 0; at < windows.length; at += 1000) {
    const some = windows.slice(at, at + 1000);
    await run(
      NOTE,
      [knownKey(space)],
      some.flatMap(({ name, severity }) => [String(now - 60), knownMember(name, severity)]),
    );
  }
}
