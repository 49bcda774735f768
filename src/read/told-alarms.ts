/** Reads which alarms of messages watchers have told, and when. */

import { OptionsError } from '../errors';
import { parameterize } from '../record/parameterize';
import { hashTexts } from '../record/text-hash';
import type { Connection } from '../redis/connection';
import { assertName, type KeySpace, watchKeys } from '../redis/keys';
import { defineScript } from '../redis/script';
import { assertReadOptions } from './option-names';
import { expectArray } from './scripts';

/** What messages are told for. */
const KINDS = ['new', 'returned', 'surging'] as const;
/** Messages that are looked for. */
const MOST_MESSAGES = 500;

/** Which watchers may have told something. */
export interface ToldOptions {
  /** Their groups. @default ['default'] */
  readonly groups?: readonly string[] | undefined;
}

/** An alarm of a message that was told. */
export interface ToldAlarm {
  readonly kind: (typeof KINDS)[number];
  /** When Redis was told that it had been delivered. */
  readonly at: Date;
}

/** What the watchers of a group have told of a message. */
export interface ToldAlarms {
  readonly group: string;
  /** When one of them last looked; null if none did within a day. */
  readonly watchedAt: Date | null;
  /** The last alarm of each kind, the latest first: of a week, and of the 10,000 that were told last. */
  readonly alarms: readonly ToldAlarm[];
}

const READ_TOLD = defineScript(/* lua */ `
-- Reads which alarms were told by a group of watchers.
--
-- KEYS[1] history  zset  kind and message of an alarm -> when it was told
-- KEYS[2] watch    hash  tended: the last time that there was no gap in watching
--
-- ARGV[1 ...] kinds and messages
--
-- Returns { epoch milliseconds when the group last watched, and for each when it was told }, each empty if that is not known
local history, watch = KEYS[1], KEYS[2]
local found = { redis.call('HMGET', watch, 'tended')[1] or '' }
for i = 1, #ARGV do found[i + 1] = redis.call('ZSCORE', history, ARGV[i]) or '' end
return found
`);

/**
 * A hash of what all alarms of one message have in common.
 *
 * @param key - of the message by `parameterize`; empty for the alarm of a silent logger
 */
export function alarmSubject(name: string, severity: string, key: string): string {
  return hashTexts(name, severity, key);
}

/** An alarm as a member of the history of its group. */
export function historyMember(kind: string, subject: string): string {
  return `${kind} ${subject}`;
}

/**
 * What the watchers of some groups have told of messages.
 * @throws OptionsError
 */
export async function readTold(
  connection: Connection,
  space: KeySpace,
  {
    name,
    severity,
    messages,
  }: { readonly name: string; readonly severity: string; readonly messages: readonly string[] },
  options: ToldOptions,
): Promise<ToldAlarms[]> {
  assertReadOptions(options, { groups: true });
  const { groups = ['default'] } = options;
  if (!Array.isArray(groups)) throw new OptionsError('groups', 'an array of groups of watchers', groups);
  for (const group of groups) assertName(group, { hashTag: true }, 'groups');
  const subjects = messages
    .slice(0, MOST_MESSAGES)
    .map((message) => alarmSubject(name, severity, parameterize(message)));
  const members = KINDS.flatMap((kind) => subjects.map((subject) => historyMember(kind, subject)));
  return Promise.all(
    groups.map(async (group) => {
      const { history, watch } = watchKeys(space, group);
      const [tended, ...times] = expectArray(await connection.run(READ_TOLD, [history, watch], members)).map(Number);
      const alarms = KINDS.map((kind, i) => {
        const own = times.slice(i * subjects.length, (i + 1) * subjects.length);
        return { kind, at: Math.max(0, ...own) };
      });
      return {
        group,
        watchedAt: tended ? new Date(tended) : null,
        alarms: alarms
          .filter(({ at }) => at > 0)
          .sort((a, b) => b.at - a.at)
          .map(({ kind, at }) => ({ kind, at: new Date(at) })),
      };
    }),
  );
}
