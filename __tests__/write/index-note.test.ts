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
      if (options?.keys?.[0] !== 'known' || options.arguments?.length !== 2) return client.evalSha(sha, options);
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
});
