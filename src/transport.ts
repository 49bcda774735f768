/** The winston transport: puts the stages of the write side together, and opens and closes the connection. */

import { callbackify } from 'node:util';
import { clock } from './clock';
import { DeliveryWarning, errorMessage } from './errors';
import { DEFAULTS, type Resolved, resolveTransportOptions, type TransportOptions } from './options';
import { atOnce } from './record/at-once';
import {
  boundedLineFormatter,
  formatMessage,
  type LogInfo,
  readLevel,
  readMessage,
  toCommonKey,
  toLineText,
} from './record/log-call';
import { findRules } from './record/parameterize';
import { shortenSample } from './record/sample';
import type { Connection } from './redis/connection';
import { ignoreError } from './redis/failures';
import { openConnection } from './redis/open';
import { Severities } from './severity';
import { DirectTransport } from './winston/direct-transport';
import { endsProcess, offEmptyLoop, onEmptyLoop } from './winston/exit';
import { type LogEntry, type LogQuery, type LogStream, Queries, type StreamOptions } from './winston/query';
import { emitSafely, Warnings } from './winston/warnings';
import type { WriteSettings } from './write/codec';
import { type DeliveryStats, Flusher } from './write/flusher';
import { IndexNote } from './write/index-note';
import { IndexNotes } from './write/index-notes';
import { Lane } from './write/lane';
import { Lanes, MAX_PENDING_LANES } from './write/lanes';
import { Outages } from './write/outages';
import { Destination, Pending } from './write/pending';
import { Producer } from './write/producer';
import { serverStates } from './write/server-state';
import { Writer } from './write/writer';

/** Least time that the end of the program waits for Redis, within `closeTimeoutMs`. */
const LAST_FLUSH_MS = 250;

/** Counters since the transport was made. Each log call is written, pending or dropped. */
export interface TransportStats extends DeliveryStats {
  /** Reached the transport. */
  readonly logged: number;
  /** Left out: their logger name or severity cannot stand in a key, or too many destinations were pending. */
  readonly dropped: number;
  /** Counted under `<other>` because `maxPending` distinct messages were pending. */
  readonly other: number;
}

/**
 * A winston transport that keeps, for each logger name and severity, the newest lines and how often each message was
 * logged this hour and the hour before, in Redis.
 *
 * Logging through it is synchronous, does not wait for Redis and never throws. It emits `'logged'` with the info object of a
 * log call once Redis has it, and `'warn'` with a {@link DeliveryWarning} if Redis holds the delivery up; never `'error'`.
 */
export class RedisRecentCommonTransport extends DirectTransport {
  /** The key of this transport in the results of `logger.query()`. */
  readonly name = 'redis-recent-common';
  /** Set by winston: the levels of the logger. */
  declare readonly levels?: Readonly<Record<string, number>>;
  readonly #options: Resolved<TransportOptions>;
  readonly #connection: Connection;
  readonly #pending: Pending;
  readonly #lanes: Lanes;
  readonly #flusher: Flusher;
  readonly #queries: Queries;
  readonly #warnings = new Warnings(this);
  #dropped = 0;
  /** Log calls after which winston may end the process. */
  #finishes = 0;
  #isOpen = false;
  /** Whether the end of the program has waited for Redis already and nothing was written since. */
  #hasWaited = false;
  /** The last close, if nothing was logged since: winston closes a transport again after it has ended. */
  #closing: Promise<void> | undefined;

