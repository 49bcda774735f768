/** A connection of our own that only runs scripts, so that a command need not load node-redis. */

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isDestinationError, withoutArguments } from '../../redis/failures';
import type { RedisScripter, ScriptArgument, ScriptArguments } from '../../redis/script';
import type { RedisAddress } from '../../redis/url';
import { ErrorReply, encodeCommand, type Reply, ReplyParser } from './resp';

/** How long a connection attempt may take. */
const CONNECT_TIMEOUT_MS = 2000;
const REPLY_TIMEOUT_MS = 10_000;
const CLOSED = 'the connection was closed';

/** A command whose reply is due. */
interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (failure: Error) => void;
}

/**
 * Runs scripts on one Redis. Connects when the first is run, and again after a failure. Used instead of node-redis because
 * loading that took 261 to 471 ms here, longer than everything else that a command does.
 */
export class ScriptClient implements RedisScripter {
  readonly #address: RedisAddress;
  readonly #replyTimeoutMs: number;
  #link: Link | undefined;
  #isClosed = false;

  /** @param replyTimeoutMs - how long Redis may be silent while a reply is due */
  constructor(address: RedisAddress, replyTimeoutMs = REPLY_TIMEOUT_MS) {
    this.#address = address;
    this.#replyTimeoutMs = replyTimeoutMs;
  }

  /** Emits nothing: a failure rejects the commands that it concerns. */
  on(): this {
    return this;
  }

  evalSha(sha1: string, { keys, arguments: args }: ScriptArguments<ScriptArgument>): Promise<Reply> {
    return this.#send(['EVALSHA', sha1, String(keys.length), ...keys, ...args]);
  }

  eval(script: string, { keys, arguments: args }: ScriptArguments<ScriptArgument>): Promise<Reply> {
    return this.#send(['EVAL', script, String(keys.length), ...keys, ...args]);
  }

  /** Closes the connection for good. Commands under way and later ones are rejected. */
  close(): void {
    this.#isClosed = true;
    this.#link?.end(new Error(CLOSED));
  }

  #send(command: readonly ScriptArgument[]): Promise<Reply> {
    if (this.#isClosed) return Promise.reject(new Error(CLOSED));
    if (!this.#link || this.#link.hasEnded) this.#link = new Link(this.#address, this.#replyTimeoutMs);
    return this.#link.send(command);
  }
}

/** One connection, until it fails. */
class Link {
  readonly #socket: Socket;
  readonly #parser = new ReplyParser();
  /** Redis replies in the order of the commands. */
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor({ host, port, path, isTls, username, password, database }: RedisAddress, replyTimeoutMs: number) {
    const place = path === undefined ? { host, port } : { path };
    this.#socket = isTls ? connectTls({ ...place, servername: isIP(host) ? '' : host }) : connect(place);
    const socket = this.#socket.setNoDelay().setTimeout(CONNECT_TIMEOUT_MS);
    socket.once(isTls ? 'secureConnect' : 'connect', () => socket.setTimeout(replyTimeoutMs));
    socket.on('timeout', () => {
      if (this.#waiting.length > 0) this.end(new Error(`no reply within ${(socket.timeout ?? 0) / 1000} s`));
    });
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(new Error('the connection was lost')));
    socket.on('data', (bytes) => this.#read(bytes));
    if (username !== '') this.#greet(['AUTH', username, password]);
    else if (password !== '') this.#greet(['AUTH', password]);
    if (database > 0) this.#greet(['SELECT', String(database)]);
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  send(command: readonly ScriptArgument[]): Promise<Reply> {
    return new Promise((resolve, reject) => this.#ask(command, { resolve, reject }));
  }

  /** Rejects the commands under way, and all later ones, with the first failure. */
  end(failure: Error): void {
    this.#failure ??= failure;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  /** Signs in or selects the database. If Redis refuses that, the refusal is why every later command fails. */
  #greet(command: readonly string[]): void {
    this.#ask(command, { resolve: () => undefined, reject: (failure) => this.end(withoutArguments(failure)) });
  }

  #ask(command: readonly ScriptArgument[], waiting: Waiting): void {
    if (this.#failure) return waiting.reject(this.#failure);
    this.#waiting.push(waiting);
    this.#socket.write(encodeCommand(command));
  }

  #read(bytes: Buffer): void {
    try {
      for (const reply of this.#parser.read(bytes)) {
        const waiting = this.#waiting.shift();
        if (!(reply instanceof ErrorReply)) {
          waiting?.resolve(reply);
          continue;
        }
        waiting?.reject(reply);
        if (isRefusal(reply)) this.end(reply);
      }
    } catch (error) {
      this.end(error as Error);
    }
  }
}

/** Whether the server will not do what it was asked: by now another may have its name, after a failover, say. */
function isRefusal(reply: ErrorReply): boolean {
  return !reply.message.startsWith('NOSCRIPT') && !isDestinationError(reply);
}
