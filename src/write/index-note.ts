/** Notes in the index which destinations exist, beside their batches: an index that cannot be written to holds nothing up. */

import { clock } from '../clock';
import { DeliveryWarning } from '../errors';
import type { Connection } from '../redis/connection';
import { withDeadline } from '../redis/deadline';
import { isConfigurationError } from '../redis/failures';
import { knownKey, knownMember } from '../redis/keys';
import { defineScript } from '../redis/script';
import { labelDestination } from './batch';
import type { Outages } from './outages';
import type { WriteSettings } from './script';

/** A destination is noted at most this often: the index has seconds. */
const INTERVAL_MS = 1000;
/** How long a note may take. */
const TIMEOUT_MS = 1000;
/** Time until the next note after an error that only a change of configuration can end. */
const CONFIGURATION_MS = 30_000;

/** The target of an outage of the index. */
const INDEX = 'the index';

const NOTE = defineScript(/* lua */ `
-- Notes in the index when a destination was last written to. If destinations expire, so does the index, not before the last
-- of them, and it forgets those that have expired.
--
-- KEYS[1] known  zset  destination -> epoch seconds when it was last written to
--
-- ARGV[1] destination
-- ARGV[2] seconds until the keys of the destination expire; 0 for never
-- ARGV[3] 1 to ask for the eviction policy
--
-- Returns the policy by which Redis may evict the keys of the destination; nothing if it may not, was not asked or may not
--   tell
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

/** Writes the notes of all destinations on one connection. */
export class IndexNotes {
  readonly #connection: Connection;
  readonly #outages: Outages;
  readonly #onWarning: (warning: DeliveryWarning) => void;
  #asksPolicy: boolean;

  /** @param onWarning - receives a warning if Redis may evict logs; if not given, Redis is not asked for its policy */
  constructor(connection: Connection, outages: Outages, onWarning?: (warning: DeliveryWarning) => void) {
    this.#connection = connection;
    this.#outages = outages;
    this.#onWarning = onWarning ?? (() => undefined);
    this.#asksPolicy = onWarning !== undefined;
  }

  /** The note of one destination. */
  open(name: string, severity: string, settings: WriteSettings): IndexNote {
    const write = (): Promise<void> => this.#write(name, severity, settings);
    return new IndexNote(write, this.#outages, labelDestination({ name, severity }));
  }

  /** The first note that succeeds has asked for the eviction policy as well. */
  async #write(name: string, severity: string, settings: WriteSettings): Promise<void> {
    const asksPolicy = this.#asksPolicy;
    this.#asksPolicy = false;
    const args = [knownMember(name, severity), String(settings.ttlSeconds), asksPolicy ? '1' : '0'];
    try {
      const policy = await withDeadline(this.#connection.run(NOTE, [knownKey(settings)], args), TIMEOUT_MS);
      this.#outages.end(INDEX);
      if (policy) this.#warn(String(policy as string | Buffer));
    } catch (error) {
      this.#asksPolicy ||= asksPolicy;
      throw error;
    }
  }

  #warn(policy: string): void {
    const text = `Redis may evict what is logged: its maxmemory-policy is ${policy}, not noeviction`;
    this.#onWarning(new DeliveryWarning(text));
  }
}

/** The note of one destination. Nothing waits for it: after a failure, a later batch writes it. */
export class IndexNote {
  readonly #write: () => Promise<void>;
  readonly #outages: Outages;
  readonly #label: string;
  /** When the next note is due, in milliseconds of the monotonic clock. */
  #due = 0;
  #hasFailed = false;
  #running: Promise<void> | undefined;

  constructor(write: () => Promise<void>, outages: Outages, label: string) {
    this.#write = write;
    this.#outages = outages;
    this.#label = label;
  }

  /** The note in flight, if there is one. It never rejects. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Writes the note, unless that was done a moment ago. Never rejects. */
  write(): Promise<void> | undefined {
    const now = clock.now();
    if (this.#running || now < this.#due) return undefined;
    this.#due = now + INTERVAL_MS;
    this.#running = this.#write()
      .then(
        () => {
          this.#hasFailed = false;
        },
        (error: unknown) => this.#onFailed(error),
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** A first failure is no outage of the index: Redis itself may have failed, and the next batch will tell. */
  #onFailed(error: unknown): void {
    const isConfiguration = isConfigurationError(error);
    if (isConfiguration) this.#due = clock.now() + CONFIGURATION_MS;
    if (this.#hasFailed || isConfiguration) this.#outages.reportFailure(INDEX, this.#label, error);
    this.#hasFailed = true;
  }
}
