/** Removes all that is kept of a logger. */

import { assertKnown, assertObject } from '../errors';
import type { Connection } from '../redis/connection';
import {
  assertName,
  assertPrefix,
  assertSeverity,
  destinationKeys,
  type KeySpace,
  knownKey,
  knownMember,
  newsMember,
  parseKnownMember,
} from '../redis/keys';
import { openConnection } from '../redis/open';
import { assertClient, isClusterClient, type PassedClient } from '../redis/passed-client';
import { defineScript, isCount } from '../redis/script';

const LIST_KNOWN = defineScript(/* lua */ `
-- Lists the destinations in the index.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to
--
-- Returns the destinations
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

const FORGET = defineScript(
  /* lua */ `
-- Removes the keys of a destination, and the destination from the index.
--
-- KEYS[1] recent  list  the newest lines, newest first; the other keys of the destination follow, and the index if ARGV is given
--
-- ARGV[1] the destination; none in a cluster, where the index is in another slot
-- ARGV[2] its member with the time of news
--
-- Returns how many keys of the destination there were
local has_index = #ARGV > 0
local removed = redis.call('UNLINK', KEYS[1], unpack(KEYS, 2, #KEYS - (has_index and 1 or 0)))
if has_index then redis.call('ZREM', KEYS[#KEYS], ARGV[1], ARGV[2]) end
return removed
`,
  isCount,
);

const LEAVE_INDEX = defineScript(
  /* lua */ `
-- Removes a destination from the index.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to; news:destination -> when a message was last new
--   in it
--
-- ARGV[1] the destination
-- ARGV[2] its member with the time of news
--
-- Returns how many members were removed
return redis.call('ZREM', KEYS[1], ARGV[1], ARGV[2])
`,
  isCount,
);

/** Options of {@link forget}. */
export interface ForgetOptions {
  /** The `keyPrefix` of the writers. @default '' */
  readonly keyPrefix?: string | undefined;
}

/**
 * Removes all that is kept of a logger name: lines, counts, minutes, samples, when messages were seen, and its entry in the index.
 * A transport that goes on logging under the name begins anew, and reports what it had written as lost. The user of the client needs the
 * rights of a writer.
 *
 * @param client - a connected client, as for {@link ConnectionOptions.client}; never closed
 * @param name - the logger name in the keys
 * @param severity - one severity; if not given, all that the index has
 * @returns the severities of which something was removed
 * @throws OptionsError for an argument that cannot be used; otherwise the error of the client
 */
export async function forget(
  client: PassedClient,
  name: string,
  severity?: string,
  options: ForgetOptions = {},
): Promise<string[]> {
  assertObject(options, 'options');
  assertKnown(options, { keyPrefix: true }, { prefix: 'keyPrefix' });
  const { keyPrefix: prefix = '' } = options;
  if (severity !== undefined) assertSeverity(severity);
  const severities = severity === undefined ? await listSeverities(client, name, { keyPrefix: prefix }) : [severity];
  const [connection, space] = open(client, name, prefix);
  const forgotten: string[] = [];
  for (const each of severities) if (await forgetOne(connection, space, name, each)) forgotten.push(each);
  return forgotten;
}

/** The severities of a logger name in the index, for a user with the rights of a writer. The same arguments are refused. */
export async function listSeverities(
  client: PassedClient,
  name: string,
  { keyPrefix: prefix = '' }: ForgetOptions = {},
): Promise<string[]> {
  const [connection, space] = open(client, name, prefix);
  const members = await connection.run(LIST_KNOWN, [knownKey(space)], []);
  return (members as unknown[]).flatMap((member) => {
    const known = parseKnownMember(String(member), space);
    return known?.name === name ? [known.severity] : [];
  });
}

function open(client: PassedClient, name: string, prefix: string): [Connection, KeySpace] {
  assertClient(client);
  const space = { prefix, hashTag: isClusterClient(client) };
  assertPrefix(prefix, space);
  assertName(name, space);
  return [openConnection({ client }, false), space];
}

/** In one step if there can be one: what is logged meanwhile would be in no index. */
async function forgetOne(connection: Connection, space: KeySpace, name: string, severity: string): Promise<boolean> {
  const keys = Object.values(destinationKeys(space, name, severity));
  const [index, member] = [knownKey(space), knownMember(name, severity)];
  const members = [member, newsMember(member)];
  if (!space.hashTag) return Number(await connection.run(FORGET, [...keys, index], members)) > 0;
  const removed = await connection.run(FORGET, keys, []);
  await connection.run(LEAVE_INDEX, [index], members);
  return Number(removed) > 0;
}
