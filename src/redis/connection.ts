import {
  ConnectionTimeoutError,
  createClient,
  type RedisClientOptions,
  type RedisFunctions,
  type RedisModules,
  type RedisScripts,
  type RespVersions,
} from 'redis';
import { messageOf } from '../errors';
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

type OwnClient = ReturnType<typeof createClient<RedisModules, RedisFunctions, RedisScripts, RespVersions>>;

/**
 * A client of our own, connected when a command needs it. node-redis's own reconnection and pings run on timers that
 * keep the process alive, and its command timeout does not cover a command already sent: so there are none of the
 * former, and a deadline of ours for the latter.
 */
export class OwnConnection implements Connection {
  readonly isCluster = false;
  readonly #options: OwnClientOptions;
  readonly #holdsProcess: boolean;
  #client: OwnClient | undefined;
  #connected: Promise<unknown> | undefined;
  #isReleased = false;
  /** Ends a connection attempt: node-redis cannot. */
  #attempt = new AbortController();
  /** Why the last attempt to connect failed, how long it held the process, and when the next is due. */
  #failure: { readonly error: unknown; readonly heldMs: number; readonly nextAt: number } | undefined;

  constructor(options: OwnClientOptions, holdsProcess: boolean) {
    this.#options = options;
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
    const { socket } = this.#options;
    const began = performance.now();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const client = createClient({
      RESP: 2,
      ...this.#options,
      disableOfflineQueue: true,
      pingInterval: 0,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        ...socket,
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

/** A server that does not know a command repeats its arguments, and those of HELLO are user and password. */
function withoutArguments(error: unknown): unknown {
  const [message, args] = messageOf(error).split(', with args beginning with');
  return args === undefined ? error : new Error(message);
}
