import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Cluster, Redis } from 'ioredis';
import * as ioredis6 from 'ioredis-6';
import * as iovalkey from 'iovalkey';
import { createClient, createClientPool, createCluster } from 'redis';
import * as redis4 from 'redis-4';
import winston from 'winston';
import {
  logCommon,
  logRecent,
  OptionsError,
  type PassedClient,
  RecentCommonReader,
  RedisRecentCommonTransport,
} from '../../src';
import { isConfigurationError } from '../../src/redis/failures';
import { atEndOfTest } from '../support/at-end';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { CLIENT_KINDS, type ClientKind, type ConnectedClient } from '../support/redis/client-kinds';
import { type Deployments, deploymentsForTests } from '../support/redis/deployments';
import { LIBRARIES, type Library, makeIoClient } from '../support/redis/ioredis-clients';
import { describeWithServer } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';
import { runCli } from '../support/viewers/cli';

const ignoreError = (): void => undefined;
const CLUSTER_KINDS = CLIENT_KINDS.filter(({ deployment }) => deployment === 'cluster');

const deploy = deploymentsForTests();

describeWithServer('passed client', () => {
  let deployments: Deployments;
  let passed: ConnectedClient;
  let keyPrefix: string;

  beforeAll(async () => {
    deployments = await deploy();
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    keyPrefix = `${randomUUID()}:`;
  });

  /** Connects one client for the tests of a kind. */
  const connectOnce = (connect: ClientKind['connect']): void => {
    beforeAll(async () => {
      passed = await connect(deployments);
    });
    afterAll(() => passed.close());
  };

  describe.each(CLIENT_KINDS)('$title', ({ deployment, connect }) => {
    const keyName = deployment === 'cluster' ? '{app}' : 'app';
    connectOnce(connect);

    const storedLog = (severity = 'info'): StoredLog =>
      new StoredLog(deployments[deployment].inspector, keyPrefix, keyName, severity);

    it('stays open and usable after a transport and a reader close', async () => {
      const transport = new RedisRecentCommonTransport({ client: passed.client, keyPrefix });
      const reader = new RecentCommonReader({ client: passed.client, keyPrefix });
      winston.createLogger({ transports: [transport] }).info('before');
      await reader.names();
      await transport.close();
      reader.close();
      await logRecent(passed.client, 'app', 'after', 'info', { keyPrefix });
      expect(await storedLog().texts()).toEqual(['after', 'before']);
    });

    it("gets one 'error' listener, which stays after a transport and a reader close", async () => {
      const { client, close } = await connect(deployments);
      expect(client.listenerCount('error')).toBe(0);
      const transport = new RedisRecentCommonTransport({ client, keyPrefix });
      const reader = new RecentCommonReader({ client, keyPrefix });
      expect(client.listenerCount('error')).toBe(1);
      await transport.close();
      reader.close();
      expect(client.listenerCount('error')).toBe(1);
      expect(() => client.emit('error', new Error('connection lost'))).not.toThrow();
      await close();
    });

    it("gets no 'error' listener if it has one of its own", async () => {
      const { client, close } = await connect(deployments);
      client.on('error', ignoreError);
      const transport = new RedisRecentCommonTransport({ client, keyPrefix });
      expect(client.listeners('error')).toEqual([ignoreError]);
      await transport.close();
      expect(client.listeners('error')).toEqual([ignoreError]);
      await close();
    });

    it('serves logRecent, which counts nothing, with the severity info by default', async () => {
      await logRecent(passed.client, 'app', 'first', undefined, { keyPrefix });
      await logRecent(passed.client, 'app', 'second', undefined, { keyPrefix });
      expect(await storedLog().texts()).toEqual(['second', 'first']);
      expect(await storedLog().seq()).toBe(2);
      expect(await storedLog().current()).toEqual({});
    });

    it('serves logCommon, which also writes a recent line, with the severity info by default', async () => {
      await logCommon(passed.client, 'app', 'hello', undefined, { keyPrefix });
      await logCommon(passed.client, 'app', 'hello', undefined, { keyPrefix });
      expect(await storedLog().current()).toEqual({ hello: 2 });
      expect(await storedLog().start()).toBe(isoHour());
      expect(await storedLog().texts()).toEqual(['hello', 'hello']);
    });

    it("serves logCommon with the severity numbers of Python's logging", async () => {
      const severities = { 10: 'debug', 20: 'info', 30: 'warning', 40: 'error', 50: 'critical' };
      for (const number of Object.keys(severities).map(Number)) {
        await logCommon(passed.client, 'app', `level ${number}`, number, { keyPrefix });
      }
      for (const [number, severity] of Object.entries(severities)) {
        expect(await storedLog(severity).current()).toEqual({ [`level ${number}`]: 1 });
        expect(await storedLog(severity).texts()).toEqual([`level ${number}`]);
      }
    });

    it('counts each of 300 simultaneous calls of logCommon', async () => {
      const messages = Array.from({ length: 300 }, (_, i) => `message ${i % 3}`);
      const calls = messages.map((message) => logCommon(passed.client, 'app', message, 'info', { keyPrefix }));
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
      expect(await storedLog().current()).toEqual({ 'message 0': 100, 'message 1': 100, 'message 2': 100 });
      expect(await storedLog().seq()).toBe(300);
      expect(await storedLog().texts()).toEqual(messages.slice(-100).reverse());
    });
  });

  describe.each(CLUSTER_KINDS)('$title', ({ connect }) => {
    connectOnce(connect);

    it('has all keys of a destination in one slot', async () => {
      await logCommon(passed.client, 'app', 'hello', 'info', { keyPrefix });
      await new StoredLog(deployments.cluster.inspector, keyPrefix, '{app}').backdate(isoHour(1));
      await logCommon(passed.client, 'app', 'hello', 'info', { keyPrefix });
      const recent = ['', ':seq'].map((suffix) => `${keyPrefix}recent:{app}:info${suffix}`);
      const common = ['', ':start', ':last', ':pstart', ':writers'].map(
        (suffix) => `${keyPrefix}common:{app}:info${suffix}`,
      );
      const cluster = createCluster({ rootNodes: deployments.cluster.address.map((url) => ({ url })), RESP: 2 });
      await cluster.on('error', ignoreError).connect();
      // Redis refuses a command whose keys are in different slots.
      expect(await cluster.exists([...recent, ...common])).toBe(7);
      cluster.destroy();
    });

    it.each(['{app}', 'a{b', 'a}b'])('refuses the logger name %s', async (name) => {
      const { client } = passed;
      expect(() => new RedisRecentCommonTransport({ client, name })).toThrow(OptionsError);
      await expect(logCommon(client, name, 'hello')).rejects.toThrow(OptionsError);
      await expect(logRecent(client, name, 'hello')).rejects.toThrow(OptionsError);
      await expect(new RecentCommonReader({ client }).recent(name, 'info')).rejects.toThrow(OptionsError);
    });

    it('refuses a key prefix with a brace', async () => {
      const { client } = passed;
      expect(() => new RedisRecentCommonTransport({ client, keyPrefix: 'a{b}' })).toThrow(OptionsError);
      expect(() => new RecentCommonReader({ client, keyPrefix: 'a{b}' })).toThrow(OptionsError);
      await expect(logCommon(client, 'app', 'hello', 'info', { keyPrefix: 'a{b}' })).rejects.toThrow(OptionsError);
    });
  });
});

