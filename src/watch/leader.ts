/** The work of the one watcher of a group that looks: finds alarms and raises those that are not muted. */

import { clock } from '../clock';
import { errorMessage } from '../errors';
import type { MessageChange } from '../read/message-change';
import type { Source } from '../read/source';
import { alarmSubject } from '../read/told-alarms';
import { isDestinationError } from '../redis/failures';
import { type Alarm, type AlarmKind, encodeAlarm, type Finding, toAlarm } from './alarm';
import { findNews, findSilentLogger, findSurges, type Place } from './findings';
import { Lookout } from './lookout';
import { isMutedBy } from './mutes';
import type { Duty, Raised, RaiseOptions, Raiser } from './shared-watch';

/** Places that are looked at at once. */
const MOST_AT_ONCE = 4;
/** Places that cannot be read before a look leaves the others to the next one. */
const MOST_FAILED = 4;
/** Alarms that one script raises. */
const MOST_RAISED = 50;
/** Alarms that are remembered, so that the same is not raised at each look. */
const MOST_REMEMBERED = 10_000;

/** What the leader needs of the watcher. */
export interface LeaderOptions {
  readonly on: readonly AlarmKind[];
  readonly names: readonly string[] | undefined;
  readonly severities: readonly string[];
  readonly prefix: string;
  readonly pollMs: number;
  /** What began before is not told, in epoch milliseconds by the clock of Redis. */
  readonly since?: number | undefined;
  readonly raise: RaiseOptions;
  /** Whether the watcher has the lease still. */
  readonly isLeading: () => boolean;
  readonly onRaised: (alarm: Alarm) => void;
  /** A look of {@link Leader.update} has ended, with an error if Redis cannot be asked, or a part of it. */
  readonly onLooked: (error?: unknown) => void;
  readonly onWarning: (reason: string, error?: unknown) => void;
  /** It cannot be told whether these messages, since `since`, are new. */
  readonly onUncertain?: (place: Place, messages: readonly MessageChange[]) => void;
  readonly count: (counter: 'raised' | 'muted' | 'looks', by: number) => void;
}

/** The lease has lapsed. What was looked at waits, in case it is taken again; otherwise another looks. */
class LeaseLost extends Error {}

/** The looks of one watcher, from the moment when it has the lease. */
export class Leader {
  readonly #source: Source;
  readonly #raiser: Raiser;
  readonly #options: LeaderOptions;
  readonly #lookout: Lookout;
  readonly #on: ReadonlySet<AlarmKind>;
  /** Ids of what was told. */
  #remembered = new Set<string>();
  #isLooking = false;
  #lastLook = -Infinity;
  readonly #warned = new Set<string>();

  /** @param cursor - how far the watcher before has come */
  constructor(source: Source, raiser: Raiser, cursor: string | undefined, options: LeaderOptions) {
    this.#source = { ...source, listSeverities: (name) => this.#lookout.listSeverities(name) };
    this.#raiser = raiser;
    this.#options = options;
    this.#on = new Set(options.on);
    const { names, severities, since } = options;
    const isWatched = names ? (name: string): boolean => names.includes(name) : (): boolean => true;
    this.#lookout = new Lookout(source, { isWatched, severities, since }, cursor);
  }

  /** How far it has come; undefined while there is something new that it has not looked at. */
  get cursor(): string | undefined {
    return this.#isLooking ? undefined : this.#lookout.cursor;
  }

