/** Watches for one process alone and only reads: nothing is kept in Redis, and what was told is remembered here. */

import { clock } from '../clock';
import { type ChangedLogger, readChangedSince } from '../read/changed-since';
import type { MessageChange } from '../read/message-change';
import { PatternMemory } from '../read/patterns';
import type { Source } from '../read/source';
import { withDeadline } from '../redis/deadline';
import { openConnection } from '../redis/open';
import type { PassedClient } from '../redis/passed-client';
import type { Alarm, AlarmKind } from './alarm';
import type { Place } from './findings';
import { Leader } from './leader';
import { WATCHER_DEFAULTS } from './options';
import { GAP_MS } from './scripts';
import type { Raised, RaiseOptions, Raiser, Verdict } from './shared-watch';

/** How long a look may take. */
const LOOK_TIMEOUT_MS = 30_000;
/** How much the clocks of two masters may differ. */
const SKEW_MS = 1000;
/** Messages that are remembered as told. */
const MOST_TOLD = 10_000;

/** What to look for, and whom to tell. */
export interface ReadOnlyWatchOptions {
  readonly client: PassedClient;
  readonly prefix: string;
  readonly on: readonly AlarmKind[];
  readonly names: readonly string[] | undefined;
  readonly severities: readonly string[];
  /** What began so long before the watch is told as well, in milliseconds. */
  readonly beforeMs: number;
  readonly onAlarm: (alarm: Alarm) => void;
  /** A logger cannot be looked at, or is too varied. Each is told once. */
  readonly onWarning: (reason: string) => void;
  /** It cannot be told whether these messages are new. */
  readonly onUncertain: (place: Place, messages: readonly MessageChange[]) => void;
}

/** One watch. */
export class ReadOnlyWatch {
  /** The loggers that there were when it began. */
  readonly loggers: readonly ChangedLogger[];
  readonly #leader: Leader;
  /** A silence that began before is not told. */
  #watchedSince: number;
  /** The difference of the clock of Redis to that of this machine, and when Redis last answered, by the latter. */
  readonly #ahead: number;
  #answeredAt = Date.now();
  /** The look that is under way. */
  #look: Promise<void> | undefined;

  /**
   * Begins a watch.
   * @throws the error of the client if Redis cannot be asked
   */
  static async open(options: ReadOnlyWatchOptions): Promise<ReadOnlyWatch> {
    const connection = openConnection({ client: options.client }, false);
    const space = { prefix: options.prefix, hashTag: connection.isCluster };
    const { cursor, loggers } = await readChangedSince(connection, space, undefined);
    const source = { connection, space, patterns: new PatternMemory() };
    return new ReadOnlyWatch(source, options, loggers, Number(cursor));
  }

  private constructor(source: Source, options: ReadOnlyWatchOptions, loggers: readonly ChangedLogger[], now: number) {
    const { on, names, severities, prefix, onAlarm, onWarning, onUncertain } = options;
    // Other masters of a cluster may be behind.
    const since = now - options.beforeMs - (source.connection.isCluster ? SKEW_MS : 0);
    this.loggers = loggers;
    this.#watchedSince = since;
    this.#ahead = now - Date.now();
    this.#leader = new Leader(source, new ToldMessages(), undefined, {
      on,
      names,
      severities,
      prefix,
      since,
      onWarning,
      onUncertain,
      pollMs: WATCHER_DEFAULTS.pollMs,
      raise: { cooldownMs: WATCHER_DEFAULTS.cooldownMs, digestAbove: Infinity, holdMs: 0 },
      isLeading: () => true,
      onRaised: onAlarm,
      onLooked: () => undefined,
      count: () => undefined,
    });
  }

  /**
   * Looks once: at what is new, and in turn at the rest.
   * @throws the error of the client if Redis cannot be asked
   */
  look(): Promise<void> {
    this.#look ??= this.#begin(false);
    return withDeadline(this.#look, LOOK_TIMEOUT_MS, { holdsProcess: true });
  }

  /** Looks at all that was written to in the last hour, from now on. */
  async lookAtAll(): Promise<void> {
    await this.#look;
    this.#look = this.#begin(true);
    return withDeadline(this.#look, LOOK_TIMEOUT_MS, { holdsProcess: true });
  }

  async #begin(isWhole: boolean): Promise<void> {
    // While Redis was away, loggers seemed to be silent.
    if (Date.now() - this.#answeredAt > GAP_MS) this.#watchedSince = Date.now() + this.#ahead;
    try {
      await this.#leader.look(this.#watchedSince, isWhole);
      this.#answeredAt = Date.now();
    } finally {
      this.#look = undefined;
    }
  }
}

/** When each message was told. */
class ToldMessages implements Raiser {
  readonly #told = new Map<string, { readonly since: number; readonly at: number }>();

  listMutes(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  raise(alarms: readonly Raised[], { cooldownMs }: RaiseOptions): Promise<Verdict[]> {
    return Promise.resolve(alarms.map((alarm) => (this.#isTold(alarm, cooldownMs) ? 'told' : 'single')));
  }

  #isTold({ subject, since }: Raised, cooldownMs: number): boolean {
    const now = clock.now();
    const last = this.#told.get(subject);
    if (last && (last.since >= since || now - last.at < cooldownMs)) return true;
    this.#told.delete(subject);
    this.#told.set(subject, { since, at: now });
    const [oldest] = this.#told.keys();
    if (this.#told.size > MOST_TOLD && oldest !== undefined) this.#told.delete(oldest);
    return false;
  }
}
