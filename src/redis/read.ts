import { ISO_HOUR } from './hour';
import { defineScript } from './script';

export const READ_NAMES = defineScript(/* lua */ `
-- Reads which destinations exist.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to
--
-- Returns the destinations, the one last written to first, each followed by its time
return redis.call('ZREVRANGE', KEYS[1], 0, -1, 'WITHSCORES')
`);

export const READ_RECENT = defineScript(/* lua */ `
-- Reads the newest lines of a destination and the number of the newest, in one atomic step.
--
-- KEYS[1] recent  list    the newest lines, newest first
-- KEYS[2] seq     string  number of the newest line
--
-- ARGV[1] most lines to return; 0 for all
--
-- Returns { the number, the lines }
return { redis.call('GET', KEYS[2]) or '0', redis.call('LRANGE', KEYS[1], 0, ARGV[1] - 1) }
`);

export const READ_COMMON = defineScript(/* lua */ `
-- Reads the counts of one hour, whichever window holds them, in one atomic step.
--
-- KEYS[1] common  zset    message -> count in the hour of start
-- KEYS[2] start   string  that hour, YYYY-MM-DDTHH:00:00 in UTC
-- KEYS[3] last    zset    message -> count in the hour of pstart
-- KEYS[4] pstart  string  the previous hour in which something was logged
--
-- ARGV[1] how many hours ago the hour was: 0 for this one
-- ARGV[2] most messages to return; 0 for all
--
-- Returns { the hour, the sum of all counts, the messages by falling count, each followed by its count }
local common, start_key, last, pstart_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ago, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
${ISO_HOUR}
local hour = iso_hour(tonumber(redis.call('TIME')[1]) - ago * 3600)
local counts = {}
if redis.call('GET', start_key) == hour then
  counts = redis.call('ZREVRANGE', common, 0, -1, 'WITHSCORES')
elseif redis.call('GET', pstart_key) == hour then
  counts = redis.call('ZREVRANGE', last, 0, -1, 'WITHSCORES')
end
local total = 0
for i = 2, #counts, 2 do total = total + tonumber(counts[i]) end
if limit > 0 then
  for i = #counts, 2 * limit + 1, -1 do counts[i] = nil end
end
return { hour, string.format('%.17g', total), counts }
`);
