/** Puts the write side of a transport together on a connection with faults. */

import { setImmediate as turn } from 'node:timers/promises';
import { FlushError } from '../../../src/errors';
import {
  boundedLineFormatter,
  formatMessage,
  type LogInfo,
  readMessage,
  toLineText,
} from '../../../src/record/log-call';
import { type DestinationKeys, destinationKeys, knownKey } from '../../../src/redis/keys';
import { Severities } from '../../../src/severity';
import { encodeBatch, encodeKeys, type WriteSettings } from '../../../src/write/codec';
import { Flusher } from '../../../src/write/flusher';
import { IndexNote } from '../../../src/write/index-note';
import { IndexNotes } from '../../../src/write/index-notes';
import { Lane } from '../../../src/write/lane';
import { Lanes } from '../../../src/write/lanes';
import { Outages } from '../../../src/write/outages';
import { Destination, Pending } from '../../../src/write/pending';
import { Producer } from '../../../src/write/producer';
import { ServerTime } from '../../../src/write/server-time';
import { Writer } from '../../../src/write/writer';
import type { Workspace } from '../workspace';
import { setClocks } from './clock';
import type { ModelClocks } from './clocks';
import { FaultyConnection } from './faulty-connection';
import type { Outcome } from './outcomes';
import type { Limits } from './stored-destination';
import { readState, STATE_KEYS } from './stored-state';

type Redis = Workspace['redis'];

/** Less than the wait before a failed batch is tried again. */
const FLUSH_TIMEOUT_MS = 1;

/** The write side of a transport, put together as the transport does. */
export class Subject {
  readonly connection: FaultyConnection;
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #clocks: ModelClocks;
  readonly #settings: WriteSettings;
  readonly #pending: Pending;
  readonly #lanes: Lanes;
  readonly #flusher: Flusher;
  #elsewhere = 0;
  readonly #heard = new Map<string, number[]>();

