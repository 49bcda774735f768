import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import winston from 'winston';
import { RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { RedisServer } from './servers';

type Client = ReturnType<typeof createClient>;

/** The Redis that all suites share. */
export const sharedUrl = (): string => process.env.TEST_REDIS_URL as string;

/** A key prefix of a test file's own on a Redis, with what reads and writes under it. All of it ends with `close`. */
export class Workspace {
  readonly prefix = `test-${randomUUID()}:`;
  readonly url: string;
  readonly reader: RecentCommonReader;
  readonly redis: Client;
  readonly #transports: RedisRecentCommonTransport[] = [];
  #server: RedisServer | undefined;

  private constructor(url: string) {
    this.url = url;
    this.reader = new RecentCommonReader({ url, keyPrefix: this.prefix });
    this.redis = createClient({ url });
    this.redis.on('error', () => undefined);
  }

  static async open(url = sharedUrl()): Promise<Workspace> {
    const workspace = new Workspace(url);
    await workspace.redis.connect();
    return workspace;
  }

  /** One on a server of its own, which ends with it. */
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

  /** A transport that is closed with the workspace. */
  transport(options: TransportOptions = {}): RedisRecentCommonTransport {
    const connection = options.client || options.redis || options.url ? {} : { url: this.url };
    const transport = new RedisRecentCommonTransport({ ...connection, keyPrefix: this.prefix, ...options });
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
    this.redis.destroy();
    await this.#server?.stop();
  }
}
