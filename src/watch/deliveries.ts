/** Tells alarms: a few at once, each for a bounded time, and again after a wait if that failed. */

import { alarmSubject, historyMember } from '../read/told-alarms';
import { withDeadline } from '../redis/deadline';
import { ignoreError } from '../redis/failures';
import { type Alarm, type AlarmDigest, parseAlarm, toDigest } from './alarm';
import type { PendingAlarm, SettledAlarm, SharedWatch } from './shared-watch';

/** Alarms that are told at once. */
const MOST_AT_ONCE = 8;
/** Waits between two tries: each is twice as long as the one before. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** Alarms that are remembered as told or given up. */
const MOST_REMEMBERED = 10_000;

/** An alarm or a digest, and what it consists of. */
interface Task {
  readonly alarm: Alarm | AlarmDigest;
  readonly ids: readonly string[];
  /** Tries that have failed. */
  readonly tries: number;
}

/** What the deliveries need of the watcher. */
export interface DeliveryHost {
  readonly onAlarm: (alarm: Alarm | AlarmDigest) => unknown;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  /** Whether this watcher has the lease. */
  readonly isLeading: () => boolean;
  readonly onTold: (alarms: number) => void;
  readonly onFailed: (alarm: Alarm | AlarmDigest, error: unknown, isGivenUp: boolean) => void;
}

/** The alarms that one watcher tells. */
export class Deliveries {
  readonly #shared: SharedWatch;
  readonly #host: DeliveryHost;
  readonly #queue: Task[] = [];
  /** By their ids: what is queued or being told, and what was told or given up: Redis may not have taken note, or lose it again. */
  readonly #taken = new Map<string, 'open' | SettledAlarm>();
  #running = 0;
  #onIdle: (() => void)[] = [];

  constructor(shared: SharedWatch, host: DeliveryHost) {
    this.#shared = shared;
    this.#host = host;
  }

  /** Takes on what is due. Returns the ids of what was not taken on before. */
  async add(due: readonly PendingAlarm[]): Promise<string[]> {
    const settled = due.map(({ id }) => this.#taken.get(id)).filter((each) => typeof each === 'object');
    if (settled.length > 0) await this.#settle(settled);
    const fresh = due.filter(({ id }) => !this.#taken.has(id));
    const digests = new Map<number, { alarms: Alarm[]; ids: string[]; tries: number }>();
    const unreadable: string[] = [];
    for (const { id, text, minute, tries } of fresh) {
      const alarm = parseAlarm(text);
      if (alarm?.id !== id) unreadable.push(id);
      else if (minute === 0) this.#enqueue({ alarm, ids: [id], tries });
      else {
        const digest = digests.get(minute) ?? { alarms: [], ids: [], tries };
        digest.alarms.push(alarm);
        digest.ids.push(id);
        digests.set(minute, digest);
      }
    }
    for (const { alarms, ...rest } of digests.values()) this.#enqueue({ alarm: toDigest(alarms), ...rest });
    if (unreadable.length > 0) await this.#shared.settle(unreadable.map((id) => ({ id, toldAs: '' })));
    return fresh.map(({ id }) => id);
  }

  /** Tells an alarm that was raised just now. */
  tell(alarm: Alarm): void {
    const known = this.#taken.get(alarm.id);
    if (!known) this.#enqueue({ alarm, ids: [alarm.id], tries: 0 });
    else if (known !== 'open') void this.#settle([known]);
  }

  /** Gives up what has not begun: whoever watches next tells it. Resolves when nothing is being told any more. */
  async end(): Promise<void> {
    for (const { ids } of this.#queue.splice(0)) this.#release(ids);
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  #enqueue(task: Task): void {
    for (const id of task.ids) this.#taken.set(id, 'open');
    this.#queue.push(task);
    this.#next();
  }

  #next(): void {
    while (this.#running < MOST_AT_ONCE) {
      const task = this.#queue.shift();
      if (!task) break;
      this.#running++;
      void this.#tell(task).finally(() => {
        this.#running--;
        this.#next();
        if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
      });
    }
  }

  /** Never rejects. */
  async #tell({ alarm, ids, tries }: Task): Promise<void> {
    const { onAlarm, timeoutMs, maxAttempts } = this.#host;
    // A watcher that has slept may have a successor, which tells it.
    if (!this.#host.isLeading()) return this.#release(ids);
    try {
      const toError = (): Error => new Error(`onAlarm took longer than ${timeoutMs} ms`);
      await withDeadline((async () => onAlarm(alarm))(), timeoutMs, { toError });
    } catch (error) {
      const isGivenUp = tries + 1 >= maxAttempts;
      this.#host.onFailed(alarm, error, isGivenUp);
      if (isGivenUp) return this.#settle(ids.map((id) => ({ id, toldAs: '' })));
      const wait = Math.min(FIRST_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS);
      await this.#shared.putOff(ids, wait, tries + 1).catch(ignoreError);
      return this.#release(ids);
    }
    this.#host.onTold(ids.length);
    const told = alarm.kind === 'digest' ? alarm.alarms : [alarm];
    await this.#settle(told.map((each) => ({ id: each.id, toldAs: toHistoryMember(each) })));
  }

  #release(ids: readonly string[]): void {
    for (const id of ids) this.#taken.delete(id);
  }

  /** It is told no more while this process lives. If Redis does not take note of it, it is due again before long. Never rejects. */
  async #settle(alarms: readonly SettledAlarm[]): Promise<void> {
    for (const alarm of alarms) {
      this.#taken.delete(alarm.id);
      this.#taken.set(alarm.id, alarm);
    }
    for (const [id, known] of this.#taken) {
      if (this.#taken.size <= MOST_REMEMBERED) break;
      if (known !== 'open') this.#taken.delete(id);
    }
    await this.#shared.settle(alarms).catch(ignoreError);
  }
}

function toHistoryMember({ kind, name, severity, message = '' }: Alarm): string {
  return historyMember(kind, alarmSubject(name, severity, message));
}
