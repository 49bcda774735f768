import { randomUUID } from 'node:crypto';
import winston from 'winston';
import { type ConnectionOptions, RecentCommonReader, RedisRecentCommonTransport } from '../../src';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { CLIENT_KINDS } from '../support/redis/client-kinds';
import { type Deployments, deploymentsForTests } from '../support/redis/deployments';
import { describeWithServer } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';

/** A way to reach Redis. */
interface Way {
  readonly title: string;
  readonly deployment: keyof Deployments;
  readonly open: (deployments: Deployments) => Promise<{ connection: ConnectionOptions; close: () => unknown }>;
}

const nothing = (): void => undefined;

const PASSED: readonly Way[] = CLIENT_KINDS.map(({ title, deployment, connect }) => ({
  title,
  deployment,
  open: async (deployments) => {
    const { client, close } = await connect(deployments);
    return { connection: { client }, close };
  },
}));

const OWN: readonly Way[] = [
  {
    title: 'a client of its own, by url',
    deployment: 'standalone',
    open: async ({ standalone }) => ({ connection: { url: standalone.address }, close: nothing }),
  },
  {
    title: 'a client of its own, by node-redis options',
    deployment: 'standalone',
    open: async ({ standalone }) => {
      const { hostname: host, port } = new URL(standalone.address);
      return { connection: { redis: { socket: { host, port: Number(port) } } }, close: nothing };
    },
  },
];

describeWithServer('logging and reading', () => {
  const deploy = deploymentsForTests();
  let deployments: Deployments;

  beforeAll(async () => {
    deployments = await deploy();
  });
  beforeEach(clearOfTheTurn);

  describe.each([...PASSED, ...OWN])('over $title', ({ deployment, open }) => {
    const keyName = deployment === 'cluster' ? '{app}' : 'app';
    let way: Awaited<ReturnType<Way['open']>>;
    let keyPrefix: string;
    let transport: RedisRecentCommonTransport;
    let logger: winston.Logger;
    let reader: RecentCommonReader;
    let stored: StoredLog;

    beforeAll(async () => {
      way = await open(deployments);
    });
    afterAll(() => way.close());

    beforeEach(() => {
      keyPrefix = `${randomUUID()}:`;
      transport = new RedisRecentCommonTransport({ ...way.connection, keyPrefix, closeTimeoutMs: 30_000 });
      logger = winston.createLogger({ transports: [transport] });
      reader = new RecentCommonReader({ ...way.connection, keyPrefix });
      stored = new StoredLog(deployments[deployment].inspector, keyPrefix, keyName);
    });
    afterEach(async () => {
      await transport.close();
      reader.close();
    });

    /** Logs lines `first` to `last`, and waits until they are written. */
    const log = async (first: number, last: number): Promise<void> => {
      for (let i = first; i <= last; i++) logger.info(`message ${i % 3}`, { i });
      await transport.flush();
    };

    it('keep the newest 100 of 250 lines, number them all and count each message', async () => {
      await log(1, 130);
      await log(131, 250);
      const newest = Array.from({ length: 100 }, (_, i) => `message ${(250 - i) % 3} {"i":${250 - i}}`);
      expect(await stored.texts()).toEqual(newest);
      expect(await stored.seq()).toBe(250);
      expect(await stored.current()).toEqual({ 'message 0': 83, 'message 1': 84, 'message 2': 83 });
      expect(await stored.start()).toBe(isoHour());
    });

    it('leave a batch of several hundred kilobytes as it is, in any script', async () => {
      const fills = ['größer', '漢字', '😀'].map((text) => text.repeat(1000 / Buffer.byteLength(text)));
      const messages = Array.from({ length: 400 }, (_, i) => `${i} ${fills[i % fills.length]}`);
      for (const message of messages) logger.info(message);
      await transport.flush();
      expect(Object.keys(await stored.current()).sort()).toEqual(messages.sort());
    });

    it('move the counts of an earlier hour to last', async () => {
      await log(1, 20);
      await stored.backdate(isoHour(3));
      await log(21, 27);
      expect(await stored.last()).toEqual({ 'message 0': 6, 'message 1': 7, 'message 2': 7 });
      expect(await stored.pstart()).toBe(isoHour(3));
      expect(await stored.current()).toEqual({ 'message 0': 3, 'message 1': 2, 'message 2': 2 });
      expect(await stored.start()).toBe(isoHour());
    });

    it('go on after the server has forgotten the script', async () => {
      await log(1, 30);
      await deployments[deployment].flushScripts();
      await log(31, 60);
      expect(await stored.seq()).toBe(60);
      expect(await stored.current()).toEqual({ 'message 0': 20, 'message 1': 20, 'message 2': 20 });
    });

    it('give back lines, counts and names, even after the server has forgotten the scripts', async () => {
      await log(1, 4);
      await deployments[deployment].flushScripts();
      const newest = { seq: 4, message: 'message 1 {"i":4}', name: 'app', severity: 'info', time: expect.any(Date) };
      expect(await reader.recent('app', 'info', { limit: 1 })).toEqual([newest]);
      const messages = [{ message: 'message 1', count: 2 }];
      const window = { start: new Date(`${isoHour()}Z`), total: 4, messages };
      expect(await reader.common('app', 'info', { limit: 1 })).toMatchObject(window);
      expect(await reader.names()).toEqual([{ name: 'app', severity: 'info', lastSeen: expect.any(Date) }]);
    });
  });
});
