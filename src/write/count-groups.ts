/** Keeps the pending counts of one destination apart by when they were logged, in no more groups than hours can need. */

import { addCount, type CountedMessage, type GroupMinute } from './batch';
import { detachCounts } from './detach';
import type { Beginning, ServerTime } from './server-time';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Groups that begin so shortly after one another are one, whatever the wall clock says. */
const SAME_MS = 1000;

/**
 * Hours that are kept. Redis has two windows, so it counts none but the newest two. As long as it is not known where its hours
 * turn, calls of those two may be of up to four hours of this process.
 */
const KEPT_HOURS = 2;
const KEPT_HOURS_IF_UNCERTAIN = 4;
/** Most groups, however often the wall clock is set. */
const MAX_GROUPS = 256;
/** Most groups whose minutes stay apart; older ones are merged into their hour, in which only their sums are. */
const MAX_MINUTES = 15;
/** Most minutes of a group: those of an hour, unless the wall clock is set again and again. */
const MAX_MERGED = 120;

/** When its first log call came, and its messages by their text. */
interface PendingGroup extends Beginning {
  readonly messages: Map<string, CountedMessage>;
  /** Its minutes, oldest first, if there are several; else none. Log calls of the last are the rest of all. */
  readonly minutes: readonly GroupMinute[];
}

/** The pending counts of one destination. A group is of one minute; or of one hour if many wait. */
export class CountGroups {
  /** The messages of the newest group. */
  newest: Map<string, CountedMessage> | undefined;
  /** The minute of the last log call, as {@link toMinute} has it. With any other minute, `open` is due. */
  minute = Number.NaN;
  /** Calls that were given up, because no window can hold their hour by now. */
  late = 0;
  readonly #serverTime: ServerTime;
  /** Oldest first. */
  #groups: PendingGroup[] = [];
  /** Whether the groups of each hour are merged. */
  #isCondensed = false;

  constructor(serverTime: ServerTime) {
    this.#serverTime = serverTime;
  }

  /** Oldest first. */
  get all(): readonly PendingGroup[] {
    return this.#groups.map((group) => (group.minutes.length > 0 ? { ...group, minutes: listMinutes(group) } : group));
  }

  /** The hour of {@link minute}. */
  get hour(): number {
    return Math.floor(this.minute / 60);
  }

  /** The minute of a time of the wall clock, as the server counts minutes: its hours begin with one. */
  toMinute(time: number): number {
    return Math.floor((time + this.#serverTime.aheadOfWall) / MINUTE_MS);
  }

  /**
   * Finds or opens the group of a log call.
   *
   * @param isCrowded - whether hours are to be merged, even if it is not known where they turn
   * @returns how many messages fewer there are now
   */
  open(time: number, isCrowded: boolean): number {
    const beginning = this.#serverTime.begin(time);
    this.minute = this.toMinute(time);
    const last = this.#groups.at(-1);
    if (!last || !this.#isOne(last, beginning, false)) {
      this.#groups.push({ ...beginning, messages: new Map(), minutes: [] });
    }
    this.#isCondensed = false;
    return this.condense(isCrowded);
  }

  /** Merges groups, and gives up hours that no window can hold. Returns how many messages fewer there are now. */
  condense(isCrowded: boolean): number {
    if (this.#isCondensed) return 0;
    this.#isCondensed = isCrowded;
    const groups = this.#groups;
    let removed = 0;
    for (let i = 1; i < groups.length; ) {
      const isFull = this.#serverTime.isKnown && groups.length > MAX_MINUTES;
      const isOne = this.#isOne(groups[i - 1] as PendingGroup, groups[i] as PendingGroup, isCrowded || isFull);
      if (isOne || groups.length > MAX_GROUPS) removed += this.#merge(i);
      else i++;
    }
    for (let old = this.#countOldGroups(); old > 0; old--) {
      const messages = groups.shift()?.messages ?? new Map<string, CountedMessage>();
      for (const { count } of messages.values()) this.late += count;
      removed += messages.size;
    }
    this.newest = groups.at(-1)?.messages;
    return removed;
  }

  /** Copies the messages. */
  detach(): void {
    this.#groups = this.#groups.map((group) => {
      const copies = detachCounts(group.messages.values()).map((copy) => [copy.message, copy] as const);
      return { ...group, messages: new Map(copies) };
    });
    this.newest = this.#groups.at(-1)?.messages;
  }

  /** Has the next log call open a group: the wall clock alone may stand still, or come to the same minute again. */
  close(): void {
    this.minute = Number.NaN;
  }

  clear(): void {
    this.#groups = [];
    this.newest = undefined;
    this.late = 0;
    this.close();
  }

  /** Whether two groups are one: those of a minute always, those of an hour if that is to save room. */
  #isOne(older: Beginning, newer: Beginning, savesRoom: boolean): boolean {
    if (!this.#serverTime.isSteady(older, newer)) return false;
    return (savesRoom && this.#serverTime.isSamePeriod(older, newer, HOUR_MS)) || this.#isSameMinute(older, newer);
  }

  #isSameMinute(older: Beginning, newer: Beginning): boolean {
    return this.#serverTime.isKnown
      ? this.#serverTime.isSamePeriod(older, newer, MINUTE_MS)
      : newer.at - older.at < SAME_MS;
  }

  /** Merges a group into the one before it. */
  #merge(i: number): number {
    const [older, newer] = this.#groups.slice(i - 1, i + 1) as [PendingGroup, PendingGroup];
    const before = older.messages.size + newer.messages.size;
    const isOneMinute = older.minutes.length + newer.minutes.length === 0 && this.#isSameMinute(older, newer);
    const minutes = isOneMinute ? [] : joinMinutes(older, newer);
    for (const [message, counted] of newer.messages) {
      const same = older.messages.get(message);
      if (same) addCount(same, counted);
      else older.messages.set(message, counted);
    }
    this.#groups.splice(i - 1, 2, { ...older, minutes });
    return before - older.messages.size;
  }

  #countOldGroups(): number {
    const groups = this.#groups;
    const [first] = groups;
    if (groups.length <= KEPT_HOURS) return 0;
    const isSteady = groups.every((group) => this.#serverTime.isSteady(group, first as PendingGroup));
    const isCertain = this.#serverTime.isKnown && isSteady && !this.#serverTime.isDoubtful(first as PendingGroup);
    const hours = groups.map((group) =>
      isCertain ? this.#serverTime.period(group, HOUR_MS) : Math.floor(group.at / HOUR_MS),
    );
    const kept = [...new Set(hours)].slice(isCertain ? -KEPT_HOURS : -KEPT_HOURS_IF_UNCERTAIN);
    return hours.indexOf(kept[0] as number);
  }
}

/** The minutes of a group, with the log calls of each. */
function listMinutes({ messages, minutes }: PendingGroup): GroupMinute[] {
  let rest = 0;
  for (const { count } of messages.values()) rest += count;
  const closed = minutes.slice(0, -1);
  for (const { calls } of closed) rest -= calls;
  return [...closed, { later: minutes.at(-1)?.later ?? 0, calls: rest }];
}

/** The minutes of two groups, one after the other. */
function joinMinutes(older: PendingGroup, newer: PendingGroup): GroupMinute[] {
  const later = Math.max(0, Math.round(newer.at - older.at));
  const minutes = listMinutes(older);
  for (const each of listMinutes(newer)) {
    const last = minutes.length === MAX_MERGED ? minutes.pop() : undefined;
    minutes.push({ later: last?.later ?? later + each.later, calls: each.calls + (last?.calls ?? 0) });
  }
  return minutes;
}
