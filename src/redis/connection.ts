import type { createClient, RedisClientOptions, RedisFunctions, RedisModules, RedisScripts, RespVersions } from 'redis';
import { withoutArguments } from './failures';
import { nodeRedis } from './node-redis';
import { runScript, type Script } from './script';

/** Own client: how long an answer may take before the connection is given up. */
const COMMAND_TIMEOUT_MS = 10_000;
/** Own client: the same for a connection attempt. Nothing but this ends one, and it keeps the process alive. */
const CONNECT_TIMEOUT_MS = 2000;
/** Own client: the same once it was released, when nothing but an attempt may be what keeps the process alive. */
const RELEASED_CONNECT_TIMEOUT_MS = 250;
/** Own client: shortest time between a failed attempt and the next, however many destinations wait for it. */
const CONNECT_INTERVAL_MS = 250;

/** Options of node-redis for a client, whatever it is extended with. */
export type OwnClientOptions = RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, RespVersions>;

/** A way to run scripts on Redis, whoever owns the client behind it. */
export interface Connection {
  /** Whether keys of one destination must share a hash tag. */
  readonly isCluster: boolean;
  run(script: Script, keys: string[], args: string[]): Promise<unknown>;
  /** How long the last attempt to connect held the process, where nobody answered it; in milliseconds, else 0. */
  readonly heldMs: number;
  /** What runs from now on may wait for a connection. */
  acquire(): void;
  /** Closes a connection of our own, or gives up an attempt. The next `run` opens it again, but hardly waits for that. */
  release(): void;
}

/** An emitter without an `'error'` listener ends the process. Failures reach us as rejected commands. */
export const ignoreError = (): void => undefined;

type PreparedClient = ReturnType<typeof createClient<RedisModules, RedisFunctions, RedisScripts, RespVersions>>;
type OwnClient = ReturnType<PreparedClient['duplicate']>;

/**
 * A client of our own that is to be connected later. node-redis's timeout of a command does not cover one that was sent, and
 * to watch it takes a fifth of the time of a batch: there is none unless it is asked for.
 *
 * @throws what node-redis says of options that it cannot use
 */
export function prepareClient(options: OwnClientOptions): PreparedClient {
  const commandOptions = { timeout: 0, ...options.commandOptions };
  return nodeRedis().createClient({ RESP: 2, ...options, commandOptions, disableOfflineQueue: true, pingInterval: 0 });
}

/**
 * A client of our own, connected when a command needs it. node-redis's own reconnection and pings run on timers that
 * keep the process alive: so there are none, and a deadline of ours for each command.
 */
export class OwnConnection implements Connection {
  readonly isCluster = false;
  readonly #redis = nodeRedis();
  /** Never connected, but duplicated: node-redis makes a class for each client that it creates, which takes 30 to 70 ms. */
  readonly #prototype: PreparedClient;
  readonly #socket: OwnClientOptions['socket'];
  readonly #holdsProcess: boolean;
  #client: OwnClient | undefined;
  #connected: Promise<unknown> | undefined;
  #isReleased = false;
  /** Ends a connection attempt: node-redis cannot. */
  #attempt = new AbortController();
  /** Why the last attempt to connect failed, how long it held the process, and when the next is due. */
  #failure: { readonly error: unknown; readonly heldMs: number; readonly nextAt: number } | undefined;

  constructor(options: OwnClientOptions, holdsProcess: boolean) {
    this.#prototype = prepareClient(options);
    this.#socket = options.socket;
    this.#holdsProcess = holdsProcess;
  }

  get heldMs(): number {
    return this.#failure?.heldMs ?? 0;
  }

  async run(script: Script, keys: string[], args: string[]): Promise<unknown> {
    if (!this.#client?.isOpen) {
      if (this.#failure && performance.now() < this.#failure.nextAt) throw this.#failure.error;
      this.#connect();
    }
    const client = this.#client as OwnClient;
    const work = Promise.resolve(this.#connected).then(() => runScript(client, script, keys, args));
    // A hung server closes nothing, so the connection is dropped.
    const onTimeout = (): void => {
      if (this.#client === client) this.#drop();
    };
    return withDeadline(work, COMMAND_TIMEOUT_MS, { holdsProcess: this.#holdsProcess, onTimeout });
  }

  acquire(): void {
    this.#isReleased = false;
  }

  release(): void {
    this.#isReleased = true;
    this.#drop();
  }

  #drop(): void {
    this.#client?.destroy();
    this.#client = undefined;
    this.#attempt.abort();
  }

  #connect(): void {
    const { ConnectionTimeoutError } = this.#redis;
    const began = performance.now();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const client = this.#prototype.duplicate({
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        ...this.#socket,
        ...(this.#isReleased && { connectTimeout: RELEASED_CONNECT_TIMEOUT_MS }),
        reconnectStrategy: false,
        signal: attempt.signal,
      },
    } as OwnClientOptions);
    client.on('error', ignoreError);
    client.unref();
    this.#client = client;
    this.#connected = client.connect().then(
      () => {
        this.#failure = undefined;
      },
      (reason: unknown) => {
        const now = performance.now();
        const error = attempt.signal.aborted ? (this.#failure?.error ?? new ConnectionTimeoutError()) : reason;
        const heldMs = error instanceof ConnectionTimeoutError ? Math.round(now - began) : 0;
        this.#failure = { error: withoutArguments(error), heldMs, nextAt: now + CONNECT_INTERVAL_MS };
        throw this.#failure.error;
      },
    );
  }
}

/**
 * What a hung server never answers is given up; it may be done all the same.
 *
 * @param onTimeout - is called when that happens
 */
export function withDeadline<T>(
  work: Promise<T>,
  ms: number,
  { holdsProcess = false, onTimeout = ignoreError }: { holdsProcess?: boolean; onTimeout?: () => void } = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer from Redis within ${ms} ms`));
      onTimeout();
    }, ms);
    if (!holdsProcess) timer.unref();
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
