/** A connection through a client that the application passed in, which is never closed. */

import type { EventEmitter } from 'node:events';
import { errorMessage } from '../errors';
import type { Connection } from './connection';
import { noAnswer, REPLY_TIMEOUT_MS, withDeadline } from './deadline';
import { ignoreError, isDemotionError, toClusterAdvice } from './failures';
import { isClusterClient, type PassedClient, toRunner } from './passed-client';
import { runScript, type Script, type ScriptArguments } from './script';

/** What the application can do about errors of its client that do not pass by themselves. */
const ADVICE: readonly (readonly [isOne: (error: unknown) => boolean, advice: string])[] = [
  [isDemotionError, 'if another server is the master now, reconnect the client, or pass a url instead of it'],
  [
    (error) => /^the client is closed$/i.test(errorMessage(error)),
    'connect it before it is used, with await client.connect(), and close it last',
  ],
  [
    (error) =>
      /subscriber mode|allowed in this context|Replica can't interact|\(monitoring\)/.test(errorMessage(error)),
    'it subscribes or monitors: pass one that only the log uses, such as client.duplicate()',
  ],
];

/** Runs scripts on the application's client. */
export class PassedConnection implements Connection {
  readonly isCluster: boolean;
  readonly heldMs = 0;
  readonly #runner: ReturnType<typeof toRunner>;
  /** First keys of scripts without a reply in time, which the client may still send: as many more would fill its memory. */
  readonly #overdue = new Set<string>();

  constructor(client: PassedClient) {
    this.isCluster = isClusterClient(client);
    this.#runner = toRunner(client);
    // Never removed: others may rely on it by now, and without any listener the events of node-redis 5 and 6 break.
    const { listenerCount } = client as Partial<Pick<EventEmitter, 'listenerCount'>>;
    if (!listenerCount?.call(client, 'error')) client.on('error', ignoreError);
  }

  async run(script: Script, keys: string[], args: string[], onUnknown?: () => ScriptArguments): Promise<unknown> {
    try {
      const [key = ''] = keys;
      if (this.#overdue.has(key)) throw noAnswer(REPLY_TIMEOUT_MS);
      const work = runScript(this.#runner, script, keys, args, onUnknown);
      return await withDeadline(work, REPLY_TIMEOUT_MS, { onTimeout: () => this.#await(key, work) });
    } catch (error) {
      const [, advice] = ADVICE.find(([isOne]) => isOne(error)) ?? [];
      if (advice !== undefined) throw new Error(`${errorMessage(error)} (${advice})`, { cause: error });
      throw this.isCluster ? error : toClusterAdvice(error);
    }
  }

  #await(key: string, work: Promise<unknown>): void {
    this.#overdue.add(key);
    work.catch(ignoreError).finally(() => this.#overdue.delete(key));
  }

  expectReplies(): () => void {
    return ignoreError;
  }

  acquire(): void {}

  release(): void {}
}
