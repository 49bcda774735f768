/** A connection through a client that the application passed in, which is never closed. */

import { errorMessage } from '../errors';
import type { Connection } from './connection';
import { ignoreError, isDemotionError } from './failures';
import { type RedisScripter, runScript, type Script, type ScriptArguments, type ScriptRunner } from './script';

/** Whether a client is a cluster: of the four kinds of node-redis, only that one has slots. */
export function isClusterClient(client: RedisScripter): boolean {
  return 'slots' in client;
}

/** Runs scripts on the application's client. */
export class PassedConnection implements Connection {
  readonly isCluster: boolean;
  readonly heldMs = 0;
  readonly #runner: ScriptRunner;

  constructor(client: RedisScripter & { listenerCount?(event: string): number }) {
    this.isCluster = isClusterClient(client);
    this.#runner = isCluster4Client(client) ? routedByKey(client) : client;
    // Never removed: others may rely on it by now, and without any listener the events of node-redis 5 and 6 break.
    if (!client.listenerCount?.('error')) client.on('error', ignoreError);
  }

  async run(script: Script, keys: string[], args: string[], onUnknown?: () => ScriptArguments): Promise<unknown> {
    try {
      return await runScript(this.#runner, script, keys, args, onUnknown);
    } catch (error) {
      if (!isDemotionError(error)) throw error;
      const advice = 'if another server is the master now, reconnect the client, or pass a url instead of it';
      throw new Error(`${errorMessage(error)} (${advice})`, { cause: error });
    }
  }

  expectReplies(): () => void {
    return ignoreError;
  }

  acquire(): void {}

  release(): void {}
}

/** The cluster client of node-redis 4: only there `sendCommand` takes a key and whether the command only reads. */
interface Cluster4Client {
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown>;
}

function isCluster4Client(client: object): client is Cluster4Client {
  return 'slots' in client && 'sendCommand' in client && !('destroy' in client);
}

/** node-redis 4 does not look for a script's keys, and would send it to any node of a cluster. */
function routedByKey(client: Cluster4Client): ScriptRunner {
  const send = (command: string, script: string, { keys, arguments: args }: ScriptArguments): Promise<unknown> =>
    client.sendCommand(keys[0], false, [command, script, String(keys.length), ...keys, ...args]);
  return {
    evalSha: (sha1, options) => send('EVALSHA', sha1, options),
    eval: (source, options) => send('EVAL', source, options),
  };
}
