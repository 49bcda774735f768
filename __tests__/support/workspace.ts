/** Gives each suite keys, users and clients of its own on a shared Redis. */

import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { canMakeUsers, makeUser, type Role, removeUser, userRules } from './redis/acl';
import { RedisServer } from './redis/servers';

type Client = ReturnType<typeof createClient>;

/** A busy machine may take longer than node-redis waits by default. */
export const CONNECT_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 30_000;

/** The Redis that all suites share. */
export const sharedUrl = (): string => process.env.TEST_REDIS_URL as string;

/**
 * A key prefix of a suite's own, with a reader and transports under it. `close` ends them and removes the keys.
 *
 * If that Redis has users, the transports, the reader and watchers connect as the users of docs/operations.md, who may do nothing but
 * what it grants them.
 */
export class Workspace {
  readonly prefix: string;
  /** For clients that may do everything. */
  readonly url: string;
  /** For clients with the rights of a transport, under {@link prefix}. */
  readonly writerUrl: string;
  /** For readers, with their rights. */
  readonly readerUrl: string;
  /** For watchers, with their rights. */
  readonly watcherUrl: string;
  readonly reader: RecentCommonReader;
  /** A client that may do everything. */
  readonly redis: Client;
  readonly #userUrls: readonly string[];
  readonly #transports: RedisRecentCommonTransport[] = [];
  #server: RedisServer | undefined;

  private constructor(url: string, redis: Client, prefix: string, users: Partial<Record<Role, string>>) {
    this.prefix = prefix;
    this.url = url;
    this.writerUrl = users.writer ?? url;
    this.readerUrl = users.reader ?? url;
    this.watcherUrl = users.watcher ?? url;
    this.reader = new RecentCommonReader({ url: this.readerUrl, keyPrefix: prefix });
    this.redis = redis;
    this.#userUrls = Object.values(users);
  }

  static async open(url = sharedUrl()): Promise<Workspace> {
    const redis: Client = createClient({ url, socket: { connectTimeout: CONNECT_TIMEOUT_MS }, RESP: 2 });
    await redis.on('error', () => undefined).connect();
    const prefix = `test-${randomUUID()}:`;
    if (!(await canMakeUsers(redis, url))) return new Workspace(url, redis, prefix, {});
    const writer = await makeUser(redis, url, userRules('writer', prefix));
    const reader = await makeUser(redis, url, userRules('reader', prefix));
    const watcher = await makeUser(redis, url, userRules('watcher', prefix));
    return new Workspace(url, redis, prefix, { writer, reader, watcher });
  }

  /** A workspace on a server of its own, which ends with it. */
  static async openOnOwnServer(): Promise<Workspace> {
    const server = await RedisServer.start();
    const workspace = await Workspace.open(server.url);
    workspace.#server = server;
    return workspace;
  }

  /** A key of this workspace. */
  key(key: string): string {
    return this.prefix + key;
  }

  /** A transport that is closed with the workspace. It waits longer for Redis than it would by default: the machine may be busy. */
  transport(options: TransportOptions = {}): RedisRecentCommonTransport {
    // The writer may reach no keys under another prefix.
    const url = options.keyPrefix === undefined ? this.writerUrl : this.url;
    const connection = options.client || options.redis || options.url ? {} : { url };
    const defaults = { keyPrefix: this.prefix, closeTimeoutMs: CLOSE_TIMEOUT_MS };
    const transport = new RedisRecentCommonTransport({ ...connection, ...defaults, ...options });
    this.#transports.push(transport);
    return transport;
  }

  /** A logger with one such transport. */
  logger(options: TransportOptions = {}): { logger: winston.Logger; transport: RedisRecentCommonTransport } {
    const transport = this.transport(options);
    return { logger: winston.createLogger({ transports: [transport] }), transport };
  }

  async close(): Promise<void> {
    await Promise.all(this.#transports.map((transport) => transport.close()));
    this.reader.close();
    const written: string[] = [];
    for await (const keys of this.redis.scanIterator({ MATCH: `${this.prefix}*`, COUNT: 1000 })) written.push(...keys);
    if (written.length > 0) await this.redis.unlink(written);
    for (const userUrl of this.#userUrls) await removeUser(this.redis, userUrl);
    this.redis.destroy();
    await this.#server?.stop();
  }
}
