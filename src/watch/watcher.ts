/** The public watcher: takes turns with the others of its group, looks, and has alarms told. */

import { EventEmitter } from 'node:events';
import { clock } from '../clock';
import { assertWholeNumber, errorMessage, OptionsError, WatchWarning } from '../errors';
import { PatternMemory } from '../read/patterns';
import type { Source } from '../read/source';
import { hashTexts } from '../record/text-hash';
import type { Connection } from '../redis/connection';
import { connectionWithDeadline, withDeadline } from '../redis/deadline';
import { ignoreError, isConfigurationError } from '../redis/failures';
import { watchKeys } from '../redis/keys';
import { openConnection } from '../redis/open';
import { emitSafely } from '../winston/warnings';
import { Deliveries } from './deliveries';
import { Leader } from './leader';
import { toMutePattern } from './mutes';
import { type ResolvedWatcherOptions, resolveWatcherOptions, type WatcherOptions } from './options';
import { LEASE_MS, SharedWatch } from './shared-watch';
import { postAlarm } from './webhook';

/** How long a watcher that has not the lease waits before it asks again. */
const FOLLOW_MS = 1000;
/** Longest wait after a failure, and the one after which only a change of configuration helps. */
const LONGEST_WAIT_MS = 2000;
const CONFIGURATION_MS = 30_000;
/** How long a script may take, and the one by which the lease is renewed. */
const TIMEOUT_MS = 5000;
const LEASE_TIMEOUT_MS = 2000;
/** How long the end of a watcher waits for Redis to take the lease back. It lapses by itself. */
const LEAVE_MS = 500;
/** How long muting may take: a connection may have to be opened. */
const MUTE_MS = 5000;
/** As many as may wait. */
const MOST_TAKEN = 1000;
const LONGEST_MUTE_MS = 30 * 86_400_000;

/** Counters since the watcher was made. */
export interface WatcherStats {
  /** Whether this watcher is the one of its group that looks. */
  readonly isLeading: boolean;
  /** Alarms that it decided, those of digests included. */
  readonly raised: number;
  /** Alarms that it told: `onAlarm` has resolved. */
  readonly told: number;
  /** Tries to tell an alarm or a digest that failed. */
  readonly failures: number;
  /** Alarms and digests that were given up after `maxAttempts` tries. */
  readonly givenUp: number;
  /** Messages that would have been told if they had not been muted. */
  readonly muted: number;
  /** Reads of a logger name and severity. */
  readonly looks: number;
}

type Counters = { -readonly [counter in Exclude<keyof WatcherStats, 'isLeading'>]: number };

/**
 * Tells of messages that are new, have returned or are surging, and of loggers that fall silent: each once, whichever process
 * runs it. Any number of processes may run one, also those that log. One of them looks; if it ends, another goes on within
 * seconds.
 *
 * It emits `'warn'` with a {@link WatchWarning} if Redis does not answer or an alarm cannot be told; never `'error'`. But for its
 * end, it keeps no process alive: a program that does nothing else must do so itself.
 */
export class RecentCommonWatcher extends EventEmitter<{ warn: [WatchWarning] }> {
  readonly #options: ResolvedWatcherOptions;
  readonly #connection: Connection;
  readonly #source: Source;
  readonly #shared: SharedWatch;
  readonly #deliveries: Deliveries;
  readonly #counters: Counters = { raised: 0, told: 0, failures: 0, givenUp: 0, muted: 0, looks: 0 };
  #timer: NodeJS.Timeout | undefined;
  /** Set while it runs; another object after it was started again. */
  #run: object | undefined;
  /** The lease lasts until then, by the monotonic clock. */
  #leaseEnd = -Infinity;
  #leader: Leader | undefined;
  /** Ids of alarms that onAlarm has taken and the webhook has not. */
  readonly #taken = new Set<string>();
  #hasWarnedOfOptions = false;
  /** Times in a row that the lease could not be asked for. */
  #failures = 0;
  /** What fails, and since when. There is one warning when it begins, one if it turns out to last, and one when it is over. */
  readonly #failing = new Set<'lease' | 'look'>();
  #failingSince = 0;
  #hasToldToLast = false;
  #closing: Promise<void> | undefined;

