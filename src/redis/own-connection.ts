/** A connection of our own: opened when a command needs it, dropped when the server does not answer. */

import type { RedisClient, RedisClientOptions, RedisFunctions, RedisModules, RedisScripts, RespVersions } from 'redis';
import { clock } from '../clock';
import type { Connection } from './connection';
import { noAnswer, REPLY_TIMEOUT_MS, withDeadline } from './deadline';
import { ignoreError, isDestinationError, toClusterAdvice, withoutArguments } from './failures';
import { nodeRedis } from './node-redis';
import { ForeignReplyError, runScript, type Script, type ScriptArguments } from './script';

/** How long an attempt to connect may take. Nothing else ends an attempt, and it keeps the process alive. */
const CONNECT_TIMEOUT_MS = 2000;
/** The same after `release`, when such an attempt may be all that keeps the process alive. */
const RELEASED_CONNECT_TIMEOUT_MS = 250;
/**
 * Shortest time between a failed attempt and the next, however many destinations wait for a connection, and after which one is
 * given up on which everything was refused.
 */
const CONNECT_INTERVAL_MS = 250;
/** How often it is looked within the time for a reply whether one has come. */
const LOOKS = 8;

/**
 * Options of node-redis for a client with any extensions.
 *
 * @inline
 */
export type OwnClientOptions = RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, RespVersions>;

type PreparedClient = ReturnType<typeof RedisClient.create<RedisModules, RedisFunctions, RedisScripts, RespVersions>>;
type OwnClient = ReturnType<PreparedClient['duplicate']>;
type ClientFactory = ReturnType<typeof RedisClient.factory<RedisModules, RedisFunctions, RedisScripts, RespVersions>>;

/** By the version of the protocol. `createClient` would make a class of several hundred methods for each client. */
const factories = new Map<RespVersions | undefined, ClientFactory>();

function clientFactory({ RESP, modules, functions, scripts }: OwnClientOptions): ClientFactory {
  const { RedisClient } = nodeRedis();
  if (modules || functions || scripts) {
    return RedisClient.factory({ RESP, modules, functions, scripts } as OwnClientOptions);
  }
  const made = factories.get(RESP) ?? RedisClient.factory({ RESP } as OwnClientOptions);
  factories.set(RESP, made);
  return made;
}

/**
 * A client to be connected later. It has no `commandOptions.timeout` unless the application asks for one: node-redis applies
 * that only to commands that it has not sent yet, and watching it takes a fifth of the time of a batch.
 *
 * @throws the error of node-redis for options that it cannot use
 */
export function prepareClient(options: OwnClientOptions): PreparedClient {
  const all: OwnClientOptions = {
    RESP: 2,
    disableClientInfo: true,
    ...options,
    commandOptions: { timeout: 0, ...options.commandOptions },
    disableOfflineQueue: true,
    pingInterval: 0,
  };
  return clientFactory(all)(all);
}

