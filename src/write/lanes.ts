import { RecentCommonError } from '../errors';
import { assertName, assertSeverity, type KeySpace } from '../redis/keys';
import type { Severities } from '../severity';
import { Destination } from './pending';
import type { Writer } from './writer';

/** Destinations that are remembered, and so most that may be pending. */
const MAX_LANES = 10_000;

/** Shortest time between two searches for idle ones: during an outage there are none. */
const SEARCH_INTERVAL_MS = 100;

/** One destination's way to Redis: one batch is under way at a time. */
export class Lane {
  readonly destination: Destination;
  readonly writer: Writer;
  /** How people are told of it. */
  readonly label: string;
  /** When the next draw is due, in milliseconds of the monotonic clock. */
  due = -Infinity;
  /** Whether a draw is due or under way. */
  isAwake = false;
  timer: NodeJS.Timeout | undefined;
  /** The draw that is being written; it never rejects. */
  running: Promise<void> | undefined;
  /** The note in the index that is being written; it never rejects. */
  noting: Promise<void> | undefined;
  /** Whether the last note failed. */
  hasFailedToNote = false;
  /** Ends the wait before the next try. */
  retryNow: (() => void) | undefined;

  constructor(name: string, severity: string, writer: Writer) {
    this.writer = writer;
    this.destination = new Destination(name, severity);
    this.label = `${name}:${severity}`;
  }

  /** Whether anything of it has yet to be written. */
  get isBusy(): boolean {
    return this.isAwake || this.noting !== undefined;
  }
}

/** The lanes of all destinations in use: a bounded number, since a logger name can be made of anything. */
export class Lanes {
  /** By logger name, then by severity. */
  readonly #lanes = new Map<string, Map<string, Lane>>();
  readonly #openWriter: () => Writer;
  readonly #severities: Severities;
  readonly #space: Pick<KeySpace, 'hashTag'>;
  #count = 0;
  /** That of the last log call, which the next one is likely to ask for, too: to look it up takes a thirtieth of its time. */
  #last: Lane | undefined;
  #lastName: unknown;
  #lastLevel: string | undefined;
  /** When it is worth looking for idle lanes again, in milliseconds of the monotonic clock. */
  #nextSearch = 0;

  constructor(openWriter: () => Writer, severities: Severities, space: Pick<KeySpace, 'hashTag'>) {
    this.#openWriter = openWriter;
    this.#severities = severities;
    this.#space = space;
  }

  /** Logger names of those in use. */
  names(): string[] {
    return [...this.#lanes.keys()];
  }

  /**
   * The lane of a log call.
   * @throws OptionsError for a name or severity that cannot stand in a key; RecentCommonError where too many destinations
   * have something pending
   */
  of(name: unknown, level: string): Lane {
    if (this.#last && name === this.#lastName && level === this.#lastLevel) return this.#last;
    const severity = this.#severities.of(level);
    const lane = this.#lanes.get(name as string)?.get(severity) ?? this.#open(name, severity);
    this.#lastName = name;
    this.#lastLevel = level;
    this.#last = lane;
    return lane;
  }

  #open(name: unknown, severity: string): Lane {
    assertName(name, this.#space);
    assertSeverity(severity);
    if (this.#count >= MAX_LANES) this.#forgetIdle();
    if (this.#count >= MAX_LANES) {
      throw new RecentCommonError('delivery', `more than ${MAX_LANES} destinations are pending`);
    }
    const lane = new Lane(name, severity, this.#openWriter());
    const lanes = this.#lanes.get(name);
    if (lanes) lanes.set(severity, lane);
    else this.#lanes.set(name, new Map([[severity, lane]]));
    this.#count++;
    return lane;
  }

  /** Those that have something to write or are writing. */
  busy(): Lane[] {
    const lanes = [...this.#lanes.values()].flatMap((ofName) => [...ofName.values()]);
    return lanes.filter(({ isBusy }) => isBusy);
  }

  #forgetIdle(): void {
    if (performance.now() < this.#nextSearch) return;
    this.#nextSearch = performance.now() + SEARCH_INTERVAL_MS;
    this.#last = undefined;
    for (const [name, lanes] of this.#lanes) {
      for (const [severity, { isBusy }] of lanes) {
        if (!isBusy && lanes.delete(severity)) this.#count--;
      }
      if (lanes.size === 0) this.#lanes.delete(name);
    }
  }
}
