/** Writers on a cluster or behind sentinels, each under a key prefix of its own. */

import { randomUUID } from 'node:crypto';
import { createCluster, createSentinel } from 'redis';
import type { LocalCluster } from '../redis/cluster';
import type { LocalSentinel } from '../redis/sentinel';
import type { Inspector } from '../redis/stored-log';
import { type Balance, expectExact } from './balance';
import { FaultWriter, type FaultWriterOptions, type WriterConnection } from './fault-writer';

/** Lines that Redis must have before the fault. */
const FIRST_LINES = 100;

/** Reads all that the writers logged. */
type Observer = Inspector & { destroy(): unknown };

/** Servers that a test disturbs while writers log to them. */
export class FaultScene {
  readonly inspector: Inspector;
  readonly #connection: WriterConnection;
  readonly #close: () => Promise<void>;
  /** The key prefix of each writer. */
  readonly #writers = new Map<FaultWriter, string>();

  private constructor(connection: WriterConnection, inspector: Observer, stop: () => Promise<void>) {
    this.inspector = inspector;
    this.#connection = connection;
    this.#close = async () => {
      await inspector.destroy();
      await stop();
    };
  }

  static async ofCluster({ urls, stop }: LocalCluster): Promise<FaultScene> {
    const inspector = createCluster({ rootNodes: urls.map((url) => ({ url })), RESP: 2 });
    inspector.on('error', () => undefined);
    await inspector.connect();
    return new FaultScene({ cluster: urls }, inspector, stop);
  }

  static async ofSentinel({ name, sentinels, stop }: LocalSentinel): Promise<FaultScene> {
    const sentinel = { name, sentinelRootNodes: sentinels };
    const inspector = createSentinel({ ...sentinel, RESP: 2 });
    inspector.on('error', () => undefined);
    await inspector.connect();
    return new FaultScene({ sentinel }, inspector, stop);
  }

  /** Starts a writer under a key prefix of its own, and waits until Redis has its first lines. */
  async start(options: Omit<FaultWriterOptions, 'connection' | 'keyPrefix'> = {}, connection = this.#connection) {
    const keyPrefix = `${randomUUID()}:`;
    const writer = await FaultWriter.start({ connection, keyPrefix, ...options });
    this.#writers.set(writer, keyPrefix);
    await writer.acknowledged(FIRST_LINES);
    return { writer, keyPrefix };
  }

  /** Ends a writer. Expects each of its log calls to be counted once or reported as lost. */
  async takeBalance(writer: FaultWriter): Promise<Balance> {
    const keyPrefix = this.#writers.get(writer);
    const balance = await expectExact([await writer.end()], this.inspector, { keyPrefix: String(keyPrefix) });
    expect(balance).toMatchObject({ late: 0, dropped: 0 });
    return balance;
  }

  /** Ends the writers that a failed test has left. */
  async clear(): Promise<void> {
    await Promise.all([...this.#writers.keys()].map((writer) => writer.kill()));
    this.#writers.clear();
  }

  async close(): Promise<void> {
    await this.#close();
  }
}
