/** Reads everything again and again, and compares it with earlier reads. */

import type { CommonWindow, MessageChange, RecentCommonReader, RecentLine } from '../../../src';
import { type Counts, total } from '../redis/stored-log';
import { PARTS } from '../writers/group-writer';
import { type Findings, isCount, isSame, isWhole, isWithin, type Window } from './findings';

const HOUR_MS = 3_600_000;

/** One reader, with its earlier reads. */
export class Observer {
  rounds = 0;
  turnedAmidst = 0;
  readonly #reader: RecentCommonReader;
  readonly #findings: Findings;
  /** Lower bounds of the counts of this hour, of their sum, and of the number of the newest line. */
  #least: Window = { hour: 0, counts: {} };
  #leastSum = 0;
  #newest = 0;

  constructor(reader: RecentCommonReader, findings: Findings) {
    this.#reader = reader;
    this.#findings = findings;
  }

  /** The counts of this hour, as they were last read. */
  get current(): Window {
    return this.#least;
  }

  /** Reads each view once, with the counts of this hour before and after the view of both hours. */
  async look(): Promise<void> {
    const before = this.#current(await this.#reader.common('app', 'info'));
    const changes = await this.#reader.changes('app', 'info');
    const after = this.#current(await this.#reader.common('app', 'info'));
    const previous = this.#readWindow(await this.#reader.common('app', 'info', { window: 'previous' }));
    this.#findings.ended(previous);
    this.#changes(changes, before, after);
    this.#lines(await this.#reader.recent('app', 'info'));
    await this.#overview();
    this.rounds++;
    if (before.hour !== after.hour || previous.hour !== before.hour - HOUR_MS) this.turnedAmidst++;
  }

  #readWindow({ start, total: all, messages }: CommonWindow): Window {
    const counts = Object.fromEntries(messages.map(({ message, count }) => [message, count]));
    this.#expectTrue(counts, all);
    return { hour: start.getTime(), counts };
  }

  #current(common: CommonWindow): Window {
    const window = this.#readWindow(common);
    this.#neverLess(window.hour, total(window.counts));
    if (window.hour === this.#least.hour) {
      this.#findings.expect(isWithin(this.#least.counts, window.counts), () => ['counts fell', this.#least, window]);
    }
    this.#least = window;
    return window;
  }

  #neverLess(hour: number, all: number): void {
    const isLess = hour < this.#least.hour || (hour === this.#least.hour && all < this.#leastSum);
    this.#findings.expect(!isLess, () => ['a sum or an hour fell', this.#least.hour, this.#leastSum, hour, all]);
    this.#leastSum = all;
    if (hour !== this.#least.hour) this.#least = { hour, counts: {} };
  }

  #expectTrue(counts: Counts, all: number): void {
    const isTrue = Object.values(counts).every(isCount) && isWhole(counts) && total(counts) === all;
    this.#findings.expect(isTrue, () => ['a window that never was', counts, all]);
  }

  /** Both windows have to be of one instant: of an hour between those read before and after, and of the hour before it. */
  #changes(changes: readonly MessageChange[], first: Window, last: Window): void {
    const pick = (of: 'count' | 'previous'): Counts =>
      Object.fromEntries(changes.filter((change) => change[of] !== 0).map((change) => [change.message, change[of]]));
    const [now, then] = [pick('count'), pick('previous')];
    for (const counts of [now, then]) this.#expectTrue(counts, total(counts));
    const fits = (hour: number): boolean => {
      const final = this.#findings.final(hour - HOUR_MS);
      const least = hour === first.hour ? first.counts : {};
      const most = hour === last.hour ? last.counts : (this.#findings.final(hour) ?? now);
      return final !== undefined && isSame(then, final) && isWithin(least, now) && isWithin(now, most);
    };
    this.#findings.expect(fits(first.hour) || fits(last.hour), () => ['mixed windows', now, then, first, last]);
  }

  async #overview(): Promise<void> {
    const told = await this.#reader.overview();
    for (const { start, elapsed, count, previous } of told) {
      const hour = start.getTime();
      const isTrue = [count, previous].every((each) => isCount(each) && each % PARTS === 0);
      this.#findings.expect(isTrue && elapsed >= 0 && elapsed < 1, () => ['a sum that never was', told]);
      this.#neverLess(hour, count);
      this.#findings.endedWith(hour - HOUR_MS, previous);
    }
    this.#findings.expect(told.length === 1, () => ['not one logger', told]);
  }

  #lines(lines: readonly RecentLine[]): void {
    const [{ seq: newest } = { seq: 0 }] = lines;
    const isInOrder = lines.every(({ seq }, i) => seq === newest - i);
    const isTrue = newest % PARTS === 0 && lines.length % PARTS === 0 && lines.every(isInGroup(lines));
    this.#findings.expect(isInOrder && isTrue && newest >= this.#newest, () => ['lines that never were', lines]);
    this.#newest = newest;
  }
}

/** Whether a line has the place of its part in its group. The lines are newest first. */
function isInGroup(lines: readonly RecentLine[]): (line: RecentLine, i: number) => boolean {
  return ({ message }, i) => {
    const last = lines[i - (i % PARTS)]?.message ?? '';
    return message === last.replace(/part \d+/, `part ${PARTS - 1 - (i % PARTS)}`);
  };
}
