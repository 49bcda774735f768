import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { OptionsError, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { parseRedisUrl, UrlError } from '../../src/redis/url';
import { atEndOfTest } from '../support/at-end';
import { makeCertificates } from '../support/redis/certificates';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { runCli } from '../support/viewers/cli';
import { until } from '../support/wait';

const HERE = { host: 'localhost', port: 6379, isTls: false, username: '', password: '', database: 0 };
const SOCKET = { ...HERE, host: '', port: 0, path: '/tmp/redis.sock' };

describe('URL of a Redis', () => {
  it.each([
    ['redis://localhost', HERE],
    ['redis://', HERE],
    ['redis:///0', HERE],
    [' redis://localhost:6379/\n', HERE],
    ['REDIS://localhost', HERE],
    ['redis://10.0.0.1:7000', { ...HERE, host: '10.0.0.1', port: 7000 }],
    ['redis://[::1]:7000/1', { ...HERE, host: '::1', port: 7000, database: 1 }],
    ['rediss://redis.example', { ...HERE, host: 'redis.example', isTls: true }],
    ['redis://bücher.example', { ...HERE, host: 'bücher.example' }],
    ['redis://localhost/12', { ...HERE, database: 12 }],
    ['redis://localhost?db=12', { ...HERE, database: 12 }],
    ['redis://localhost/12?database=12&family=0', { ...HERE, database: 12 }],
    ['redis://localhost?tls=false&ssl=0', HERE],
    ['rediss://localhost?tls=true', { ...HERE, isTls: true }],
    ['redis://ann:[a%25]@localhost', { ...HERE, username: 'ann', password: '[a%]' }],
    ['redis://:secret@localhost', { ...HERE, password: 'secret' }],
    ['redis://ann@localhost', { ...HERE, username: 'ann' }],
    ['redis://ann:p%40ss%3A%2F%23%3F@localhost', { ...HERE, username: 'ann', password: 'p@ss:/#?' }],
    ['redis://ann:p@ss@localhost', { ...HERE, username: 'ann', password: 'p@ss' }],
    ['redis://ann:a:b@localhost', { ...HERE, username: 'ann', password: 'a:b' }],
    ['redis://ann:100%@localhost', { ...HERE, username: 'ann', password: '100%' }],
    ['redis://ann:p%zz%20a b%FFé@localhost', { ...HERE, username: 'ann', password: 'p%zz a b%FFé' }],
    ['unix:///tmp/redis.sock', SOCKET],
    ['unix:///tmp/redis.sock?db=3', { ...SOCKET, database: 3 }],
    ['unix://ann:p%40ss:b@/tmp/redis.sock', { ...SOCKET, username: 'ann', password: 'p@ss:b' }],
    ['unix:///tmp/a b%20c', { ...SOCKET, path: '/tmp/a b c' }],
  ])('is parsed: %j', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  it.each([
    ['localhost:6379', 'begins with redis://, rediss:// or unix://'],
    ['http://localhost', 'begins with redis://, rediss:// or unix://'],
    ['redis:localhost', 'begins with redis://, rediss:// or unix://'],
    ['', 'begins with redis://, rediss:// or unix://'],
    ['"redis://localhost"', 'without quotes around it'],
    [" 'unix:///tmp/redis.sock'", 'without quotes around it'],
    ['redis://[fe80::1%25eth0]:6379', 'without a zone in its IPv6 address'],
    ['rediss://ann:secret@[fe80::1%eth0]', 'without a zone in its IPv6 address'],
    ['redis://localhost?tls=true', 'begins with rediss:// for TLS'],
    ['redis://localhost/1?db=1&SSL=true&ssl=1', 'begins with rediss:// for TLS'],
    ['redis://localhost:99999', 'a port up to 65535'],
    ['redis://a b', 'a URL with a host'],
    ['redis://ann:pa/ss@localhost', 'percent-encoded'],
    ['redis://ann:pa?ss@localhost', 'percent-encoded'],
    ['redis://ann:pa#ss@localhost', 'percent-encoded'],
    ['redis://ann:pa\tss@localhost', 'percent-encoded'],
    ['redis://ann:pa\nss@localhost', 'percent-encoded'],
    ['redis://localhost/logs', 'one whole number as its database'],
    ['redis://localhost/-1', 'one whole number as its database'],
    ['redis://localhost/1/2', 'one whole number as its database'],
    ['redis://localhost/1?db=2', 'one whole number as its database'],
    ['redis://localhost?db=logs', 'one whole number as its database'],
    ['redis://localhost?db=1&db=2', 'one whole number as its database'],
    ['unix://tmp/redis.sock', 'such as unix:///path/to/socket'],
    ['unix://', 'such as unix:///path/to/socket'],
    ['unix://ann:pa/ss@/tmp/redis.sock', 'special characters percent-encoded'],
    ['unix:///pa/ss@/tmp/redis.sock', 'special characters percent-encoded'],
  ])('is refused with what is expected of it: %j', (url, expected) => {
    expect(() => parseRedisUrl(url)).toThrow(UrlError);
    expect(() => parseRedisUrl(url)).toThrow(expected);
  });
});

const atEnd = atEndOfTest();

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  atEnd(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A server that passes everything on to Redis. */
function forward(port: number, onBytes: (bytes: Buffer, client: Socket) => void = () => undefined): Server {
  return createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    atEnd(() => [client, upstream].forEach((socket) => socket.destroy()));
    client.on('data', (bytes) => onBytes(bytes, client));
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    client.pipe(upstream).pipe(client);
  });
}

/** Logs a line there, and reads it back by the reader and by the command line program. */
async function expectSame(options: TransportOptions, url: string): Promise<void> {
  const prefix = `${randomUUID()}:`;
  const transport = new RedisRecentCommonTransport({ ...options, keyPrefix: prefix });
  transport.log({ level: 'info', message: 'hello' });
  await transport.close();
  expect(transport.stats()).toMatchObject({ written: 1, pending: 0 });
  const reader = new RecentCommonReader({ ...options, keyPrefix: prefix });
  expect(await reader.recent('app', 'info')).toMatchObject([{ message: 'hello' }]);
  reader.close();
  const { stdout, stderr } = await runCli(['tail', '-u', url, '--prefix', prefix]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/ hello\n$/);
}

describeWithServer('URL for transport, reader and command line program', () => {
  const hasIpv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
  let server: RedisServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redis-socket-'));
    const args = ['--unixsocket', join(folder, 'redis.sock'), '--requirepass', 'p%zz é@:/?#'];
    server = await RedisServer.start({ args });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const at = (rest: string): string => `redis://:p%zz é%40:%2F%3F%23@127.0.0.1:${server.port}${rest}`;

  it.each([
    ['special characters, some of them encoded', () => at('')],
    ['blanks around it', () => ` ${at('')}\n`],
    ['a database in the path', () => at('/3')],
    ['a database in a parameter, and another parameter', () => at('?family=4&db=4')],
    ['a Unix socket', () => `unix://:p%zz%20é%40:%2F%3F%23@${folder}/redis.sock`],
    ['a Unix socket with a database', () => `unix://:p%zz é%40:%2F%3F%23@${folder}/redis.sock?db=5`],
  ])('means the same: %s', async (_, url) => {
    await expectSame({ url: url() }, url());
    await expectSame({ redis: { url: url() } }, url());
  });

  it('means the same as a URL object', async () => {
    await expectSame({ url: new URL(at('/2')) }, at('/2'));
  });

  (hasIpv6 ? it : it.skip)('means the same: an IPv6 address', async () => {
    const port = await listen(forward(server.port), '::1');
    const url = at('').replace(/127.*/, `[::1]:${port}`);
    await expectSame({ url }, url);
  });

  describe('in REDIS_URL', () => {
    const { REDIS_URL } = process.env;
    afterEach(() => {
      if (REDIS_URL === undefined) delete process.env.REDIS_URL;
      else process.env.REDIS_URL = REDIS_URL;
    });

    it('is taken if no option says where Redis is', async () => {
      process.env.REDIS_URL = ` ${at('/6')}`;
      await expectSame({}, at('/6'));
      await expectSame({ url: undefined, redis: undefined, client: undefined }, at('/6'));
    });

    it('stays that of a transport that was made with it', async () => {
      process.env.REDIS_URL = at('/8');
      const transport = new RedisRecentCommonTransport({ keyPrefix: `${randomUUID()}:` });
      process.env.REDIS_URL = 'redis://127.0.0.1:1';
      transport.log({ level: 'info', message: 'hello' });
      const found = await new Promise((resolve, reject) => {
        transport.query({}, (error, entries) => (error ? reject(error) : resolve(entries)));
      });
      expect(found).toMatchObject([{ message: 'hello' }]);
      await transport.close();
    });

    it('is not looked at if an option does', async () => {
      process.env.REDIS_URL = 'no URL at all';
      await expectSame({ url: at('/7') }, at('/7'));
      const socket = { host: '127.0.0.1', port: server.port };
      await expectSame({ redis: { socket, password: 'p%zz é@:/?#', database: 7 } }, at('/7'));
    });

    it.each(['', ' ', '\n'])('counts as unset: %j', (value) => {
      process.env.REDIS_URL = value;
      expect(() => new RedisRecentCommonTransport()).not.toThrow();
    });

    it.each(['secret', 'secret:6379', 'secret://host', 'redis://secret:99999', 'redis://a:b/secret@host'])(
      'is refused by its name, without a part of its value: %s',
      (value) => {
        process.env.REDIS_URL = value;
        for (const make of [RedisRecentCommonTransport, RecentCommonReader]) {
          let refusal: unknown;
          try {
            new make();
          } catch (error) {
            refusal = error;
          }
          expect(refusal).toBeInstanceOf(OptionsError);
          expect(refusal).toMatchObject({
            option: 'REDIS_URL',
            message: expect.stringContaining('REDIS_URL: expected'),
          });
          expect(inspect(refusal, { depth: null }).replace(/\n +at .*/g, '')).not.toContain('secret');
        }
      },
    );

    it('is refused by the command line program by its name, without a part of its value', async () => {
      const { code, stderr } = await runCli(['ls'], { env: { REDIS_URL: 'secret://secret' } });
      expect(stderr).toContain('REDIS_URL must be a URL that begins with redis://');
      expect(stderr).not.toContain('secret');
      expect(code).toBe(2);
    });
  });
});

describe('connection with TLS', () => {
  itWith('certificates')(
    'names its host to the server (SNI), unless that is an address or another name is given',
    async () => {
      const certificates = makeCertificates();
      atEnd(() => certificates.remove());
      const { cert, key } = certificates.server;
      /** The name that a server is told by a connection with these options, made for its port. */
      const ask = async (redis: (port: number) => TransportOptions['redis']): Promise<unknown> => {
        const names: unknown[] = [];
        const server = createTlsServer({ cert, key }, (socket) => {
          names.push((socket as { servername?: unknown }).servername);
          socket.destroy();
        });
        const transport = new RedisRecentCommonTransport({ redis: redis(await listen(server)), closeTimeoutMs: 0 });
        transport.log({ level: 'info', message: 'hello' });
        await until(() => names.length > 0);
        await transport.close();
        return names[0];
      };
      const ca = certificates.authority.cert;
      const secured = { tls: true, ca } as const;
      expect(await ask((port) => ({ url: `rediss://localhost:${port}`, socket: secured }))).toBe('localhost');
      expect(await ask((port) => ({ socket: { host: 'localhost', port, ...secured } }))).toBe('localhost');
      expect(await ask((port) => ({ url: `rediss://127.0.0.1:${port}`, socket: secured }))).toBe(false);
      expect(await ask((port) => ({ url: `redis://localhost:${port}`, socket: secured }))).toBe('localhost');
      const servername = 'elsewhere.example';
      const other = { ...secured, servername, checkServerIdentity: () => undefined };
      expect(await ask((port) => ({ url: `rediss://localhost:${port}`, socket: other }))).toBe(servername);
    },
  );
});

describeWithServer('proxy that drops a connection at CLIENT SETINFO', () => {
  it('is written and read through', async () => {
    const server = await RedisServer.start();
    atEnd(() => server.stop());
    const port = await listen(forward(server.port, (bytes, client) => bytes.includes('SETINFO') && client.destroy()));
    await expectSame({ url: `redis://127.0.0.1:${port}` }, `redis://127.0.0.1:${port}`);
  });
});
