import { createClient, type RedisClientOptions } from 'redis';
import { assertFunction, assertObject, OptionsError } from '../errors';
import { type RedisScripter, runScript, type Script, type ScriptArguments, type ScriptRunner } from './script';

/** Own client: how long a connection attempt, or a command on it, may take before the connection is given up. */
const COMMAND_TIMEOUT_MS = 10_000;

/** How to reach Redis. At most one of the three; none means `redis://localhost:6379`. */
export interface ConnectionOptions {
  /**
   * A connected node-redis client, cluster, sentinel or pool, version 4 to 6. It is never closed. A client of its own
   * (`client.duplicate()`) keeps other commands, such as a blocking `BLPOP`, from holding up the log.
   */
  readonly client?: RedisScripter;
  /** URL of a Redis for a connection of our own: `redis://` or, with TLS, `rediss://`. */
  readonly url?: string;
  /**
   * node-redis options for a connection of our own. It connects on demand and again after a failure, at the pace of the
   * retries, so `socket.reconnectStrategy`, `pingInterval` and `disableOfflineQueue` are set by us.
   */
  readonly redis?: RedisClientOptions;
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
    for (const method of ['evalSha', 'eval', 'on', 'off'] as const)
      assertFunction(client[method], `client.${method}`, true);
  }
  if (url !== undefined && !/^rediss?:$/.test(protocolOf(url))) {
    throw new OptionsError('url', 'a URL that begins with redis:// or rediss://', protocolOf(url));
  }
}

/** The scheme alone: a URL may hold a password, so no error shows it. */
function protocolOf(url: unknown): string {
  try {
    return new URL(String(url)).protocol;
  } catch {
    return 'no URL';
  }
}

/** A way to run scripts on Redis, whoever owns the client behind it. */
export interface Connection {
  /** Whether keys of one destination must share a hash tag. */
  readonly isCluster: boolean;
  run(script: Script, keys: string[], args: string[]): Promise<unknown>;
  /** Lets go of the client. The next `run` takes it up again. */
  release(): void;
}

/** Whether a client is a cluster: the only one of node-redis's four kinds that has slots. */
export function isClusterClient(client: RedisScripter): boolean {
  return 'slots' in client;
}

/**
 * @param holdsProcess - whether a command under way on a connection of our own keeps the process alive
 */
export function openConnection({ client, url, redis }: ConnectionOptions, holdsProcess: boolean): Connection {
  if (client) return new PassedConnection(client);
  return new OwnConnection(url === undefined ? (redis ?? {}) : { url }, holdsProcess);
}

/** An emitter without an `'error'` listener ends the process. Failures reach us as rejected commands. */
const ignoreError = (): void => undefined;

/** The application's client, used as it is. */
class PassedConnection implements Connection {
  readonly isCluster: boolean;
  readonly #client: RedisScripter & { listenerCount?(event: string): number };
  readonly #runner: ScriptRunner;
  #listening = false;

  constructor(client: RedisScripter) {
    this.#client = client;
    this.isCluster = isClusterClient(client);
    this.#runner = isCluster4Client(client) ? routedByKey(client) : client;
    this.#listen();
  }

  run(script: Script, keys: string[], args: string[]): Promise<unknown> {
    this.#listen();
    return runScript(this.#runner, script, keys, args);
  }

  release(): void {
    if (this.#listening) this.#client.off('error', ignoreError);
    this.#listening = false;
  }

  #listen(): void {
    if (this.#listening || this.#client.listenerCount?.('error')) return;
    this.#client.on('error', ignoreError);
    this.#listening = true;
  }
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

type OwnClient = ReturnType<typeof createClient>;

/**
 * A client of our own, connected when a command needs it. node-redis's own reconnection and pings run on timers that
 * keep the process alive, and its command timeout does not cover a command already sent: so there are none of the
 * former, and a deadline of ours for the latter.
 */
class OwnConnection implements Connection {
  readonly isCluster = false;
  readonly #options: RedisClientOptions;
  readonly #holdsProcess: boolean;
  #client: OwnClient | undefined;
  #connected: Promise<unknown> | undefined;

  constructor(options: RedisClientOptions, holdsProcess: boolean) {
    this.#options = options;
    this.#holdsProcess = holdsProcess;
  }

  async run(script: Script, keys: string[], args: string[]): Promise<unknown> {
    if (!this.#client?.isOpen) this.#connect();
    const client = this.#client as OwnClient;
    const work = Promise.resolve(this.#connected).then(() => runScript(client, script, keys, args));
    return this.#withDeadline(work, client);
  }

  release(): void {
    const client = this.#client;
    this.#client = undefined;
    if (!client) return;
    client.destroy();
    // One that was still connecting has no socket to destroy yet.
    this.#connected?.then(() => client.destroy(), ignoreError);
  }

  #connect(): void {
    const client = createClient({
      ...this.#options,
      disableOfflineQueue: true,
      pingInterval: 0,
      socket: { ...this.#options.socket, reconnectStrategy: false } as NonNullable<RedisClientOptions['socket']>,
    });
    client.on('error', ignoreError);
    client.unref();
    this.#client = client;
    this.#connected = client.connect();
  }

  /** A hung server answers nothing and closes nothing. Its connection is dropped; the outcome stays unknown. */
  #withDeadline<T>(work: Promise<T>, client: OwnClient): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`no answer from Redis within ${COMMAND_TIMEOUT_MS} ms`));
        if (this.#client === client) this.release();
      }, COMMAND_TIMEOUT_MS);
      if (!this.#holdsProcess) timer.unref();
      work.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
