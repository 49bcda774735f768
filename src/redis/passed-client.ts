/** The clients that an application may pass in: tells them by their methods, and says why another cannot be used. */

import { OptionsError } from '../errors';
import { type IoredisScripter, ioredisRunner } from './ioredis';
import type { RedisScripter, ScriptArgument, ScriptArguments, ScriptRunner } from './script';

/** A client, cluster, sentinel or pool of node-redis 4 to 6, or a client or cluster of ioredis 5 or 6 or of iovalkey. */
export type PassedClient = RedisScripter | IoredisScripter;

type Prefix = string | Buffer;

const TAKEN = 'a connected client of node-redis, ioredis or iovalkey';

/** Whether a client is a cluster: of all kinds only those have slots. */
export function isClusterClient(client: PassedClient): boolean {
  return 'slots' in client;
}

/** Runs scripts on a client, whatever its kind. */
export function toRunner(client: PassedClient): ScriptRunner<ScriptArgument> {
  if (!('evalSha' in client)) return ioredisRunner(client);
  return isCluster4Client(client) ? routedByKey(client) : client;
}

/** Whether anything has the methods by which clients are told. */
export function isClient(value: unknown): boolean {
  const { evalSha, evalsha, on } = Object(value) as Partial<Record<string, unknown>>;
  return typeof (evalSha ?? evalsha) === 'function' && typeof on === 'function';
}

/**
 * Refuses what is no client that can be used.
 * @throws OptionsError
 */
export function assertClient(client: unknown): asserts client is PassedClient {
  const refuse = (expected: string): never => {
    throw new OptionsError('client', expected, client);
  };
  if (typeof client === 'string' || client instanceof URL) refuse(`${TAKEN}; a URL is given as url`);
  if (typeof client === 'function') refuse(`${TAKEN}, not a function that makes one`);
  if (typeof client !== 'object' || client === null || Array.isArray(client)) refuse('an object');
  const found = client as Partial<Record<string, unknown>>;
  const has = (...methods: string[]): boolean => methods.every((method) => typeof found[method] === 'function');
  if (has('then')) refuse(`${TAKEN}, not a promise of one: await it`);
  if (has('exec') && (has('addCommand') || 'isPipeline' in found))
    refuse(`${TAKEN}, not a transaction or pipeline of one`);
  if (isLegacyClient(found))
    refuse(`${TAKEN}, without legacyMode: await client.duplicate({ legacyMode: false }).connect()`);
  if (has('evalSha', 'eval', 'on')) return assertClientPrefix(client as RedisScripter);
  if (has('evalsha', 'eval', 'on', 'off', 'connect') && typeof found.status === 'string') {
    return assertClientPrefix(client as IoredisScripter);
  }
  if (has('evalSha', 'sendCommand'))
    refuse(`${TAKEN}: the one that legacy() was called on, or that has the property v4`);
  if (has('evalsha', 'send_command')) refuse(`${TAKEN}: node-redis in version 4 or later`);
  if (['url', 'socket', 'host', 'port'].some((option) => option in found))
    refuse(`${TAKEN}; options of one are given as redis`);
  refuse(TAKEN);
}

/** A client of node-redis 4 that was made with callbacks in mind. */
function isLegacyClient({ options, evalSha }: Partial<Record<string, unknown>>): boolean {
  return evalSha !== undefined && (Object(options) as { legacyMode?: unknown }).legacyMode === true;
}

/** A prefix that the client puts before each key must not move the hash tag either. */
function assertClientPrefix(client: PassedClient): void {
  if (!isClusterClient(client)) return;
  // The cluster of node-redis 6 tells its prefix nowhere else.
  const { options, _keyPrefix } = client as { options?: { keyPrefix?: Prefix }; _keyPrefix?: Prefix };
  const prefix = (options?.keyPrefix ?? _keyPrefix ?? '').toString();
  if (/[{}]/.test(prefix)) throw new OptionsError('client', 'a cluster client without { or } in its keyPrefix', prefix);
}

/** The cluster client of node-redis 4: only there `sendCommand` takes a key and whether the command only reads. */
interface Cluster4Client {
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: ScriptArgument[]): Promise<unknown>;
}

function isCluster4Client(client: object): client is Cluster4Client {
  return 'slots' in client && 'sendCommand' in client && !('destroy' in client);
}

/** node-redis 4 does not look for a script's keys, and would send it to any node of a cluster. */
function routedByKey(client: Cluster4Client): ScriptRunner<ScriptArgument> {
  const send = (
    command: string,
    script: string,
    { keys, arguments: args }: ScriptArguments<ScriptArgument>,
  ): Promise<unknown> => client.sendCommand(keys[0], false, [command, script, String(keys.length), ...keys, ...args]);
  return {
    evalSha: (sha1, options) => send('EVALSHA', sha1, options),
    eval: (source, options) => send('EVAL', source, options),
  };
}
