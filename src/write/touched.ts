/** Remembers which messages of a destination Redis has touched in this minute, and of which it has a sample in this hour. */

import { detach } from '../record/text';
import type { Batch } from './batch';

/** Most messages that are remembered: others are flagged each time, which costs Redis some microseconds. */
const MAX_TOUCHED = 2000;
/** Most samples of an hour. Redis keeps as many. */
const MAX_SAMPLES = 500;

/**
 * Only the first batch of a minute with a message has to flag it. Redis names the minute, so no clock of this process matters, and
 * what is forgotten here is only flagged once more.
 */
export class Touched {
  /** The minute of Redis, since the epoch; 0 as long as none is known. */
  minute = 0;
  #messages = new Set<string>();
  #hour = Number.NaN;
  readonly #sampled = new Set<string>();

  has(message: string): boolean {
    return this.#messages.has(message);
  }

  /** Whether a line of a message is to be kept: the first of an hour, which is that of Redis as far as known. */
  wantsSample(message: string, hour: number): boolean {
    if (hour !== this.#hour) this.#sampled.clear();
    this.#hour = hour;
    if (this.#sampled.size >= MAX_SAMPLES || this.#sampled.has(message)) return false;
    this.#sampled.add(detach(message));
    return true;
  }

  /** Redis has replied to a batch. If it has lost some before, it has lost what it was told, too. */
  settle({ groups }: Pick<Batch, 'groups'>, touchedIn: number, hasLost = false): void {
    if (hasLost) this.forget();
    if (touchedIn > 0 && touchedIn !== this.minute) {
      this.minute = touchedIn;
      this.#messages = new Set();
    }
    for (const { message } of touchedIn > 0 ? (groups[0]?.messages ?? []) : []) {
      if (this.#messages.size >= MAX_TOUCHED) return;
      if (!this.#messages.has(message)) this.#messages.add(detach(message));
    }
  }

  /** It is not known any more what Redis was told. */
  forget(): void {
    this.minute = 0;
    this.#messages = new Set();
    this.#sampled.clear();
  }
}