  /** @throws OptionsError for an option that cannot be used */
  constructor(options: WatcherOptions) {
    super();
    this.#options = resolveWatcherOptions(options);
    const { keyPrefix: prefix, group, onAlarm, webhook, alarmTimeoutMs, maxAttempts } = this.#options;
    this.#connection = connectionWithDeadline(openConnection(this.#options, false), TIMEOUT_MS);
    const space = { prefix, hashTag: this.#connection.isCluster };
    this.#source = { connection: this.#connection, space, patterns: new PatternMemory() };
    this.#shared = new SharedWatch(this.#connection, watchKeys({ prefix }, group), hashOptions(this.#options));
    this.#deliveries = new Deliveries(this.#shared, {
      onAlarm: async (alarm) => {
        // If only the post fails, only that is tried again.
        if (!this.#taken.has(alarm.id)) await onAlarm?.(alarm);
        if (!webhook) return;
        this.#take(alarm.id);
        await postAlarm(webhook, alarm, alarmTimeoutMs);
        this.#taken.delete(alarm.id);
      },
      timeoutMs: alarmTimeoutMs,
      maxAttempts,
      isLeading: () => this.#isLeading,
      onTold: (alarms) => (this.#counters.told += alarms),
      onFailed: (alarm, error, isGivenUp) => {
        this.#counters.failures++;
        if (isGivenUp) this.#counters.givenUp++;
        const what = isGivenUp ? `was given up after ${maxAttempts} tries` : 'is told again';
        this.#warn(`an alarm (${alarm.kind}, ${alarm.id}) ${what}: ${errorMessage(error)}`, error);
      },
    });
  }

  /** Begins to watch. It does nothing if the watcher runs already. */
  start(): void {
    if (this.#run) return;
    this.#run = {};
    this.#closing = undefined;
    this.#connection.acquire();
    this.#plan(this.#run, 0);
  }

  /**
   * Ends: waits for alarms that are being told, for at most `closeTimeoutMs`, hands over to another watcher, and closes the
   * connection unless the client was passed in. Never rejects. The watcher may be started again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A snapshot of the counters. */
  stats(): WatcherStats {
    return { isLeading: this.#isLeading, ...this.#counters };
  }

  /**
   * Tells nothing of a message for a while, in all watchers of the group. At most 100 patterns can be muted at once.
   *
   * @param pattern - the message of an alarm, or any message with the same key by {@link parameterize}; `*` stands for any text
   * @param ms - for how long, from 0, which ends it, to 2,592,000,000 milliseconds (30 days)
   * @throws OptionsError for an argument that cannot be used, and if too many are muted; otherwise the error of the client, or one
   *   after five seconds without an answer
   */
  async mute(pattern: string, ms: number): Promise<void> {
    if (typeof pattern !== 'string' || pattern === '' || pattern.length > 1024 || !pattern.isWellFormed()) {
      throw new OptionsError('pattern', 'a text of 1 to 1,024 characters without lone surrogates', pattern);
    }
    assertWholeNumber(ms, 'ms', 0, LONGEST_MUTE_MS);
    const muting = this.#shared.mute(toMutePattern(pattern), ms);
    const isMuted = await withDeadline(muting, MUTE_MS, { holdsProcess: true }).finally(() => {
      if (!this.#run) this.#connection.release();
    });
    if (!isMuted) throw new OptionsError('pattern', 'at most 100 patterns that are muted', pattern);
  }

  get #isLeading(): boolean {
    return clock.now() < this.#leaseEnd;
  }

  #plan(run: object, ms: number): void {
    if (this.#run !== run) return;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => void this.#turn(run).then((wait) => this.#plan(run, wait)), ms).unref();
  }

  /** Takes or renews the lease. Returns how long to wait until the next time. Never rejects. */
  async #turn(run: object): Promise<number> {
    try {
      const wait = await this.#renewLease(run);
      this.#failures = 0;
      this.#onSuccess('lease');
      return wait;
    } catch (error) {
      this.#onFailure('lease', error);
      this.#failures++;
      if (isConfigurationError(error)) return CONFIGURATION_MS;
      return Math.min(this.#options.pollMs * 2 ** Math.min(this.#failures, 10), LONGEST_WAIT_MS);
    }
  }

  async #renewLease(run: object): Promise<number> {
    const began = clock.now();
    const duty = await withDeadline(this.#shared.renewLease(this.#leader?.cursor), LEASE_TIMEOUT_MS);
    if (this.#run !== run) return 0;
    if ('hasOtherOptions' in duty) {
      this.#leaseEnd = -Infinity;
      this.#leader = undefined;
      this.#onSuccess('look');
      if (duty.hasOtherOptions) this.#warnOfOptions();
      return FOLLOW_MS * (0.8 + 0.4 * Math.random());
    }
    this.#leaseEnd = began + LEASE_MS;
    // All is looked at anew, from the beginning.
    if (duty.hasLost) this.#leader = this.#openLeader(undefined);
    this.#leader ??= this.#openLeader(duty.cursor);
    this.#leader.update(duty);
    const taken = await this.#deliveries.add(duty.due);
    if (taken.length > 0) await this.#shared.putOff(taken, this.#holdMs);
    const { pollMs } = this.#options;
    return pollMs / Math.ceil(pollMs / (LEASE_MS / 3));
  }

  get #holdMs(): number {
    return this.#options.alarmTimeoutMs + LEASE_MS;
  }

  #openLeader(cursor: string | undefined): Leader {
    const { on, names, severities, keyPrefix, cooldownMs, digestAbove, pollMs } = this.#options;
    const leader: Leader = new Leader(this.#source, this.#shared, cursor, {
      on,
      names,
      severities,
      prefix: keyPrefix,
      pollMs,
      raise: { cooldownMs, digestAbove, holdMs: this.#holdMs },
      isLeading: () => this.#isLeading && this.#leader === leader,
      onRaised: (alarm) => this.#deliveries.tell(alarm),
      onLooked: (error) => (error === undefined ? this.#onSuccess('look') : this.#onFailure('look', error)),
      onWarning: (reason, error) => this.#warn(reason, error),
      count: (counter, by) => (this.#counters[counter] += by),
    });
    return leader;
  }

  #onSuccess(what: 'lease' | 'look'): void {
    if (!this.#failing.delete(what) || this.#failing.size > 0) return;
    const seconds = ((clock.now() - this.#failingSince) / 1000).toFixed(1);
    this.#warn(`Redis can be asked again after ${seconds} s`);
  }

  #onFailure(what: 'lease' | 'look', error: unknown): void {
    const isFirst = this.#failing.size === 0;
    const isLasting = isConfigurationError(error);
    if (isFirst) this.#failingSince = clock.now();
    const isNews = isFirst || (isLasting && !this.#hasToldToLast);
    if (isNews) this.#warn(`${isFirst ? '' : 'still '}cannot watch: ${errorMessage(error)}`, error);
    this.#hasToldToLast = isLasting || (!isFirst && this.#hasToldToLast);
    this.#failing.add(what);
  }

  async #close(): Promise<void> {
    const isRunning = this.#run !== undefined;
    this.#run = undefined;
    clock.clearTimeout(this.#timer);
    this.#leader = undefined;
    this.#failing.clear();
    const { closeTimeoutMs } = this.#options;
    if (isRunning) {
      // Nobody else tells meanwhile what is being told.
      const keeping = clock.setInterval(() => void this.#keepLease(), LEASE_MS / 3).unref();
      await withDeadline(this.#deliveries.end(), closeTimeoutMs, { holdsProcess: true }).catch(ignoreError);
      clock.clearInterval(keeping);
      await withDeadline(this.#shared.leave(), LEAVE_MS, { holdsProcess: true }).catch(ignoreError);
    }
    this.#leaseEnd = -Infinity;
    if (!this.#run) this.#connection.release();
  }

  /** Never rejects. */
  async #keepLease(): Promise<void> {
    if (!this.#isLeading || this.#run) return;
    const began = clock.now();
    const duty = await this.#shared.renewLease(undefined).catch(ignoreError);
    if (duty && !('hasOtherOptions' in duty) && !this.#run) this.#leaseEnd = began + LEASE_MS;
  }

  #take(id: string): void {
    if (this.#taken.size >= MOST_TAKEN) this.#taken.clear();
    this.#taken.add(id);
  }

  #warnOfOptions(): void {
    if (this.#hasWarnedOfOptions) return;
    this.#hasWarnedOfOptions = true;
    this.#warn(
      `another watcher of the group '${this.#options.group}' has other options: only those of one of them are used at a time`,
    );
  }

  #warn(reason: string, cause?: unknown): void {
    emitSafely(this, 'warn', new WatchWarning(reason, cause === undefined ? undefined : { cause }));
  }
}

/** What the watchers of a group should have in common. */
function hashOptions(options: ResolvedWatcherOptions): string {
  const { on, names, severities, cooldownMs, digestAbove, webhook } = options;
  const sorted = [on, names ?? null, severities].map((list) => list && [...list].sort());
  return hashTexts(JSON.stringify(sorted), cooldownMs, digestAbove, String(webhook?.url));
}
