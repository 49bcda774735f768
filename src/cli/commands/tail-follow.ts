/** `tail -f`: follows several lists at once, and those that appear later. */

import { setMaxListeners } from 'node:events';
import { OptionsError } from '../../errors';
import { pause, unlessAborted } from '../../read/abort';
import { INTERVAL_MS } from '../../read/follow';
import { mergeByTime, type RecentLine } from '../../read/lines';
import { knownMember } from '../../redis/keys';
import type { TailArguments } from '../arguments/invocation';
import { reasonText } from '../errors';
import type { Store } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import type { LoggerId } from './selection';
import { FollowPace } from './tail-pace';
import type { LinePrinter, MissedLine } from './tail-printer';

/** How long lines wait for older ones of other lists. */
const MERGE_MS = 50;

/** Follows the lists that were asked for, and prints their lines in order of time. */
export class Following {
  readonly #args: TailArguments;
  readonly #store: Store;
  readonly #screen: Screen;
  readonly #printer: LinePrinter;
  readonly #ended = new AbortController();
  readonly #lists = new Map<string, Promise<void>>();
  readonly #pace: FollowPace;
  /** Lines that wait to be printed, by list, oldest first. */
  #waiting = new Map<string, (RecentLine | MissedLine)[]>();
  #printing: NodeJS.Timeout | undefined;
  #failure: unknown;
  #failingSince: number | undefined;

  constructor(args: TailArguments, store: Store, screen: Screen, printer: LinePrinter) {
    this.#args = args;
    this.#store = store;
    this.#screen = screen;
    this.#printer = printer;
    this.#pace = new FollowPace(store.reader);
    // Each followed list adds a listener.
    setMaxListeners(0, this.#ended.signal);
  }

  /** Follows a list from the line after number `after`, unless it is followed already. */
  add(logger: LoggerId, after: number): void {
    const key = knownMember(logger.name, logger.severity);
    if (this.#lists.has(key)) return;
    this.#lists.set(
      key,
      this.#follow(key, logger, after).catch((error: unknown) => {
        // The index may hold a name that no reader accepts.
        if (error instanceof OptionsError) return;
        this.#failure = error;
        this.#ended.abort();
      }),
    );
  }

  /**
   * Follows until interrupted.
   * @throws an error that only a change of configuration can end
   */
  async run(interrupted: AbortSignal): Promise<void> {
    const { signal } = this.#ended;
    const end = (): void => this.#ended.abort();
    interrupted.addEventListener('abort', end, { once: true });
    if (interrupted.aborted) end();
    while (!signal.aborted) {
      await unlessAborted(this.#look(), signal);
      await pause(INTERVAL_MS, signal);
    }
    await Promise.all(this.#lists.values());
    this.#print();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #follow(key: string, { name, severity }: LoggerId, after: number): Promise<void> {
    const { signal } = this.#ended;
    const options = { signal, after: Math.max(0, after), wait: this.#pace.add(key) };
    for await (const line of this.#store.reader.follow(name, severity, options)) {
      if (!('missed' in line) && this.#printer.filter([line]).length === 0) continue;
      const shown = 'missed' in line ? createMissedLine(name, severity, line.missed) : line;
      const waiting = this.#waiting.get(key) ?? [];
      waiting.push(shown);
      this.#waiting.set(key, waiting);
      this.#printing ??= setTimeout(() => this.#print(), MERGE_MS);
    }
  }

  #print(): void {
    clearTimeout(this.#printing);
    this.#printing = undefined;
    const lists = [...this.#waiting.values()].map((lines) => lines.reverse());
    this.#waiting = new Map();
    this.#printer.print(mergeByTime(lists).reverse());
  }

  /** Has lists read, looks for new ones, and whether Redis answers: `reader.follow` waits for it silently. */
  async #look(): Promise<void> {
    const { label } = this.#store;
    try {
      const { name, severities } = this.#args;
      for (const known of await this.#pace.wake()) {
        if (name !== undefined && name !== known.name) continue;
        if (!severities || severities.includes(known.severity)) this.add(known, 0);
      }
      if (this.#failingSince !== undefined) {
        const seconds = Math.round((performance.now() - this.#failingSince) / 1000);
        this.#screen.note(`${label} answers again after ${seconds} s`);
      }
      this.#failingSince = undefined;
    } catch (error) {
      if (this.#failingSince === undefined && !this.#ended.signal.aborted) {
        this.#screen.note(`no answer from ${label}, retrying: ${reasonText(error)}`);
      }
      this.#failingSince ??= performance.now();
    }
  }
}

/** Without a time, so that merging leaves it before the line that follows it. */
function createMissedLine(name: string, severity: string, missed: number): MissedLine {
  return { seq: 0, time: new Date(Number.NaN), message: '', name, severity, missed };
}
