/** Fails, repeats and delays calls of the write script as a sequence says. */

import type { Connection } from '../../../src/redis/connection';
import { defineScript, runScript, type Script } from '../../../src/redis/script';
import { WRITE } from '../../../src/write/script';
import type { Workspace } from '../workspace';
import { readServerClock } from './clock';
import type { ModelClocks } from './clocks';
import { OUTCOMES, type Outcome } from './outcomes';

type Redis = Workspace['redis'];

/** The write script with a clock that the test moves: the last two arguments are what TIME returns. */
const WRITE_AT = defineScript(WRITE.source.replace("redis.call('TIME')", '{ ARGV[#ARGV - 1], ARGV[#ARGV] }'));

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
    const run = (): Promise<unknown> => this.runNow(keys, args, this.#runner(outcome));
    if (isLate) this.overtaken.set(key, [...(this.overtaken.get(key) ?? []), run]);
    let reply: unknown;
    for (let i = 0; i < runs && !isLate; i++) reply = await run();
    if (error) throw new Error(error);
    return reply;
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

  /** Runs the script at the time of the moved clock. */
  runNow(keys: string[], args: string[], runner: Parameters<typeof runScript>[0] = this.#redis): Promise<unknown> {
    const serverMs = readServerClock(this.#clocks);
    const time = [Math.floor(serverMs / 1000), (serverMs % 1000) * 1000].map(String);
    return runScript(runner, WRITE_AT, keys, [...args, ...time]);
  }
}
