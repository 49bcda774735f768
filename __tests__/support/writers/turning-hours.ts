/** Turns the hour of a server while it is written to, and follows its windows. */

import type { ServerClock } from '../redis/server-clock';
import { type Counts, type Inspector, StoredLog, sum } from '../redis/stored-log';

const HOUR_S = 3600;

type Redis = Inspector & { sendCommand(command: string[]): Promise<unknown> };

/** Both windows of a destination. */
export interface Windows {
  readonly current: Counts;
  readonly last: Counts;
  readonly start: string | null;
  readonly pstart: string | null;
}

/** The windows of one destination while the clock of its server is moved. */
export class TurningHours {
  /** Counts that have left both windows. */
  left: Counts = {};
  readonly #clock: ServerClock;
  readonly #redis: Redis;
  readonly #log: StoredLog;

  constructor(clock: ServerClock, redis: Redis, name: string) {
    this.#clock = clock;
    this.#redis = redis;
    this.#log = new StoredLog(redis, '', name);
  }

  /** Sets the clock to `seconds` after the start of the machine's hour. */
  setIntoHour(seconds: number): void {
    this.#clock.set(seconds - (Math.floor(Date.now() / 1000) % HOUR_S));
  }

  /**
   * Moves the clock while writing is paused, so that the windows before are known to the number.
   *
   * @param isWritten - resolves once something is written after the move
   * @returns the windows before and after the move
   */
  async step(seconds: number, isWritten: () => Promise<unknown>): Promise<{ before: Windows; after: Windows }> {
    await this.#redis.sendCommand(['CLIENT', 'PAUSE', '60000', 'WRITE']);
    const before = await this.windows();
    this.#clock.advance(seconds);
    await this.#redis.sendCommand(['CLIENT', 'UNPAUSE']);
    await isWritten();
    const after = await this.windows();
    if (after.start !== before.start) this.left = sum(this.left, before.last);
    return { before, after };
  }

  async windows(): Promise<Windows> {
    const [current, last] = [await this.#log.current(), await this.#log.last()];
    return { current, last, start: await this.#log.start(), pstart: await this.#log.pstart() };
  }

  /** The hour of the server's clock, as `:start` holds it. */
  async hour(): Promise<string> {
    const [seconds] = (await this.#redis.sendCommand(['TIME'])) as [string];
    return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 13)}:00:00`;
  }
}
