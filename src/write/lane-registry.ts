/** Remembers a bounded number of lanes and forgets idle ones: a logger name can be made of anything. */

import { clock } from '../clock';

/** Most lanes that are remembered, and so that may be busy. Redis remembers the writer id of each, too. */
export const MAX_LANES = 10_000;

/** Shortest time between two searches for idle lanes: during an outage there are none. */
const SEARCH_INTERVAL_MS = 100;

/** Lanes by logger name, and by a key that tells apart those of one name. */
export class LaneRegistry<Lane extends { readonly isBusy: boolean }> {
  readonly #lanes = new Map<string, Map<string, Lane>>();
  #count = 0;
  /** When the next search for idle lanes is worthwhile, in milliseconds of the monotonic clock. */
  #nextSearch = 0;

  /** Logger names of the lanes. */
  names(): string[] {
    return [...this.#lanes.keys()];
  }

  find(name: string, key: string): Lane | undefined {
    return this.#lanes.get(name)?.get(key);
  }

  add(name: string, key: string, lane: Lane): void {
    const lanes = this.#lanes.get(name);
    if (lanes) lanes.set(key, lane);
    else this.#lanes.set(name, new Map([[key, lane]]));
    this.#count++;
  }

  /**
   * Forgets idle lanes if there is no room for another.
   * @returns whether there is room now
   */
  makeRoom(): boolean {
    if (this.#count >= MAX_LANES) this.#forgetIdle();
    return this.#count < MAX_LANES;
  }

  #forgetIdle(): void {
    if (clock.now() < this.#nextSearch) return;
    this.#nextSearch = clock.now() + SEARCH_INTERVAL_MS;
    for (const [name, lanes] of this.#lanes) {
      for (const [key, { isBusy }] of lanes) {
        if (!isBusy && lanes.delete(key)) this.#count--;
      }
      if (lanes.size === 0) this.#lanes.delete(name);
    }
  }
}