describeWithServer('node of a cluster', () => {
  const atEnd = atEndOfTest();
  let deployments: Deployments;
  let url: string;

  beforeAll(async () => {
    deployments = await deploy();
    url = deployments.cluster.address[0] as string;
  });

  /** A client that knows no clusters. */
  const plainClient = async (library: 'node-redis' | Library): Promise<PassedClient> => {
    if (library !== 'node-redis') {
      const client = makeIoClient(library, url);
      atEnd(() => client.disconnect());
      return client;
    }
    const client = createClient({ url, RESP: 2 });
    await client.on('error', ignoreError).connect();
    atEnd(() => client.destroy());
    return client;
  };

  it.each(['a URL', 'node-redis', ...LIBRARIES] as const)(
    'is no server for a plain client, and the warning and the error say what to pass: %s',
    async (way) => {
      const options = way === 'a URL' ? { url } : { client: await plainClient(way) };
      const transport = new RedisRecentCommonTransport({ ...options, closeTimeoutMs: 0 });
      const warned = once(transport, 'warn');
      transport.log({ level: 'info', message: 'hello' });
      const [warning] = await warned;
      expect(warning.message).toMatch(/(CROSSSLOT|MOVED).*pass a cluster client, such as .* as client/);
      expect(isConfigurationError(warning.cause)).toBe(true);
      await transport.close();
      const reader = new RecentCommonReader(options);
      await expect(reader.recent('app', 'info')).rejects.toThrow(/(CROSSSLOT|MOVED).*pass a cluster client/);
      reader.close();
    },
  );

  it('is read by the command line program with --cluster, which it asks for', async () => {
    for (const command of ['top', 'tail', 'ls']) {
      const { code, stderr } = await runCli([command, '-u', url]);
      expect(stderr).toMatch(/cannot read from redis:\/\/127.0.0.1:\d+: it is a node of a cluster: use --cluster/);
      expect(code).toBe(1);
    }
  });
});

