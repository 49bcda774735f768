/** Lets so many tasks run at once; the others wait for their turn. A task that takes long makes room for others meanwhile. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  readonly #longMs: number;
  #free: number;

  /** @param longMs - after how many milliseconds a task makes room, whether it has ended or not */
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
    const timer = setTimeout(release, this.#longMs).unref();
    try {
      return await task();
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
