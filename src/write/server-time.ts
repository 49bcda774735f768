/** Knows from the replies of Redis what its clock shows, and for how long the monotonic clock of this process stood still. */

import { clock } from '../clock';

/** Differences of clocks that mean nothing: two clocks run apart, and each is read a moment too late. */
const SLACK_MS = 1000;
const DRIFT = 0.0001;

/** An instant by both clocks of this process. */
export interface Stamp {
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  /** By how much the wall clock is ahead of the monotonic clock. */
  readonly lead: number;
}

/** When the first log call of a group came. */
export interface Beginning extends Stamp {
  /**
   * For how many milliseconds the monotonic clock had stood still by then, in all, as far as known: what replies had shown, and
   * by how much the wall clock had run ahead since the last of them. That may also mean that it was set.
   */
  readonly stood: number;
}

/** How old a group is when it is sent, in milliseconds. */
export interface Age {
  readonly ago: number;
  /** Of a standstill that the server is going to notice, how much came before the group; −1 if it came only just now. */
  readonly step: number;
}

/**
 * The time of one server. A monotonic clock stands still while its machine is suspended, so the age of a log call is not known
 * from it alone. The wall clock may be set at any time, so it only says which log calls came after a standstill that the time
 * of the server has shown.
 */
export class ServerTime {
  /** Between which two values the server's time lies ahead of the monotonic clock. */
  #low = Number.NaN;
  #high = Number.NaN;
  #observedAt = 0;
  /** When that was asked for, by the monotonic clock: the server's time has shown every standstill before. */
  #askedAt = -Infinity;
  /** By how much the wall clock was ahead of the monotonic clock when the server's time was read. */
  #lead = Number.NaN;
  /** For how long the monotonic clock stood still, as far as replies have shown. */
  #stood = 0;
  /** By how much the server's time is ahead of the wall clock; 0 if it is not known. */
  aheadOfWall = 0;

  get isKnown(): boolean {
    return !Number.isNaN(this.#high);
  }

  /** Before something is asked of the server whose reply has its time. */
  stamp(): Stamp {
    const at = clock.now();
    return { at, lead: Date.now() - at };
  }

  /** @param serverMs - the server's time, read at some instant between the stamp and now */
  observe(serverMs: number, sent: Stamp): void {
    const received = this.stamp();
    const [low, high] = [serverMs - received.at, serverMs - sent.at];
    const drift = DRIFT * (received.at - this.#observedAt);
    const isAhead = low > this.#high + drift + SLACK_MS;
    if (isAhead) this.#stood += (low + high - this.#low - this.#high) / 2;
    const narrowed = [Math.max(low, this.#low - drift), Math.min(high, this.#high + drift)] as const;
    [this.#low, this.#high] = narrowed[0] <= narrowed[1] ? narrowed : [low, high];
    this.#observedAt = received.at;
    this.#askedAt = Math.max(this.#askedAt, sent.at);
    // A standstill that the server's time does not show yet came after that was read.
    this.#lead = isAhead ? received.lead : sent.lead;
    this.aheadOfWall = this.#middle - this.#lead;
  }

  /** The latest time that the server may have now if nothing stood still, in epoch milliseconds; 0 if it is not known. */
  expected(now: number): number {
    if (!this.isKnown) return 0;
    return Math.ceil(now + this.#high + SLACK_MS + DRIFT * (now - this.#observedAt));
  }

  /** @param time - of the wall clock, in epoch milliseconds */
  begin(time: number): Beginning {
    const at = clock.now();
    const lead = time - at;
    const step = lead - this.#lead;
    return { at, lead, stood: this.#stood + (step > SLACK_MS ? step : 0) };
  }

  /** Whether as much had stood still at one beginning as at another, as far as known. */
  isSteady(one: Beginning, other: Beginning): boolean {
    return Math.abs(one.stood - other.stood) < SLACK_MS;
  }

  /**
   * What came less than a second ago, by both clocks, is taken to have come after any standstill: if only the server's time has
   * moved, its clock was set. If the server's time has been read since and shows no standstill, the wall clock was set.
   */
  age({ at, lead, stood }: Beginning, now: Stamp): Age {
    const ago = Math.max(0, now.at - at);
    if (ago < SLACK_MS && Math.abs(now.lead - lead) < SLACK_MS) return { ago: Math.round(ago), step: -1 };
    const isSeen = at < this.#askedAt;
    const unseen = isSeen ? Math.min(0, stood - this.#stood) : stood - this.#stood;
    return { ago: Math.round(ago + Math.max(0, -unseen)), step: Math.max(0, Math.round(unseen)) };
  }

  /** Whether no reply has shown yet if the monotonic clock stood still before something, or the wall clock was set. */
  isDoubtful({ stood }: Beginning): boolean {
    return stood - this.#stood >= SLACK_MS;
  }

  /** Whether two beginnings are of one period, whatever is {@link isDoubtful}. */
  isSamePeriod(one: Beginning, other: Beginning, periodMs: number): boolean {
    const ifSet = (each: Beginning): Beginning => ({ ...each, stood: Math.min(each.stood, this.#stood) });
    return (
      this.period(one, periodMs) === this.period(other, periodMs) &&
      this.period(ifSet(one), periodMs) === this.period(ifSet(other), periodMs)
    );
  }

  /** In which period something began, as the server counts them; if its time is not known, as the monotonic clock does. */
  period({ at, stood }: Beginning, periodMs: number): number {
    return Math.floor((at + stood - this.#stood + (this.isKnown ? this.#middle : 0)) / periodMs);
  }

  get #middle(): number {
    return (this.#low + this.#high) / 2;
  }
}
