import { randomUUID } from 'node:crypto';
import type { Connection } from '../redis/connection';
import { withDeadline } from '../redis/deadline';
import { isConfigurationError } from '../redis/failures';
import { destinationKeys, knownKey, knownMember } from '../redis/keys';
import { defineScript } from '../redis/script';
import type { Batch } from './batch';
import { decodeReply, encodeBatch, WRITE, type WriteReply, type WriteSettings } from './script';

/** A destination is noted in the index at most this often: the index has seconds. */
const INDEX_INTERVAL_MS = 1000;
/** How long a note is waited for. */
const INDEX_TIMEOUT_MS = 1000;
/** After an error that only a change of configuration can end, it is tried again this much later. */
const INDEX_RETRY_MS = 30_000;

const NOTE = defineScript(/* lua */ `
-- Notes in the index of destinations that one was written to just now. Where all destinations expire, so does the index,
-- not before the last of them, and forgets those that have.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to
--
-- ARGV[1] destination
-- ARGV[2] seconds until the keys of the destination expire; 0 for never
-- ARGV[3] 1 to ask for the eviction policy
--
-- Returns the policy by which Redis may evict the keys of the destination; nothing where it may not, was not asked or may
--   not say
local known, destination, ttl = KEYS[1], ARGV[1], tonumber(ARGV[2])
local now = tonumber(redis.call('TIME')[1])
local left = redis.call('TTL', known)
redis.call('ZADD', known, now, destination)
if ttl == 0 then
  redis.call('PERSIST', known)
elseif left ~= -1 then
  local longest = math.max(left, ttl)
  redis.call('EXPIRE', known, longest)
  redis.call('ZREMRANGEBYSCORE', known, '-inf', now - longest - 1)
end

if ARGV[3] ~= '1' then return end
local info = redis.pcall('INFO', 'memory')
if type(info) ~= 'string' or string.match(info, '[\\r\\n]maxmemory:0[\\r\\n]') then return end
local policy = string.match(info, 'maxmemory_policy:(%S+)') or ''
if string.match(policy, '^allkeys') or ttl > 0 and string.match(policy, '^volatile') then return policy end
`);

/** What became of a batch, and of those before it. */
export interface Written {
  /** False where an earlier try had been applied already, its reply lost. */
  readonly isApplied: boolean;
  /** Log calls that were not counted: their hour is older than both windows. */
  readonly late: number;
  /** Log calls that Redis had acknowledged, and has lost since then. */
  readonly lost: number;
  /** Log calls of this batch of which nobody knows whether they are counted: an error ended an earlier try in its midst. */
  readonly part: number;
}

/** The hour of a window, and what had been acknowledged when the first batch of that hour came. */
interface Mark {
  readonly hour: string;
  readonly before: number;
}

/**
 * Writes the batches of one destination, one at a time, as an idempotent producer does
 * (https://cwiki.apache.org/confluence/display/KAFKA/KIP-98+-+Exactly+Once+Delivery+and+Transactional+Messaging): an id and
 * numbers by which Redis refuses what it has applied already, and a total by which the writer notices what Redis has lost.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #settings: WriteSettings;
  #id: string;
  /** Log calls that Redis has acknowledged. */
  #acknowledged = 0;
  /** The last two hours in which that was. */
  #marks: readonly Mark[] = [];
  /** When the last batch was applied, in epoch seconds of the clock of Redis. */
  #appliedAt = 0;
  /** The number of the last batch that was sent. */
  #sent = 0;
  /** Whether the script has run to its end, and has not been seen to end before since. */
  #isPermitted = false;
  /** When the next note in the index is due, in milliseconds of the monotonic clock. */
  #noteDue = 0;

  /** @param id - no other writer may have it */
  constructor(connection: Connection, settings: WriteSettings, id: string = randomUUID()) {
    this.#connection = connection;
    this.#settings = settings;
    this.#id = id;
  }

  /** Writes a batch: once, however often it is called with it. */
  async write(batch: Batch): Promise<Written> {
    const { recent, seq, common, start, last, pstart, writers } = destinationKeys(
      this.#settings,
      batch.name,
      batch.severity,
    );
    const keys = [recent, seq, common, start, last, pstart, writers];
    const isRetry = this.#sent === batch.number;
    this.#sent = batch.number;
    const reply = await this.#send(keys, batch);
    if (reply.isApplied || reply.previous === batch.number) return this.#settle(batch, reply);
    // Another writer has the id: the process was copied while it ran, with the ids that Node keeps in store.
    this.#id = randomUUID({ disableEntropyCache: true });
    this.#acknowledged = 0;
    this.#marks = [];
    if (isRetry) return { isApplied: false, late: 0, lost: 0, part: batch.logged };
    return this.#settle(batch, await this.#send(keys, batch));
  }

  async #send(keys: string[], batch: Batch): Promise<WriteReply> {
    const args = encodeBatch(batch, this.#id, this.#settings, !this.#isPermitted);
    return decodeReply(await this.#connection.run(WRITE, keys, args));
  }

  /**
   * Notes in the index where a batch was written to, unless that was done a moment ago. Counting does without the index,
   * so nothing hangs on it; after a failure it is the next batch that tries again, some time later.
   *
   * @param asksPolicy - whether to ask for the eviction policy as well
   * @returns undefined where it was not due; the policy where it was asked for and may evict what is written; else ''
   */
  async note({ name, severity }: Batch, asksPolicy: boolean): Promise<string | undefined> {
    if (performance.now() < this.#noteDue) return undefined;
    this.#noteDue = performance.now() + INDEX_INTERVAL_MS;
    const args = [knownMember(name, severity), String(this.#settings.ttlSeconds), asksPolicy ? '1' : '0'];
    try {
      const noted = this.#connection.run(NOTE, [knownKey(this.#settings)], args);
      const policy = await withDeadline(noted, INDEX_TIMEOUT_MS);
      return policy ? String(policy as string | Buffer) : '';
    } catch (error) {
      if (isConfigurationError(error)) this.#noteDue = performance.now() + INDEX_RETRY_MS;
      throw error;
    }
  }

  #settle(batch: Batch, { isApplied, total, start, pstart, late, part, now }: WriteReply): Written {
    const before = total - (batch.logged - late);
    // What no window holds any more Redis may forget, and what came before that: hours can come back with a clock set back.
    const left = this.#marks.findLastIndex(({ hour }) => hour !== start && hour < pstart);
    const inWindows = this.#marks.slice(left + 1);
    const marks = this.#hasExpired(now) ? [] : inWindows;
    const lost = Math.max(0, this.#acknowledged - Math.max(before, marks[0]?.before ?? this.#acknowledged));
    const kept = marks.map((mark) => ({ hour: mark.hour, before: Math.min(mark.before, before) }));
    this.#marks = kept.at(-1)?.hour === start ? kept : [...kept.slice(-1), { hour: start, before }];
    this.#acknowledged = total;
    if (isApplied) this.#appliedAt = now;
    this.#isPermitted = part === 0;
    return { isApplied, late, lost, part };
  }

  #hasExpired(now: number): boolean {
    const { ttlSeconds } = this.#settings;
    return ttlSeconds > 0 && now - this.#appliedAt >= ttlSeconds;
  }
}
