/** Keeps log calls in memory, merged and bounded, until they are written. */

import { ComposedText, type LineText } from '../record/line-text';
import type { LogInfo } from '../record/log-call';
import { detach } from '../record/text';
import { OTHER } from '../redis/keys';
import { addCount, type Batch, type CountedMessage } from './batch';
import { CountGroups } from './count-groups';
import { detachBatch } from './detach';
import { LongMessages } from './long-messages';
import { Packer } from './packer';
import type { ServerTime } from './server-time';
import { Touched } from './touched';

/** Most characters of all pending lines, with an overhead for each. Beyond it, destinations keep fewer lines. */
const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;
const LINE_OVERHEAD = 64;

/**
 * A destination of which Redis has just taken something will be drawn soon, so its texts are not copied and deferred ones not
 * put together: that takes up to half a microsecond.
 */
const COPY_AFTER_MS = 120;

type Messages = Map<string, CountedMessage>;

/** Bounds and formats of pending log calls. */
export interface PendingOptions {
  /** Lines kept for each destination. */
  readonly recentLimit: number;
  /** Distinct messages kept for all destinations together. */
  readonly maxPending: number;
  readonly formatLine: (time: number, text: LineText) => string;
  readonly formatMessage: (message: string) => string;
  /** Numbers batches, each higher than those before. */
  readonly nextNumber: () => number;
  /** Of which severities Redis is to keep lines, and what it keeps of a line; of none if not given. */
  readonly samples?: {
    readonly severities: ReadonlySet<string>;
    readonly format: (time: number, text: LineText) => string;
  };
}

/** The pending log calls of one logger name and severity: a small replica of the keys that they will be merged into. */
export class Destination {
  logged = 0;
  readonly groups: CountGroups;
  /** The newest lines, oldest first; at most twice `recentLimit`. */
  readonly times: number[] = [];
  readonly texts: LineText[] = [];
  infos: LogInfo[] = [];
  /** When it was last drawn, or a batch of it written, in epoch milliseconds; −∞ while its batches are held up. */
  movedAt = -Infinity;

  constructor(
    readonly name: string,
    readonly severity: string,
    serverTime: ServerTime,
    /** What Redis has touched of it. */
    readonly touched = new Touched(),
  ) {
    this.groups = new CountGroups(serverTime);
  }
}

/** Everything logged and not yet in Redis. It is bounded, whatever is logged and however long Redis is away. */
export class Pending {
  readonly #options: PendingOptions;
  #calls = 0;
  #distinct = 0;
  /** Log calls held for those who listen for `'logged'`. */
  #awaited = 0;
  #lineCharacters = 0;
  #other = 0;
  readonly #longMessages = new LongMessages();

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /** Log calls that are not in Redis yet. */
  get calls(): number {
    return this.#calls;
  }

  /** Log calls counted under {@link OTHER} because too many distinct messages were pending. */
  get other(): number {
    return this.#other;
  }

