/** Finds the lane of a log call by its logger name and level. */

import { assertName, assertSeverity, type KeySpace } from '../redis/keys';
import type { Severities } from '../severity';
import type { Lane } from './lane';
import { LaneRegistry } from './lane-registry';

/** Most destinations that may wait for Redis: each takes some kilobytes. */
export const MAX_PENDING_LANES = 50_000;

/** What a transport gives its lanes. */
interface LanesOptions {
  readonly open: (name: string, severity: string) => Lane;
  readonly severities: Severities;
  readonly space: Pick<KeySpace, 'hashTag'>;
  /** Called once when too many destinations are pending, and again if that happens after half of them are written. */
  readonly onFull: () => void;
}

/** The lanes of a transport. */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #registry = new LaneRegistry<Lane>((lane) => {
    if (lane === this.#last) this.#last = undefined;
  });
  #isFull = false;
  /** The lane of the last log call, which the next one is likely to need too: finding it anew takes a thirtieth of its time. */
  #last: Lane | undefined;
  #lastName: unknown;
  #lastLevel: string | undefined;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Logger names in use. */
  names(): string[] {
    return this.#registry.names();
  }

  /**
   * The lane of a log call; undefined if too many destinations are pending.
   * @throws OptionsError for a name or severity that cannot stand in a key
   */
  find(name: unknown, level: string): Lane | undefined {
    if (this.#last && name === this.#lastName && level === this.#lastLevel) return this.#last;
    const severity = this.#options.severities.resolve(level);
    const found = this.#registry.find(name as string, severity);
    if (!found?.isBusy && this.#refuses()) return undefined;
    const lane = found ?? this.#add(name, severity);
    this.#lastName = name;
    this.#lastLevel = level;
    this.#last = lane;
    return lane;
  }

  onBusy(lane: Lane): void {
    this.#registry.onBusy(lane);
  }

  onRest(lane: Lane): void {
    this.#registry.onRest(lane);
    if (this.#isFull && this.#registry.busy < MAX_PENDING_LANES / 2) this.#isFull = false;
  }

  #refuses(): boolean {
    if (this.#registry.busy < MAX_PENDING_LANES) return false;
    if (!this.#isFull) this.#options.onFull();
    this.#isFull = true;
    return true;
  }

  #add(name: unknown, severity: string): Lane {
    assertName(name, this.#options.space);
    assertSeverity(severity);
    const lane = this.#options.open(name, severity);
    this.#registry.add(lane);
    return lane;
  }
}
