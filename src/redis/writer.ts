import { randomUUID } from 'node:crypto';
import type { Batch } from '../batch';
import type { Connection } from './connection';
import { isConfigurationError } from './failures';
import { destinationKeys, knownKey, knownMember } from './keys';
import { defineScript } from './script';
import { decodeReply, encodeBatch, WRITE, type WriteReply, type WriteSettings } from './write';

/** A destination is noted in the index at most this often: the index has seconds. */
const INDEX_INTERVAL_MS = 1000;
/** After an error that only a change of configuration can end, it is tried again this much later. */
const INDEX_RETRY_MS = 30_000;
/** Destinations whose turn is remembered: past it all are forgotten, which costs each one more note. */
const MAX_INDEX_DUE = 10_000;

const NOTE = defineScript(/* lua */ `
-- Notes in the index of destinations that one was written to just now. Where all destinations expire, so does the index,
-- not before the last of them, and forgets those that have.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to
--
-- ARGV[1] destination
-- ARGV[2] seconds until the keys of the destination expire; 0 for never
--
-- Returns nothing
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
`);

/** Writes batches under one writer id. */
export class Writer {
  readonly #connection: Connection;
  readonly #id = randomUUID();
  /** When each destination is next to be noted in the index. */
  readonly #indexDue = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Writes a batch: once, however often it is called with it. */
  async write(batch: Batch, settings: WriteSettings): Promise<WriteReply> {
    const { recent, seq, common, start, last, pstart, writers } = destinationKeys(settings, batch.name, batch.severity);
    const args = encodeBatch(batch, this.#id, settings);
    return decodeReply(await this.#connection.run(WRITE, [recent, seq, common, start, last, pstart, writers], args));
  }

  /**
   * Notes in the index where a batch was written to, unless that was done a moment ago. Counting does without the index,
   * so nothing hangs on it; after a failure it is the next batch that tries again, some time later.
   *
   * @returns whether it was due
   */
  async note({ name, severity }: Batch, settings: WriteSettings): Promise<boolean> {
    const index = knownKey(settings);
    const member = knownMember(name, severity);
    const due = `${index} ${member}`;
    if (performance.now() < (this.#indexDue.get(due) ?? 0)) return false;
    if (this.#indexDue.size >= MAX_INDEX_DUE) this.#indexDue.clear();
    this.#indexDue.set(due, performance.now() + INDEX_INTERVAL_MS);
    try {
      await this.#connection.run(NOTE, [index], [member, String(settings.ttlSeconds)]);
      return true;
    } catch (error) {
      if (isConfigurationError(error)) this.#indexDue.set(due, performance.now() + INDEX_RETRY_MS);
      throw error;
    }
  }
}
