/** The three clocks of a sequence in whole seconds, and the age of log calls by them. */

/** Where in an hour, in seconds, the server's clock is when a sequence begins, and where all clocks are in a minute. */
export const SERVER_BEGINS_AT = 1810;
export const BEGINS_AT = 10;

const MINUTE = 60;
/** By how much more two clocks may differ than they should: some time, and a share of the time that has passed. */
const SLACK = 1;
const DRIFT = 0.0001;
export const HOUR = 3600;

/** When something was logged: by the monotonic clock, and how long that had stood still by then, as far as the writer knows. */
export interface Since {
  readonly monotonic: number;
  /** How far the wall clock was ahead of the monotonic clock. */
  readonly lead: number;
  readonly stood: number;
}

/** What a writer sends with a group: by how much its age is certain, and how much of a standstill it came after. */
export interface Age {
  readonly ago: number;
  readonly step: number;
  /** Whether it came at the same instant, by both clocks. */
  readonly isFresh: boolean;
}

/** By the clock of the server, when a batch was sent. */
export interface SentAt {
  readonly expected: number | undefined;
  readonly server: number;
}

/** Seconds since the beginning of a sequence, by the clocks of the process and of the server. */
export class ModelClocks {
  monotonic = 0;
  wall = 0;
  server = 0;
  /** Whether the writer cannot know the hour of each log call: the clock of the server was set, say. */
  isMisled = false;
  #hasStood = false;
  #isSet = false;
  /** All three when the last reply came. */
  #seen: { readonly monotonic: number; readonly wall: number; readonly server: number } | undefined;
  #stood = 0;

  /** By the clock of the server. */
  get hour(): number {
    return Math.floor((this.server + SERVER_BEGINS_AT) / HOUR);
  }

  /** By the clock of the server. */
  get serverMinute(): number {
    return Math.floor((this.server + SERVER_BEGINS_AT) / MINUTE);
  }

  get isKnown(): boolean {
    return this.#seen !== undefined;
  }

  pass(seconds: number): void {
    this.monotonic += seconds;
    this.wall += seconds;
    this.server += seconds;
  }

  /** The machine of the process is suspended. */
  stand(seconds: number): void {
    this.wall += seconds;
    this.server += seconds;
    this.#hasStood = true;
    if (this.#isSet || !this.isKnown) this.isMisled = true;
  }

  /** The clock of the process is set, to so many seconds before or after that of the server. */
  setWall(ahead: number): void {
    this.wall = this.server + ahead;
    this.#isSet = true;
    if (this.#hasStood) this.isMisled = true;
  }

  /** The clock of the server is set. */
  setServer(by: number): void {
    this.server += by;
    this.isMisled = true;
  }

  /** A reply comes. */
  see(): void {
    const { monotonic, wall, server } = this;
    const stood = this.#seen ? server - this.#seen.server - (monotonic - this.#seen.monotonic) : 0;
    this.#stood += Math.max(0, stood);
    this.#seen = { monotonic, wall, server };
  }

  /** Nothing waits when a reply comes: from now on, no clock that was set or stood still before misleads the writer. */
  settle(): void {
    [this.isMisled, this.#hasStood, this.#isSet] = [false, false, false];
  }

  get since(): Since {
    const { monotonic, wall } = this;
    const step = this.#seen ? wall - this.#seen.wall - (monotonic - this.#seen.monotonic) : 0;
    return { monotonic, lead: wall - monotonic, stood: this.#stood + Math.max(0, step) };
  }

  /** The minute by which log calls are grouped. */
  get minute(): number {
    const ahead = this.#seen ? this.#seen.server + SERVER_BEGINS_AT - this.#seen.wall - BEGINS_AT : 0;
    return Math.floor((this.wall + BEGINS_AT + ahead) / MINUTE);
  }

  /** The hour of the server; of the monotonic clock if that is not known, or asked for. */
  toHour(since: Since, isMonotonic = !this.isKnown): number {
    return this.#toPeriod(since, HOUR, isMonotonic);
  }

  /** The minute of the server. */
  toMinute(since: Since): number {
    return this.#toPeriod(since, MINUTE, !this.isKnown);
  }

  /** Whether nobody knows yet if the process stood still before, or its wall clock was set. */
  isDoubtful({ stood }: Since): boolean {
    return stood > this.#stood;
  }

  /** Whether two log calls are of the same period, whatever is doubtful. */
  isSame(one: Since, other: Since, convert: (since: Since) => number): boolean {
    const ifSet = (since: Since): Since => ({ ...since, stood: Math.min(since.stood, this.#stood) });
    return convert(one) === convert(other) && convert(ifSet(one)) === convert(ifSet(other));
  }

  #toPeriod({ monotonic, stood }: Since, period: number, isMonotonic: boolean): number {
    if (!this.#seen || isMonotonic) return Math.floor((monotonic + BEGINS_AT) / period);
    const server = monotonic + stood - this.#stood + this.#seen.server - this.#seen.monotonic;
    return Math.floor((server + SERVER_BEGINS_AT) / period);
  }

  age({ monotonic, lead, stood }: Since): Age {
    const isFresh = monotonic === this.monotonic && lead === this.wall - this.monotonic;
    if (isFresh) return { ago: 0, step: 0, isFresh };
    // A reply since then has shown whether there was a standstill.
    const isSeen = this.#seen !== undefined && monotonic < this.#seen.monotonic;
    const unseen = isSeen ? Math.min(0, stood - this.#stood) : stood - this.#stood;
    return { ago: this.monotonic - monotonic + Math.max(0, -unseen), step: Math.max(0, unseen), isFresh };
  }

  /** What the writer expects the server's clock to show, and what it shows. */
  get sent(): SentAt {
    const passed = this.monotonic - (this.#seen?.monotonic ?? 0);
    const expected = this.#seen && this.#seen.server + passed + SLACK + DRIFT * passed;
    return { expected, server: this.server };
  }

  /**
   * The hour in which the server counts what a writer sent, and whether that must be the hour in which it was logged.
   *
   * @param leastAge - of what was logged later
   */
  hourCounted(
    { ago, step, isFresh }: Age,
    { expected, server }: SentAt,
    leastAge: number,
  ): { hour: number; age: number; isCertain: boolean } {
    const away = expected === undefined ? 0 : Math.max(0, this.server - expected);
    const isTooLong = isFresh && away > MINUTE;
    const age = Math.max(leastAge, ago + (isTooLong ? 0 : Math.max(0, away - step)));
    // A wall clock that was set looks like a standstill that a batch was under way for.
    const isConfused = this.#isSet && step > 0 && away > 0;
    const isKnown = expected !== undefined || server === this.server;
    const isCertain = !this.isMisled && !isTooLong && !isConfused && isKnown;
    return { hour: Math.floor((this.server + SERVER_BEGINS_AT - age) / HOUR), age, isCertain };
  }
}