/** A client or cluster with a prefix of its own. */
const PREFIXED: [title: string, deployment: 'standalone' | 'cluster', connect: (to: Deployments) => ConnectedClient][] =
  [
    ['a client of ioredis 5', 'standalone', ({ standalone: { address } }) => prefixed(new Redis(address, OWN_PREFIX))],
    [
      'a client of ioredis 6',
      'standalone',
      ({ standalone }) => prefixed(new ioredis6.Redis(standalone.address, OWN_PREFIX)),
    ],
    [
      'a client of iovalkey',
      'standalone',
      ({ standalone }) => prefixed(new iovalkey.Redis(standalone.address, OWN_PREFIX)),
    ],
    ['a cluster of ioredis 5', 'cluster', ({ cluster: { address } }) => prefixed(new Cluster(address, OWN_PREFIX))],
    ['a cluster of ioredis 6', 'cluster', ({ cluster }) => prefixed(new ioredis6.Cluster(cluster.address, OWN_PREFIX))],
    ['a cluster of iovalkey', 'cluster', ({ cluster }) => prefixed(new iovalkey.Cluster(cluster.address, OWN_PREFIX))],
  ];
const OWN_PREFIX = { keyPrefix: 'own:' };

function prefixed(client: ConnectedClient['client'] & { disconnect(): void }): ConnectedClient {
  return { client, close: () => client.disconnect() };
}

describeWithServer('passed client with a key prefix of its own', () => {
  let deployments: Deployments;

  beforeAll(async () => {
    deployments = await deploy();
  });
  beforeEach(clearOfTheTurn);

  it.each(PREFIXED)(
    'has both prefixes before every key, and is read through itself or with both: %s',
    async (_, deployment, connect) => {
      const { client, close } = connect(deployments);
      const inner = `${randomUUID()}:`;
      const { inspector, address } = deployments[deployment];
      const transport = new RedisRecentCommonTransport({ client, keyPrefix: inner });
      transport.log({ level: 'info', message: 'hello' });
      await transport.close();
      const stored = new StoredLog(inspector, `own:${inner}`, deployment === 'cluster' ? '{app}' : 'app');
      expect(await stored.texts()).toEqual(['hello']);
      expect(await stored.current()).toEqual({ hello: 1 });
      const plain =
        deployment === 'cluster'
          ? createCluster({ rootNodes: (address as string[]).map((url) => ({ url })), RESP: 2 })
          : createClient({ url: address as string, RESP: 2 });
      await plain.on('error', ignoreError).connect();
      for (const reader of [
        new RecentCommonReader({ client, keyPrefix: inner }),
        new RecentCommonReader({ client: plain, keyPrefix: `own:${inner}` }),
      ]) {
        expect(await reader.names()).toMatchObject([{ name: 'app', severity: 'info' }]);
        expect(await reader.recent('app', 'info')).toMatchObject([{ message: 'hello' }]);
      }
      plain.destroy();
      close();
    },
  );

  it.each([
    ['a cluster of ioredis', () => new Cluster([], { lazyConnect: true, redisOptions: { keyPrefix: '{own}:' } })],
    ['a cluster of iovalkey', () => new iovalkey.Cluster([], { lazyConnect: true, keyPrefix: 'o{wn:' })],
    ['a cluster of node-redis', () => createCluster({ rootNodes: [], keyPrefix: 'o}wn:' })],
  ])('is refused with a brace in it, which would move the hash tag: %s', (_, make) => {
    expect(() => new RedisRecentCommonTransport({ client: make() })).toThrow(
      /without \{ or \} in its keyPrefix, got '/,
    );
  });
});

