import { once } from 'node:events';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { format } from 'winston';
import {
  logCommon,
  logRecent,
  OptionsError,
  parameterize,
  RecentCommonReader,
  RecentCommonWatcher,
  RedisRecentCommonTransport,
  type TransportOptions,
} from '../src';
import { createDashboard } from '../src/dashboard';
import { assertRedisOptions } from '../src/redis/option-names';
import { Workspace } from './support/workspace';

const url = 'redis://127.0.0.1:1';

function refusal(options: unknown): OptionsError {
  try {
    new RedisRecentCommonTransport(options as TransportOptions);
  } catch (error) {
    if (error instanceof OptionsError) return error;
    throw error;
  }
  throw new Error('the options were accepted');
}

describe('invalid option', () => {
  it.each([
    ['name', { name: '' }, "''"],
    ['name', { name: 7 }, '7'],
    ['name', { name: 'é'.repeat(65) }, 'é'],
    ['name', { name: 'lone \ud800' }, '\\ud800'],
    ['keyPrefix', { keyPrefix: null }, 'null'],
    ['recentLimit', { recentLimit: 0 }, '0'],
    ['recentLimit', { recentLimit: 10_001 }, '10001'],
    ['recentLimit', { recentLimit: '100' }, "'100'"],
    ['recentLimit', { recentLimit: 1.5 }, '1.5'],
    ['commonLimit', { commonLimit: 1 }, '1'],
    ['commonLimit', { commonLimit: Number.NaN }, 'NaN'],
    ['ttlSeconds', { ttlSeconds: 0 }, '0'],
    ['lingerMs', { lingerMs: -1 }, '-1'],
    ['maxPending', { maxPending: Number.POSITIVE_INFINITY }, 'Infinity'],
    ['closeTimeoutMs', { closeTimeoutMs: 600_001 }, '600001'],
    ['timestamp', { timestamp: 'unix' }, "'unix'"],
    ['severities', { severities: [] }, 'an array'],
    ['severities', { severities: new Map([['audit', 'info']]) }, 'an object of the type Map'],
    ['redis', { redis: new URL('redis://localhost') }, 'an object of the type URL'],
    ['redis', { redis: new Map() }, 'an object of the type Map'],
    ['redis.socket', { redis: { socket: 'redis.example' } }, "an object, got 'redis.example'"],
    ['redis.socket', { redis: { socket: null } }, 'an object, got null'],
    [
      'redis.socket.tls',
      { redis: { socket: { tls: 'true' } } },
      "true or false; ca, cert and key stand beside it, got 'true'",
    ],
    ['redis.socket.tls', { redis: { socket: { tls: { ca: 'a' } } } }, 'an object'],
    ['redis.socket.host', { redis: { socket: { host: 5 } } }, 'a host name or an IP address, got 5'],
    ['redis.socket.host', { redis: { socket: { host: 'redis:6379' } } }, 'a colon'],
    ['redis.socket.port', { redis: { socket: { port: Number.NaN } } }, 'a whole number from 0 to 65535, got NaN'],
    ['redis.socket.port', { redis: { socket: { port: 'six' } } }, "got 'six'"],
    ['redis.database', { redis: { database: -1 } }, 'a whole number from 0, got -1'],
    ['options', new URL('redis://localhost'), 'an object of the type URL'],
    ['options', new Map([['name', 'app']]), 'an object of the type Map'],
    ['options', Promise.resolve({ name: 'app' }), 'an object of the type Promise'],
    ['severities.audit', { severities: { audit: 'last' } }, "'last'"],
    ['severities.audit', { severities: { audit: 'pulse' } }, "'pulse'"],
    ['severities.audit', { severities: { audit: 'LAST' } }, "'last'"],
    ['severities.audit', { severities: { audit: 'a:b' } }, "'a:b'"],
    ['commonKey', { commonKey: 'patterns' }, "'message', 'pattern' or a function, got 'patterns'"],
    ['sampleSeverities', { sampleSeverities: 'error' }, "'error'"],
    ['sampleSeverities', { sampleSeverities: ['pulse'] }, "'pulse'"],
    ['level', { level: 3 }, '3'],
    ['silent', { silent: 'yes' }, "'yes'"],
    ['handleExceptions', { handleExceptions: 1 }, '1'],
    ['handleRejections', { handleRejections: 1 }, '1'],
    ['format.transform', { format: 'json' }, 'undefined'],
    ['client', { client: 'redis://localhost' }, "'redis://localhost'"],
    ['client', { client: {} }, 'an object'],
    ['client', { client: null }, 'null'],
    ['redis', { redis: 'redis://localhost' }, "'redis://localhost'"],
    ['url', { url: 'http://localhost' }, "'http:'"],
    ['keyPrefix', { keyPrefix: 'lone \ud800' }, '\\ud800'],
    ['url', { url: null }, 'null'],
    ['url', { url: 6379 }, '6379'],
    ['url', { url: '' }, "'no URL'"],
    ['url', { url: 'localhost' }, "'no URL'"],
    ['url', { url: 'redis://localhost/abc' }, "'redis:'"],
    ['url', { url: 'user:pass@host' }, "'no URL'"],
    ['url', { url: ' ' }, "'no URL'"],
    ['url', { url: { host: 'localhost' } }, 'an object'],
    ['redis.url', { redis: { url: 'redis://user:secret@localhost:99999' } }, "'redis:'"],
    ['client, url, redis', { url, redis: {} }, "'url and redis'"],
    ['options', null, 'an object'],
  ])(
    'throws an error with its name, the expected and the received value: %s, given %j',
    (option, options, received) => {
      const error = refusal(options);
      expect(error).toMatchObject({ name: 'OptionsError', option });
      expect(error.message).toContain(`[options] ${option}: expected ${error.expected}, got`);
      expect(error.message).toContain(options === null ? 'null' : received);
    },
  );

  it('never shows a password in its error', () => {
    expect(refusal({ url: 'http://user:secret@host' }).message).not.toContain('secret');
    expect(refusal({ url: 'redis:secret', redis: { password: 'secret' } }).message).not.toContain('secret');
    expect(inspect(refusal({ redis: { url: 'redis://user:secret@localhost:99999' } }))).not.toContain('secret');
    expect(refusal({ name: { password: 'secret' } }).message).not.toContain('secret');
  });

  it('throws an OptionsError from the reader, too', () => {
    expect(() => new RecentCommonReader({ url: 'localhost' })).toThrow(OptionsError);
    expect(() => new RecentCommonReader({ url, keyPrefix: 7 as unknown as string })).toThrow(OptionsError);
    expect(() => new RecentCommonReader({ url, keyPrefix: null as never })).toThrow(OptionsError);
    for (const options of [null, new URL(url), new Map(), createClient({ url })] as never[]) {
      expect(() => new RecentCommonReader(options)).toThrow(OptionsError);
    }
  });

  it.each([
    ['node-redis', () => createClient({ url })],
    ['ioredis', () => new Redis({ lazyConnect: true })],
  ])('names the option client for a client of %s in place of options', (_, makeClient) => {
    expect(refusal(makeClient()).message).toContain('an object in which a client is given as client');
  });

  it('throws an OptionsError from parameterize', () => {
    for (const text of [undefined, null, 7, {}] as never[]) expect(() => parameterize(text)).toThrow(OptionsError);
  });

  it('rejects logRecent with an OptionsError', async () => {
    const client = createClient({ url });
    await expect(logRecent(client, '', 'hello')).rejects.toThrow(OptionsError);
    await expect(logRecent(client, 'app', 'hello', 'last')).rejects.toThrow(OptionsError);
    await expect(logRecent(client, 'app', 'hello', 'info', { recentLimit: 0 })).rejects.toThrow(OptionsError);
    for (const severity of [null, Number.NaN, Number.POSITIVE_INFINITY] as never[]) {
      await expect(logRecent(client, 'app', 'hello', severity)).rejects.toThrow(OptionsError);
    }
    for (const junk of [undefined, null, {}] as never[]) {
      await expect(logRecent(junk, 'app', 'hello')).rejects.toThrow(OptionsError);
    }
  });
});

