/** Finds for how long a row was not seen before the last hour in which it was. */

/** The last hour in which a message was seen, and the one before that, since the epoch. */
export interface LastHours {
  readonly last: number;
  /** −Infinity if there was none; undefined if it is not known. */
  readonly before: number | undefined;
}

/** The gap before the last hour in which one of the messages of a row was seen. */
export class LastGap {
  #last = -Infinity;
  /** The last hour before that, as far as it is known. */
  #before = -Infinity;
  /** Whether one of them may have been seen later than that, and before the last hour. */
  #isUncertain = false;
  #isUnknown = false;

  /** @param hours - of one more message; undefined if it is not known when it was last seen */
  add(hours: LastHours | undefined): void {
    if (!hours) {
      this.#isUnknown = true;
      return;
    }
    const { last, before } = hours;
    if (last > this.#last) {
      this.#before = this.#last;
      this.#last = last;
      this.#isUncertain = false;
    }
    const known = last < this.#last ? last : (before ?? -Infinity);
    this.#before = Math.max(this.#before, known);
    this.#isUncertain ||= last === this.#last && before === undefined;
  }

  /** Hours, from 1; null if it is not known, or if there is none. */
  get hours(): number | null {
    const gap = this.#last - this.#before;
    // Nothing comes between two hours in a row.
    const isKnown = !this.#isUnknown && (gap === 1 || !this.#isUncertain);
    return isKnown && Number.isFinite(gap) ? gap : null;
  }
}
