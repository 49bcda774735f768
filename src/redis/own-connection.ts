/** A connection of our own: opened when a command needs it, dropped when the server does not answer. */

import type { createClient, RedisClientOptions, RedisFunctions, RedisModules, RedisScripts, RespVersions } from 'redis';
import { clock } from '../clock';
import type { Connection } from './connection';
import { withDeadline } from './deadline';
import { ignoreError, isDemotionError, toClusterAdvice, withoutArguments } from './failures';
import { nodeRedis } from './node-redis';
import { runScript, type Script, type ScriptArguments } from './script';

/** How long a reply may take before the connection is dropped. */
const COMMAND_TIMEOUT_MS = 10_000;
/** How long an attempt to connect may take. Nothing else ends an attempt, and it keeps the process alive. */
const CONNECT_TIMEOUT_MS = 2000;
/** The same after `release`, when such an attempt may be all that keeps the process alive. */
const RELEASED_CONNECT_TIMEOUT_MS = 250;
/** Shortest time between a failed attempt and the next, however many destinations wait for a connection. */
const CONNECT_INTERVAL_MS = 250;

/**
 * Options of node-redis for a client with any extensions.
 *
 * @inline
 */
export type OwnClientOptions = RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, RespVersions>;

type PreparedClient = ReturnType<typeof createClient<RedisModules, RedisFunctions, RedisScripts, RespVersions>>;
type OwnClient = ReturnType<PreparedClient['duplicate']>;

/**
 * A client to be connected later. It has no `commandOptions.timeout` unless the application asks for one: node-redis applies
 * that only to commands that it has not sent yet, and watching it takes a fifth of the time of a batch.
 *
 * @throws the error of node-redis for options that it cannot use
 */
export function prepareClient(options: OwnClientOptions): PreparedClient {
  const commandOptions = { timeout: 0, ...options.commandOptions };
  return nodeRedis().createClient({
    RESP: 2,
    disableClientInfo: true,
    ...options,
    commandOptions,
    disableOfflineQueue: true,
    pingInterval: 0,
  });
}

/** A failed attempt to connect: why, how long it kept the process alive, and when the next is due. */
interface Failure {
  readonly error: unknown;
  readonly heldMs: number;
  readonly nextAt: number;
}

/**
 * Connects when a command needs it. The reconnection and the pings of node-redis run on timers that keep the process alive,
 * so both are off, and each command has a deadline of ours instead.
 */
export class OwnConnection implements Connection {
  readonly isCluster = false;
  readonly #redis = nodeRedis();
  /** Only duplicated, never connected: node-redis makes a class for each client that it creates, which takes 30 to 70 ms. */
  readonly #prototype: PreparedClient;
  readonly #socket: OwnClientOptions['socket'];
  readonly #holdsProcess: boolean;
  #client: OwnClient | undefined;
  #connected: Promise<unknown> | undefined;
  #isReleased = false;
  /** Commands that were sent, or wait for the connection, and have no reply. */
  #unanswered = 0;
  /** Replies, and attempts to connect, so far: an attempt has a time of its own. */
  #signsOfLife = 0;
  /** Whether the server has replied on this connection. */
  #hasReplied = false;
  /** Ends an attempt to connect, which node-redis cannot. */
  #attempt = new AbortController();
  /** The last attempt to connect, if it failed, or if its connection was lost before the first reply. */
  #failure: Failure | undefined;

  constructor(options: OwnClientOptions, holdsProcess: boolean) {
    this.#prototype = prepareClient(options);
    this.#socket = options.socket;
    this.#holdsProcess = holdsProcess;
  }

  get heldMs(): number {
    return this.#failure?.heldMs ?? 0;
  }

  async run(script: Script, keys: string[], args: string[], onUnknown?: () => ScriptArguments): Promise<unknown> {
    if (!this.#client?.isOpen) {
      if (this.#failure && clock.now() < this.#failure.nextAt) throw this.#failure.error;
      this.#connect();
    }
    const client = this.#client as OwnClient;
    const drop = (): void => {
      if (this.#client === client) this.#drop();
    };
    const work = Promise.resolve(this.#connected).then(() => runScript(client, script, keys, args, onUnknown));
    this.#unanswered++;
    try {
      // A server that hangs does not close its connections, so this side does.
      const reply = await withDeadline(work, COMMAND_TIMEOUT_MS, { holdsProcess: this.#holdsProcess, onTimeout: drop });
      this.#signsOfLife++;
      if (this.#client === client) this.#hasReplied = true;
      return reply;
    } catch (error) {
      if (this.#client === client && !client.isOpen && !this.#hasReplied) this.#failure ??= this.#failed(error, 0);
      if (isDemotionError(error)) drop();
      throw toClusterAdvice(error);
    } finally {
      this.#unanswered--;
    }
  }

  expectReplies(ms: number): () => void {
    let seen = this.#signsOfLife;
    const timer = clock
      .setInterval(() => {
        if (this.#unanswered > 0 && this.#signsOfLife === seen) this.#drop();
        seen = this.#signsOfLife;
      }, ms)
      .unref();
    return () => clock.clearInterval(timer);
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
    const began = clock.now();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#hasReplied = false;
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
    this.#signsOfLife++;
    this.#connected = client.connect().then(
      () => {
        this.#failure = undefined;
      },
      (reason: unknown) => {
        const error = attempt.signal.aborted ? (this.#failure?.error ?? new ConnectionTimeoutError()) : reason;
        const heldMs = error instanceof ConnectionTimeoutError ? Math.round(clock.now() - began) : 0;
        this.#failure = this.#failed(withoutArguments(error), heldMs);
        throw this.#failure.error;
      },
    );
  }

  #failed(error: unknown, heldMs: number): Failure {
    return { error, heldMs, nextAt: clock.now() + CONNECT_INTERVAL_MS };
  }
}
