/** Writes batches so that each counts once, whatever happens to replies, and notices what Redis has lost. */

import type { Connection } from '../redis/connection';
import { isConfigurationError, isKeyRefusal } from '../redis/failures';
import { destinationKeys, knownKey } from '../redis/keys';
import type { ScriptArguments } from '../redis/script';
import type { Batch } from './batch';
import {
  decodeReply,
  encodeBatch,
  encodeKeys,
  hasSamples,
  type Try,
  type WriteReply,
  type WriteSettings,
} from './codec';
import type { IndexNote } from './index-note';
import { Producer } from './producer';
import { WRITE, WRITE_IN_CLUSTER } from './script';
import type { ServerTime } from './server-time';

/** The outcome of a batch, and what it shows of those before it. */
export interface WriteResult {
  /** False if an earlier try had been applied and its reply was lost. */
  readonly isApplied: boolean;
  /** Log calls that were not counted: their hour is older than both windows. */
  readonly late: number;
  /** Log calls that Redis had acknowledged and has lost since. */
  readonly lost: number;
  /** Log calls of this batch that may not be counted: an error ended an earlier try midway. */
  readonly part: number;
  /** The minute of Redis in which its messages are touched now; 0 for none. */
  readonly touchedIn: number;
}

/** Whether the last run of the script reached its end, as far as is known: then every command is permitted. */
export interface Permission {
  isKnown: boolean;
}

/** The hour of a window, and the log calls acknowledged before the first batch of that hour. */
interface Mark {
  readonly hour: string;
  readonly before: number;
}

/**
 * Writes the batches of one destination, one at a time, as an idempotent producer does
 * (https://cwiki.apache.org/confluence/display/KAFKA/KIP-98+-+Exactly+Once+Delivery+and+Transactional+Messaging): an id and
 * numbers by which Redis refuses what it has applied already, and a total by which the writer notices what Redis has lost. What
 * Redis has of an id when a writer begins with it counts as known: the destination may have had a writer before.
 */
export class Writer {
  readonly #connection: Connection;
  /** They may change from batch to batch, but for the keys. */
  settings: WriteSettings;
  readonly #serverTime: ServerTime;
  readonly #producer: Producer;
  /** The id that the last batch was sent under. Its retries have to have the same. */
  #id: string;
  /** Log calls that Redis has acknowledged. */
  #acknowledged = 0;
  /** The last two hours with acknowledged log calls. */
  #marks: readonly Mark[] = [];
  /** When the last batch was applied, in epoch milliseconds of the clock of Redis. */
  #appliedAt = 0;
  /** The number of the last batch that was sent. */
  #sent = 0;
  readonly #permission: Permission;

  /**
   * @param producer - shared by the writers of one transport or client
   * @param permission - shared by the writers of one server
   */
  constructor(
    connection: Connection,
    settings: WriteSettings,
    serverTime: ServerTime,
    producer = new Producer(),
    permission: Permission = { isKnown: false },
  ) {
    this.#connection = connection;
    this.settings = settings;
    this.#serverTime = serverTime;
    this.#producer = producer;
    this.#id = producer.id;
    this.#permission = permission;
  }

  /**
   * Writes a batch. Retries of the same batch change nothing more.
   *
   * @param note - the destination's note in the index, which the batch may carry
   */
  async write(batch: Batch, note?: IndexNote): Promise<WriteResult> {
    const isRetry = this.#sent === batch.number;
    this.#sent = batch.number;
    if (!isRetry) this.#adoptId();
    const reply = await this.#sendWithNote(batch, note);
    if (reply.isApplied || reply.previous === batch.number) return this.#settle(batch, reply);
    // Another producer has the id: the process was copied while it ran.
    this.#producer.renew(this.#id);
    this.#adoptId();
    if (isRetry) return { isApplied: false, late: 0, lost: 0, part: batch.logged, touchedIn: 0 };
    return this.#settle(batch, await this.#sendWithNote(batch, note));
  }

  /** Redis knows nothing of this writer under another id. */
  #adoptId(): void {
    if (this.#id === this.#producer.id) return;
    this.#id = this.#producer.id;
    this.#acknowledged = 0;
    this.#marks = [];
  }

  /** A user without the right to the index writes without it. */
  async #sendWithNote(batch: Batch, note: IndexNote | undefined): Promise<WriteReply> {
    const member = note?.take();
    try {
      const reply = await this.#send(batch, member);
      note?.settle(reply);
      return reply;
    } catch (error) {
      if (isConfigurationError(error)) this.#permission.isKnown = false;
      if (member === undefined || !isKeyRefusal(error)) throw error;
      const reply = await this.#send(batch);
      note?.settle({ ...reply, isNoted: false });
      return reply;
    }
  }

  async #send(batch: Batch, member?: string): Promise<WriteReply> {
    const serverTime = this.#serverTime;
    const now = serverTime.stamp();
    const encode = (asksFirst: boolean): ScriptArguments => this.#encode(batch, { asksFirst, member, now });
    // A server that does not know the script was perhaps restarted with another configuration.
    const askFirst = (): ScriptArguments => {
      this.#permission.isKnown = false;
      return encode(true);
    };
    const { keys, arguments: args } = encode(!this.#permission.isKnown);
    const script = this.settings.hashTag ? WRITE_IN_CLUSTER : WRITE;
    let found = await this.#connection.run(script, keys, args, askFirst);
    if (found === null) {
      const again = askFirst();
      found = await this.#connection.run(WRITE, again.keys, again.arguments);
    }
    const reply = decodeReply(found);
    serverTime.observe(reply.now, now);
    return reply;
  }

  #encode(batch: Batch, attempt: Pick<Try, 'asksFirst' | 'member' | 'now'>): ScriptArguments {
    const { settings } = this;
    const known = attempt.member === undefined ? undefined : knownKey(settings);
    const choice = { asksFirst: attempt.asksFirst, hasSamples: hasSamples(batch), known };
    return {
      keys: encodeKeys(destinationKeys(settings, batch.name, batch.severity), settings, choice),
      arguments: encodeBatch(batch, settings, { ...attempt, writer: this.#id, serverTime: this.#serverTime }),
    };
  }

  #settle(batch: Batch, reply: WriteReply): WriteResult {
    const { isApplied, total, start, pstart, late, part, now, touchedIn, appliedIn } = reply;
    const before = total - (batch.logged - late);
    // Redis may drop data older than both windows, so forget its marks, and those before them: a clock that is set back can
    // bring their hours back.
    const left = this.#marks.findLastIndex(({ hour }) => hour !== start && hour < pstart);
    const inWindows = this.#marks.slice(left + 1);
    const marks = this.#hasExpired(now) ? [] : inWindows;
    const lost = Math.max(0, this.#acknowledged - Math.max(before, marks[0]?.before ?? this.#acknowledged));
    const kept = marks.map((mark) => ({ hour: mark.hour, before: Math.min(mark.before, before) }));
    this.#marks = kept.at(-1)?.hour === appliedIn ? kept : [...kept.slice(-1), { hour: appliedIn, before }];
    this.#acknowledged = total;
    if (isApplied) this.#appliedAt = now;
    this.#permission.isKnown = part === 0;
    return { isApplied, late, lost, part, touchedIn };
  }

  #hasExpired(now: number): boolean {
    const { ttlSeconds } = this.settings;
    return ttlSeconds > 0 && now - this.#appliedAt >= ttlSeconds * 1000;
  }
}