  /** @throws OptionsError for an option that cannot be used */
  constructor(options: TransportOptions = {}) {
    const resolved = resolveTransportOptions(options);
    super(resolved);
    const { keyPrefix: prefix, timestamp, recentLimit, commonLimit, maxPending, lingerMs, ttlSeconds = 0 } = resolved;
    const { name, commonKey } = resolved;
    this.#options = { ...resolved, name: this.withoutEchoes(name), commonKey: this.withoutEchoes(commonKey) };
    this.#connection = openConnection(resolved, false);
    const rules = findRules(resolved.commonKey);
    const settings = { prefix, hashTag: this.#connection.isCluster, recentLimit, commonLimit, ttlSeconds, rules };
    const severities = new Severities(resolved.severities);
    const formatLine = boundedLineFormatter(timestamp);
    const onWarning = (warning: DeliveryWarning): void => this.#warnings.warn(warning);
    const sampled = new Set(resolved.sampleSeverities.map((level) => severities.resolve(level)));
    const producer = new Producer();
    this.#pending = new Pending({
      recentLimit,
      maxPending,
      formatLine,
      formatMessage,
      nextNumber: () => producer.nextNumber(),
      samples: { severities: sampled, format: (time, text) => shortenSample(formatLine(time, text)) },
    });
    const outages = new Outages(onWarning, () => this.#pending.calls);
    this.#flusher = this.#openFlusher(lingerMs, outages, onWarning);
    const notes = new IndexNotes(this.#connection, outages, onWarning);
    const open = this.#laneOpener(settings, producer, notes);
    this.#lanes = new Lanes({ open, severities, space: settings, onFull: () => this.#warnOfDrops() });
    this.#queries = this.#openQueries(severities);
  }

  /** Takes one log call from winston. The callback is called before it returns. */
  override log(info: LogInfo, callback?: () => void): void {
    try {
      this.#add(info);
    } catch (error) {
      this.drop(error);
    } finally {
      callback?.();
    }
  }

  /**
   * Resolves once everything logged before the call is in Redis.
   * @throws FlushError after `closeTimeoutMs`; log calls that are pending stay pending
   */
  flush(): Promise<void> {
    return this.#flusher.flush(this.#options.closeTimeoutMs);
  }

  /**
   * Flushes for at most `closeTimeoutMs`, and then closes the connection unless the client was passed in. Never rejects: if
   * Redis does not take everything in time, it emits `'warn'` and goes on trying while the process lives. The transport may
   * be used again.
   */
  override close(): Promise<void> {
    return this.#closeWithin(this.#options.closeTimeoutMs);
  }

  /** Reads lines back, for `logger.query()`, after a flush. */
  query(options: LogQuery | undefined, callback: (error: Error | null, entries: LogEntry[]) => void): void {
    const written = this.flush().catch(ignoreError);
    callbackify<LogEntry[]>(() => written.then(() => this.#queries.query(options)))(callback);
  }

  /** Streams lines as they are logged, for `logger.stream()`, until the stream is destroyed or the transport closed. */
  stream(options?: StreamOptions): LogStream {
    return this.#queries.stream(options);
  }

  /** A snapshot of the counters. */
  stats(): TransportStats {
    const delivery = this.#flusher.stats;
    const logged = delivery.written + delivery.pending + this.#dropped;
    return { logged, dropped: this.#dropped, other: this.#pending.other, ...delivery };
  }

  /** Makes the end of the logger wait for Redis. Called by the stream. */
  override _final(callback: (error?: Error | null) => void): void {
    void this.close().then(() => callback());
  }

  #add(info: LogInfo): void {
    const { name } = this.#options;
    const lane = this.#lanes.find(typeof name === 'function' ? toName(atOnce(name(info))) : name, readLevel(info));
    if (!lane) {
      this.#dropped++;
      return;
    }
    const message = readMessage(info);
    const counted = toCommonKey(info, message, this.#options.commonKey, this.#onKeyError);
    const text = toLineText(info, message, this.format !== undefined, lane.lastText);
    if (!this.#isOpen) this.#open();
    lane.add(Date.now(), counted, text, this.isHeard ? info : undefined);
    if (endsProcess(this, info)) this.#finish();
  }

  /** Tells winston, which then ends the process, that all is written: an earlier exception does not end it before a later one is. */
  #finish(): void {
    const finish = ++this.#finishes;
    void this.#flushOrWarn().finally(() => finish === this.#finishes && this.emit('finish'));
  }

  protected override drop(error: unknown): void {
    this.#dropped++;
    this.#warnings.warnSometimes('a log call was dropped', error);
  }

  protected override onFormatError(error: unknown): void {
    this.#warnings.warnSometimes('the format failed, the line was stored without it', error);
  }

  #warnOfDrops(): void {
    const text = `log calls to further loggers are dropped: ${MAX_PENDING_LANES} loggers and severities are pending`;
    this.#warnings.warn(new DeliveryWarning(text));
  }

  readonly #onKeyError = (error: unknown): void => {
    this.#warnings.warnSometimes('commonKey failed, the message was counted', error);
  };

  #openFlusher(lingerMs: number, outages: Outages, onWarning: (warning: DeliveryWarning) => void): Flusher {
    return new Flusher(this.#pending, outages, {
      lingerMs,
      onWritten: ({ infos }) => {
        this.#hasWaited = false;
        for (const info of infos) emitSafely(this, 'logged', info);
      },
      onBusy: (lane) => this.#lanes.onBusy(lane),
      onRest: (lane) => {
        this.#lanes.onRest(lane);
        this.#releaseIfDone();
      },
      onWarning,
      expectReplies: (ms) => this.#connection.expectReplies(ms),
    });
  }

