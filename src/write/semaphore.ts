/** Limits how many batches are in flight at once. */

import { clock } from '../clock';

/** Runs at most `permits` tasks at once; the others wait their turn. A task that takes long stops counting. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  readonly #longMs: number;
  #free: number;

  /** @param longMs - milliseconds after which a task no longer counts, even if it has not ended */
  constructor(permits: number, longMs: number) {
    this.#free = permits;
    this.#longMs = longMs;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let isHeld = true;
    const release = (): void => {
      if (isHeld) this.#release();
      isHeld = false;
    };
    const timer = clock.setTimeout(release, this.#longMs).unref();
    try {
      return await task();
    } finally {
      clock.clearTimeout(timer);
      release();
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
