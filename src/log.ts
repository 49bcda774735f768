import type { Batch } from './batch';
import { assertObject, DeliveryWarning, OptionsError, messageOf as reasonOf } from './errors';
import { type Resolved, resolveWriteOptions, type WriteOptions } from './options';
import { formatLine, formatMessage, messageOf } from './record';
import { assertConnection, isClusterClient, openConnection } from './redis/client';
import { hourOf } from './redis/hour';
import { assertName, assertSeverity, destinationKeys } from './redis/keys';
import type { RedisScripter } from './redis/script';
import type { WriteSettings } from './redis/write';
import { Writer } from './redis/writer';
import { toSeverity } from './severity';

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

const writers = new WeakMap<RedisScripter, OrderedWriter>();

/** Writes one call after the other: a batch that overtook one of a lower number would have that one refused. */
class OrderedWriter {
  readonly #writer: Writer;
  /** The last call of each destination that has one under way; it never rejects. */
  readonly #last = new Map<string, Promise<void>>();
  #number = 0;

  constructor(client: RedisScripter) {
    this.#writer = new Writer(openConnection({ client }, false));
  }

  async write(batch: Omit<Batch, 'number'>, settings: WriteSettings): Promise<void> {
    const { recent } = destinationKeys(settings, batch.name, batch.severity);
    const written = this.#writeAfter(this.#last.get(recent), batch, settings);
    const last = written.catch(() => undefined);
    this.#last.set(recent, last);
    await last;
    if (this.#last.get(recent) === last) this.#last.delete(recent);
    return written;
  }

  async #writeAfter(
    before: Promise<void> | undefined,
    batch: Omit<Batch, 'number'>,
    settings: WriteSettings,
  ): Promise<void> {
    await before;
    const numbered = { ...batch, number: ++this.#number };
    await this.#writer.write(numbered, settings);
    // A caller who heard of a failure now would log again what is written already.
    await this.#writer.note(numbered, settings).catch((error: unknown) => {
      process.emitWarning(new DeliveryWarning(`cannot write to the index for ${batch.name}: ${reasonOf(error)}`));
    });
  }
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
  const text = messageOf({ message });
  const messages = [{ message: formatMessage(text), count: 1 }];
  const batch = {
    name,
    severity,
    logged: 1,
    lines: [formatLine(time, text, resolved.timestamp)],
    counts: isCounted ? [{ hour: hourOf(time), messages }] : [],
    infos: [],
  };
  let writer = writers.get(client);
  if (!writer) writers.set(client, (writer = new OrderedWriter(client)));
  const { keyPrefix: prefix, recentLimit, commonLimit, ttlSeconds = 0 } = resolved;
  return writer.write(batch, { prefix, hashTag, recentLimit, commonLimit, ttlSeconds });
}
