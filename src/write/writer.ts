/** Writes batches so that each counts once, whatever happens to replies, and notices what Redis has lost. */

import { randomUUID } from 'node:crypto';
import type { Connection } from '../redis/connection';
import { destinationKeys } from '../redis/keys';
import type { Batch } from './batch';
import { decodeReply, encodeBatch, encodeKeys, WRITE, type WriteReply, type WriteSettings } from './script';
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
}

/** The hour of a window, and the log calls acknowledged before the first batch of that hour. */
interface Mark {
  readonly hour: string;
  readonly before: number;
}

/**
 * Writes the batches of one destination, one at a time, as an idempotent producer does
 * (https://cwiki.apache.org/confluence/display/KAFKA/KIP-98+-+Exactly+Once+Delivery+and+Transactional+Messaging): an id and
 * numbers by which Redis refuses what it has applied already, and a total by which the writer notices what Redis has lost.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #settings: WriteSettings;
  readonly #serverTime: ServerTime;
  #id: string;
  /** Log calls that Redis has acknowledged. */
  #acknowledged = 0;
  /** The last two hours with acknowledged log calls. */
  #marks: readonly Mark[] = [];
  /** When the last batch was applied, in epoch milliseconds of the clock of Redis. */
  #appliedAt = 0;
  /** The number of the last batch that was sent. */
  #sent = 0;
  /** Whether the last run of the script reached its end, as far as is known: then every command is permitted. */
  #isPermitted = false;

  /** @param id - unique among all writers */
  constructor(connection: Connection, settings: WriteSettings, serverTime: ServerTime, id: string = randomUUID()) {
    this.#connection = connection;
    this.#settings = settings;
    this.#serverTime = serverTime;
    this.#id = id;
  }

  /** Writes a batch. Retries of the same batch change nothing more. */
  async write(batch: Batch): Promise<WriteResult> {
    const isRetry = this.#sent === batch.number;
    this.#sent = batch.number;
    const reply = await this.#send(batch);
    if (reply.isApplied || reply.previous === batch.number) return this.#settle(batch, reply);
    // Another writer has the id: the process was copied while it ran, with the random bytes that Node keeps in store.
    this.#id = randomUUID({ disableEntropyCache: true });
    this.#acknowledged = 0;
    this.#marks = [];
    if (isRetry) return { isApplied: false, late: 0, lost: 0, part: batch.logged };
    return this.#settle(batch, await this.#send(batch));
  }

  async #send(batch: Batch): Promise<WriteReply> {
    const settings = this.#settings;
    const serverTime = this.#serverTime;
    const asksFirst = !this.#isPermitted;
    const now = serverTime.stamp();
    const keys = encodeKeys(destinationKeys(settings, batch.name, batch.severity), settings, asksFirst);
    const args = encodeBatch(batch, settings, { writer: this.#id, asksFirst, now, serverTime });
    const reply = decodeReply(await this.#connection.run(WRITE, keys, args));
    serverTime.observe(reply.now, now);
    return reply;
  }

  #settle(batch: Batch, { isApplied, total, start, pstart, late, part, now }: WriteReply): WriteResult {
    const before = total - (batch.logged - late);
    // Redis may drop data older than both windows, so forget its marks, and those before them: a clock that is set back can
    // bring their hours back.
    const left = this.#marks.findLastIndex(({ hour }) => hour !== start && hour < pstart);
    const inWindows = this.#marks.slice(left + 1);
    const marks = this.#hasExpired(now) ? [] : inWindows;
    const lost = Math.max(0, this.#acknowledged - Math.max(before, marks[0]?.before ?? this.#acknowledged));
    const kept = marks.map((mark) => ({ hour: mark.hour, before: Math.min(mark.before, before) }));
    this.#marks = kept.at(-1)?.hour === start ? kept : [...kept.slice(-1), { hour: start, before }];
    this.#acknowledged = total;
    if (isApplied) this.#appliedAt = now;
    this.#isPermitted = part === 0;
    return { isApplied, late, lost, part };
  }

  #hasExpired(now: number): boolean {
    const { ttlSeconds } = this.#settings;
    return ttlSeconds > 0 && now - this.#appliedAt >= ttlSeconds * 1000;
  }
}
