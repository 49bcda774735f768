/** The scripts by which the watchers of one group share their work; all keys of a group are in one slot. */

import { defineScript, isCount } from '../redis/script';

/** A gap of so long in watching is no silence of those who are watched. */
export const GAP_MS = 10_000;
/** Most alarms that wait, and most messages of which it is known when they were told. */
const MOST_PENDING = 1000;
const MOST_TOLD = 10_000;
/** Most alarms of which it is known when they were delivered, and for how long. */
const MOST_HISTORY = 10_000;
const HISTORY_MS = 604_800_000;
/** Alarms that are fetched at once. */
const MOST_DUE = 1000;
/** No try is put off for longer: what is due later was put off by a clock that was wrong. */
const LONGEST_WAIT_MS = 600_000;
/** How long what waits is kept without any watcher. */
const KEPT_MS = 86_400_000;
const MOST_MUTES = 100;

export const KEEP_LEASE = defineScript(/* lua */ `
-- Takes or renews the lease of a group of watchers, and gives whoever has it what there is to do.
--
-- KEYS[1] lease    string  the token of the watcher that has it
-- KEYS[2] watch    hash    since: since when there was no gap in watching; tended: the last time; cursor: how far it has come;
--   options: those of the watcher that has the lease, hashed; raises: how often alarms were raised
-- KEYS[3] pending  hash    id -> tries, the minute of its digest or 0, and the alarm
-- KEYS[4] due      zset    id -> when it is to be told
--
-- ARGV[1] the token of this watcher
-- ARGV[2] milliseconds of the lease
-- ARGV[3] the cursor to keep; empty for none
-- ARGV[4] the options of this watcher, hashed; empty for none
--
-- Returns { 0, the options of the one that has the lease }, or { 1, since when there was no gap, the cursor, how often alarms were
--   raised, the alarms that are due: id, pending }
local lease, watch, pending, due = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local holder = redis.call('GET', lease)
if holder and holder ~= ARGV[1] then return { 0, redis.call('HGET', watch, 'options') or '' } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', lease, ARGV[1], 'PX', ARGV[2])
if not holder then
  -- What the watcher before had begun is due at once, but no digest before its minute is over.
  for _, id in ipairs(redis.call('ZRANGE', due, 0, -1)) do
    local minute = tonumber(string.match(redis.call('HGET', pending, id) or '', '^%d+ (%d+) ')) or 0
    redis.call('ZADD', due, math.max(minute > 0 and minute + 60000 or 0, now), id)
  end
end
local state = redis.call('HMGET', watch, 'since', 'tended', 'cursor', 'raises')
local tended = tonumber(state[2])
local is_gap = not tended or now - tended > ${GAP_MS} or tended > now
local since = is_gap and now or tonumber(state[1])
redis.call('HSET', watch, 'since', string.format('%d', since), 'tended', string.format('%d', now))
if ARGV[4] ~= '' then redis.call('HSET', watch, 'options', ARGV[4]) end
if ARGV[3] ~= '' then redis.call('HSET', watch, 'cursor', ARGV[3]) end
redis.call('PEXPIRE', watch, ${KEPT_MS})
local tasks = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ${MOST_DUE})
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, now + ${LONGEST_WAIT_MS}, '+inf', 'LIMIT', 0, ${MOST_DUE})) do
  tasks[#tasks + 1] = id
end
local texts = {}
for _, id in ipairs(tasks) do
  texts[#texts + 1] = id
  texts[#texts + 1] = redis.call('HGET', pending, id) or ''
end
return { 1, string.format('%d', since), state[3] or '', state[4] or '0', texts }
`);

export const RAISE = defineScript(/* lua */ `
-- Decides which alarms are to be told, and keeps them until they are delivered.
--
-- KEYS[1] lease    string  the token of the watcher that has it
-- KEYS[2] watch    hash    began: when the minute of alarms began; count: how many it has had; raises: how often this script has run
-- KEYS[3] told     zset    message -> when it was last told
-- KEYS[4] pending  hash    id -> tries, the minute of its digest or 0, and the alarm
-- KEYS[5] due      zset    id -> when it is to be told
--
-- ARGV[1] the token of this watcher
-- ARGV[2] milliseconds in which a message is told once
-- ARGV[3] alarms of a minute that are told singly
-- ARGV[4] milliseconds that the delivery may take
-- ARGV[5 ...] for each alarm its message, its id, since when it holds, and the alarm; empty for what is only to be taken for told
--
-- Returns how often this script has run, and for each 0 if it was told already, 1 if it is to be told now, 2 in a digest, 3 if it is
--   only taken for told, -1 if too many wait; nothing if another has the lease
local lease, watch, told, pending, due = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
if redis.call('GET', lease) ~= ARGV[1] then return {} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local cooldown, most_single, hold = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- A message is new for an hour, and told no more after that.
local kept = math.max(cooldown, 7200000)
redis.call('ZREMRANGEBYSCORE', told, '-inf', now - kept)
local state, waiting = redis.call('HMGET', watch, 'began', 'count', 'raises'), redis.call('HLEN', pending)
local raises = (tonumber(state[3]) or 0) + 1
local began, count = tonumber(state[1]) or 0, tonumber(state[2]) or 0
if now >= began + 60000 or began > now then began, count = now, 0 end

local function raise(message, id, since, alarm)
  local last = tonumber(redis.call('ZSCORE', told, message))
  if last and (last >= since or last <= now and now - last < cooldown) then
    -- The reply that said so may be lost.
    return string.sub(redis.call('HGET', pending, id) or '', 1, 4) == '0 0 ' and 1 or 0
  end
  if alarm ~= '' and waiting >= ${MOST_PENDING} then return -1 end
  redis.call('ZADD', told, now, message)
  if alarm == '' then return 3 end
  waiting, count = waiting + 1, count + 1
  local is_single = count <= most_single
  local minute = is_single and 0 or began
  redis.call('HSET', pending, id, string.format('0 %d ', minute) .. alarm)
  redis.call('ZADD', due, is_single and now + hold or began + 60000, id)
  return is_single and 1 or 2
end

local verdicts = { raises }
for i = 5, #ARGV, 4 do
  verdicts[#verdicts + 1] = raise(ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3])
end
redis.call('HSET', watch, 'began', string.format('%d', began), 'count', count, 'raises', raises)
redis.call('ZREMRANGEBYRANK', told, 0, -${MOST_TOLD} - 1)
redis.call('PEXPIRE', told, kept)
redis.call('PEXPIRE', pending, ${KEPT_MS})
redis.call('PEXPIRE', due, ${KEPT_MS})
return verdicts
`);

