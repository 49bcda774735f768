/** Answers which loggers were written to since a moment, and in which of them a message was new, from the index alone. */

import { OptionsError } from '../errors';
import type { Connection } from '../redis/connection';
import { type KeySpace, knownKey, parseKnownMember, splitNewsMember } from '../redis/keys';
import { defineScript, hasLength } from '../redis/script';
import type { KnownLogger } from './known-loggers';
import { type Count, expectArray, JOIN_TEXTS, randomSeparator, toCounts } from './scripts';
import { Slices } from './slices';

/** A logger name and severity that was written to. */
export interface ChangedLogger extends KnownLogger {
  /**
   * Whether a message there may have been new to the memory of a week, or have come back after a day or more: then {@link
   * RecentCommonReader.changes} has more to say.
   */
  readonly hasNewMessages: boolean;
  /** When a message there was last noted to be new or to be back; null if it was not since the cursor. */
  readonly newsAt: Date | null;
}

/** What has changed since a moment. */
export interface ChangedLoggers {
  /** Stands for the moment of this answer. It may be stored, and another process may go on from it. */
  readonly cursor: string;
  /** The one last written to first. */
  readonly loggers: readonly ChangedLogger[];
}

const READ_CHANGED = defineScript(
  /* lua */ `
-- Reads which destinations were noted in the index since a moment.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to; news:destination -> when a message was last new
--   in it
--
-- ARGV[1] that moment, in epoch milliseconds; empty for all destinations
-- ARGV[2] a text that no destination contains
--
-- Returns { epoch milliseconds, 1 if these are all destinations, texts of the members by rising time, each followed by its time,
--   with ARGV[2] between all of these }
${JOIN_TEXTS}
local time, since = redis.call('TIME'), tonumber(ARGV[1])
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
-- If the clock was set back, what it noted since is not known.
local is_all = not since or since > now_ms
-- The notes of writes are to the second. One more second is for another server's clock, after a failover.
local least = is_all and '-inf' or string.format('%d', math.floor(since / 1000) - 1)
local found = redis.call('ZRANGEBYSCORE', KEYS[1], least, '+inf', 'WITHSCORES')
return { string.format('%d', now_ms), is_all and 1 or 0, join_texts(found, ARGV[2]) }
`,
  hasLength(3),
);

/**
 * What has changed since a moment; everything if there is none.
 *
 * @throws OptionsError for a cursor that is none
 */
export async function readChangedSince(
  connection: Connection,
  space: KeySpace,
  cursor: string | undefined,
): Promise<ChangedLoggers> {
  if (cursor !== undefined && !(typeof cursor === 'string' && /^\d{1,16}$/.test(cursor)))
    throw new OptionsError('cursor', 'a cursor', cursor);
  const separator = randomSeparator();
  const reply = await connection.run(READ_CHANGED, [knownKey(space)], [cursor ?? '', separator]);
  const [now, isAll, texts] = expectArray(reply);
  const members = await toCounts(texts, separator);
  const loggers = await mergeMembers(members, space, Number(isAll) === 1 ? undefined : Number(cursor));
  return { cursor: String(now), loggers };
}

/**
 * @param members - with their epoch seconds, by rising time
 * @param since - in epoch milliseconds; if not given, every logger may have new messages
 */
async function mergeMembers(
  members: readonly Count[],
  space: KeySpace,
  since: number | undefined,
): Promise<ChangedLogger[]> {
  const slices = new Slices();
  const loggers = new Map<string, ChangedLogger>();
  for (const [text, seconds] of members.toReversed()) {
    if (slices.isOver()) await slices.pause();
    const { member, isNews } = splitNewsMember(text);
    const destination = parseKnownMember(member, space);
    const before = loggers.get(member);
    const lastSeen = before?.lastSeen ?? new Date(Math.floor(seconds) * 1000);
    if (!destination || Number.isNaN(lastSeen.getTime())) continue;
    const notedAt = isNews ? Math.round(seconds * 1000) : undefined;
    const isNew = since === undefined || (notedAt !== undefined && notedAt >= since);
    loggers.set(member, {
      ...destination,
      lastSeen,
      hasNewMessages: isNew || before?.hasNewMessages === true,
      newsAt: notedAt !== undefined && isNew ? new Date(notedAt) : (before?.newsAt ?? null),
    });
  }
  return [...loggers.values()];
}
