import { once } from 'node:events';
import { createCluster } from 'redis';
import { logCommon, RecentCommonReader, RedisRecentCommonTransport } from '../../src';
import { type LocalCluster, startCluster } from '../support/redis/cluster';
import { describeWithServer } from '../support/redis/servers';
import { until } from '../support/wait';

const makeClient = (urls: readonly string[]) => createCluster({ rootNodes: urls.map((url) => ({ url })), RESP: 2 });
type ClusterClient = ReturnType<typeof makeClient>;

const TIMEOUT_MS = 30_000;

describeWithServer('index of a cluster', () => {
  let cluster: LocalCluster;
  let client: ClusterClient;
  let reader: RecentCommonReader;
  /** How many of the next notes are lost on their way. */
  let lostNotes: number;
  let notes: number;
  /** The client, which loses notes. */
  let lossy: ClusterClient;

  beforeAll(async () => {
    cluster = await startCluster({ masters: 3, replicas: 0 });
    client = makeClient(cluster.urls);
    await client.on('error', () => undefined).connect();
    reader = new RecentCommonReader({ client });
    const evalSha: ClusterClient['evalSha'] = (sha, options) => {
      if (options?.keys?.[0] !== 'known' || options.arguments?.length !== 3) return client.evalSha(sha, options);
      notes++;
      return lostNotes-- > 0 ? Promise.reject(new Error('Socket closed unexpectedly')) : client.evalSha(sha, options);
    };
    lossy = new Proxy(client, {
      get(target, property) {
        if (property === 'evalSha') return evalSha;
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }, TIMEOUT_MS);
  beforeEach(() => {
    notes = 0;
    lostNotes = 2;
  });
  afterAll(async () => {
    reader.close();
    client.destroy();
    await cluster.stop();
  });

  const isKnown = async (name: string): Promise<boolean> =>
    (await reader.names()).some((destination) => destination.name === name);

  it(
    'has the name of a transport that logged once, however often its note is lost',
    async () => {
      const transport = new RedisRecentCommonTransport({ client: lossy, name: 'once' });
      transport.log({ level: 'info', message: 'hello' });
      await transport.flush();
      expect([transport.stats().written, await isKnown('once')]).toEqual([1, false]);
      await until(() => isKnown('once'), TIMEOUT_MS / 2);
      expect(notes).toBe(3);
      await transport.close();
    },
    TIMEOUT_MS,
  );

  it(
    'has the name of a call of logCommon, which does not wait for a note that is lost',
    async () => {
      await logCommon(lossy, 'called', 'hello');
      expect(await isKnown('called')).toBe(false);
      await until(() => isKnown('called'), TIMEOUT_MS / 2);
      expect(notes).toBe(3);
    },
    TIMEOUT_MS,
  );

  /** Logs a message, and waits until its batch is written, but not for its note. */
  const log = async (transport: RedisRecentCommonTransport, message: string): Promise<void> => {
    const written = once(transport, 'logged');
    transport.log({ level: 'info', message });
    await written;
  };
  /** The news of a logger since a moment, as `[]` as long as nothing was noted. */
  const readNews = async (name: string, cursor: string): Promise<boolean[]> =>
    (await reader.changedSince(cursor)).loggers
      .filter((logger) => logger.name === name)
      .map(({ hasNewMessages }) => hasNewMessages);

  it('has a new message at once, however often the logger was noted before', async () => {
    lostNotes = 0;
    const transport = new RedisRecentCommonTransport({ client: lossy, name: 'news', lingerMs: 0 });
    await log(transport, 'hello');
    await until(async () => (await readNews('news', '0'))[0]);
    const { cursor } = await reader.changedSince();
    await log(transport, 'world');
    await until(async () => (await readNews('news', cursor))[0]);
    expect(notes).toBe(2);
    await transport.close();
  });

  it('has a new message whose note was lost, once a later one arrives', async () => {
    const transport = new RedisRecentCommonTransport({ client: lossy, name: 'lost', lingerMs: 0 });
    const { cursor } = await reader.changedSince();
    await log(transport, 'hello');
    expect(await readNews('lost', cursor)).toEqual([]);
    await until(async () => (await readNews('lost', cursor))[0], TIMEOUT_MS / 2);
    await transport.close();
  });

  it('has the last of many batches, though they are noted once a second', async () => {
    lostNotes = 0;
    const transport = new RedisRecentCommonTransport({ client: lossy, name: 'busy', lingerMs: 0 });
    await log(transport, 'hello');
    await until(() => isKnown('busy'));
    const before = notes;
    for (let i = 0; i < 50; i++) await log(transport, 'hello');
    await until(() => notes > before);
    await transport.flush();
    expect(notes).toBeLessThan(before + 25);
    await transport.close();
  });
});
