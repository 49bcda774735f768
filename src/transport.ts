import TransportStream = require('winston-transport');

import { DeliveryWarning, messageOf as reasonOf } from './errors';
import { emitFinish, endsProcess, offEmptyLoop, onEmptyLoop } from './exit';
import { type DeliveryStats, Flusher } from './flusher';
import { type Lane, Lanes } from './lanes';
import { DEFAULTS, type Resolved, resolveTransportOptions, type TransportOptions } from './options';
import { Pending } from './pending';
import { formatLine, formatMessage, type LogInfo, levelOf, toRecord } from './record';
import { openConnection } from './redis/client';
import type { Connection } from './redis/connection';
import { assertName, assertSeverity } from './redis/keys';
import { Writer } from './redis/writer';
import { toSeverity } from './severity';

/** Warnings about single log calls come at most this often for each reason: `stats()` has the numbers. */
const WARNING_INTERVAL_MS = 30_000;
/** Levels whose severity is remembered. */
const MAX_LEVELS = 1000;

/** What happened since the transport was made. Each log call is written, pending or dropped. */
export interface TransportStats extends DeliveryStats {
  /** Reached the transport. */
  readonly logged: number;
  /** Left out: their logger name or severity cannot stand in a key, or too many destinations were pending. */
  readonly dropped: number;
  /** Counted under `<other>`, since more than `maxPending` distinct messages were waiting. */
  readonly other: number;
}

/**
 * A winston transport that keeps, for each logger name and severity, the newest lines and how often each message was
 * logged this hour and the hour before, in Redis.
 *
 * Logging through it is synchronous, does not wait for Redis and never throws. It emits `'logged'` with what winston
 * logged, once Redis has it, and `'warn'` with a {@link DeliveryWarning} where Redis holds the delivery up; never
 * `'error'`.
 */
export class RedisRecentCommonTransport extends TransportStream {
  readonly #options: Resolved<TransportOptions>;
  readonly #connection: Connection;
  readonly #pending: Pending;
  readonly #lanes: Lanes;
  readonly #flusher: Flusher;
  readonly #severities = new Map<string, string>();
  readonly #warned = new Map<string, number>();
  #dropped = 0;
  #isOpen = false;
  /** Whether the end of the program has waited for Redis, which has taken nothing since. */
  #hasWaited = false;
  /** The last close, where nothing was logged since it began: winston closes a transport that has ended once more. */
  #closing: Promise<void> | undefined;