  constructor(redis: Redis, prefix: string, limits: Limits, clocks: ModelClocks) {
    const { recentLimit, commonLimit, maxPending } = limits;
    this.#redis = redis;
    this.#prefix = prefix;
    this.#clocks = clocks;
    this.connection = new FaultyConnection(redis, clocks);
    const settings = { prefix, hashTag: false, recentLimit, commonLimit, ttlSeconds: 0 };
    this.#settings = settings;
    const formats = { formatLine: boundedLineFormatter('iso'), formatMessage };
    const samples = { severities: new Set(['error']), format: formats.formatLine };
    const producer = new Producer();
    const nextNumber = (): number => producer.nextNumber();
    this.#pending = new Pending({ recentLimit, maxPending, ...formats, nextNumber, samples });
    const outages = new Outages(() => undefined);
    this.#flusher = new Flusher(this.#pending, outages, {
      lingerMs: 0,
      onWritten: ({ name, severity, infos }) => this.#hear(`${name}:${severity}`, infos),
      onBusy: (lane) => this.#lanes.onBusy(lane),
      onRest: (lane) => this.#lanes.onRest(lane),
      onWarning: () => undefined,
      expectReplies: () => () => undefined,
    });
    const notes = new IndexNotes(this.connection, outages);
    const serverTime = new ServerTime();
    const openLane = (name: string, severity: string): Lane => {
      const writer = new Writer(this.connection, settings, serverTime, producer);
      const destination = new Destination(name, severity, serverTime);
      return new Lane(destination, writer, new IndexNote(notes, name, severity, settings), this.#flusher);
    };
    const severities = new Severities({});
    this.#lanes = new Lanes({ open: openLane, severities, space: settings, onFull: () => undefined });
  }

  log(destination: string, info: LogInfo): void {
    const [name = '', severity = ''] = destination.split(':');
    const { isCounted } = info;
    const message = readMessage(info);
    const lane = this.#lanes.find(name, severity);
    lane?.add(Date.now(), isCounted ? message : undefined, toLineText(info, message, false), info);
  }

  /** Waits until everything under way waits for the clock. */
  async settle(): Promise<void> {
    const { underWay } = this.connection;
    let calls: number;
    do {
      calls = this.connection.calls;
      await Promise.allSettled(underWay);
      // A reply can begin the next batch a few turns of the event loop later.
      for (let turns = 0; turns < 6; turns++) await turn();
    } while (underWay.size > 0 || this.connection.calls > calls);
  }

  /** A flush that has the time for one try of everything. Gives the number of pending log calls that it reports. */
  async flush(): Promise<number> {
    const flushed = this.#flusher.flush(FLUSH_TIMEOUT_MS).then(
      () => 0,
      (error: unknown) => (error instanceof FlushError ? error.pending : Number.NaN),
    );
    await this.settle();
    jest.advanceTimersByTime(FLUSH_TIMEOUT_MS);
    setClocks(this.#clocks);
    return flushed;
  }

  /** Another writer writes messages of now, which it has never told of anything. */
  async logElsewhere(destination: string, messages: readonly string[]): Promise<void> {
    const keys = this.#named(destination);
    const [name = '', severity = ''] = destination.split(':');
    const serverTime = new ServerTime();
    const counts = [...new Set(messages)].map((message) => {
      return { message, count: messages.filter((each) => each === message).length };
    });
    const group = { messages: counts, flagged: counts.length, samples: [], minutes: [] };
    const batch = {
      name,
      severity,
      number: ++this.#elsewhere,
      logged: messages.length,
      numbered: messages.length,
      lines: [],
      groups: [{ ...serverTime.begin(Date.now()), ...group }],
      late: 0,
      touchedIn: 0,
      infos: [],
    };
    const now = serverTime.stamp();
    const args = encodeBatch(batch, this.#settings, { writer: 'elsewhere', asksFirst: false, now, serverTime });
    await this.connection.runNow(encodeKeys(keys, this.#settings, { asksFirst: false, hasSamples: false }), args);
  }

  key(destination: string): string {
    return this.#named(destination).recent;
  }

  foresee(destination: string, outcomes: readonly Outcome[]): void {
    const key = this.key(destination);
    this.connection.outcomes.set(key, [...(this.connection.outcomes.get(key) ?? []), ...outcomes]);
  }

  async lose(destination: string): Promise<void> {
    this.connection.overtaken.delete(this.key(destination));
    await this.#redis.unlink(this.#keys([destination]));
  }

  async arrive(destination: string): Promise<void> {
    const calls = this.connection.overtaken.get(this.key(destination)) ?? [];
    this.connection.overtaken.delete(this.key(destination));
    for (const call of calls) await call();
  }

  get stats(): Record<string, number | boolean> {
    const stats = this.#flusher.stats;
    return { ...stats, other: this.#pending.other, logged: stats.written + stats.pending };
  }

  /** What is stored of destinations, and which log calls their listeners heard of. */
  async read(destinations: readonly string[]): Promise<Record<string, unknown>[]> {
    const state = await readState(this.#redis, this.#keys(destinations), this.#clocks);
    return destinations.map((destination, i) => ({ ...state[i], heard: this.#heard.get(destination) ?? [] }));
  }

  async close(destinations: readonly string[]): Promise<void> {
    this.connection.release();
    await this.#redis.unlink([knownKey(this.#keySpace), ...this.#keys(destinations)]);
  }

  get #keySpace(): { prefix: string; hashTag: boolean } {
    return { prefix: this.#prefix, hashTag: false };
  }

  #named(destination: string): DestinationKeys {
    const [name = '', severity = ''] = destination.split(':');
    return destinationKeys(this.#keySpace, name, severity);
  }

  #keys(destinations: readonly string[]): string[] {
    return destinations.flatMap((destination) => {
      const keys = this.#named(destination);
      return STATE_KEYS.map((key) => keys[key]);
    });
  }

  #hear(destination: string, infos: readonly LogInfo[]): void {
    const heard = this.#heard.get(destination) ?? [];
    this.#heard.set(destination, heard);
    heard.push(...infos.map(({ id }) => Number(id)));
  }
}
