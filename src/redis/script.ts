/** Lua scripts, run by their SHA-1 on any client that has the few methods needed. */

import { createHash } from 'node:crypto';
import { withRealTimers } from '../clock';
import { errorMessage, RecentCommonError } from '../errors';
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
  /** Whether a reply can be of this script. Any other shows that something else speaks on the connection. */
  readonly isReply: (reply: unknown) => boolean;
}

/** @param isReply - by default a reply is an array, of any length */
export function defineScript(source: string, isReply: Script['isReply'] = Array.isArray): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex'), isReply };
}

/** Whether a reply is an array of one of these lengths. */
export function hasLength(...lengths: readonly number[]): Script['isReply'] {
  return (reply) => Array.isArray(reply) && lengths.includes(reply.length);
}

/** Whether a reply is a whole number, from 0, in whatever type the client gives it. */
export function isCount(reply: unknown): boolean {
  const isPlain = typeof reply === 'number' || typeof reply === 'bigint' || (typeof reply === 'string' && reply !== '');
  return isPlain && Number.isSafeInteger(Number(reply)) && Number(reply) >= 0;
}

/** Redis, or what stands before it, has given a reply that cannot be of the script. Nothing is known of what it did. */
export class ForeignReplyError extends RecentCommonError {
  override name = 'ForeignReplyError';

  constructor() {
    super('redis', 'Redis gave a reply that is not of this script');
  }
}

/**
 * Runs a script from the server's cache, and sends its source only if the server does not know it: the first time, and
 * after a restart, a failover or SCRIPT FLUSH.
 *
 * @param onUnknown - gives other keys and arguments for a server that does not know the script: it may be configured anew
 * @throws ForeignReplyError
 */
export async function runScript(
  client: ScriptRunner<ScriptArgument>,
  script: Script,
  keys: string[],
  args: string[],
  onUnknown?: () => ScriptArguments,
): Promise<unknown> {
  const reply = await evaluate(client, script, { keys, arguments: cutIntoPieces(args) }, onUnknown);
  if (!script.isReply(reply)) throw new ForeignReplyError();
  return reply;
}

async function evaluate(
  client: ScriptRunner<ScriptArgument>,
  script: Script,
  options: ScriptArguments<ScriptArgument>,
  onUnknown: (() => ScriptArguments) | undefined,
): Promise<unknown> {
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
