/** Tells the log calls that functions of the options make: each would have its function called again, and so on without an end. */

import type { Logger } from './loggers';

/** The log calls that functions of one transport's options make. */
export class Echoes {
  #isCalling = false;
  /** That of the log call that is taken in. */
  #logger: Logger | undefined;
  /** Makes echoes, which it keeps until it has done with the log call that it is at, and then hands over at once. */
  #echoing: Logger | undefined;
  /** Log calls that it keeps before them. */
  #ahead = 0;

  /** Whether a log call of a logger was made by such a function. It is asked of each log call once, in order. */
  has(logger: Logger | undefined): boolean {
    if (this.#isCalling) return true;
    this.#logger = logger;
    if (!this.#echoing || logger !== this.#echoing) return false;
    if (this.#ahead-- > 0) return false;
    if (countBehind(logger) === 0) this.#echoing = undefined;
    return true;
  }

  /** Calls a function for the log call that was asked about last. */
  call<Argument, Result>(called: (argument: Argument) => Result, argument: Argument): Result {
    const waiting = countWaiting(this.#logger);
    const ahead = countBehind(this.#logger);
    this.#isCalling = true;
    try {
      return called(argument);
    } finally {
      this.#isCalling = false;
      if (countWaiting(this.#logger) > waiting && !this.#echoing) this.#expect(ahead);
    }
  }

  /** The last of them may never come: the format of the logger may leave it out. */
  #expect(ahead: number): void {
    this.#echoing = this.#logger;
    this.#ahead = ahead;
    process.nextTick(() => (this.#echoing = undefined));
  }
}

/** How many log calls wait in a logger. A plain stream of log calls has no writable side. */
function countWaiting(logger: Logger | undefined): number {
  return logger ? (logger.writableLength ?? 0) + logger.readableLength : 0;
}

/** The same without the one that the logger is at, if it hands that over as soon as it was made. */
function countBehind(logger: Logger | undefined): number {
  return countWaiting(logger) - (logger?.writableLength ? 1 : 0);
}
