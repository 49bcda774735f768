import { inspect } from 'node:util';
import { type DeliveryWarning, FlushError, RedisRecentCommonTransport } from '../../src';
import { isConfigurationError } from '../../src/redis/failures';
import { effort } from '../support/effort';
import { extraRules, setUser, userRules } from '../support/redis/acl';
import { startCluster } from '../support/redis/cluster';
import {
  type IoClient,
  type IoOptions,
  LIBRARIES,
  type Library,
  makeIoClient,
  type Whereabouts,
} from '../support/redis/ioredis-clients';
import { moveSlot } from '../support/redis/resharding';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { serversForTests } from '../support/redis/test-servers';
import { itWith } from '../support/requirements';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { FaultScene } from '../support/writers/fault-scene';
import { FaultWriter } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

jest.setTimeout(120_000);

// Hooks run in this order: writers go before their servers.
afterEach(() => FaultWriter.killAll());
const { atEnd, startServer, startProxy } = serversForTests();

function make(library: Library, where: Whereabouts, options?: IoOptions): IoClient {
  const client = makeIoClient(library, where, options);
  atEnd(() => client.disconnect());
  return client;
}

/** Where log calls stay pending. */
const CLOSE_SOON_MS = 100;

/** A busy machine may take long. */
function openTransport(client: IoClient, closeTimeoutMs = 20_000) {
  const transport = new RedisRecentCommonTransport({ client, closeTimeoutMs });
  const warnings: DeliveryWarning[] = [];
  transport.on('warn', (warning: DeliveryWarning) => warnings.push(warning));
  const log = (): void => transport.log({ level: 'info', message: 'hello' });
  atEnd(() => transport.close());
  return { transport, warnings, log };
}

describeWithServer.each(LIBRARIES)('client of %s', (library) => {
  it('has each batch counted once if its reply is lost, though it sends it again by itself', async () => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const writer = await FaultWriter.start({ connection: { url: proxy.url }, library });
    for (const how of ['rst', 'fin'] as const) {
      await writer.acknowledged(200);
      proxy.holdReplies();
      await until(() => proxy.heldBytes > 0);
      proxy.cut(how);
    }
    await writer.acknowledged(200);
    const report = await writer.end();
    await expectExactAt(server.url, [report]);
    expect(report.stats).toMatchObject({ lost: 0, late: 0, duplicates: 2 });
    for (const { cause } of readOutages(report)) expect(cause).toBe('the connection to Redis was lost');
  });

  it('that the application has closed holds up close() for its time, with a warning that says so', async () => {
    const server = await startServer();
    const client = make(library, server.url);
    const { transport, warnings, log } = openTransport(client, CLOSE_SOON_MS);
    log();
    await until(() => transport.stats().written === 1);
    client.disconnect();
    await until(() => client.status === 'end');
    log();
    await until(() => warnings.length > 0);
    expect(warnings[0]?.message).toContain('the client is closed');
    await expect(transport.flush()).rejects.toThrow(FlushError);
    expect(transport.stats()).toMatchObject({ written: 1, pending: 1 });
  });

  it('is told of a password that is missing or wrong, without showing it', async () => {
    const server = await startServer(['--requirepass', 'right-secret']);
    for (const userInfo of ['', ':wrong-secret@']) {
      const client = make(library, `redis://${userInfo}127.0.0.1:${server.port}`);
      const { warnings, log } = openTransport(client, CLOSE_SOON_MS);
      log();
      const warning = await until(() => warnings[0]);
      expect(isConfigurationError(warning.cause)).toBe(true);
      expect(inspect(warning, { depth: null })).not.toContain('secret');
    }
  });

  it('is told of a refusal without the log calls that it concerns', async () => {
    const server = await startServer();
    await server.command(['SET', 'common:app:info', 'junk']);
    const { warnings, log } = openTransport(make(library, server.url), CLOSE_SOON_MS);
    log();
    const warning = await until(() => warnings[0]);
    expect(warning.message).toContain('WRONGTYPE');
    expect(inspect(warning, { depth: null })).not.toContain('hello');
  });

  it('is kept if its master is demoted, and the warning says what the application must do', async () => {
    const server = await startServer();
    const { transport, warnings, log } = openTransport(make(library, server.url));
    log();
    await transport.flush();
    await server.command(['REPLICAOF', '127.0.0.1', '1']);
    log();
    await until(() => warnings.length > 0);
    expect(warnings[0]?.message).toMatch(/READONLY.*reconnect the client/);
    await server.command(['REPLICAOF', 'NO', 'ONE']);
    await transport.flush();
  });

  it('has one listener of ours for each event, however many transports share it', async () => {
    const client = make(library, 'redis://127.0.0.1:1', { lazyConnect: true });
    const emitter = client as unknown as NodeJS.EventEmitter;
    const count = (): number[] => ['error', 'close'].map((event) => emitter.listenerCount(event));
    for (let i = 0; i < 20; i++) new RedisRecentCommonTransport({ client });
    expect(count()).toEqual([1, 1]);
  });
});

