/** Says when each of many lists is to be read: at once if it was written to, and otherwise in turn. */

import type { ChangedLogger } from '../../read/changed-since';
import type { RecentCommonReader } from '../../read/reader';
import { knownMember } from '../../redis/keys';

/** Lists that are read each time though nobody noted that they were written to. That finds what was not noted. */
const IN_TURN = 20;

/** Lets those who wait go on. */
class Bell {
  #isRung = false;
  #goOn: (() => void) | undefined;

  ring(): void {
    this.#isRung = this.#goOn === undefined;
    this.#goOn?.();
    this.#goOn = undefined;
  }

  /** Resolves at the next ring, or at once after one that nobody waited for. */
  readonly wait = (): Promise<void> => {
    const isRung = this.#isRung;
    this.#isRung = false;
    return isRung ? Promise.resolve() : new Promise((resolve) => (this.#goOn = resolve));
  };
}

/** The pace of the lists that are followed. */
export class FollowPace {
  readonly #reader: Pick<RecentCommonReader, 'changedSince'>;
  readonly #bells = new Map<string, Bell>();
  /** Goes through the lists in turn, again and again. */
  #turn = this.#bells.values();
  #cursor: string | undefined;
  #isRoundOver = false;

  constructor(reader: Pick<RecentCommonReader, 'changedSince'>) {
    this.#reader = reader;
  }

  /** Adds a list by its member in the index. The function that is returned waits until it is to be read. */
  add(member: string): () => Promise<void> {
    const bell = new Bell();
    this.#bells.set(member, bell);
    return bell.wait;
  }

  /**
   * Wakes the lists that were written to since the last call, and some others.
   *
   * @returns loggers that may have no list as yet
   */
  async wake(): Promise<readonly ChangedLogger[]> {
    const { cursor, loggers } = await this.#reader.changedSince(this.#cursor);
    this.#cursor = cursor;
    for (const { name, severity } of loggers) this.#bells.get(knownMember(name, severity))?.ring();
    this.#wakeInTurn();
    return this.#isRoundOver ? (await this.#reader.changedSince()).loggers : loggers;
  }

  #wakeInTurn(): void {
    this.#isRoundOver = false;
    for (let i = 0; i < Math.min(IN_TURN, this.#bells.size); i++) {
      let next = this.#turn.next();
      if (next.done) {
        this.#turn = this.#bells.values();
        next = this.#turn.next();
        this.#isRoundOver = true;
      }
      next.value?.ring();
    }
  }
}
