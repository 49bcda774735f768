/** Reads the sums of many loggers and severities, with their minutes. */

import type { Connection } from '../redis/connection';
import { ISO_HOUR } from '../redis/hour';
import { destinationKeys, type KeySpace } from '../redis/keys';
import { defineScript, hasLength } from '../redis/script';
import { decodeMinutes } from './memory';
import { listMinutes, type MinuteCounts } from './minutes';
import { expectArray, WINDOWS, windowKeys } from './scripts';
import { Slices } from './slices';

const READ_TOTALS = defineScript(
  /* lua */ `
-- Reads the sums of this hour and of the hour before it with the minutes, in one atomic step.
--
-- KEYS[1] common   zset    message -> count in the hour of start
-- KEYS[2] start    string  that hour, YYYY-MM-DDTHH:00:00 in UTC
-- KEYS[3] last     zset    message -> count in the hour of pstart
-- KEYS[4] pstart   string  the previous hour in which something was logged
-- KEYS[5] minutes  zset    minute -> log calls; left out if they are not asked for
--
-- Returns { epoch seconds, microseconds beyond them, the sum of this hour, that of the hour before it, the messages of both, 1 if the
--   destination exists, else 0, a text of the minutes, each followed by its log calls, or nothing }
${ISO_HOUR}
${WINDOWS}

local common, start_key, last, pstart_key, minutes = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local time = redis.call('TIME')
local current = find_window(iso_hour(tonumber(time[1])), common, start_key, last, pstart_key)
local previous = find_window(iso_hour(tonumber(time[1]) - 3600), common, start_key, last, pstart_key)
local exists = (redis.call('GET', start_key) or redis.call('GET', pstart_key)) and 1 or 0
local messages = 0
for _, window in ipairs({ current or false, previous or false }) do
  if window then messages = messages + redis.call('ZCOUNT', window, '-inf', '+inf') end
end
-- A client takes one text apart faster than hundreds.
local by_minute = minutes and table.concat(redis.call('ZREVRANGE', minutes, 0, -1, 'WITHSCORES'), ' ')
return { time[1], time[2], sum_counts(current), sum_counts(previous), messages, exists, by_minute }
`,
  hasLength(6, 7),
);

/** Loggers that are read at once: each reply takes up to 2 kB, and a tenth of a millisecond here and in Redis. */
const MOST_AT_ONCE = 100;
const HOUR_SECONDS = 3600;

/** How much was counted for one destination in this hour and in the hour before, read at one instant. */
export interface HourTotals {
  /** Beginning of this hour. */
  readonly start: Date;
  /** How much of it has passed, from 0 to 1, by the clock of Redis. */
  readonly elapsed: number;
  readonly current: number;
  readonly previous: number;
  /** Different messages of this hour and of the hour before; one of both counts twice. */
  readonly messages: number;
  readonly minutes?: MinuteCounts;
  /** Whether anything is left of the destination. */
  readonly exists: boolean;
}

/** The sums of those destinations that exist, of at most 100 at once. The first read brings the script to Redis. */
export async function readAllTotals<Logger extends { readonly name: string; readonly severity: string }>(
  connection: Connection,
  space: KeySpace,
  loggers: readonly Logger[],
  hasMinutes: boolean,
): Promise<(Logger & HourTotals)[]> {
  const slices = new Slices();
  const totals: (Logger & HourTotals)[] = [];
  for (let from = 0, to = 1; from < loggers.length; [from, to] = [to, to + MOST_AT_ONCE]) {
    const some = loggers.slice(from, to);
    const replies = await Promise.all(
      some.map(({ name, severity }) => {
        const keys = destinationKeys(space, name, severity);
        return connection.run(READ_TOTALS, hasMinutes ? [...windowKeys(keys), keys.minutes] : windowKeys(keys), []);
      }),
    );
    // All these replies may have come in one turn.
    for (const [i, reply] of replies.entries()) {
      if (slices.isOver(4)) await slices.pause();
      const found = decodeTotals(reply, hasMinutes);
      if (found.exists) totals.push({ ...(some[i] as Logger), ...found });
    }
  }
  return totals;
}

function decodeTotals(reply: unknown, hasMinutes: boolean): HourTotals {
  const [seconds, micros, now, before, messages, exists, byMinute] = expectArray(reply);
  const passed = (Number(seconds) % HOUR_SECONDS) + Number(micros) / 1e6;
  const [current, previous] = [Number(now), Number(before)];
  const totals = {
    start: new Date((Number(seconds) - (Number(seconds) % HOUR_SECONDS)) * 1000),
    elapsed: passed / HOUR_SECONDS,
    current,
    previous,
    messages: Number(messages),
    exists: Number(exists) === 1,
  };
  if (!hasMinutes) return totals;
  const minutes = decodeMinutes(seconds, micros, String(byMinute).split(' '));
  return { ...totals, minutes: listMinutes({ ...minutes, current, previous }) };
}
