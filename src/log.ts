/** The two functions of the book, `log_recent` and `log_common`, for code without winston. */

import { type DeliveryWarning, OptionsError } from './errors';
import { DEFAULTS, type Resolved, resolveWriteOptions, type WriteOptions } from './options';
import { readMessage, toCommonKey, toLineText } from './record/log-call';
import type { Connection } from './redis/connection';
import { ignoreError } from './redis/failures';
import { assertName, assertSeverity } from './redis/keys';
import { openConnection } from './redis/open';
import { assertClient, isClusterClient, type PassedClient } from './redis/passed-client';
import { toSeverity } from './severity';
import { type Call, CallQueue, type CallQueueHost, type CallSettings } from './write/call-queue';
import type { WriteSettings } from './write/codec';
import { IndexNote } from './write/index-note';
import { IndexNotes } from './write/index-notes';
import { LaneRegistry } from './write/lane-registry';
import { Outages } from './write/outages';
import { Producer } from './write/producer';
import { Semaphore } from './write/semaphore';
import { type ServerState, serverStates } from './write/server-state';
import { TaskTurns } from './write/task-turns';
import { Writer } from './write/writer';

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
class ClientLog implements CallQueueHost {
  readonly producer = new Producer();
  readonly onWarning = warn;
  readonly #connection: Connection;
  readonly #notes: IndexNotes;
  readonly #queues = new LaneRegistry<CallQueue>();
  readonly #turns = new TaskTurns();
  readonly #slots = new Semaphore((task) => this.#turns.run(task));
  readonly #openState: () => ServerState;

  constructor(client: PassedClient) {
    this.#connection = openConnection({ client }, false);
    this.#notes = new IndexNotes(this.#connection, new Outages(warn));
    this.#openState = serverStates(this.#connection.isCluster);
  }

  write(name: string, severity: string, call: Call, settings: CallSettings): Promise<void> {
    const key = JSON.stringify([severity, settings.write.prefix]);
    return (this.#queues.find(name, key) ?? this.#open(name, severity, key, settings.write)).write(call, settings);
  }

  async runInSlot(task: () => Promise<void>): Promise<void> {
    await new Promise<void>((resolve) => this.#turns.run(resolve));
    return this.#slots.run(task);
  }

  onBusy(queue: CallQueue): void {
    this.#queues.onBusy(queue);
  }

  onRest(queue: CallQueue): void {
    this.#queues.onRest(queue);
  }

  #open(name: string, severity: string, key: string, settings: WriteSettings): CallQueue {
    const { serverTime, permission } = this.#openState();
    const note = new IndexNote(this.#notes, name, severity, settings);
    const openWriter = (): Writer => new Writer(this.#connection, settings, serverTime, this.producer, permission);
    const queue = new CallQueue({ name, severity, key, serverTime, note, openWriter }, this);
    this.#queues.add(queue);
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
  if (typeof level !== 'string' && !Number.isFinite(level)) {
    throw new OptionsError('severity', 'a level or a number', level);
  }
  const hashTag = isClusterClient(client);
  const resolved: Resolved<WriteOptions> = resolveWriteOptions(options, hashTag);
  const severity = toSeverity(level, resolved.severities);
  assertName(name, { hashTag });
  assertSeverity(severity);
  const text = readMessage({ message });
  const info = { message: text };
  const counted = isCounted ? toCommonKey(info, text, DEFAULTS.commonKey, ignoreError) : undefined;
  const call = { time, message: counted, text: toLineText(info, text, false) };
  let log = clients.get(client);
  if (!log) clients.set(client, (log = new ClientLog(client)));
  const { keyPrefix: prefix, recentLimit, commonLimit, ttlSeconds = 0, timestamp } = resolved;
  const write = { prefix, hashTag, recentLimit, commonLimit, ttlSeconds };
  const isSampled = resolved.sampleSeverities.some((each) => toSeverity(each, resolved.severities) === severity);
  const key = JSON.stringify([write, timestamp, isSampled]);
  return log.write(name, severity, call, { key, timestamp, isSampled, write });
}
