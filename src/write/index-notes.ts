/** Writes to the index of destinations beside their batches, looks after it, and asks whether Redis may evict what is logged. */

import { clock } from '../clock';
import { DeliveryWarning } from '../errors';
import type { Connection } from '../redis/connection';
import { withDeadline } from '../redis/deadline';
import { findExisting, lastingKeys } from '../redis/existing';
import { isKeyRefusal } from '../redis/failures';
import { type DestinationKeys, destinationKeys, knownKey, parseKnownMember, splitNewsMember } from '../redis/keys';
import { defineScript, hasLength } from '../redis/script';
import { decodeMembers, type IndexMember, type WriteSettings } from './codec';
import type { Outages } from './outages';
import { NOTE_IN_INDEX } from './script-note';

/** How long a command may take. */
const TIMEOUT_MS = 1000;
/** Time between two looks at older members of the index. If the last one found some that were gone, the next note brings another. */
const TEND_INTERVAL_MS = 5000;

/** The target of an outage of the index. */
const INDEX = 'the index';

const NOTE = defineScript(/* lua */ `
-- Notes in the index that a destination was written to.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to; news:destination -> when a message was last new
--   in it
--
-- ARGV[1] destination
-- ARGV[2] seconds until the keys of the destination expire; 0 for never
-- ARGV[3] 1 if a message was new in it
--
-- Returns some older members of the index, each followed by its time
${NOTE_IN_INDEX}
local time = redis.call('TIME')
return note(KEYS[1], ARGV[1], time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[2]), ARGV[3] == '1')
`);

const TEND = defineScript(
  /* lua */ `
-- Removes destinations that have expired from the index, and asks for the eviction policy.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to; news:destination -> when a message was last new
--   in it
--
-- ARGV[1] 1 to ask for the policy, 2 to ask for it if keys expire, 0 not to ask
-- ARGV[2 ...] members, each followed by the time that it had in the index. If more keys are given, they are four of the
--   destination of each, which must not exist
--
-- Returns { how many were removed, the policy by which Redis may evict what is logged: empty if it may not, was not asked or
--   may not tell }
local known, removed = KEYS[1], 0
for i = 2, #ARGV, 2 do
  local first = 2 * i - 2
  local is_gone = #KEYS == 1
    or redis.call('EXISTS', KEYS[first], KEYS[first + 1], KEYS[first + 2], KEYS[first + 3]) == 0
  if is_gone and redis.call('ZSCORE', known, ARGV[i]) == ARGV[i + 1] then
    removed = removed + redis.call('ZREM', known, ARGV[i])
  end
end

-- Redis writes each refusal to ACL LOG, so a command is not tried that may be refused. Since version 7 a script can look before;
-- version 6 refuses commands too, but tells no script which.
local function may_ask()
  if not redis.acl_check_cmd then return not redis.setresp end
  local is_known, is_permitted = pcall(redis.acl_check_cmd, 'INFO', 'memory')
  return is_known and is_permitted
end

if ARGV[1] == '0' or not may_ask() then return { removed, '' } end
local info = redis.pcall('INFO', 'memory')
if type(info) ~= 'string' or string.match(info, '[\\r\\n]maxmemory:0[\\r\\n]') then return { removed, '' } end
local policy = string.match(info, 'maxmemory_policy:(%S+)') or ''
local evicts = string.match(policy, '^allkeys') or ARGV[1] == '2' and string.match(policy, '^volatile')
return { removed, evicts and policy or '' }
`,
  hasLength(2),
);

interface Older {
  readonly keys: DestinationKeys;
  readonly member: IndexMember;
}

/** The index, as all destinations of one connection write to it. */
export class IndexNotes {
  readonly #connection: Connection;
  readonly #outages: Outages;
  readonly #onWarning: (warning: DeliveryWarning) => void;
  #asksPolicy: boolean;
  #isTending = false;
  /** When to look at older members again, in milliseconds of the monotonic clock; never if this user may not see their keys. */
  #tendAt = 0;

