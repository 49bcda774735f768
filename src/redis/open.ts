import { assertFunction, assertObject, errorMessage, OptionsError } from '../errors';
import { type Connection, ignoreError, type OwnClientOptions, OwnConnection, prepareClient } from './connection';
import { type RedisScripter, runScript, type Script, type ScriptArguments, type ScriptRunner } from './script';

/** How to reach Redis. At most one of the three; none means `redis://localhost:6379`. */
export interface ConnectionOptions {
  /**
   * A connected node-redis client, cluster, sentinel or pool, version 4 to 6. It is never closed. A client of its own
   * (`client.duplicate()`) keeps other commands, such as a blocking `BLPOP`, from holding up the log. Where nobody listens
   * for its `'error'` events it is given a listener that does nothing: without one, a lost connection ends the process.
   */
  readonly client?: RedisScripter | undefined;
  /** URL of a Redis for a connection of our own: `redis://` or, with TLS, `rediss://`. */
  readonly url?: string | undefined;
  /**
   * node-redis options for a connection of our own. It connects on demand and again after a failure, at the pace of the
   * retries, so `socket.reconnectStrategy`, `pingInterval` and `disableOfflineQueue` are set by us. Our own defaults are
   * `RESP: 2`, which older servers know as well, a `socket.connectTimeout` of 2,000 ms, and no `commandOptions.timeout`: a
   * command that is not answered within 10 seconds ends the connection.
   */
  readonly redis?: OwnClientOptions | undefined;
}

/**
 * Checks how Redis is to be reached.
 * @throws OptionsError
 */
export function assertConnection(options: ConnectionOptions): void {
  assertObject(options, 'options');
  const { client, url, redis } = options;
  const given = Object.entries({ client, url, redis }).filter(([, value]) => value !== undefined);
  if (given.length > 1) {
    throw new OptionsError('client, url, redis', 'at most one of them', given.map(([option]) => option).join(' and '));
  }
  if (redis !== undefined) assertObject(redis, 'redis');
  if (client !== undefined) {
    assertObject(client, 'client');
    for (const method of ['evalSha', 'eval', 'on'] as const) assertFunction(client[method], `client.${method}`, true);
  }
  if (url !== undefined && !/^rediss?:$/.test(protocolOf(url))) {
    const received = typeof url === 'string' ? protocolOf(url) : url;
    throw new OptionsError('url', 'a URL that begins with redis:// or rediss://', received);
  }
  if (client === undefined) assertClientOptions(url === undefined ? 'redis' : 'url', clientOptions(options));
}

/** node-redis looks at its options when a client is made. What it says has no password, unlike the rest of its errors. */
function assertClientOptions(option: string, options: OwnClientOptions): void {
  try {
    prepareClient(options);
  } catch (error) {
    throw new OptionsError(option, 'what node-redis can connect with', errorMessage(error));
  }
}

/** node-redis completes the socket options that it is given: those of the application stay as they are. */
function clientOptions({ url, redis = {} }: ConnectionOptions): OwnClientOptions {
  if (url !== undefined) return { url };
  return redis.socket ? ({ ...redis, socket: { ...redis.socket } } as OwnClientOptions) : redis;
}

/** The scheme alone: a URL may hold a password, so no error shows it. */
function protocolOf(url: unknown): string {
  try {
    return new URL(String(url)).protocol;
  } catch {
    return 'no URL';
  }
}

/** Whether a client is a cluster: the only one of node-redis's four kinds that has slots. */
export function isClusterClient(client: RedisScripter): boolean {
  return 'slots' in client;
}

/**
 * @param holdsProcess - whether a command under way on a connection of our own keeps the process alive
 */
export function openConnection(options: ConnectionOptions, holdsProcess: boolean): Connection {
  if (options.client) return new PassedConnection(options.client);
  return new OwnConnection(clientOptions(options), holdsProcess);
}

/** The application's client, used as it is. */
class PassedConnection implements Connection {
  readonly isCluster: boolean;
  readonly heldMs = 0;
  readonly #runner: ScriptRunner;

  constructor(client: RedisScripter & { listenerCount?(event: string): number }) {
    this.isCluster = isClusterClient(client);
    this.#runner = isCluster4Client(client) ? routedByKey(client) : client;
    // It stays: others may share the client by now, and to take off the last one breaks the events of node-redis 5 and 6.
    if (!client.listenerCount?.('error')) client.on('error', ignoreError);
  }

  run(script: Script, keys: string[], args: string[]): Promise<unknown> {
    return runScript(this.#runner, script, keys, args);
  }

  acquire(): void {}

  release(): void {}
}

/** What only the cluster client of node-redis 4 is called with in this way. */
interface Cluster4Client {
  sendCommand(firstKey: string | undefined, isReadonly: boolean, args: string[]): Promise<unknown>;
}

function isCluster4Client(client: object): client is Cluster4Client {
  return 'slots' in client && 'sendCommand' in client && !('destroy' in client);
}

/** node-redis 4 does not find the keys among a script's arguments, and sends it to any node of a cluster, unless told. */
function routedByKey(client: Cluster4Client): ScriptRunner {
  const send = (command: string, script: string, { keys, arguments: args }: ScriptArguments): Promise<unknown> =>
    client.sendCommand(keys[0], false, [command, script, String(keys.length), ...keys, ...args]);
  return {
    evalSha: (sha1, options) => send('EVALSHA', sha1, options),
    eval: (source, options) => send('EVAL', source, options),
  };
}
