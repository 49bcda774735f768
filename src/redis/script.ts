/** Lua scripts, run by their SHA-1 on any client that has the few methods needed. */

import { createHash } from 'node:crypto';
import { withRealTimers } from '../clock';
import { errorMessage } from '../errors';
import { withoutUser } from './failures';
import { cutIntoPieces } from './pieces';

/** An argument of a script, as text or in UTF-8. */
export type ScriptArgument = string | Buffer;

/** The keys and arguments of a script. */
export interface ScriptArguments<A extends ScriptArgument = string> {
  keys: string[];
  arguments: A[];
}

/** The two methods that run scripts. */
export interface ScriptRunner<A extends ScriptArgument = string> {
  evalSha(sha1: string, options: ScriptArguments<A>): Promise<unknown>;
  eval(script: string, options: ScriptArguments<A>): Promise<unknown>;
}

/** What this package needs of a node-redis client, cluster, sentinel or pool, version 4 to 6. */
export interface RedisScripter extends ScriptRunner {
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

/** A Lua script with its SHA-1, the name under which Redis caches it. */
export interface Script {
  readonly source: string;
  readonly sha1: string;
}

export function defineScript(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

/**
 * Runs a script from the server's cache, and sends its source only if the server does not know it: the first time, and
 * after a restart, a failover or SCRIPT FLUSH.
 *
 * @param onUnknown - gives other keys and arguments for a server that does not know the script: it may be configured anew
 */
export async function runScript(
  client: ScriptRunner<ScriptArgument>,
  script: Script,
  keys: string[],
  args: string[],
  onUnknown?: () => ScriptArguments,
): Promise<unknown> {
  const options = { keys, arguments: cutIntoPieces(args) };
  try {
    return await withRealTimers(() => client.evalSha(script.sha1, options));
  } catch (error) {
    if (!errorMessage(error).startsWith('NOSCRIPT')) throw withoutUser(error);
  }
  try {
    return await withRealTimers(() => client.eval(script.source, onUnknown?.() ?? options));
  } catch (error) {
    throw withoutUser(error);
  }
}
