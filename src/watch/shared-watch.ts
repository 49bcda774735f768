/** What the watchers of a group share, with the encoding of the arguments of the scripts and the decoding of their replies. */

import { randomUUID } from 'node:crypto';
import type { Connection } from '../redis/connection';
import { type WatchKeys, watchKeys } from '../redis/keys';
import { openConnection } from '../redis/open';
import type { PassedClient } from '../redis/passed-client';
import { KEEP_LEASE, LEAVE, MUTE, PUT_OFF, RAISE, READ_MUTES, SETTLE } from './scripts';

/** A watcher that has not been heard of for so long watches no more. */
export const LEASE_MS = 3000;

/** An alarm that waits. */
export interface PendingAlarm {
  readonly id: string;
  /** Tries that have failed. */
  readonly tries: number;
  /** The minute of the digest that it belongs to, in epoch milliseconds; 0 for none. */
  readonly minute: number;
  readonly text: string;
}

/** An alarm that waits no more. */
export interface SettledAlarm {
  readonly id: string;
  /** What the history has of it; empty if it was given up. */
  readonly toldAs: string;
}

/** What the watcher that has the lease is given. */
export interface Duty {
  /** Since when the group has watched without a gap, in epoch milliseconds by the clock of Redis. */
  readonly watchedSince: number;
  /** How far it has come; undefined if that is not known. */
  readonly cursor: string | undefined;
  readonly due: readonly PendingAlarm[];
  /** Whether Redis has lost alarms that this watcher has raised, as after a failover. */
  readonly hasLost: boolean;
}

/** Another watcher has the lease. */
export interface OtherLeader {
  /** Whether it watches for something else. */
  readonly hasOtherOptions: boolean;
}

/** What has become of an alarm. `'told'`: it was told already. `'full'`: too many wait. */
export type Verdict = 'told' | 'single' | 'digest' | 'noted' | 'full';

const VERDICTS: Readonly<Record<number, Verdict>> = { 0: 'told', 1: 'single', 2: 'digest', 3: 'noted', [-1]: 'full' };

/** An alarm to be told. */
export interface Raised {
  readonly subject: string;
  readonly id: string;
  /** Epoch milliseconds since when it holds. */
  readonly since: number;
  /** Empty for what is only to be taken for told. */
  readonly text: string;
}

/** Decides which alarms are to be told. */
export interface Raiser {
  /** Patterns that are muted by now. */
  listMutes(): Promise<readonly string[]>;
  /** Undefined if another watcher has the lease. */
  raise(alarms: readonly Raised[], options: RaiseOptions): Promise<Verdict[] | undefined>;
}

/** How alarms are raised. */
export interface RaiseOptions {
  readonly cooldownMs: number;
  readonly digestAbove: number;
  /** How long a delivery may take, in milliseconds. */
  readonly holdMs: number;
}

/** What the watchers of a group share, as one of them sees it. */
export class SharedWatch implements Raiser {
  readonly #connection: Connection;
  readonly #keys: WatchKeys;
  readonly #token = randomUUID();
  readonly #options: string;
  /** How often alarms were raised, by the last reply. A later reply that says less shows a loss. */
  #raises = 0;
  #hasLost = false;

  /** @param options - of the watcher, hashed */
  constructor(connection: Connection, keys: WatchKeys, options: string) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
  }

  /** Takes or renews the lease. Returns what there is to do, unless another has the lease. */
  async renewLease(cursor: string | undefined): Promise<Duty | OtherLeader> {
    const { lease, watch, pending, due } = this.#keys;
    const reply = await this.#connection.run(
      KEEP_LEASE,
      [lease, watch, pending, due],
      [this.#token, String(LEASE_MS), cursor ?? '', this.#options],
    );
    const [isHeld, ...rest] = reply as unknown[];
    if (Number(isHeld) === 0) return { hasOtherOptions: !['', this.#options].includes(String(rest[0])) };
    const [since, found, raises, waiting] = rest;
    const hasLost = this.#hasLost || Number(raises) < this.#raises;
    this.#hasLost = false;
    this.#raises = Number(raises);
    return {
      watchedSince: Number(since),
      cursor: String(found) || undefined,
      due: toPairs(waiting).map(([id, text]) => parsePending(id, text)),
      hasLost,
    };
  }

  async listMutes(): Promise<readonly string[]> {
    return ((await this.#connection.run(READ_MUTES, [this.#keys.mutes], [])) as unknown[]).map(String);
  }

  async raise(alarms: readonly Raised[], options: RaiseOptions): Promise<Verdict[] | undefined> {
    const { lease, watch, told, pending, due } = this.#keys;
    const { cooldownMs, digestAbove, holdMs } = options;
    const args = alarms.flatMap(({ subject, id, since, text }) => [subject, id, String(since), text]);
    const reply = await this.#connection.run(
      RAISE,
      [lease, watch, told, pending, due],
      [this.#token, String(cooldownMs), String(digestAbove), String(holdMs), ...args],
    );
    const [raises, ...verdicts] = (reply as unknown[]).map(Number);
    if (raises === undefined) return undefined;
    this.#hasLost ||= raises <= this.#raises;
    this.#raises = raises;
    return verdicts.map((verdict) => VERDICTS[verdict] as Verdict);
  }

  /** Ends the waiting of alarms that were delivered or given up. */
  async settle(alarms: readonly SettledAlarm[]): Promise<void> {
    const { pending, due, history } = this.#keys;
    const args = alarms.flatMap(({ id, toldAs }) => [id, toldAs]);
    await this.#connection.run(SETTLE, [pending, due, history], args);
  }

  /** @param tries - that have failed; undefined if the next one goes on */
  async putOff(ids: readonly string[], ms: number, tries?: number): Promise<void> {
    const { lease, pending, due } = this.#keys;
    const args = [this.#token, String(Math.round(ms)), tries === undefined ? '' : String(tries), ...ids];
    await this.#connection.run(PUT_OFF, [lease, pending, due], args);
  }

  async leave(): Promise<void> {
    await this.#connection.run(LEAVE, [this.#keys.lease], [this.#token]);
  }

  /** Whether there was room for it. */
  async mute(pattern: string, ms: number): Promise<boolean> {
    return Number(await this.#connection.run(MUTE, [this.#keys.mutes], [pattern, String(ms)])) === 1;
  }
}

/**
 * Takes the lease of a group and gives it back, unless another has it, to see whether Redis lets a watcher work.
 * @throws the error of the client
 */
export async function tryLease(client: PassedClient, prefix: string, group: string): Promise<void> {
  const shared = new SharedWatch(openConnection({ client }, false), watchKeys({ prefix }, group), '');
  await shared.renewLease(undefined);
  await shared.leave();
}

function toPairs(flat: unknown): [string, string][] {
  const texts = (flat as unknown[]).map(String);
  return Array.from({ length: texts.length / 2 }, (_, i) => [texts[2 * i] as string, texts[2 * i + 1] as string]);
}

function parsePending(id: string, stored: string): PendingAlarm {
  const [, tries, minute, text = ''] = /^(\d+) (\d+) (.*)$/s.exec(stored) ?? [];
  return { id, tries: Number(tries ?? 0), minute: Number(minute ?? 0), text };
}