  /** @throws OptionsError for an option that cannot be used */
  constructor(options: TransportOptions = {}) {
    const resolved = resolveTransportOptions(options);
    super(resolved);
    // A logger adds several listeners, and any number of loggers may share this transport.
    this.setMaxListeners(0);
    const { keyPrefix: prefix, timestamp, recentLimit, commonLimit, maxPending, lingerMs, ttlSeconds = 0 } = resolved;
    this.#options = resolved;
    this.#connection = openConnection(resolved, false);
    const settings = { prefix, hashTag: this.#connection.isCluster, recentLimit, commonLimit, ttlSeconds };
    const writer = new Writer(this.#connection);
    this.#pending = new Pending({
      recentLimit,
      maxPending,
      formatLine: (time, text) => formatLine(time, text, timestamp),
      formatMessage,
    });
    this.#lanes = new Lanes();
    this.#flusher = new Flusher(this.#pending, this.#lanes, {
      lingerMs,
      write: (batch) => writer.write(batch, settings),
      note: (batch) => writer.note(batch, settings),
      onWritten: ({ infos }) => {
        this.#hasWaited = false;
        for (const info of infos) this.#emit('logged', info);
      },
      onRest: () => this.#releaseIfDone(),
      onWarning: (warning) => this.#emit('warn', warning),
    });
  }

  /** Takes in one log call. winston calls this; the callback is called before it returns. */
  override log(info: LogInfo, callback?: () => void): void {
    try {
      this.#add(info);
    } catch (error) {
      this.#dropped++;
      this.#warn('a log call was dropped', error);
    } finally {
      callback?.();
    }
  }

  /**
   * Resolves once everything logged before the call is in Redis.
   * @throws FlushError after `closeTimeoutMs`; what is pending stays pending
   */
  flush(): Promise<void> {
    return this.#flusher.flush(this.#options.closeTimeoutMs);
  }

  /**
   * Flushes, for at most `closeTimeoutMs`, and then closes the connection, unless the client was passed in. Never rejects:
   * what Redis did not take in time is told by a `'warn'`. The transport may be used again.
   */
  override close(): Promise<void> {
    this.#isOpen = false;
    offEmptyLoop(this.#flushAtExit);
    this.#closing ??= this.#flushOrWarn().finally(() => this.#releaseIfDone());
    return this.#closing;
  }

  /** A snapshot of the counters. */
  stats(): TransportStats {
    const delivery = this.#flusher.stats;
    const logged = delivery.written + delivery.pending + this.#dropped;
    return { logged, dropped: this.#dropped, other: this.#pending.other, ...delivery };
  }

  /** Lets the end of the logger wait for Redis. winston's streams call this. */
  override _final(callback: (error?: Error | null) => void): void {
    void this.close().then(() => callback());
  }

  #add(info: LogInfo): void {
    const { name } = this.#options;
    const lane = this.#laneOf(typeof name === 'function' ? (name(info) ?? DEFAULTS.name) : name, levelOf(info));
    const record = toRecord(info, {
      isFormatted: this.format !== undefined,
      isAwaited: this.listenerCount('logged') > 0,
      commonKey: this.#options.commonKey,
      onKeyError: this.#onKeyError,
    });
    if (!this.#isOpen) this.#open();
    this.#flusher.add(lane, record);
    if (endsProcess(this, info)) void this.#flushOrWarn().finally(() => emitFinish(this));
  }

  #laneOf(name: unknown, level: string): Lane {
    let severity = this.#severities.get(level);
    if (severity === undefined) {
      severity = toSeverity(level, this.#options.severities);
      if (this.#severities.size < MAX_LEVELS) this.#severities.set(level, severity);
    }
    const lane = typeof name === 'string' ? this.#lanes.find(name, severity) : undefined;
    if (lane) return lane;
    assertName(name, { hashTag: this.#connection.isCluster });
    assertSeverity(severity);
    return this.#lanes.open(name, severity);
  }

  readonly #onKeyError = (error: unknown): void => this.#warn('commonKey failed, the message was counted', error);

  #open(): void {
    this.#isOpen = true;
    this.#closing = undefined;
    onEmptyLoop(this.#flushAtExit);
  }

  /** The program is about to end. It waits once: where Redis does not answer in time, it ends, whatever it logs then. */
  readonly #flushAtExit = (): void => {
    if (this.#flusher.isIdle || this.#hasWaited) return;
    this.#hasWaited = true;
    void this.close();
  };

  async #flushOrWarn(): Promise<void> {
    try {
      await this.flush();
    } catch (error) {
      this.#emit('warn', new DeliveryWarning(reasonOf(error), { cause: error }));
    }
  }

  #releaseIfDone(): void {
    if (!this.#isOpen && this.#flusher.isIdle) this.#connection.release();
  }

  #warn(reason: string, cause: unknown): void {
    const now = performance.now();
    if (now - (this.#warned.get(reason) ?? -Infinity) < WARNING_INTERVAL_MS) return;
    this.#warned.set(reason, now);
    this.#emit('warn', new DeliveryWarning(`${reason}: ${reasonOf(cause)}`, { cause }));
  }

  /** A listener's own error is the application's to handle, and must not end the delivery. */
  #emit(event: 'logged' | 'warn', value: unknown): void {
    try {
      this.emit(event, value);
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
