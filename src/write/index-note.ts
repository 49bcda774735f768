/** Notes in the index which destinations exist: an index that cannot be written to holds nothing up. */

import { clock } from '../clock';
import { isConfigurationError } from '../redis/failures';
import { knownMember } from '../redis/keys';
import { labelDestination } from './batch';
import type { IndexMember, WriteSettings } from './codec';
import type { IndexNotes } from './index-notes';

/** A destination is noted at most this often: the index has seconds. */
const INTERVAL_MS = 1000;
/** Longest time until the next try; that after an error which only a change of configuration can end. */
const LONGEST_WAIT_MS = 30_000;

/**
 * The note of one destination. Outside of a cluster its batches carry it, in one step with what they write. In a cluster, and if
 * that was refused, it is a command of its own, which is tried until it succeeds. Nothing waits for that.
 */
export class IndexNote {
  readonly #notes: IndexNotes;
  readonly #member: string;
  readonly #label: string;
  /** They may change from note to note, but for the keys. */
  settings: WriteSettings;
  /** Called when a later try has ended. */
  onRetried: () => void = () => undefined;
  /** When the next note is due, in milliseconds of the monotonic clock. */
  #due = 0;
  #isRefused = false;
  #failures = 0;
  /** Whether it was noted when an outage of the index was reported. */
  #isNews = false;
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

  /** The command in flight, if there is one. It never rejects. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** The member of the index that the next batch is to note; undefined for none. */
  take(): string | undefined {
    return this.#notes.isCluster || clock.now() < this.#due ? undefined : this.#member;
  }

  /**
   * A batch has carried the note.
   *
   * @param isNoted - undefined if the batch failed, or was not to note it
   * @param older - some older members of the index
   */
  settle(isNoted: boolean | undefined, older: readonly IndexMember[] = []): void {
    if (isNoted) this.#onNoted(older);
    else if (isNoted === false) this.#isRefused = true;
  }

  /** What is left to do after a batch, if anything. Never rejects. */
  write(): Promise<void> | undefined {
    if (this.#running) return undefined;
    const isDue = (this.#notes.isCluster || this.#isRefused) && clock.now() >= this.#due;
    if (!isDue && !this.#isNews && !this.#notes.wantsTending(this.#older, this.#isNew)) return undefined;
    // It rejects only if a listener to warnings throws.
    const work = (isDue ? this.#try() : this.#tend()).catch(() => undefined);
    this.#running = work.finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #try(): Promise<void> {
    clock.clearTimeout(this.#timer);
    this.#due = clock.now() + INTERVAL_MS;
    try {
      this.#onNoted(await this.#notes.note(this.#member, this.settings));
    } catch (error) {
      return this.#onFailed(error);
    }
    await this.#tend();
  }

  #onNoted(older: readonly IndexMember[]): void {
    clock.clearTimeout(this.#timer);
    this.#due = clock.now() + INTERVAL_MS;
    this.#isRefused = false;
    this.#failures = 0;
    this.#older = older;
    this.#isNews = this.#notes.isOut;
  }

  async #tend(): Promise<void> {
    const older = this.#older;
    this.#older = [];
    if (this.#isNews) this.#notes.onNoted();
    this.#isNews = false;
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
    this.#due = clock.now() + wait;
    this.#timer = clock.setTimeout(() => void this.write()?.then(() => this.onRetried()), wait + 1).unref();
    if (this.#failures > 1 || isConfiguration) this.#notes.onFailed(this.#label, error);
  }
}
