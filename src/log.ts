/** The two functions of the book, `log_recent` and `log_common`, for code without winston. */

import { type DeliveryWarning, OptionsError } from './errors';
import { type Resolved, resolveWriteOptions, type WriteOptions } from './options';
import { boundedLineFormatter, formatMessage, readMessage } from './record/log-call';
import type { Connection } from './redis/connection';
import { assertName, assertSeverity } from './redis/keys';
import { openConnection } from './redis/open';
import { assertClient, isClusterClient, type PassedClient } from './redis/passed-client';
import { toSeverity } from './severity';
import { type Batch, numberAfter } from './write/batch';
import { CallQueue } from './write/call-queue';
import { IndexNote } from './write/index-note';
import { IndexNotes } from './write/index-notes';
import { LaneRegistry } from './write/lane-registry';
import { Outages } from './write/outages';
import type { WriteSettings } from './write/script';
import { ServerTime } from './write/server-time';
import { type Permission, Writer } from './write/writer';

/**
 * Puts a message at the head of a logger's recent list: `log_recent` of *Redis in Action*, for code without winston.
 *
 * @param client - a connected client of node-redis, ioredis or iovalkey, as for {@link ConnectionOptions.client}; never closed
 * @param name - the logger name in the keys, 1 to 128 bytes
 * @param severity - a level or a Python logging number
 * @throws OptionsError for an argument that cannot be used; otherwise the error of the client: whether the message was
 *   written is then unknown, and it is not tried again
 */
export function logRecent(
  client: PassedClient,
  name: string,
  message: string,
  severity: string | number = 'info',
  options: WriteOptions = {},
): Promise<void> {
  return logOnce(client, name, message, severity, options, false);
}

/**
 * Counts a message in this hour and puts it at the head of the recent list: `log_common` of *Redis in Action*, for code
 * without winston. Parameters and errors are those of {@link logRecent}.
 */
export function logCommon(
  client: PassedClient,
  name: string,
  message: string,
  severity: string | number = 'info',
  options: WriteOptions = {},
): Promise<void> {
  return logOnce(client, name, message, severity, options, true);
}

const clients = new WeakMap<PassedClient, ClientLog>();

/** The log calls that go through one client. */
class ClientLog {
  readonly #connection: Connection;
  readonly #notes: IndexNotes;
  readonly #queues = new LaneRegistry<CallQueue>();
  readonly serverTime = new ServerTime();
  readonly #permission: Permission = { isKnown: false };
  #number = 0;

  constructor(client: PassedClient) {
    this.#connection = openConnection({ client }, false);
    this.#notes = new IndexNotes(this.#connection, new Outages(warn));
  }

  write(batch: Omit<Batch, 'number'>, settings: WriteSettings): Promise<void> {
    const { name, severity } = batch;
    const key = JSON.stringify([severity, settings]);
    return (this.#queues.find(name, key) ?? this.#open(name, severity, settings, key)).write(batch);
  }

  #open(name: string, severity: string, settings: WriteSettings, key: string): CallQueue {
    const writer = new Writer(this.#connection, settings, this.serverTime, undefined, this.#permission);
    const note = new IndexNote(this.#notes, name, severity, settings);
    const queue = new CallQueue(writer, note, {
      nextNumber: () => (this.#number = numberAfter(this.#number)),
      onWarning: warn,
    });
    // None is refused: only as many queues are busy as there are calls that somebody waits for.
    this.#queues.makeRoom();
    this.#queues.add(name, key, queue);
    return queue;
  }
}

function warn(warning: DeliveryWarning): void {
  process.emitWarning(warning);
}

async function logOnce(
  client: PassedClient,
  name: string,
  message: string,
  level: string | number,
  options: WriteOptions,
  isCounted: boolean,
): Promise<void> {
  const time = Date.now();
  assertClient(client);
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
  let log = clients.get(client);
  if (!log) clients.set(client, (log = new ClientLog(client)));
  const batch = {
    name,
    severity,
    logged: 1,
    numbered: 1,
    lines: [boundedLineFormatter(resolved.timestamp)(time, text)],
    groups: isCounted ? [{ ...log.serverTime.begin(time), messages }] : [],
    late: 0,
    infos: [],
  };
  const { keyPrefix: prefix, recentLimit, commonLimit, ttlSeconds = 0 } = resolved;
  return log.write(batch, { prefix, hashTag, recentLimit, commonLimit, ttlSeconds });
}
