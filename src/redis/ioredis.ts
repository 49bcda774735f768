/** Runs scripts on a client of ioredis or iovalkey, which have the same methods and events. */

import { clock, withRealTimers } from '../clock';
import { errorMessage } from '../errors';
import { ignoreError } from './failures';
import type { ScriptArgument, ScriptArguments, ScriptRunner } from './script';

/** How long a client may take until it is ready for a command. */
const READY_TIMEOUT_MS = 2000;

type ConnectionEvent = 'ready' | 'error' | 'close' | 'end';

/** What this package needs of a client of ioredis 5 or 6 or of iovalkey: Redis, also behind sentinels, or Cluster. */
export interface IoredisScripter {
  /** `'wait'` before a lazy connection is opened, `'ready'` while commands are sent, `'end'` once the client is closed. */
  readonly status: string;
  connect(): Promise<unknown>;
  evalsha(sha1: string, keyCount: number, ...args: ScriptArgument[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...args: ScriptArgument[]): Promise<unknown>;
  on(event: ConnectionEvent, listener: (error?: unknown) => void): unknown;
  off(event: ConnectionEvent, listener: (error?: unknown) => void): unknown;
}

/** One for each client: it listens to the client for good. */
const runners = new WeakMap<IoredisScripter, IoredisRunner>();

/** Runs scripts on a client of ioredis or iovalkey. */
export function ioredisRunner(client: IoredisScripter): ScriptRunner<ScriptArgument> {
  let runner = runners.get(client);
  if (!runner) runners.set(client, (runner = new IoredisRunner(client)));
  return runner;
}

/**
 * While it is not connected, a client of ioredis keeps commands, and after a reconnection it sends again those that had no
 * reply: with `maxRetriesPerRequest: null`, as BullMQ wants it, for as long as that takes. Nobody would hear of the outage. So
 * commands are given to a client that is ready, and fail when it loses its connection. If it sends them again by itself, their
 * numbers have Redis refuse the second.
 */
class IoredisRunner implements ScriptRunner<ScriptArgument> {
  readonly #client: IoredisScripter;
  /** Rejects each command that has no reply. */
  readonly #unanswered = new Set<(error: Error) => void>();
  /** Waits for a client that is not ready, on behalf of all commands. */
  #ready: Promise<void> | undefined;

  constructor(client: IoredisScripter) {
    this.#client = client;
    keepScriptsApart(client);
    client.on('close', () => {
      for (const reject of this.#unanswered) reject(new Error('the connection to Redis was lost'));
    });
  }

  evalSha(sha1: string, { keys, arguments: args }: ScriptArguments<ScriptArgument>): Promise<unknown> {
    return this.#run(() => this.#client.evalsha(sha1, keys.length, ...keys, ...args));
  }

  eval(script: string, { keys, arguments: args }: ScriptArguments<ScriptArgument>): Promise<unknown> {
    return this.#run(() => this.#client.eval(script, keys.length, ...keys, ...args));
  }

  async #run(send: () => Promise<unknown>): Promise<unknown> {
    if (this.#client.status !== 'ready')
      await (this.#ready ??= this.#untilReady().finally(() => (this.#ready = undefined)));
    let giveUp: ((error: Error) => void) | undefined;
    try {
      return await new Promise((resolve, reject) => {
        giveUp = reject;
        this.#unanswered.add(reject);
        withRealTimers(send).then(resolve, reject);
      });
    } catch (error) {
      throw withoutCommand(error);
    } finally {
      if (giveUp) this.#unanswered.delete(giveUp);
    }
  }

  async #untilReady(): Promise<void> {
    const client = this.#client;
    if (client.status === 'end') throw new Error('the client is closed');
    // As the first command does for a client with lazyConnect.
    if (client.status === 'wait') withRealTimers(() => client.connect()).catch(ignoreError);
    await new Promise<void>((resolve, reject) => {
      const settle = (error?: unknown): void => {
        clock.clearTimeout(timer);
        for (const [event, listener] of listeners) client.off(event, listener);
        if (error === undefined) resolve();
        else reject(withoutCommand(error));
      };
      const listeners = [
        ['ready', () => settle()],
        ['error', (error?: unknown) => settle(error ?? new Error('the client has failed'))],
        ['end', () => settle(new Error('the client is closed'))],
      ] as const;
      for (const [event, listener] of listeners) client.on(event, listener);
      const timer = clock
        .setTimeout(() => settle(new Error(`the client is not connected (${client.status})`)), READY_TIMEOUT_MS)
        .unref();
    });
  }
}

interface PipeliningOptions {
  readonly enableAutoPipelining?: boolean;
  autoPipeliningIgnoredCommands?: readonly string[];
}

/**
 * What a cluster of iovalkey pipelines by itself it sorts by the first argument, as if that were a
 * key. For a script it is not, so that scripts for several nodes would be refused together.
 */
function keepScriptsApart(client: IoredisScripter): void {
  const { options } = client as { options?: PipeliningOptions };
  if (!('slots' in client) || !options?.enableAutoPipelining) return;
  // A new array: the one by default is that of all clients.
  options.autoPipeliningIgnoredCommands = [...(options.autoPipeliningIgnoredCommands ?? []), 'evalsha', 'eval'];
}

/** An error of ioredis has its command, which may be an AUTH with its password, or those of nodes. Only the texts are kept. */
function withoutCommand(error: unknown): Error {
  const { name, code, lastNodeError } = Object(error) as { name?: unknown; code?: unknown; lastNodeError?: unknown };
  const reason = lastNodeError === undefined ? '' : ` ${errorMessage(lastNodeError)}`;
  return Object.assign(new Error(`${errorMessage(error)}${reason}`), {
    ...(typeof name === 'string' && { name }),
    ...(code !== undefined && { code }),
  });
}
