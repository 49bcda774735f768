import { setMaxListeners } from 'node:events';
import { errorMessage, OptionsError } from '../../errors';
import { pause, unlessAborted } from '../../read/abort';
import { mergeByTime, type RecentLine } from '../../read/lines';
import type { TailArguments } from '../arguments/invocation';
import type { Source } from '../redis/connect';
import type { Screen } from '../terminal/screen';
import type { LinePrinter, MissedLine } from './line-printer';
import type { Destination } from './selection';

/** How often to look whether there are new loggers and severities, and whether Redis answers. */
const LOOK_MS = 2000;
/** How long lines wait for older ones of another list. */
const MERGE_MS = 50;

/** Follows several lists at once, and those that come into being meanwhile. */
export class Following {
  readonly #args: TailArguments;
  readonly #source: Source;
  readonly #screen: Screen;
  readonly #printer: LinePrinter;
  readonly #ended = new AbortController();
  readonly #lists = new Map<string, Promise<void>>();
  /** What waits to be printed, of each list by itself, oldest first. */
  #waiting = new Map<string, (RecentLine | MissedLine)[]>();
  #printing: NodeJS.Timeout | undefined;
  #failure: unknown;
  #failingSince: number | undefined;

  constructor(args: TailArguments, source: Source, screen: Screen, printer: LinePrinter) {
    this.#args = args;
    this.#source = source;
    this.#screen = screen;
    this.#printer = printer;
    // Each list that is followed listens.
    setMaxListeners(0, this.#ended.signal);
  }

  /** Follows a list from the line after that with this number, unless it is followed already. */
  add(destination: Destination, after: number): void {
    const key = `${destination.severity}:${destination.name}`;
    if (this.#lists.has(key)) return;
    this.#lists.set(
      key,
      this.#follow(key, destination, after).catch((error: unknown) => {
        // The index may have a name that no reader may look for.
        if (error instanceof OptionsError) return;
        this.#failure = error;
        this.#ended.abort();
      }),
    );
  }

  /**
   * Until it is interrupted.
   * @throws what only a change of configuration can end
   */
  async run(interrupted: AbortSignal): Promise<void> {
    const { signal } = this.#ended;
    const end = (): void => this.#ended.abort();
    interrupted.addEventListener('abort', end, { once: true });
    if (interrupted.aborted) end();
    while (!signal.aborted) {
      await pause(LOOK_MS, signal);
      if (!signal.aborted) await unlessAborted(this.#look(), signal);
    }
    await Promise.all(this.#lists.values());
    this.#print();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #follow(key: string, { name, severity }: Destination, after: number): Promise<void> {
    const { signal } = this.#ended;
    for await (const line of this.#source.reader.follow(name, severity, { signal, after: Math.max(0, after) })) {
      if (!('missed' in line) && !this.#printer.isWanted(line)) continue;
      const shown = 'missed' in line ? missedLine(name, severity, line.missed) : line;
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

  /** For what has come into being, and for whether Redis answers at all: those who follow wait for it in silence. */
  async #look(): Promise<void> {
    const { reader, label } = this.#source;
    try {
      const { name, severities } = this.#args;
      for (const known of await reader.names()) {
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
        this.#screen.note(`no answer from ${label}, trying on: ${errorMessage(error)}`);
      }
      this.#failingSince ??= performance.now();
    }
  }
}

/** It has no time, so that it stays with the line after it. */
function missedLine(name: string, severity: string, missed: number): MissedLine {
  return { seq: 0, time: new Date(Number.NaN), message: '', name, severity, missed };
}
