/** `watch` for people and pipes, which only reads; with `--fail-on` it judges the time that it watched. */

import { clock } from '../../clock';
import { pause, unlessAborted } from '../../read/abort';
import type { MessageChange } from '../../read/message-change';
import { isConfigurationError } from '../../redis/failures';
import { OTHER } from '../../redis/keys';
import { GRAVEST_FIRST } from '../../severity';
import type { Alarm } from '../../watch/alarm';
import { WATCHER_DEFAULTS } from '../../watch/options';
import { ReadOnlyWatch } from '../../watch/read-only-watch';
import type { WatchArguments } from '../arguments/invocation';
import { type ExitCode, Failure, NO_VERDICT, reasonText } from '../errors';
import type { Host } from '../host';
import type { Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import { zoneText } from '../terminal/time';
import { printAlarm } from './alarm-printer';
import { type LoggerId, loggerTitle, select } from './selection';

/** What writers held at the end has arrived by then. */
const SETTLE_MS = 1000;

/**
 * Prints alarms until interrupted, or for the time that was asked for.
 * @throws the error of the client if Redis cannot be asked at the beginning, or if only a change of configuration can help
 */
export async function watchAndJudge(args: WatchArguments, store: Store, screen: Screen, host: Host): Promise<ExitCode> {
  const { failOn, forMs = Infinity } = args;
  if (failOn.length > 0) host.endsEarlyWith(NO_VERDICT);
  const signal = host.interrupted();
  const round = new Round(args, store, screen);
  await unlessAborted(screen.during(`reading from ${store.label}`, round.begin()), signal);
  const began = clock.now();
  for (let left = forMs; left > 0 && !signal.aborted && !round.isOver; left = began + forMs - clock.now()) {
    await unlessAborted(round.look(false), signal);
    await pause(Math.min(WATCHER_DEFAULTS.pollMs, left), signal);
  }
  if (failOn.length === 0) return 0;
  const passed = durationText(clock.now() - began);
  if (signal.aborted) round.doubt(`it was interrupted after ${passed}`);
  await pause(SETTLE_MS, signal);
  if (!signal.aborted && !round.isOver) await unlessAborted(round.finish(), signal);
  return round.judge(passed);
}

/** What came in the time that is watched, and what cannot be told of it. */
class Round {
  /** Whether it makes no sense to go on. */
  isOver = false;
  readonly #args: WatchArguments;
  readonly #store: Store;
  readonly #screen: Screen;
  readonly #doubts = new Set<string>();
  /** Places whose messages cannot be told to be new or not. */
  readonly #uncertain = new Set<string>();
  #watch: ReadOnlyWatch | undefined;
  #found = 0;
  #failingSince: number | undefined;

  constructor(args: WatchArguments, store: Store, screen: Screen) {
    this.#args = args;
    this.#store = store;
    this.#screen = screen;
  }

  async begin(): Promise<void> {
    const { name, prefix, beforeMs, on = WATCHER_DEFAULTS.on, severities = WATCHER_DEFAULTS.severities } = this.#args;
    const names = name === undefined ? undefined : [name];
    const { client, label } = this.#store;
    this.#watch = await ReadOnlyWatch.open({
      client,
      prefix,
      on,
      names,
      severities,
      beforeMs,
      onAlarm: (alarm) => this.#tell(alarm),
      onWarning: (reason) => this.doubt(reason),
      onUncertain: (place, [first]) => first && this.#doubtMessage(place, first),
    });
    const { loggers } = this.#watch;
    const isKnown = loggers.some((logger) => name === undefined || logger.name === name);
    const missing = name === undefined ? 'nothing has been logged yet' : `there is no logger '${name}' yet`;
    if (!isKnown) this.#screen.note(`${missing}: waiting`);
    else {
      const what = `${name ?? 'all loggers'} in ${label} for ${on.join(', ')}`;
      this.#screen.note(`watching ${what}, with times in ${zoneText(new Date())}. Ctrl-C ends`);
    }
  }

  /** Looks once. An outage of Redis is told, and ends by itself. */
  async look(isWhole: boolean): Promise<void> {
    const { label } = this.#store;
    try {
      await (isWhole ? this.#watch?.lookAtAll() : this.#watch?.look());
      if (this.#failingSince === undefined) return;
      this.#screen.note(`${label} answers again after ${durationText(clock.now() - this.#failingSince)}`);
      this.#failingSince = undefined;
    } catch (error) {
      const isLasting = isConfigurationError(error);
      if (isLasting && this.#args.failOn.length === 0) throw error;
      this.isOver ||= isLasting;
      if (this.#failingSince === undefined) this.doubt(`no answer from ${label}: ${reasonText(error)}`);
      this.#failingSince ??= clock.now();
    }
  }

  /** Looks at all that was written to, and whether there is what was watched: a name may have been misspelled. */
  async finish(): Promise<void> {
    await this.look(true);
    const { name, severities = [] } = this.#args;
    const own = severities.filter((severity) => !GRAVEST_FIRST.includes(severity));
    try {
      const loggers = await this.#store.reader.names();
      if (loggers.length === 0) throw new Failure('nothing has been logged yet');
      select(loggers, { name, severities: undefined });
      for (const severity of own) select(loggers, { name, severities: [severity] });
    } catch (error) {
      this.doubt(reasonText(error));
    }
  }

  /** Notes what cannot be told. */
  doubt(reason: string): void {
    if (!this.#doubts.has(reason)) this.#screen.note(reason);
    this.#doubts.add(reason);
  }

  judge(passed: string): ExitCode {
    const kinds = this.#args.failOn.join(', ');
    if (this.#found > 0) {
      this.#screen.note(`${this.#found} ${this.#found === 1 ? 'alarm' : 'alarms'} (${kinds}) in ${passed}`);
      return 1;
    }
    const isDoubted = this.#doubts.size > 0;
    const reasons = [...this.#doubts].slice(0, 3).join('; ');
    this.#screen.note(isDoubted ? `no verdict (${kinds}): ${reasons}` : `nothing (${kinds}) in ${passed}`);
    return isDoubted ? NO_VERDICT : 0;
  }

  #tell(alarm: Alarm): void {
    const { failOn, isJson } = this.#args;
    if (failOn.includes(alarm.kind)) this.#found++;
    printAlarm(alarm, isJson, this.#screen);
  }

  #doubtMessage(place: LoggerId, { message, firstSeen }: MessageChange): void {
    const title = loggerTitle(place);
    if (this.#uncertain.has(title)) return;
    this.#uncertain.add(title);
    const because = firstSeen ? 'it is younger than an hour' : 'others write to it, too';
    const why = message === OTHER ? 'it has more different messages than are counted' : because;
    this.doubt(`cannot tell what is new in ${title}: ${why}`);
  }
}

/** A length of time, as people say it. */
function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
