/** Spreads work over turns of the event loop, so that ten thousand destinations hold it up no longer than ten. */

import { clock } from '../clock';
import { Queue } from './queue';

/** Longest time that tasks take in one turn, but for the last of them. */
const SLICE_MS = 5;
/** Most tasks in one turn. */
const MOST_TASKS = 256;

/**
 * Runs tasks in their order. Each has a callback of the event loop of its own: Node completes what a callback has set off,
 * promises included, before the next one, so that is part of the time of a slice.
 */
export class TaskTurns {
  readonly #tasks = new Queue<() => void>();
  /** Callbacks that have yet to come. */
  #planned = 0;
  /** When this turn's slice ends, in milliseconds of the monotonic clock; undefined between turns. */
  #end: number | undefined;

  /** Runs a task in a coming turn. It must not throw. */
  run(task: () => void): void {
    this.#tasks.add(task);
    if (this.#end === undefined && this.#planned < MOST_TASKS) this.#plan(1);
  }

  #plan(count: number): void {
    this.#planned += count;
    for (let i = 0; i < count; i++) clock.setImmediate(this.#step);
  }

  readonly #step = (): void => {
    const now = clock.now();
    this.#end ??= now + SLICE_MS;
    if (now < this.#end) this.#tasks.take()?.();
    this.#planned--;
    if (this.#planned > 0) return;
    this.#end = undefined;
    this.#plan(Math.min(this.#tasks.size, MOST_TASKS));
  };
}