  /** @param onWarning - receives a warning if Redis may evict logs; if not given, Redis is not asked for its policy */
  constructor(connection: Connection, outages: Outages, onWarning?: (warning: DeliveryWarning) => void) {
    this.#connection = connection;
    this.#outages = outages;
    this.#onWarning = onWarning ?? (() => undefined);
    this.#asksPolicy = onWarning !== undefined;
  }

  /** Whether the index is in another slot than the destinations. */
  get isCluster(): boolean {
    return this.#connection.isCluster;
  }

  /**
   * Notes a destination by a command of its own. Returns some older members of the index.
   *
   * @param hasNews - whether a message was new in it
   */
  async note(member: string, hasNews: boolean, settings: WriteSettings): Promise<IndexMember[]> {
    const args = [member, String(settings.ttlSeconds), hasNews ? '1' : '0'];
    return decodeMembers(await withDeadline(this.#connection.run(NOTE, [knownKey(settings)], args), TIMEOUT_MS));
  }

  /** Whether an outage of the index was reported. */
  get isOut(): boolean {
    return this.#outages.has(INDEX);
  }

  onNoted(): void {
    this.#outages.end(INDEX);
  }

  onFailed(label: string, error: unknown): void {
    this.#outages.reportFailure(INDEX, label, error);
  }

  /** Whether there is something to do beside a note that gave these older members. */
  wantsTending(older: readonly IndexMember[], isNew: boolean): boolean {
    return !this.#isTending && (this.#asksPolicy || (older.length > 0 && this.#isDue(isNew)));
  }

  #isDue(isNew: boolean): boolean {
    return this.#tendAt !== Infinity && (isNew || clock.now() >= this.#tendAt);
  }

  /** Removes those of the members that have expired, and asks for the eviction policy if that was not done. Never rejects. */
  async tend(members: readonly IndexMember[], settings: WriteSettings, isNew: boolean): Promise<void> {
    if (!this.wantsTending(members, isNew)) return;
    const isDue = this.#isDue(isNew);
    const older = isDue ? members.flatMap((member) => locate(member, settings)) : [];
    const asksPolicy = this.#asksPolicy;
    this.#asksPolicy = false;
    this.#isTending = true;
    if (isDue) this.#tendAt = clock.now() + TEND_INTERVAL_MS;
    try {
      const mode = asksPolicy ? (settings.ttlSeconds > 0 ? '2' : '1') : '0';
      const [removed, policy] = await withDeadline(this.#run(older, mode, settings), TIMEOUT_MS);
      if (removed > 0) this.#tendAt = 0;
      if (policy !== '') this.#warn(policy);
    } catch (error) {
      this.#asksPolicy ||= asksPolicy;
      if (isKeyRefusal(error)) this.#tendAt = Infinity;
    } finally {
      this.#isTending = false;
    }
  }

  async #run(
    older: readonly Older[],
    mode: string,
    settings: WriteSettings,
  ): Promise<[removed: number, policy: string]> {
    const gone = this.isCluster ? await this.#findGone(older) : older;
    if (gone.length === 0 && mode === '0') return [0, ''];
    const keys = this.isCluster ? [] : gone.flatMap((each) => lastingKeys(each.keys));
    const args = [mode, ...gone.flatMap(({ member }) => member)];
    const [removed, policy] = (await this.#connection.run(TEND, [knownKey(settings), ...keys], args)) as unknown[];
    return [Number(removed), String(policy)];
  }

  /** In a cluster, each destination may be on another node. */
  async #findGone(older: readonly Older[]): Promise<Older[]> {
    const exist = await findExisting(
      this.#connection,
      older.map(({ keys }) => keys),
    );
    return older.filter((_, i) => !exist[i]);
  }

  #warn(policy: string): void {
    const text = `Redis may evict what is logged: its maxmemory-policy is ${policy}, not noeviction`;
    this.#onWarning(new DeliveryWarning(text));
  }
}

/** A member that stands for no destination is none of ours. */
function locate(member: IndexMember, settings: WriteSettings): Older[] {
  const destination = parseKnownMember(splitNewsMember(member[0]).member, settings);
  if (!destination) return [];
  return [{ member, keys: destinationKeys(settings, destination.name, destination.severity) }];
}
