import { assertObject, DeliveryWarning, errorMessage, OptionsError } from './errors';
import { type Resolved, resolveWriteOptions, type WriteOptions } from './options';
import { formatMessage, lineFormatter, readMessage } from './record/log-call';
import type { Connection } from './redis/connection';
import { toHour } from './redis/hour';
import { assertName, assertSeverity } from './redis/keys';
import { assertConnection, openConnection } from './redis/open';
import { isClusterClient } from './redis/passed-connection';
import type { RedisScripter } from './redis/script';
import { toSeverity } from './severity';
import { type Batch, numberAfter } from './write/batch';
import type { WriteSettings } from './write/script';
import { Writer } from './write/writer';

/**
 * Puts a message at the head of a logger's recent list: the seed's `log_recent`, for code without winston.
 *
 * @param client - a connected node-redis client, cluster, sentinel or pool; never closed
 * @param name - the logger name in the keys, 1 to 128 bytes
 * @param severity - a level or a Python logging number
 * @throws OptionsError for an argument that cannot be used; otherwise what the client rejects with: whether the message
 *   was written is then unknown, and it is not tried again
 */
export function logRecent(
  client: RedisScripter,
  name: string,
  message: string,
  severity: string | number = 'info',
  options: WriteOptions = {},
): Promise<void> {
  return logOnce(client, name, message, severity, options, false);
}

/**
 * Counts a message in this hour and puts it at the head of the recent list: the seed's `log_common`, for code without
 * winston. Parameters and errors are those of {@link logRecent}.
 */
export function logCommon(
  client: RedisScripter,
  name: string,
  message: string,
  severity: string | number = 'info',
  options: WriteOptions = {},
): Promise<void> {
  return logOnce(client, name, message, severity, options, true);
}

/** Destinations of one client that are remembered. Each has a writer id of its own, which Redis remembers as well. */
const MAX_WRITERS = 10_000;
/** Shortest time between two searches for idle ones: there may be none. */
const SEARCH_INTERVAL_MS = 100;

/** The writer of one destination, and its last call; that never rejects. */
interface Lane {
  readonly writer: Writer;
  last: Promise<void> | undefined;
}

const clients = new WeakMap<RedisScripter, OrderedWriters>();

/** Writes one call after the other: a batch that overtook one of a lower number would have that one refused. */
class OrderedWriters {
  readonly #connection: Connection;
  readonly #lanes = new Map<string, Lane>();
  #number = 0;
  /** When it is worth looking for idle ones again, in milliseconds of the monotonic clock. */
  #nextSearch = 0;

  constructor(client: RedisScripter) {
    this.#connection = openConnection({ client }, false);
  }

  async write(batch: Omit<Batch, 'number'>, settings: WriteSettings): Promise<void> {
    const lane = this.#laneOf(batch, settings);
    const written = this.#writeAfter(lane, batch);
    const last = written.then(ignore, ignore);
    lane.last = last;
    const numbered = await written.finally(() => {
      if (lane.last === last) lane.last = undefined;
    });
    // A caller who heard of a failure now would log again what is written already.
    await lane.writer.note(numbered, false).catch((error: unknown) => {
      warn(`cannot write to the index for ${labelOf(batch)}: ${errorMessage(error)}`);
    });
  }

  #laneOf({ name, severity }: Omit<Batch, 'number'>, settings: WriteSettings): Lane {
    const key = JSON.stringify([name, severity, settings]);
    let lane = this.#lanes.get(key);
    if (!lane) {
      if (this.#lanes.size >= MAX_WRITERS) this.#forgetIdle();
      this.#lanes.set(key, (lane = { writer: new Writer(this.#connection, settings), last: undefined }));
    }
    return lane;
  }

  #forgetIdle(): void {
    if (performance.now() < this.#nextSearch) return;
    this.#nextSearch = performance.now() + SEARCH_INTERVAL_MS;
    for (const [key, { last }] of this.#lanes) if (!last) this.#lanes.delete(key);
  }

  async #writeAfter({ writer, last }: Lane, batch: Omit<Batch, 'number'>): Promise<Batch> {
    await last;
    const numbered = { ...batch, number: (this.#number = numberAfter(this.#number)) };
    const { lost, part } = await writer.write(numbered);
    if (lost + part > 0) warn(`Redis has lost ${lost + part} log calls of ${labelOf(batch)}`);
    return numbered;
  }
}

const ignore = (): void => undefined;

function labelOf({ name, severity }: Pick<Batch, 'name' | 'severity'>): string {
  return `${name}:${severity}`;
}

function warn(what: string): void {
  process.emitWarning(new DeliveryWarning(what));
}

async function logOnce(
  client: RedisScripter,
  name: string,
  message: string,
  level: string | number,
  options: WriteOptions,
  isCounted: boolean,
): Promise<void> {
  const time = Date.now();
  assertObject(client, 'client');
  assertConnection({ client });
  if (typeof level !== 'string' && typeof level !== 'number') {
    throw new OptionsError('severity', 'a level or a number', level);
  }
  const hashTag = isClusterClient(client);
  const resolved: Resolved<WriteOptions> = resolveWriteOptions(options, hashTag);
  const severity = toSeverity(level, resolved.severities);
  assertName(name, { hashTag });
  assertSeverity(severity);
  const text = readMessage({ message });
  const messages = [{ message: formatMessage(text), count: 1 }];
  const batch = {
    name,
    severity,
    logged: 1,
    numbered: 1,
    lines: [lineFormatter(resolved.timestamp)(time, text)],
    counts: isCounted ? [{ hour: toHour(time), messages }] : [],
    infos: [],
  };
  let writers = clients.get(client);
  if (!writers) clients.set(client, (writers = new OrderedWriters(client)));
  const { keyPrefix: prefix, recentLimit, commonLimit, ttlSeconds = 0 } = resolved;
  return writers.write(batch, { prefix, hashTag, recentLimit, commonLimit, ttlSeconds });
}