/** Clients that take no script as they are, and what the warning says about them. */
const UNUSABLE: [title: string, make: (url: string) => Promise<ConnectedClient['client'] & Ended>, advice: string][] = [
  ['node-redis that is not connected', async (url) => createClient({ url }), 'with await client.connect()'],
  ['a pool that is not connected', async (url) => createClientPool({ url }), 'with await client.connect()'],
  [
    'node-redis that was closed',
    async (url) => {
      const client = await createClient({ url, RESP: 2 }).connect();
      await client.close();
      return client;
    },
    'with await client.connect()',
  ],
  [
    'ioredis that was closed',
    async (url) => {
      const client = new Redis(url);
      await client.quit();
      return client;
    },
    'with await client.connect()',
  ],
  [
    'node-redis that subscribes',
    async (url) => {
      const client = await createClient({ url, RESP: 2 }).connect();
      await client.subscribe('channel', ignoreError);
      return client;
    },
    'such as client.duplicate()',
  ],
  [
    'ioredis that subscribes',
    async (url) => {
      const client = new Redis(url);
      await client.subscribe('channel');
      return client;
    },
    'such as client.duplicate()',
  ],
  [
    'ioredis that monitors',
    async (url) => {
      const client = new Redis(url);
      const monitor = await client.monitor();
      client.disconnect();
      return monitor;
    },
    'such as client.duplicate()',
  ],
];
type Ended = { destroy(): unknown } | { disconnect(): unknown };

describeWithServer('passed client that takes no script as it is', () => {
  it.each(UNUSABLE)('causes a warning and an error that say what to do: %s', async (_, make, advice) => {
    const { standalone } = await deploy();
    const client = await make(standalone.address);
    const transport = new RedisRecentCommonTransport({ client, closeTimeoutMs: 0 });
    const warned = once(transport, 'warn');
    transport.log({ level: 'info', message: 'hello' });
    const [warning] = await warned;
    expect(warning.message).toContain(advice);
    await transport.close();
    await expect(new RecentCommonReader({ client }).names()).rejects.toThrow(advice);
    if ('destroy' in client) client.destroy();
    else client.disconnect();
  });
});

describe('what is no client to pass', () => {
  const legacy = redis4.createClient({ legacyMode: true });

  it.each([
    ['null', null, 'an object'],
    ['a URL', 'redis://localhost', 'a URL is given as url'],
    ['a URL object', new URL('redis://localhost'), 'a URL is given as url'],
    ['a function that makes one', createClient, 'not a function that makes one'],
    ['a promise of one', Promise.resolve(createClient()), 'not a promise of one: await it'],
    ['options of one', { host: 'localhost' }, 'options of one are given as redis'],
    ['a client with legacyMode', legacy, 'without legacyMode: await client.duplicate({ legacyMode: false }).connect()'],
    ['the commands beside legacyMode', legacy.v4, 'the one that legacy() was called on'],
    ['the callbacks beside a client', createClient().legacy(), 'the one that legacy() was called on'],
    ['a pipeline of ioredis', new Redis({ lazyConnect: true }).pipeline(), 'not a transaction or pipeline of one'],
    ['a transaction of ioredis', new Redis({ lazyConnect: true }).multi(), 'not a transaction or pipeline of one'],
    ['a transaction of node-redis', createClient().multi(), 'not a transaction or pipeline of one'],
    ['a transaction of node-redis 4', redis4.createClient().multi(), 'not a transaction or pipeline of one'],
    ['a transaction of a cluster', createCluster({ rootNodes: [] }).multi(), 'not a transaction or pipeline of one'],
    [
      'a client of node-redis 3',
      { evalsha: ignoreError, eval: ignoreError, on: ignoreError, send_command: ignoreError },
      'in version 4 or later',
    ],
    ['an array of them', [createClient()], 'an object'],
    ['anything else', new Map(), 'a connected client of node-redis, ioredis or iovalkey'],
  ])('is refused, and the error says what to pass: %s', async (_, client, advice) => {
    const refusal = new RegExp(`client: expected .*${advice.replace(/[.(){}]/g, '\\$&')}`);
    expect(() => new RedisRecentCommonTransport({ client: client as never })).toThrow(refusal);
    expect(() => new RecentCommonReader({ client: client as never })).toThrow(refusal);
    await expect(logRecent(client as never, 'app', 'hello')).rejects.toThrow(refusal);
  });

  it('is refused if a client is given as url or redis', () => {
    const client = createClient();
    expect(() => new RedisRecentCommonTransport({ url: client as never })).toThrow(/url: expected .*given as client/);
    expect(() => new RedisRecentCommonTransport({ redis: client as never })).toThrow(
      /redis: expected .*given as client/,
    );
    const other = new Redis({ lazyConnect: true });
    expect(() => new RedisRecentCommonTransport({ redis: other as never })).toThrow(
      /redis: expected .*given as client/,
    );
  });
});