  #laneOpener(
    settings: WriteSettings,
    producer: Producer,
    notes: IndexNotes,
  ): (name: string, severity: string) => Lane {
    const openState = serverStates(this.#connection.isCluster);
    return (name, severity) => {
      const { serverTime, permission } = openState();
      const writer = new Writer(this.#connection, settings, serverTime, producer, permission);
      const destination = new Destination(name, severity, serverTime);
      this.#queries.addDestination(name, severity);
      return new Lane(destination, writer, new IndexNote(notes, name, severity, settings), this.#flusher);
    };
  }

  #openQueries(severities: Severities): Queries {
    const { name } = this.#options;
    const target = {
      names: () => (typeof name === 'function' ? this.#lanes.names() : [name]),
      levels: () => Object.keys(this.levels ?? {}),
      isFormatted: () => this.format !== undefined,
      severities,
    };
    return new Queries(this.#options, target, (error) => {
      this.#warnings.warn(new DeliveryWarning(`stream() has ended: ${errorMessage(error)}`, { cause: error }));
    });
  }

  #open(): void {
    this.#isOpen = true;
    this.#closing = undefined;
    this.#connection.acquire();
    onEmptyLoop(this.#flushAtExit);
  }

  /** The program is about to end. It waits once: if Redis does not answer in time, it ends, even if it has logged more. */
  readonly #flushAtExit = (): void => {
    if (this.#flusher.isIdle || this.#hasWaited) return;
    this.#hasWaited = true;
    // An attempt to connect that nobody answered has used up some of the time. The next may be answered all the same.
    const { closeTimeoutMs } = this.#options;
    const leastMs = Math.min(closeTimeoutMs, LAST_FLUSH_MS);
    void this.#closeWithin(Math.max(leastMs, closeTimeoutMs - this.#connection.heldMs));
  };

  #closeWithin(timeoutMs: number): Promise<void> {
    this.#isOpen = false;
    offEmptyLoop(this.#flushAtExit);
    this.#queries.close();
    this.#closing ??= this.#flushOrWarn(timeoutMs).finally(() => {
      if (!this.#isOpen) this.#connection.release();
      // A later close tries again, if Redis has not taken everything; that of winston, which follows at once, does not.
      if (!this.#flusher.isIdle) clock.setImmediate(() => (this.#closing = undefined)).unref();
    });
    return this.#closing;
  }

  async #flushOrWarn(timeoutMs = this.#options.closeTimeoutMs): Promise<void> {
    try {
      await this.#flusher.flush(timeoutMs);
    } catch (error) {
      this.#warnings.warn(new DeliveryWarning(errorMessage(error), { cause: error }));
    }
  }

  #releaseIfDone(): void {
    if (!this.#isOpen && this.#flusher.isIdle) this.#connection.release();
  }
}

/** A logger name that a function gave: numbers are as good as their text. */
function toName(name: unknown): unknown {
  return typeof name === 'number' || typeof name === 'bigint' ? String(name) : (name ?? DEFAULTS.name);
}
