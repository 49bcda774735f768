/** Knows where to look next: at once where a message may be new, and in turn where something was logged. */

import { clock } from '../clock';
import { readChangedSince } from '../read/changed-since';
import type { Source } from '../read/source';
import { knownMember } from '../redis/keys';
import type { Place } from './findings';

/** All loggers are looked through so often, to find surges, silences, and what nobody noted. */
export const ROUND_MS = 60_000;
/** In a cluster a writer that is killed right after a batch notes nothing: so often also those are looked at that nobody noted. */
const FULL_ROUND_MS = 300_000;
/** What is older is told no more. */
const HOUR_MS = 3_600_000;
const SILENT_MS = 300_000;

/** A logger that may have fallen silent, with its severities, the one last written under first. */
export interface Quiet {
  readonly name: string;
  readonly severities: readonly [string, ...string[]];
}

/** What the lookout needs to know. */
export interface LookoutOptions {
  /** Whether a name is watched. */
  readonly isWatched: (name: string) => boolean;
  readonly severities: readonly string[];
  /** What was not written to since then is not looked at, in epoch milliseconds by the clock of Redis. */
  readonly since?: number | undefined;
}

/** The places that one watcher has to look at, as long as it has the lease. */
export class Lookout {
  readonly #source: Source;
  readonly #options: LookoutOptions;
  #cursor: string | undefined;
  /** By key: places with news, places of this round, and loggers that may be silent. */
  readonly news = new Map<string, Place>();
  readonly round = new Map<string, Place>();
  readonly quiet = new Map<string, Quiet>();
  /** The severities of each logger. */
  #severities = new Map<string, string[]>();
  #roundAt = -Infinity;
  #fullRoundAt = -Infinity;

  /** @param cursor - how far the watcher before has come */
  constructor(source: Source, options: LookoutOptions, cursor: string | undefined) {
    this.#source = source;
    this.#options = options;
    this.#cursor = cursor;
  }

  /** The severities of a logger, as of the last round. */
  listSeverities(name: string): readonly string[] | undefined {
    return this.#severities.get(name);
  }

  /** How far it has come, if it has looked at all that was new; undefined otherwise. */
  get cursor(): string | undefined {
    return this.news.size === 0 ? this.#cursor : undefined;
  }

  /**
   * Asks what has changed.
   * @param isWhole - whether a round begins now, of all that was written to in the last hour
   */
  async ask(isWhole: boolean): Promise<void> {
    const { connection, space } = this.#source;
    const isRound = isWhole || clock.now() - this.#roundAt >= ROUND_MS;
    if (this.#cursor !== undefined || !isRound) {
      const { cursor, loggers } = await readChangedSince(connection, space, this.#cursor);
      for (const logger of loggers) if (logger.hasNewMessages) this.#add(this.news, logger);
      this.#cursor = cursor;
    }
    if (isRound) await this.#beginRound(isWhole);
  }

  async #beginRound(isWhole: boolean): Promise<void> {
    const { connection, space } = this.#source;
    const began = clock.now();
    const isFull = connection.isCluster && (isWhole || began - this.#fullRoundAt >= FULL_ROUND_MS);
    const { cursor, loggers } = await readChangedSince(connection, space, undefined);
    const now = Number(cursor);
    // What the first round finds may have been new for an hour; later ones look at what was logged since the one before.
    const isLong = isWhole || this.#roundAt === -Infinity;
    const least = Math.max(now - (isLong ? HOUR_MS : 2 * ROUND_MS), toSecond(this.#options.since ?? 0));
    const byName = new Map<string, { severity: string; at: number }[]>();
    for (const logger of loggers) {
      const { name, severity, lastSeen } = logger;
      const at = lastSeen.getTime();
      if (isFull || at >= least) this.#add(this.round, logger);
      const places = byName.get(name);
      if (places) places.push({ severity, at });
      else byName.set(name, [{ severity, at }]);
    }
    this.#severities = new Map([...byName].map(([name, places]) => [name, places.map(({ severity }) => severity)]));
    for (const [name, places] of byName) this.#addQuiet(name, places, now);
    this.#cursor ??= cursor;
    this.#roundAt = began;
    if (isFull) this.#fullRoundAt = began;
  }

  /** How many places of the round are due in so many milliseconds, for it to be over before the next. */
  share(ms: number): number {
    const left = Math.max(ROUND_MS / 2 - (clock.now() - this.#roundAt), ms);
    return Math.ceil((this.round.size * ms) / left);
  }

  #add(places: Map<string, Place>, { name, severity }: Place): void {
    const { isWatched, severities } = this.#options;
    if (isWatched(name) && severities.includes(severity)) places.set(knownMember(name, severity), { name, severity });
  }

  #addQuiet(name: string, places: { severity: string; at: number }[], now: number): void {
    places.sort((a, b) => b.at - a.at || (a.severity < b.severity ? -1 : 1));
    const silentMs = now - (places[0]?.at ?? 0);
    const isQuiet = silentMs >= SILENT_MS && silentMs < HOUR_MS && this.#options.isWatched(name);
    if (isQuiet) this.quiet.set(name, { name, severities: places.map(({ severity }) => severity) as [string] });
  }
}

/** The index has times to the second. */
function toSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