export const SETTLE = defineScript(
  /* lua */ `
-- Forgets alarms that were delivered or given up, and notes the former in the history.
--
-- KEYS[1] pending  hash  id -> tries, the minute of its digest or 0, and the alarm
-- KEYS[2] due      zset  id -> when it is to be told
-- KEYS[3] history  zset  kind and message of an alarm -> when it was told
--
-- ARGV[1 ...] for each alarm its id, and its kind and message; empty for what was given up
--
-- Returns how many there were
local pending, due, history, count = KEYS[1], KEYS[2], KEYS[3], 0
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 1, #ARGV, 2 do
  local is_pending = redis.call('HDEL', pending, ARGV[i])
  count = count + is_pending
  redis.call('ZREM', due, ARGV[i])
  if is_pending == 1 and ARGV[i + 1] ~= '' then redis.call('ZADD', history, now, ARGV[i + 1]) end
end
redis.call('ZREMRANGEBYSCORE', history, '-inf', now - ${HISTORY_MS})
redis.call('ZREMRANGEBYRANK', history, 0, -${MOST_HISTORY} - 1)
redis.call('PEXPIRE', history, ${HISTORY_MS})
return count
`,
  isCount,
);

export const PUT_OFF = defineScript(
  /* lua */ `
-- Notes when alarms are to be tried again, and after how many tries.
--
-- KEYS[1] lease    string  the token of the watcher that has it
-- KEYS[2] pending  hash    id -> tries, the minute of its digest or 0, and the alarm
-- KEYS[3] due      zset    id -> when it is to be told
--
-- ARGV[1] the token of this watcher
-- ARGV[2] milliseconds until then
-- ARGV[3] tries; empty to leave them
-- ARGV[4 ...] the ids
--
-- Returns how many were put off: none if another has the lease
local lease, pending, due, count = KEYS[1], KEYS[2], KEYS[3], 0
if redis.call('GET', lease) ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]
for i = 4, #ARGV do
  local text = redis.call('HGET', pending, ARGV[i])
  if text then
    if ARGV[3] ~= '' then redis.call('HSET', pending, ARGV[i], ARGV[3] .. string.match(text, '^%d+(.*)$')) end
    redis.call('ZADD', due, at, ARGV[i])
    count = count + 1
  end
end
return count
`,
  isCount,
);

export const LEAVE = defineScript(
  /* lua */ `
-- Gives the lease back.
--
-- KEYS[1] lease  string  the token of the watcher that has it
--
-- ARGV[1] the token of this watcher
--
-- Returns 1 if it had it, else 0
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`,
  isCount,
);

export const MUTE = defineScript(
  /* lua */ `
-- Mutes a pattern, or mutes it no more.
--
-- KEYS[1] mutes  hash  pattern -> until when it is muted
--
-- ARGV[1] the pattern
-- ARGV[2] milliseconds; 0 to end it
--
-- Returns 1, or 0 if too many are muted
local mutes, ms = KEYS[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HDEL', mutes, ARGV[1])
local all, last = redis.call('HGETALL', mutes), now + ms
for i = 1, #all, 2 do
  local until_ms = tonumber(all[i + 1]) or 0
  if until_ms <= now then redis.call('HDEL', mutes, all[i]) else last = math.max(last, until_ms) end
end
if ms > 0 then
  if redis.call('HLEN', mutes) >= ${MOST_MUTES} then return 0 end
  redis.call('HSET', mutes, ARGV[1], string.format('%d', now + ms))
end
redis.call('PEXPIRE', mutes, last - now)
return 1
`,
  isCount,
);

export const READ_MUTES = defineScript(/* lua */ `
-- Reads which patterns are muted.
--
-- KEYS[1] mutes  hash  pattern -> until when it is muted
--
-- Returns the patterns
local all, time = redis.call('HGETALL', KEYS[1]), redis.call('TIME')
local now, muted = time[1] * 1000 + math.floor(time[2] / 1000), {}
for i = 1, #all, 2 do
  if (tonumber(all[i + 1]) or 0) > now then muted[#muted + 1] = all[i] end
end
return muted
`);