  /**
   * Takes one log call, value by value: an object for each call would take a fifteenth of its time.
   *
   * @param time - epoch milliseconds
   * @param message - the message to count; undefined counts nothing
   * @param text - the line, without its time
   * @param info - the log call itself, if somebody listens for `'logged'`
   */
  add(destination: Destination, time: number, message: string | undefined, text: LineText, info?: LogInfo): void {
    this.#calls++;
    destination.logged++;
    if (info && this.#awaited < this.#options.maxPending) {
      destination.infos.push(info);
      this.#awaited++;
    }
    const counted = message === undefined ? undefined : this.#count(destination, time, message, text);
    destination.times.push(time);
    // Comparing the text with the message counted, which may be a copy, would read both to their end.
    const line = text === message && counted !== OTHER ? (counted as string) : keep(destination, time, text);
    destination.texts.push(line);
    this.#lineCharacters += line.length + LINE_OVERHEAD;
    const { length } = destination.texts;
    if (length === 2 * this.#options.recentLimit) this.#forgetLines(destination, this.#options.recentLimit);
    if (this.#lineCharacters > MAX_LINE_CHARACTERS) this.#forgetLines(destination, Math.ceil(length / 2));
  }

  /** Takes everything out of a destination: one batch, or several to be written in this order. */
  draw(destination: Destination): Batch[] {
    const { recentLimit, formatLine, formatMessage, nextNumber } = this.#options;
    const { name, severity, logged, infos, groups } = destination;
    const draw = { name, severity, logged, late: groups.late, infos };
    const packer = new Packer(draw, destination.touched, groups.toMinute(Date.now()), nextNumber);
    for (const group of groups.all.toReversed()) {
      const messages = mergeFormatted(group.messages, formatMessage);
      this.#distinct -= group.messages.size - messages.size;
      packer.addGroup({ ...group, messages: messages.values() });
    }
    this.#forgetLines(destination, destination.texts.length - recentLimit);
    destination.texts.forEach((text, i) => packer.addLine(formatLine(destination.times[i] as number, text)));
    this.#forgetLines(destination, recentLimit);
    const batches = packer.finish();
    for (const { lines } of batches) for (const line of lines) this.#lineCharacters += line.length + LINE_OVERHEAD;
    groups.clear();
    destination.logged = 0;
    destination.infos = [];
    destination.movedAt = Date.now();
    return batches;
  }

  /** Copies the texts of batches that could not be written and of later log calls, up to the next draw. */
  holdUp(destination: Destination, drawn: Batch[]): void {
    destination.movedAt = -Infinity;
    drawn.forEach((batch, i) => {
      drawn[i] = detachBatch(batch);
    });
    destination.groups.detach();
    destination.texts.forEach((text, i) => {
      const copy = detachText(text);
      destination.texts[i] = copy;
      this.#lineCharacters += copy.length - text.length;
    });
  }

  /** Frees the room that a batch takes: it is in Redis. */
  release(destination: Destination, batch: Batch): void {
    destination.movedAt = Date.now();
    this.#calls -= batch.logged;
    for (const { messages } of batch.groups) this.#distinct -= messages.length;
    for (const line of batch.lines) this.#lineCharacters -= line.length + LINE_OVERHEAD;
    this.#awaited -= batch.infos.length;
  }

  /** @returns the message that it is counted under */
  #count(destination: Destination, time: number, logged: string, text: LineText): string {
    const { groups } = destination;
    const message = this.#longMessages.unify(logged);
    if (groups.toMinute(time) !== groups.minute) this.#distinct -= groups.open(time, this.#isFull);
    const messages = groups.newest as Messages;
    const counted = messages.get(message) ?? this.#open(destination, time, message, text);
    counted.count++;
    return counted.message;
  }

  #open(destination: Destination, time: number, message: string, text: LineText): CountedMessage {
    const { groups } = destination;
    const before = groups.newest;
    if (this.#isFull) this.#distinct -= groups.condense(true);
    const messages = groups.newest as Messages;
    const merged = messages === before ? undefined : messages.get(message);
    if (merged) return merged;
    if (!this.#isFull) {
      const counted = this.#insert(messages, keep(destination, time, message));
      const { samples } = this.#options;
      if (samples?.severities.has(destination.severity) && destination.touched.wantsSample(message, groups.hour)) {
        counted.sample = detach(samples.format(time, text));
      }
      return counted;
    }
    this.#other++;
    return messages.get(OTHER) ?? this.#insert(messages, OTHER);
  }

  get #isFull(): boolean {
    return this.#distinct >= this.#options.maxPending;
  }

  #insert(messages: Messages, message: string): CountedMessage {
    const counted: CountedMessage = { message, count: 0 };
    messages.set(message, counted);
    this.#distinct++;
    return counted;
  }

  #forgetLines(destination: Destination, count: number): void {
    if (count <= 0) return;
    destination.times.splice(0, count);
    for (const text of destination.texts.splice(0, count)) this.#lineCharacters -= text.length + LINE_OVERHEAD;
  }
}

/** The messages as they are written. Few change, and those that become the same count together. */
function mergeFormatted(messages: Messages, formatMessage: (message: string) => string): Messages {
  let hasChanged = false;
  for (const counted of messages.values()) {
    const formatted = formatMessage(counted.message);
    if (formatted !== counted.message) hasChanged = true;
    counted.message = formatted;
  }
  if (!hasChanged) return messages;
  const merged: Messages = new Map();
  for (const counted of messages.values()) {
    const same = merged.get(counted.message);
    if (same) addCount(same, counted);
    else merged.set(counted.message, counted);
  }
  return merged;
}

/** A text as it is kept until the next draw. */
function keep<Text extends LineText>({ movedAt }: Destination, time: number, text: Text): Text {
  return time - movedAt < COPY_AFTER_MS ? text : (detachText(text) as Text);
}

/** A copy of a text, put together. */
function detachText(text: LineText): LineText {
  return typeof text === 'string' ? detach(text) : new ComposedText(detach(text.toString()));
}
