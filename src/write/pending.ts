import type { LineText, LogInfo } from '../record/log-call';
import { toHour } from '../redis/hour';
import { OTHER } from '../redis/keys';
import { type Batch, copyBatch, copyCounts, detached, type MessageCount, numberAfter, Packer } from './batch';

/** Most characters of all lines that wait or are being written, with their overhead. Past it, fewer lines are kept. */
const MAX_LINE_CHARACTERS = 8 * 1024 * 1024;
const LINE_OVERHEAD = 64;

/**
 * A destination that was drawn so recently will be drawn again soon: its texts are neither put together before that nor
 * copied, which takes half a microsecond.
 */
const COPY_AFTER_MS = 20;

/** How much waits, and how it is written down. */
export interface PendingOptions {
  /** Lines kept of each destination. */
  readonly recentLimit: number;
  /** Distinct messages kept of all destinations together. */
  readonly maxPending: number;
  readonly formatLine: (time: number, text: string) => string;
  readonly formatMessage: (message: string) => string;
}

/** What waits for one logger name and severity: a small replica of what it will be merged into. */
export class Destination {
  logged = 0;
  /** Counts by hour, then by message. */
  readonly counts = new Map<number, Map<string, MessageCount>>();
  /** The newest lines, oldest first, at most twice as many as are kept. */
  readonly times: number[] = [];
  readonly texts: LineText[] = [];
  infos: LogInfo[] = [];
  /** When it was drawn last, in epoch milliseconds; −∞ while what was drawn is held up. */
  drawnAt = -Infinity;

  constructor(
    readonly name: string,
    readonly severity: string,
  ) {}
}

/** All that is logged and not yet in Redis: bounded, whatever is logged and however long Redis is away. */
export class Pending {
  readonly #options: PendingOptions;
  #distinct = 0;
  #awaited = 0;
  #lineCharacters = 0;
  #lastNumber = 0;
  #other = 0;

  constructor(options: PendingOptions) {
    this.#options = options;
  }

  /** Log calls counted under {@link OTHER}, since too many distinct messages were waiting. */
  get other(): number {
    return this.#other;
  }

  /**
   * Takes in one log call, value by value: an object for each would take a fifteenth of its time.
   *
   * @param time - epoch milliseconds
   * @param message - what to count; undefined counts nothing
   * @param text - the line, without its time
   * @param info - what winston logged, where somebody waits to hear that it is written
   */
  add(destination: Destination, time: number, message: string | undefined, text: LineText, info?: LogInfo): void {
    destination.logged++;
    if (info && this.#awaited < this.#options.maxPending) {
      destination.infos.push(info);
      this.#awaited++;
    }
    const counted = message === undefined ? undefined : this.#count(destination, time, message);
    destination.times.push(time);
    const line = text === counted ? counted : kept(destination, time, text);
    destination.texts.push(line);
    this.#lineCharacters += line.length + LINE_OVERHEAD;
    const { length } = destination.texts;
    if (length === 2 * this.#options.recentLimit) this.#forgetLines(destination, this.#options.recentLimit);
    if (this.#lineCharacters > MAX_LINE_CHARACTERS) this.#forgetLines(destination, Math.ceil(length / 2));
  }

  /** Takes out what waits for a destination: one batch or, where it is much, several to be written in this order. */
  draw(destination: Destination): Batch[] {
    const { recentLimit, formatLine, formatMessage } = this.#options;
    const packer = new Packer(destination, () => (this.#lastNumber = numberAfter(this.#lastNumber)));
    for (const [hour, messages] of [...destination.counts].sort(([a], [b]) => b - a)) {
      for (const counted of messages.values()) {
        counted.message = formatMessage(counted.message);
        packer.addCount(hour, counted);
      }
    }
    this.#forgetLines(destination, destination.texts.length - recentLimit);
    destination.texts.forEach((text, i) => packer.addLine(formatLine(destination.times[i] as number, String(text))));
    this.#forgetLines(destination, recentLimit);
    const batches = packer.finish();
    for (const { lines } of batches) for (const line of lines) this.#lineCharacters += line.length + LINE_OVERHEAD;
    destination.counts.clear();
    destination.logged = 0;
    destination.infos = [];
    destination.drawnAt = Date.now();
    return batches;
  }

  /** What was drawn is held up: it is replaced by copies, as is what waits and, until the next draw, what comes. */
  holdUp(destination: Destination, drawn: Batch[]): void {
    destination.drawnAt = -Infinity;
    drawn.forEach((batch, i) => {
      drawn[i] = copyBatch(batch);
    });
    for (const [hour, messages] of destination.counts) {
      destination.counts.set(hour, new Map(copyCounts(messages.values()).map((copy) => [copy.message, copy])));
    }
    destination.texts.forEach((text, i) => {
      const copy = detached(String(text));
      destination.texts[i] = copy;
      this.#lineCharacters += copy.length - text.length;
    });
  }

  /** Makes room: a batch is in Redis. */
  release(batch: Batch): void {
    for (const { messages } of batch.counts) this.#distinct -= messages.length;
    for (const line of batch.lines) this.#lineCharacters -= line.length + LINE_OVERHEAD;
    this.#awaited -= batch.infos.length;
  }

  /** Gives back the message that it is counted under. */
  #count(destination: Destination, time: number, message: string): string {
    const hour = toHour(time);
    let messages = destination.counts.get(hour);
    if (!messages) destination.counts.set(hour, (messages = new Map()));
    const counted = messages.get(message) ?? this.#open(messages, destination, time, message);
    counted.count++;
    return counted.message;
  }

  #open(messages: Map<string, MessageCount>, destination: Destination, time: number, message: string): MessageCount {
    if (this.#distinct < this.#options.maxPending) return this.#insert(messages, kept(destination, time, message));
    this.#other++;
    return messages.get(OTHER) ?? this.#insert(messages, OTHER);
  }

  #insert(messages: Map<string, MessageCount>, message: string): MessageCount {
    const counted = { message, count: 0 };
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

/** What is kept of a text until it is drawn. */
function kept<Text extends LineText>({ drawnAt }: Destination, time: number, text: Text): Text | string {
  return time - drawnAt < COPY_AFTER_MS ? text : detached(String(text));
}