// What takes a cluster or an outage hardly depends on which of them it is.
describeWithServer.each(effort<readonly Library[]>({ quick: ['ioredis'], full: LIBRARIES }))(
  'client of %s',
  (library) => {
    it('has every log call once after an outage, which is told of while it lasts, with maxRetriesPerRequest: null', async () => {
      const server = await startServer();
      const proxy = await startProxy(server);
      const writer = await FaultWriter.start({ connection: { url: proxy.url }, library });
      await writer.acknowledged(200);
      proxy.refuse();
      proxy.cut('rst');
      await until(async () => (await writer.progress()).warnings.length > 0);
      await writer.logged(1000);
      await proxy.accept();
      await writer.acknowledged(200);
      const report = await writer.end();
      await expectExactAt(server.url, [report]);
      expect(report.stats).toMatchObject({ lost: 0, late: 0 });
      expect(readOutages(report)).toHaveLength(1);
    });

    it('has every log call once if Redis is absent at first, and the warning says why', async () => {
      const server = await startServer();
      const proxy = await startProxy(server);
      proxy.refuse();
      const writer = await FaultWriter.start({ connection: { url: proxy.url }, library });
      await until(async () => (await writer.progress()).warnings.length > 0);
      await proxy.accept();
      await writer.acknowledged(200);
      const report = await writer.end();
      await expectExactAt(server.url, [report]);
      expect(readOutages(report)).toMatchObject([{ cause: expect.stringMatching(/ECONNREFUSED/) }]);
    });

    it('has every log call once after a slot of a cluster has moved, and after a replica took over', async () => {
      const cluster = await startCluster({ masters: 3, replicas: 1 });
      const scene = await FaultScene.ofCluster(cluster);
      atEnd(() => scene.close());
      const { writer } = await scene.start({ library, names: ['shop', 'app', 'cart'], levels: ['info', 'error'] });
      const slot = await cluster.readSlot('shop');
      await moveSlot(cluster, slot, await cluster.otherMaster(await cluster.masterBySlot(slot)));
      await writer.acknowledged(500);
      const [replica] = await cluster.findReplicas(await cluster.masterByKey('app'));
      await cluster.failover(replica as RedisServer);
      await writer.acknowledged(500);
      expect(await scene.takeBalance(writer)).toMatchObject({ lost: 0 });
    });

    itWith('users')(
      'needs the documented rights of the user that writes, and those that it is granted there',
      async () => {
        const cluster = await startCluster({ masters: 3 });
        atEnd(() => cluster.stop());
        const rights = [...userRules('writer'), ...extraRules('ioredis')];
        const rightsByPlace = { alone: rights, cluster: [...rights, ...extraRules('cluster client')] };
        const server = await startServer();
        for (const [place, nodes] of Object.entries({ alone: [server], cluster: cluster.nodes })) {
          const rules = [...rightsByPlace[place as keyof typeof rightsByPlace], '>pass'];
          for (const node of nodes) await setUser((words) => node.command(words), 'log-writer', rules);
          const urls = nodes.map(({ url }) => url.replace('//', '//log-writer:pass@'));
          const redisOptions = { username: 'log-writer', password: 'pass', disableClientInfo: true };
          const options = { disableClientInfo: true, ...(place === 'cluster' && { redisOptions }) };
          const { transport, warnings, log } = openTransport(
            make(library, place === 'cluster' ? urls : String(urls[0]), options),
          );
          log();
          await transport.flush();
          expect(warnings).toEqual([]);
          for (const node of nodes) expect(await node.command(['ACL', 'LOG'])).toEqual([]);
        }
      },
    );

    itWith('users')('is told of a right that is missing for the slots of a cluster', async () => {
      const cluster = await startCluster({ masters: 3 });
      atEnd(() => cluster.stop());
      for (const node of cluster.nodes) await node.command(['ACL', 'SETUSER', 'default', '-cluster']);
      const { warnings, log } = openTransport(make(library, cluster.urls), CLOSE_SOON_MS);
      log();
      const warning = await until(() => warnings[0]);
      expect(warning.message).toContain('NOPERM');
      expect(isConfigurationError(warning.cause)).toBe(true);
      for (const node of cluster.nodes) await node.command(['ACL', 'SETUSER', 'default', '+cluster']);
    });
  },
);
