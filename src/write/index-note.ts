/** Notes in the index which destinations exist: an index that cannot be written to holds nothing up. */

import { clock } from '../clock';
import { isConfigurationError } from '../redis/failures';
import { knownMember } from '../redis/keys';
import { labelDestination } from './batch';
import type { IndexMember, WriteReply, WriteSettings } from './codec';
import type { IndexNotes } from './index-notes';

/** A destination is noted at most this often: the index has seconds. */
const INTERVAL_MS = 1000;
/** Longest time until the next try; that after an error which only a change of configuration can end. */
const LONGEST_WAIT_MS = 30_000;

/**
 * The note of one destination. Outside of a cluster its batches carry it, in one step with what they write. In a cluster, and if
 * that was refused, it is a command of its own after a batch, which is tried until it succeeds. Nothing waits for that.
 */
export class IndexNote {
  readonly #notes: IndexNotes;
  readonly #member: string;
  readonly #label: string;
  /** They may change from note to note, but for the keys. */
  settings: WriteSettings;
  /** Called when a later try has ended. */
  onRetried: () => void = () => undefined;
  /** Whether a batch was written since the last note began that was a command of its own, and a message was new then. */
  #isOwed = false;
  #hasNews = false;
  /** When the next such command is due, in milliseconds of the monotonic clock; news do not wait for it. */
  #due = 0;
  #isRefused = false;
  #failures = 0;
  /** Whether it was noted when an outage of the index was reported. */
  #endsOutage = false;
  /** Its first note brings a look at older members, so that new destinations do not outnumber those that are removed. */
  #isNew = true;
  #older: readonly IndexMember[] = [];
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(notes: IndexNotes, name: string, severity: string, settings: WriteSettings) {
    this.#notes = notes;
    this.#member = knownMember(name, severity);
    this.#label = labelDestination({ name, severity });
    this.settings = settings;
  }

  /** Whether a command is in flight or waits for its turn; one that has failed is not waited for. */
  get isPending(): boolean {
    return this.#running !== undefined || (this.#isOwed && this.#failures === 0);
  }

  /** The member of the index that the next batch is to note; undefined for none. */
  take(): string | undefined {
    const isOwn = this.#notes.isCluster || (this.#isRefused && clock.now() < this.#due);
    return isOwn ? undefined : this.#member;
  }

  /** A batch was written, and may have carried the note. */
  settle({ isNoted, older, isApplied, fresh }: Pick<WriteReply, 'isNoted' | 'older' | 'isApplied' | 'fresh'>): void {
    if (isNoted) return this.#onNoted(older);
    if (isNoted === false) this.#isRefused = true;
    this.#isOwed = true;
    // The reply that said whether there was news is lost.
    this.#hasNews ||= fresh > 0 || !isApplied;
  }

  /** What is left to do after a batch, if anything. Never rejects. */
  write(): Promise<void> | undefined {
    if (this.#running) return undefined;
    const isDue = this.#isOwed && this.#waitMs <= 0;
    if (this.#isOwed && !isDue) this.#wait();
    if (!isDue && !this.#endsOutage && !this.#notes.wantsTending(this.#older, this.#isNew)) return undefined;
    // It rejects only if a listener to warnings throws.
    const work = (isDue ? this.#try() : this.#tend()).catch(() => undefined);
    this.#running = work.finally(() => {
      this.#running = undefined;
      // A batch may have been written meanwhile.
      if (this.#isOwed) this.#wait();
    });
    return this.#running;
  }

  /** Does at once what {@link isPending}. Never rejects. */
  async finish(): Promise<void> {
    await this.#running;
    if (!this.isPending) return;
    this.#due = 0;
    await this.write();
  }

  /** Time until the next command. After a failure, news wait for the next try. */
  get #waitMs(): number {
    return this.#hasNews && this.#failures === 0 ? 0 : this.#due - clock.now();
  }

  #wait(): void {
    const write = (): void => {
      this.#timer = undefined;
      void this.write()?.then(() => this.onRetried());
    };
    this.#timer ??= clock.setTimeout(write, this.#waitMs + 1).unref();
  }

  async #try(): Promise<void> {
    clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const hasNews = this.#hasNews;
    this.#isOwed = false;
    this.#hasNews = false;
    this.#due = clock.now() + INTERVAL_MS;
    try {
      this.#onNoted(await this.#notes.note(this.#member, hasNews, this.settings));
    } catch (error) {
      this.#hasNews ||= hasNews;
      return this.#onFailed(error);
    }
    await this.#tend();
  }

  #onNoted(older: readonly IndexMember[]): void {
    this.#isRefused = false;
    this.#failures = 0;
    if (older.length > 0) this.#older = older;
    this.#endsOutage = this.#notes.isOut;
  }

  async #tend(): Promise<void> {
    const older = this.#older;
    this.#older = [];
    if (this.#endsOutage) this.#notes.onNoted();
    this.#endsOutage = false;
    const isNew = this.#isNew;
    this.#isNew = false;
    await this.#notes.tend(older, this.settings, isNew);
  }

  /** A first failure is no outage of the index: Redis itself may have failed. */
  #onFailed(error: unknown): void {
    const isConfiguration = isConfigurationError(error);
    const wait = isConfiguration ? LONGEST_WAIT_MS : Math.min(INTERVAL_MS * 2 ** this.#failures, LONGEST_WAIT_MS);
    this.#failures++;
    this.#isRefused = true;
    this.#isOwed = true;
    this.#due = clock.now() + wait;
    if (this.#failures > 1 || isConfiguration) this.#notes.onFailed(this.#label, error);
  }
}