  /** The lease was renewed: looks if that is due, unless it is looking. */
  update(duty: Duty): void {
    // A timer may be a little early.
    const isDue = clock.now() - this.#lastLook >= 0.9 * this.#options.pollMs;
    if (this.#isLooking || !isDue) return;
    const { onLooked } = this.#options;
    void this.look(duty.watchedSince).then(
      () => onLooked(),
      (error: unknown) => {
        if (!(error instanceof LeaseLost)) onLooked(error);
      },
    );
  }

  /**
   * Looks once. Rejects if Redis cannot be asked, or a part of it. No two looks may be under way at once.
   *
   * @param watchedSince - a silence that began before is not told
   * @param isWhole - whether to look at all that was written to in the last hour, and not at a share of it
   */
  async look(watchedSince: number, isWhole = false): Promise<void> {
    this.#isLooking = true;
    try {
      await this.#look(watchedSince, isWhole);
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(watchedSince: number, isWhole: boolean): Promise<void> {
    const { news, round, quiet } = this.#lookout;
    const passed = Math.min(Math.max(clock.now() - this.#lastLook, this.#options.pollMs), 60_000);
    this.#lastLook = clock.now();
    await this.#lookout.ask(isWhole);
    const failed: unknown[] = [];
    await this.#lookAtEach(news, failed, (place) => this.#lookForNews(place));
    if (this.#on.has('silent')) {
      await this.#lookAtEach(quiet, failed, async ({ name, severities }) =>
        this.#raise(await findSilentLogger(this.#source, name, severities, watchedSince)),
      );
    }
    quiet.clear();
    const share = Math.max(this.#lookout.share(passed), MOST_AT_ONCE);
    await this.#lookAtEach(round, failed, (place) => this.#lookAround(place), isWhole ? Infinity : share);
    if (failed.length > 0) throw failed[0];
  }

  /**
   * Looks at some of what waits, and takes it off. What fails because of its own keys is left out. What fails otherwise comes last
   * from then on: it may be on a node of a cluster that does not answer, while others do.
   */
  async #lookAtEach<Item>(
    waiting: Map<string, Item>,
    failed: unknown[],
    look: (item: Item) => Promise<void>,
    most = Infinity,
  ): Promise<void> {
    const items = [...waiting].slice(0, most);
    const next = async (): Promise<void> => {
      while (this.#options.isLeading() && failed.length < MOST_FAILED) {
        const [key, item] = items.shift() ?? [];
        if (key === undefined || item === undefined) return;
        this.#options.count('looks', 1);
        try {
          await look(item);
          waiting.delete(key);
        } catch (error) {
          if (error instanceof LeaseLost) throw error;
          waiting.delete(key);
          if (isDestinationError(error)) {
            this.#warnOnce(key, `cannot look at ${key}: ${errorMessage(error)}`, error);
          } else {
            waiting.set(key, item);
            failed.push(error);
          }
        }
      }
    };
    await Promise.all(Array.from({ length: MOST_AT_ONCE }, next));
  }

  async #lookForNews(place: Place): Promise<void> {
    const { onUncertain, since } = this.#options;
    if (!onUncertain && !this.#on.has('new') && !this.#on.has('returned')) return;
    const { findings, isTooVaried, uncertain } = await findNews(this.#source, place, this.#on, onUncertain && since);
    if (uncertain.length > 0) onUncertain?.(place, uncertain);
    if (isTooVaried) {
      const { name, severity } = place;
      const reason = `${name}:${severity} has more different messages in a week than are kept, so that it cannot be told which are new`;
      this.#warnOnce(`varied ${severity}:${name}`, `${reason}: log with commonKey: 'pattern'`);
    }
    await this.#raise(findings);
  }

  async #lookAround(place: Place): Promise<void> {
    await this.#lookForNews(place);
    if (this.#on.has('surging')) await this.#raise(await findSurges(this.#source, place));
  }

  async #raise(findings: readonly Finding[]): Promise<void> {
    const unknown = findings
      .filter((finding) => this.#isRecent(finding))
      .map((finding) => ({ finding, alarm: toAlarm(this.#options.prefix, finding) }))
      .filter(({ alarm }) => !this.#remembered.has(alarm.id));
    if (unknown.length === 0) return;
    // Read after the messages: what was muted before it was logged is muted here.
    const mutes = await this.#raiser.listMutes();
    const isMuted = ({ key }: Finding): boolean => mutes.some((pattern) => isMutedBy(pattern, key));
    // A surge is told when it is muted no more, if it goes on; a message that was new meanwhile is not.
    const alarms = unknown.filter(({ finding }) => finding.kind !== 'surging' || !isMuted(finding));
    for (let at = 0; at < alarms.length; at += MOST_RAISED) {
      const some = alarms.slice(at, at + MOST_RAISED);
      const verdicts = await this.#raiser.raise(
        some.map(({ finding, alarm }) => toRaised(finding, alarm, isMuted(finding))),
        this.#options.raise,
      );
      if (!verdicts) throw new LeaseLost();
      for (const [i, verdict] of verdicts.entries()) {
        const { alarm } = some[i] as (typeof some)[number];
        if (verdict === 'full') this.#warnOnce('full', 'too many alarms wait to be told: others are found later');
        else this.#remember(alarm.id);
        if (verdict === 'single' || verdict === 'digest') this.#options.count('raised', 1);
        if (verdict === 'noted') this.#options.count('muted', 1);
        if (verdict === 'single') this.#options.onRaised(alarm);
      }
    }
  }

  /** When a message was first logged is known to the second, and when it came back to the minute. */
  #isRecent({ kind, since }: Finding): boolean {
    return since + (kind === 'returned' ? 60_000 : 1000) > (this.#options.since ?? 0);
  }

  #remember(id: string): void {
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered = new Set();
    this.#remembered.add(id);
  }

  #warnOnce(key: string, reason: string, error?: unknown): void {
    if (this.#warned.has(key) || this.#warned.size >= MOST_REMEMBERED) return;
    this.#warned.add(key);
    this.#options.onWarning(reason, error);
  }
}

function toRaised(finding: Finding, alarm: Alarm, isMuted: boolean): Raised {
  return {
    subject: alarmSubject(finding.name, finding.severity, finding.key),
    id: alarm.id,
    since: finding.since,
    text: isMuted ? '' : encodeAlarm(alarm),
  };
}