describe('valid option', () => {
  it('is accepted at both ends of its range', () => {
    const least = { recentLimit: 1, commonLimit: 2, ttlSeconds: 1, lingerMs: 0, maxPending: 1, closeTimeoutMs: 0 };
    const most = {
      recentLimit: 10_000,
      commonLimit: 1_000_000,
      ttlSeconds: 2_147_483_647,
      lingerMs: 60_000,
      maxPending: 1_000_000,
      closeTimeoutMs: 600_000,
    };
    for (const options of [least, most])
      expect(() => new RedisRecentCommonTransport({ url, ...options })).not.toThrow();
  });

  it('may be undefined', () => {
    const options: TransportOptions = { url, client: undefined, name: undefined, recentLimit: undefined };
    expect(() => new RedisRecentCommonTransport(options)).not.toThrow();
    expect(() => new RecentCommonReader({ url: undefined, keyPrefix: undefined })).not.toThrow();
  });

  it("is passed on if it is one of winston's own", () => {
    const options = { level: 'warn', silent: true, format: format.simple(), handleExceptions: true };
    expect(new RedisRecentCommonTransport({ url, ...options })).toMatchObject(options);
  });
});

describe('option that an object of a class inherits', () => {
  class Settings {
    get url(): string {
      return url;
    }
    get closeTimeoutMs(): number {
      return 100;
    }
    get cooldownMs(): number {
      return -1;
    }
  }

  it('counts like one of its own, to a transport and to a watcher', async () => {
    const transport = new RedisRecentCommonTransport(new Settings());
    const warned = once(transport, 'warn');
    transport.log({ level: 'info', message: 'hello' });
    expect(String(await warned)).toContain('127.0.0.1:1');
    await expect(transport.flush()).rejects.toMatchObject({ timeoutMs: 100 });
    await transport.close();
    expect(() => new RecentCommonWatcher(Object.assign(new Settings(), { onAlarm: () => undefined }))).toThrow(
      /cooldownMs: expected a whole number/,
    );
  });
});

