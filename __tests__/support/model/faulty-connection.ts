/** Fails, repeats and delays calls of the write script as a sequence says. */

import type { Connection } from '../../../src/redis/connection';
import { runScript, type Script } from '../../../src/redis/script';
import { WRITE } from '../../../src/write/script';
import type { Workspace } from '../workspace';
import { formatHour, parseHour, readServerClock } from './clock';
import type { ModelClocks } from './clocks';
import { OUTCOMES, type Outcome } from './outcomes';

type Redis = Workspace['redis'];

const HOUR_MS = 3_600_000;
/** Valkey 9 looks at its clock once a millisecond, and must not find what was logged at the beginning of an hour in the one before. */
const BEHIND_MS = 2;
/** Where the script's arguments have the time that the server should have, and the number of lines. */
const EXPECTED_AT = 9;
const LINES_AT = 11;

/** A connection on which every call ends as the sequence says. */
export class FaultyConnection implements Connection {
  expectReplies = () => () => undefined;
  readonly isCluster = false;
  readonly heldMs = 0;
  isIndexUp = true;
  isEnded = false;
  readonly underWay = new Set<Promise<unknown>>();
  /** By the first key of a destination. */
  readonly outcomes = new Map<string, Outcome[]>();
  readonly refusals = new Map<string, Outcome>();
  /** How many scripts were run. */
  calls = 0;
  readonly overtaken = new Map<string, (() => Promise<unknown>)[]>();
  readonly #redis: Redis;
  readonly #clocks: ModelClocks;

  constructor(redis: Redis, clocks: ModelClocks) {
    this.#redis = redis;
    this.#clocks = clocks;
  }

  run(script: Script, keys: string[], args: string[]): Promise<unknown> {
    // A failed sequence may have left calls behind.
    if (this.isEnded) return new Promise(() => undefined);
    this.calls++;
    const call = script === WRITE ? this.#write(keys, args) : this.#note(script, keys, args);
    this.underWay.add(call);
    return call.finally(() => this.underWay.delete(call));
  }

  acquire(): void {}

  release(): void {
    this.isEnded = true;
  }

  async #write(keys: string[], args: string[]): Promise<unknown> {
    const [key = ''] = keys;
    const outcome = this.refusals.get(key) ?? this.outcomes.get(key)?.shift() ?? 'applied';
    const { runs, isLate, error }: { runs: number; isLate?: boolean; error?: string } = OUTCOMES[outcome];
    const run = (): Promise<unknown> => runScript(this.#runner(outcome), WRITE, keys, this.#forRealClock(args));
    if (isLate) this.overtaken.set(key, [...(this.overtaken.get(key) ?? []), run]);
    let reply: unknown;
    for (let i = 0; i < runs && !isLate; i++) reply = await run();
    if (error) throw new Error(error);
    return this.#inMovedHours(reply);
  }

  async #note(script: Script, keys: string[], args: string[]): Promise<unknown> {
    if (!this.isIndexUp) throw new Error('connect ECONNREFUSED 127.0.0.1:6379');
    return runScript(this.#redis, script, keys, args);
  }

  #runner(outcome: Outcome): Parameters<typeof runScript>[0] {
    if (outcome !== 'unknown script') return this.#redis;
    const evalSha = async (): Promise<never> => {
      throw new Error('NOSCRIPT No matching script. Please use EVAL.');
    };
    return { evalSha, eval: (source, options) => this.#redis.eval(source, options) };
  }

  /** The clock of the server cannot be moved. So the times that the script compares with it are moved instead. */
  #forRealClock(args: readonly string[]): string[] {
    const realMs = performance.timeOrigin + performance.now();
    const serverMs = readServerClock(this.#clocks);
    const moved = [...args];
    const expected = Number(args[EXPECTED_AT]);
    if (expected > 0) moved[EXPECTED_AT] = String(Math.round(expected + realMs - serverMs));
    const later = Math.round((realMs % HOUR_MS) - (serverMs % HOUR_MS)) - BEHIND_MS;
    for (let at = LINES_AT + 1 + Number(args[LINES_AT]); at < args.length; at += 3 + 2 * Number(args[at + 2])) {
      moved[at] = String(Number(args[at]) + later);
    }
    return moved;
  }

  #inMovedHours(reply: unknown): unknown {
    const [applied, previous, total, start, pstart, late, part, , ...rest] = reply as unknown[];
    const { hour } = this.#clocks;
    const now = readServerClock(this.#clocks);
    return [applied, previous, total, moved(start, hour), moved(pstart, hour), late, part, now, ...rest];
  }
}

/** An hour as `:start` holds it, `by` hours later. */
function moved(hour: unknown, by: number): string {
  return hour === '' ? '' : formatHour(parseHour(String(hour)) + by);
}