/** One connection, from the attempt to connect on. */
interface Link {
  readonly client: OwnClient;
  readonly connected: Promise<void>;
  /** Ends the attempt, which node-redis cannot. */
  readonly attempt: AbortController;
  /** When the attempt began, in milliseconds of the monotonic clock. */
  readonly since: number;
  /** Whether the server has done what it was asked. */
  hasReplied: boolean;
  /** Commands without a reply, sent or not. */
  underWay: number;
  /** Why it was ended, if it gave no reply in time, or one that is none of ours. */
  cause?: Error | undefined;
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
  /** Only duplicated, never connected. */
  readonly #prototype: PreparedClient;
  readonly #socket: OwnClientOptions['socket'];
  readonly #holdsProcess: boolean;
  #link: Link | undefined;
  /** Connections on which something was refused, until what is under way there has its reply. */
  readonly #left = new Set<Link>();
  #isReleased = false;
  /** Commands without a reply on all connections. */
  #unanswered = 0;
  /** The last reply; or the attempt to connect or the command that has waited for one since. By the monotonic clock. */
  #silentSince = 0;
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
    const link = this.#open();
    const { client } = link;
    const work = link.connected.then(() => runScript(client, script, keys, args, onUnknown));
    if (this.#unanswered++ === 0) this.#silentSince = clock.now();
    link.underWay++;
    try {
      // A server that hangs does not close its connections, so this side does.
      const onTimeout = (): void => this.#end(link);
      const reply = await withDeadline(work, REPLY_TIMEOUT_MS, { holdsProcess: this.#holdsProcess, onTimeout });
      this.#silentSince = clock.now();
      link.hasReplied = true;
      return reply;
    } catch (error) {
      if (this.#link === link && !client.isOpen && !link.hasReplied) this.#failure ??= this.#failed(error, 0);
      if (error instanceof ForeignReplyError) this.#endForeign(link, error);
      if (this.#isRefusal(error, link)) this.#leave(link);
      throw toClusterAdvice(error instanceof this.#redis.DisconnectsClientError ? (link.cause ?? error) : error);
    } finally {
      this.#unanswered--;
      if (--link.underWay === 0 && this.#left.has(link)) this.#end(link);
    }
  }

  expectReplies(ms: number): () => void {
    const began = clock.now();
    const timer = clock
      .setInterval(() => {
        const silentMs = clock.now() - Math.max(began, this.#silentSince);
        if (this.#unanswered > 0 && silentMs >= ms) this.#drop(noAnswer(ms));
      }, ms / LOOKS)
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

  /**
   * Whether the server will not do what it was asked, whatever the reason: by now another may have its name, after a failover
   * or a migration. One that refuses everything is not connected to anew at each try of each destination.
   */
  #isRefusal(error: unknown, { hasReplied, since }: Link): boolean {
    if (!(error instanceof this.#redis.ErrorReply)) return false;
    this.#silentSince = clock.now();
    const isNew = !hasReplied && clock.now() - since < CONNECT_INTERVAL_MS;
    return !isNew && !isDestinationError(error);
  }

  #leave(link: Link): void {
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#left.add(link);
  }

  #drop(cause?: Error): void {
    for (const link of [this.#link, ...this.#left]) if (link) this.#end(link, cause);
  }

  /** What comes after a reply that is none of ours could be the reply to another command, too. */
  #endForeign(link: Link, error: ForeignReplyError): void {
    if (this.#link === link && !link.hasReplied) this.#failure ??= this.#failed(error, 0);
    this.#end(link, error);
  }

  #end(link: Link, cause?: Error): void {
    link.cause ??= cause;
    link.client.destroy();
    if (this.#link === link) this.#link = undefined;
    this.#left.delete(link);
    link.attempt.abort();
  }

  #open(): Link {
    if (this.#link?.client.isOpen) return this.#link;
    if (this.#failure && clock.now() < this.#failure.nextAt) throw this.#failure.error;
    this.#link = this.#connect();
    return this.#link;
  }

  #connect(): Link {
    const { ConnectionTimeoutError } = this.#redis;
    const since = clock.now();
    const attempt = new AbortController();
    this.#silentSince = since;
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
    const connected = client.connect().then(
      () => {
        this.#failure = undefined;
      },
      (reason: unknown) => {
        const error = attempt.signal.aborted ? (this.#failure?.error ?? new ConnectionTimeoutError()) : reason;
        const heldMs = error instanceof ConnectionTimeoutError ? Math.round(clock.now() - since) : 0;
        this.#failure = this.#failed(withoutArguments(error), heldMs);
        throw this.#failure.error;
      },
    );
    return { client, connected, attempt, since, hasReplied: false, underWay: 0 };
  }

  #failed(error: unknown, heldMs: number): Failure {
    return { error, heldMs, nextAt: clock.now() + CONNECT_INTERVAL_MS };
  }
}
