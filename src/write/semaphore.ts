/** Limits how many batches are in flight at once. */

import { clock } from '../clock';
import { Queue } from './queue';

/**
 * How many may be in flight at once: in the beginning, when each of them may have to send the script, and later. One that takes
 * longer than this is on a node that hangs, and must not hold up those on other nodes.
 */
const FIRST = 16;
const MOST = 250;
const LONG_MS = 250;

/** Bounds of a {@link Semaphore}. */
interface SemaphoreOptions {
  /** Tasks that may run at once in the beginning. Each that succeeds adds one, up to `most`. */
  readonly first: number;
  readonly most: number;
  /** Milliseconds after which a task no longer counts, even if it has not ended. */
  readonly longMs: number;
  /** Whether a task that fails counts for `longMs` all the same: so at most `most` fail in that time. */
  readonly countsFailed: boolean;
}

/** Runs a limited number of tasks at once; the others wait their turn. A task that takes long stops counting. */
export class Semaphore {
  readonly #options: SemaphoreOptions;
  readonly #resume: (task: () => void) => void;
  readonly #waiting = new Queue<() => void>();
  #permits: number;
  #free: number;

  /** @param resume - resumes a task that has waited */
  constructor(resume: (task: () => void) => void, options: Partial<SemaphoreOptions> = {}) {
    this.#resume = resume;
    this.#options = { first: FIRST, most: MOST, longMs: LONG_MS, countsFailed: false, ...options };
    this.#permits = this.#options.first;
    this.#free = this.#options.first;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.add(resolve));
    let isHeld = true;
    const release = (): void => {
      if (isHeld) this.#release();
      isHeld = false;
    };
    const timer = clock.setTimeout(release, this.#options.longMs).unref();
    const end = (): void => {
      clock.clearTimeout(timer);
      release();
    };
    try {
      const result = await task();
      end();
      this.#grow();
      return result;
    } catch (error) {
      if (!this.#options.countsFailed) end();
      throw error;
    }
  }

  #grow(): void {
    if (this.#permits >= this.#options.most) return;
    this.#permits++;
    this.#release();
  }

  #release(): void {
    const next = this.#waiting.take();
    if (next) this.#resume(next);
    else this.#free++;
  }
}
