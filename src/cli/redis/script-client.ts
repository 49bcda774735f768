import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { withoutArguments } from '../../redis/failures';
import type { RedisScripter, ScriptArguments } from '../../redis/script';
import { ErrorReply, encodeCommand, type Reply, ReplyParser } from './resp';

/** How long a connection attempt may take. */
const CONNECT_TIMEOUT_MS = 2000;
/** How long Redis may be silent while an answer is due. */
const REPLY_TIMEOUT_MS = 10_000;

/** Where a Redis is, and who asks. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  readonly username: string;
  readonly password: string;
  readonly database: number;
}

/** Who asked. */
interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (failure: Error) => void;
}

/**
 * Runs scripts on one Redis, and connects when one is to be run. It stands in for node-redis, which takes longer to load
 * than a command of ours to do everything else.
 */
export class ScriptClient implements RedisScripter {
  readonly #address: RedisAddress;
  #link: Link | undefined;

  constructor(address: RedisAddress) {
    this.#address = address;
  }

  /** Nothing is told to listeners: whoever waits for an answer is told why there is none. */
  on(): this {
    return this;
  }

  evalSha(sha1: string, { keys, arguments: args }: ScriptArguments): Promise<Reply> {
    return this.#send(['EVALSHA', sha1, String(keys.length), ...keys, ...args]);
  }

  eval(script: string, { keys, arguments: args }: ScriptArguments): Promise<Reply> {
    return this.#send(['EVAL', script, String(keys.length), ...keys, ...args]);
  }

  /** Gives up what is under way. */
  close(): void {
    this.#link?.end(new Error('the connection was closed'));
  }

  #send(command: readonly string[]): Promise<Reply> {
    if (!this.#link || this.#link.hasEnded) this.#link = new Link(this.#address);
    return this.#link.send(command);
  }
}

/** One connection, until it fails. */
class Link {
  readonly #socket: Socket;
  readonly #parser = new ReplyParser();
  /** Redis answers in the order in which it is asked. */
  readonly #waiting: Waiting[] = [];
  #failure: Error | undefined;

  constructor({ host, port, isTls, username, password, database }: RedisAddress) {
    this.#socket = isTls ? connectTls({ host, port, servername: isIP(host) ? '' : host }) : connect({ host, port });
    const socket = this.#socket.setNoDelay().setTimeout(CONNECT_TIMEOUT_MS);
    socket.once(isTls ? 'secureConnect' : 'connect', () => socket.setTimeout(REPLY_TIMEOUT_MS));
    socket.on('timeout', () => {
      if (this.#waiting.length > 0) this.end(new Error(`no answer within ${(socket.timeout ?? 0) / 1000} s`));
    });
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(new Error('the connection was lost')));
    socket.on('data', (bytes) => this.#read(bytes));
    if (password !== '') this.#greet(username === '' ? ['AUTH', password] : ['AUTH', username, password]);
    if (database > 0) this.#greet(['SELECT', String(database)]);
  }

  get hasEnded(): boolean {
    return this.#failure !== undefined;
  }

  send(command: readonly string[]): Promise<Reply> {
    return new Promise((resolve, reject) => this.#ask(command, { resolve, reject }));
  }

  /** Tells those who wait why. */
  end(failure: Error): void {
    this.#failure ??= failure;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  /** What Redis refuses before anything is asked is why everything after it fails. */
  #greet(command: readonly string[]): void {
    this.#ask(command, { resolve: () => undefined, reject: (failure) => this.end(withoutArguments(failure)) });
  }

  #ask(command: readonly string[], asker: Waiting): void {
    if (this.#failure) return asker.reject(this.#failure);
    this.#waiting.push(asker);
    this.#socket.write(encodeCommand(command));
  }

  #read(bytes: Buffer): void {
    try {
      for (const reply of this.#parser.read(bytes)) {
        const asker = this.#waiting.shift();
        if (reply instanceof ErrorReply) asker?.reject(reply);
        else asker?.resolve(reply);
      }
    } catch (error) {
      this.end(error as Error);
    }
  }
}
