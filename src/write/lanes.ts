/** Finds the lane of a log call by its logger name and level. */

import { RecentCommonError } from '../errors';
import { assertName, assertSeverity, type KeySpace } from '../redis/keys';
import type { Severities } from '../severity';
import type { Lane } from './lane';
import { LaneRegistry, MAX_LANES } from './lane-registry';

/** The lanes of a transport. */
export class Lanes {
  readonly #registry = new LaneRegistry<Lane>();
  readonly #open: (name: string, severity: string) => Lane;
  readonly #severities: Severities;
  readonly #space: Pick<KeySpace, 'hashTag'>;
  /** The lane of the last log call, which the next one is likely to need too: finding it anew takes a thirtieth of its time. */
  #last: Lane | undefined;
  #lastName: unknown;
  #lastLevel: string | undefined;

  constructor(
    open: (name: string, severity: string) => Lane,
    severities: Severities,
    space: Pick<KeySpace, 'hashTag'>,
  ) {
    this.#open = open;
    this.#severities = severities;
    this.#space = space;
  }

  /** Logger names in use. */
  names(): string[] {
    return this.#registry.names();
  }

  /**
   * The lane of a log call.
   * @throws OptionsError for a name or severity that cannot stand in a key; RecentCommonError if too many destinations are
   *   pending
   */
  find(name: unknown, level: string): Lane {
    if (this.#last && name === this.#lastName && level === this.#lastLevel) return this.#last;
    const severity = this.#severities.resolve(level);
    const lane = this.#registry.find(name as string, severity) ?? this.#add(name, severity);
    this.#lastName = name;
    this.#lastLevel = level;
    this.#last = lane;
    return lane;
  }

  #add(name: unknown, severity: string): Lane {
    assertName(name, this.#space);
    assertSeverity(severity);
    // It may be among those that are forgotten.
    this.#last = undefined;
    if (!this.#registry.makeRoom()) {
      throw new RecentCommonError('delivery', `more than ${MAX_LANES} destinations are pending`);
    }
    const lane = this.#open(name, severity);
    this.#registry.add(name, severity, lane);
    return lane;
  }
}
