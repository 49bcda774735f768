/** Remembers which messages of a destination Redis has touched in this minute, and of which it has a sample in this hour. */

import { detach } from '../record/text';
import type { Batch } from './batch';
import type { WriteReply } from './codec';

/** Most messages that are remembered: others are flagged each time, which costs Redis some microseconds. */
const MAX_TOUCHED = 2000;
/** Most samples of an hour. Redis keeps as many. */
const MAX_SAMPLES = 500;

/** What a reply says of its batch. */
type Applied = Pick<WriteReply, 'touchedIn' | 'start'>;

/**
 * Only the first batch of a minute with a message has to flag it. Redis names the minute, so no clock of this process matters, and
 * what is forgotten here is only flagged once more.
 */
export class Touched {
  /** The minute of Redis, since the epoch; 0 as long as none is known. */
  minute = 0;
  #messages = new Set<string>();
  #hour = '';
  readonly #sampled = new Set<string>();

  has(message: string): boolean {
    return this.#messages.has(message);
  }

  /** Whether a line of a message is to be kept: the first of an hour. */
  wantsSample(message: string): boolean {
    if (this.#sampled.size >= MAX_SAMPLES || this.#sampled.has(message)) return false;
    this.#sampled.add(detach(message));
    return true;
  }

  /** Redis has replied to a batch. If it has lost some before, it has lost what it was told, too. */
  settle({ groups }: Pick<Batch, 'groups'>, { touchedIn, start }: Applied, hasLost = false): void {
    if (start !== this.#hour && this.#hour !== '') this.#sampled.clear();
    this.#hour = start;
    if (hasLost || (touchedIn > 0 && touchedIn !== this.minute)) {
      this.minute = touchedIn;
      this.#messages = new Set();
    }
    for (const { message } of touchedIn > 0 ? (groups[0]?.messages ?? []) : []) {
      if (this.#messages.size >= MAX_TOUCHED) return;
      if (!this.#messages.has(message)) this.#messages.add(detach(message));
    }
  }
}