describe('option that is an object', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await Workspace.open();
  });
  afterAll(() => workspace.close());

  it('may be changed after the transport was made, which changes nothing', async () => {
    const [severities, sampleSeverities] = [{ audit: 'warning' }, ['warning']];
    const transport = workspace.transport({ name: 'changed', severities, sampleSeverities });
    severities.audit = 'last';
    sampleSeverities.pop();
    transport.log({ level: 'audit', message: 'hello' });
    await transport.flush();
    expect(await workspace.reader.changes('changed', 'warning')).toMatchObject([
      { message: 'hello', sample: { message: 'hello' } },
    ]);
  });
});

describe('unknown option', () => {
  const client = createClient({ url });

  it.each([
    ['host', { host: 'secret' }, 'redis: { socket: { host } }'],
    ['port', { port: 6380 }, 'redis: { socket: { port } }'],
    ['db', { db: 3 }, 'redis: { database }'],
    ['tls', { tls: {} }, 'redis: { socket: { tls } }'],
    ['password', { password: 'secret' }, 'redis: { password }'],
    ['socket', { socket: { host: 'secret' } }, 'redis: { socket }'],
    ['sentinels', { sentinels: [] }, 'a client of your own as client'],
    ['redis.host', { redis: { host: 'secret', port: 6380 } }, 'redis: { socket: { host } }'],
    ['redis.port', { redis: { port: 6380 } }, 'redis: { socket: { port } }'],
    ['redis.path', { redis: { path: '/tmp/redis.sock' } }, 'redis: { socket: { path } }'],
    ['redis.db', { redis: { db: 3 } }, 'redis: { database }'],
    ['redis.tls', { redis: { tls: {} } }, 'redis: { socket: { tls } }'],
    ['redis.username ', { redis: { 'username ': 'secret' } }, 'redis: { username }'],
    ['redis.passwrod', { redis: { passwrod: 'secret' } }, 'redis: { password }'],
    ['redis.sokcet', { redis: { sokcet: {} } }, 'redis: { socket }'],
    ['redis.rootNodes', { redis: { rootNodes: [] } }, 'a client of your own as client'],
    ['redis.maxRetriesPerRequest', { redis: { maxRetriesPerRequest: null } }, 'a client of your own as client'],
    ['redis.socket.hostname', { redis: { socket: { hostname: 'secret' } } }, 'redis: { socket: { host } }'],
    ['redis.socket.hsot', { redis: { socket: { hsot: 'secret' } } }, 'redis: { socket: { host } }'],
    ['redis.socket.prot', { redis: { socket: { host: 'secret', prot: 6380 } } }, 'redis: { socket: { port } }'],
    ['redis.socket.TLS', { redis: { socket: { TLS: true } } }, 'redis: { socket: { tls } }'],
    ['redis.socket.password', { redis: { socket: { password: 'secret' } } }, 'redis: { password }'],
    ['recentLimt', { recentLimt: 5 }, 'recentLimit'],
    ['recent_limit', { recent_limit: 5 }, 'recentLimit'],
    ['nmae', { nmae: 'shop' }, 'name'],
    ['prefix', { prefix: 'a:' }, 'keyPrefix'],
    ['ttl', { ttl: 60 }, 'ttlSeconds'],
    ['handleException', { handleException: true }, 'handleExceptions'],
    ['URL', { URL: 'redis://secret' }, 'url'],
    ['redisClient', { redisClient: client }, 'client'],
    ['colour', { colour: true }, 'one of the options client, url, redis, name, keyPrefix'],
    ['constructor', Object.fromEntries([['constructor', 1]]), 'one of the options'],
  ])('of the transport is refused, with the right one, and without its value: %s', (option, options, right) => {
    const error = refusal(options);
    expect(error.option).toBe(option);
    expect(error.message).toContain(`[options] ${option}: expected ${right}`);
    expect(inspect(error)).not.toContain('secret');
  });

  it.each([
    ['host', { host: 'localhost' }, 'redis: { socket: { host } }'],
    ['keyprefix', { keyprefix: 'a:' }, 'keyPrefix'],
    ['redis.port', { redis: { port: 6380 } }, 'redis: { socket: { port } }'],
    ['name', { name: 'shop' }, 'one of the options client, url, redis, keyPrefix'],
  ])('of the reader is refused, with the right one: %s', (option, options, right) => {
    expect(() => new RecentCommonReader(options as never)).toThrow(`[options] ${option}: expected ${right}`);
  });

  it.each([
    ['authorise', { authorise: 'public' }, 'authorize'],
    ['refresh', { refresh: 1000 }, 'refreshMs'],
    ['url', { url }, 'one of the options reader, environments, authorize, title'],
  ])('of the dashboard is refused, with the right one: %s', (option, more, right) => {
    const reader = new RecentCommonReader({ url });
    const options = { reader, authorize: 'public', ...more } as never;
    expect(() => createDashboard(options)).toThrow(`[options] ${option}: expected ${right}`);
  });

  it.each([
    ['keyPrefx', { keyPrefx: 'a:' }, 'keyPrefix'],
    ['lingerMs', { lingerMs: 5 }, 'one of the options keyPrefix, recentLimit'],
  ])('of logRecent and logCommon is refused, with the right one: %s', async (option, options, right) => {
    const message = `[options] ${option}: expected ${right}`;
    await expect(logRecent(client, 'app', 'hello', 'info', options as never)).rejects.toThrow(message);
    await expect(logCommon(client, 'app', 'hello', 'info', options as never)).rejects.toThrow(message);
  });

  it('is none of the options of sockets and TLS of Node', () => {
    const socket = `family localAddress localPort hints lookup noDelay keepAlive keepAliveInitialDelay signal timeout allowHalfOpen
      autoSelectFamily autoSelectFamilyAttemptTimeout ca cert key pfx passphrase crl dhparam ciphers ecdhCurve sigalgs minVersion
      maxVersion secureContext secureOptions secureProtocol session sessionIdContext sessionTimeout ticketKeys servername
      checkServerIdentity rejectUnauthorized ALPNProtocols SNICallback pskCallback minDHSize highWaterMark honorCipherOrder
      requestCert requestOCSP enableTrace onread blockList objectMode privateKeyEngine privateKeyIdentifier clientCertEngine
      allowPartialTrustChain socketTimeout connectTimeout reconnectStrategy fd readable writable`;
    const options = Object.fromEntries(socket.split(/\s+/).map((name) => [name, 'value']));
    expect(() => assertRedisOptions({ socket: options })).not.toThrow();
  });

  it('is none that is undefined, that node-redis may have, or that winston and its other transports have', () => {
    const nothing = { recentLimt: undefined, redis: { somethingNew: true, db: undefined } };
    expect(() => new RedisRecentCommonTransport(nothing as never)).not.toThrow();
    const texts = { level: 'info', eol: '', format: format.simple() };
    const methods = { log: () => 0, logv: () => 0, close: () => 0 };
    const flags = {
      silent: false,
      handleExceptions: true,
      handleRejections: true,
      exitOnError: false,
      debugStdout: false,
    };
    const others = { levels: {}, highWaterMark: 16, stderrLevels: [], consoleWarnLevels: [], forceConsole: true };
    const winston = { ...texts, ...methods, ...flags, ...others };
    const transport = new RedisRecentCommonTransport({ url, ...winston } as never);
    for (const method of ['log', 'logv', 'close']) expect(Object.hasOwn(transport, method)).toBe(false);
  });
});
