import { once } from 'node:events';
import { inspect } from 'node:util';
import fc from 'fast-check';
import winston from 'winston';
import { OptionsError, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { effort } from '../support/effort';
import { freePort } from '../support/redis/servers';
import { runCli } from '../support/viewers/cli';

const PASSWORD = 'a-secret-password';
const KEY = 'a-secret-key';

let url: string;
let redis: NonNullable<TransportOptions['redis']>;

beforeAll(async () => {
  const port = await freePort();
  url = `redis://log-writer:${PASSWORD}@127.0.0.1:${port}`;
  redis = {
    username: 'log-writer',
    password: PASSWORD,
    socket: { host: '127.0.0.1', port, tls: true, key: KEY, cert: '' },
  };
});

function expectNoSecret(shown: unknown): void {
  const text = typeof shown === 'string' ? shown : inspect(shown, { depth: 10, showHidden: true });
  for (const secret of [PASSWORD, KEY, 'redis://', 'log-writer']) expect(text).not.toContain(secret);
}

const WAYS: readonly [string, () => TransportOptions][] = [
  ['a URL', () => ({ url })],
  ['node-redis options', () => ({ redis })],
];

describe.each(WAYS)('password in %s', (_, options) => {
  it('is not shown by a transport, its logger, its stats or a reader', () => {
    const transport = new RedisRecentCommonTransport(options());
    const reader = new RecentCommonReader(options());
    expectNoSecret(JSON.stringify([transport, reader]));
    const logger = winston.createLogger({ transports: [transport] });
    for (const shown of [transport, reader, logger, transport.stats()]) expectNoSecret(shown);
  });

  it('is not shown by a warning or by the error of flush(), causes included', async () => {
    const transport = new RedisRecentCommonTransport({ ...options(), closeTimeoutMs: 200 });
    const warned = once(transport, 'warn');
    transport.log({ level: 'info', message: 'hello' });
    const failed = await transport.flush().catch((error: unknown) => error);
    const [warning] = await warned;
    for (const shown of [warning, failed]) {
      expect(inspect(shown)).toContain('cause');
      expectNoSecret(shown);
      expectNoSecret(String((shown as Error).stack));
    }
    await transport.close();
  });

  it('is not shown by an error about another option', () => {
    for (const wrong of [{ recentLimit: 0 }, { name: '' }, { client: {} as never }, { keyPrefix: null as never }]) {
      let refusal: unknown;
      try {
        new RedisRecentCommonTransport({ ...options(), ...wrong });
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(OptionsError);
      expectNoSecret(refusal);
    }
  });
});

describe('password in invalid options', () => {
  it.each([
    ['a URL of another scheme', () => ({ url: url.replace('redis:', 'http:') })],
    ['a URL with an invalid port', () => ({ url: url.replace(/:\d+$/, ':99999') })],
    ['a URL with a path that is no database', () => ({ url: `${url}/logs` })],
    ['both a URL and options', () => ({ url, redis })],
    ['options with an invalid URL', () => ({ redis: { url: url.replace(/:\d+$/, ':99999') } })],
    ['a client that is a URL', () => ({ client: url as never })],
    ['options that are a URL', () => ({ redis: url as never })],
    ['options in a list', () => ({ redis: [redis] as never })],
  ])('is not shown by the error: %s', (_, options) => {
    for (const make of [RedisRecentCommonTransport, RecentCommonReader]) {
      let refusal: unknown;
      try {
        new make(options());
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(OptionsError);
      expect(inspect(refusal, { depth: 10, showHidden: true })).not.toContain(PASSWORD);
    }
  });
});

describe('password with special characters', () => {
  /** The last part of each is a word that may not be shown. */
  const PASSWORDS = [
    'a b',
    'a@b',
    'a/b',
    'a?b',
    'a#b',
    'a%b',
    'a%20b',
    'a"b',
    "a'b",
    'a\nb',
    'a\r\n\tb',
    'a\u0000b',
    'a//b',
    '@@@b',
    'a:b',
  ];
  const passwords = PASSWORDS.map((text) => text.replace(/^a/, 'tulip').replace(/b$/, 'daffodil'));

  it.each(passwords)('is not shown in a URL that is given for any option: %j', (password) => {
    const given = `redis://tulip:${password}@127.0.0.1:99999`;
    const wrong = [
      'url',
      'name',
      'keyPrefix',
      'recentLimit',
      'timestamp',
      'client',
      'redis',
      'level',
      'commonKey',
      'severities',
    ];
    for (const option of wrong) {
      for (const make of [RedisRecentCommonTransport, RecentCommonReader]) {
        try {
          void new make({ recentLimit: 0, [option]: given } as never);
        } catch (error) {
          const shown = inspect(error, { depth: 10, showHidden: true });
          expect(shown.replace(/\n +at .*/g, '')).not.toMatch(/tulip|daffodil/);
        }
      }
    }
  });

  it.each(['a/b', 'a?b', 'a#b', '12/b', '12?b', '12#b'])(
    'is refused in a URL that ends the host in it: %s',
    (password) => {
      const given = `redis://user:${password}@127.0.0.1:6379`;
      for (const options of [{ url: given }, { redis: { url: given } }]) {
        expect(() => new RedisRecentCommonTransport(options)).toThrow(OptionsError);
        expect(() => new RecentCommonReader(options)).toThrow(OptionsError);
      }
    },
  );

  it.each(passwords.slice(0, 6))('is not shown by a warning: %j', async (password) => {
    const { port } = new URL(url);
    const encoded = `redis://tulip:${encodeURIComponent(password)}@127.0.0.1:${port}`;
    for (const options of [
      { url: encoded },
      { redis: { username: 'tulip', password, socket: { host: '127.0.0.1', port: Number(port) } } },
    ]) {
      const transport = new RedisRecentCommonTransport({ ...options, closeTimeoutMs: 0 });
      const warned = once(transport, 'warn');
      transport.log({ level: 'info', message: 'hello' });
      const [warning] = await warned;
      expect(inspect([warning, transport], { depth: 10 }).replace(/\n +at .*/g, '')).not.toMatch(/tulip|daffodil/);
      await transport.close();
    }
  });
});

/** A password of a number that could be a port and two words, none of which may be shown, with any characters in between. */
const anyPassword = fc
  .array(
    fc.oneof(
      fc.constantFrom(...Array.from(' @/?#:%\\"\'&;[]')),
      fc.constantFrom('%20', '\n', '\r', '\t', '\0', '//', 'é', '@@'),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .chain((signs) =>
    fc.shuffledSubarray(['4711', 'tulip', 'daffodil'], { minLength: 2 }).map((words) => words.join(signs.join(''))),
  );
const anyUrl = fc
  .tuple(anyPassword, fc.constantFrom('redis://', 'rediss://', 'redis:/', 'redis:', 'http://', '//'), fc.boolean())
  .map(([password, scheme, isEncoded]) => {
    return `${scheme}log-writer:${isEncoded ? encodeURIComponent(password) : password}@127.0.0.1:1`;
  });
const SECRET = /tulip|daffodil|4711/;
const withoutFrames = (text: string): string => text.replace(/\n +at .*/g, '');

describe('password of any kind', () => {
  const PLACES: readonly ((url: string) => object)[] = [
    (text) => ({ url: text }),
    (text) => ({ redis: { url: text } }),
    (text) => ({ redis: { socket: { host: text.replace(/^\w*:?\/*/, '') } } }),
    (text) => ({ redis: { socket: { host: text } } }),
    (text) => ({ url, name: text }),
    (text) => ({ url, keyPrefix: text }),
    (text) => ({ url, severities: { info: text } }),
    (text) => ({ url, name: () => text }),
    (text) => ({ url, timestamp: text }),
    (text) => ({ url, client: text }),
  ];

  it('is shown by no error, warning, transport or reader, whatever option its URL is given for', async () => {
    const property = fc.asyncProperty(anyUrl, fc.constantFrom(...PLACES), async (text, place) => {
      const options = { ...place(text), closeTimeoutMs: 50 } as TransportOptions;
      const shown: unknown[] = [];
      try {
        const reader = new RecentCommonReader(options);
        shown.push(reader, await reader.names().catch((error: unknown) => error));
        reader.close();
      } catch (error) {
        shown.push(error);
      }
      try {
        const transport = new RedisRecentCommonTransport(options);
        transport.on('warn', (warning) => shown.push(warning, String(warning), warning.reason));
        transport.log({ level: 'info', message: 'hello' });
        shown.push(await transport.flush().catch((error: unknown) => error), transport.stats());
        await transport.close();
      } catch (error) {
        shown.push(error);
      }
      expect(withoutFrames(inspect(shown, { depth: 10, showHidden: true }))).not.toMatch(SECRET);
    });
    await fc.assert(property, { numRuns: effort({ quick: 60, full: 600 }) });
  });

  it('is shown by no message of the command line program, wherever its URL stands and however the shell splits it', async () => {
    const places: readonly ((parts: string[]) => string[])[] = [
      (parts) => ['-u', ...parts],
      (parts) => ['tail', '--url', ...parts, '-f', '--json'],
      (parts) => [`--url=${parts[0]}`, ...parts.slice(1)],
      (parts) => [`-u${parts[0]}`, ...parts.slice(1), 'ls'],
      (parts) => ['ls', ...parts],
      (parts) => ['top', 'shop', ...parts],
      (parts) => ['tail', '-n', ...parts],
      (parts) => ['serve', '--host', ...parts],
      (parts) => ['tail', '-s', ...parts],
      (parts) => ['-l', ...parts],
      (parts) => ['--cluster', '-u', ...parts],
      (parts) => ['--nothing', ...parts],
    ];
    const property = fc.asyncProperty(
      anyUrl,
      fc.constantFrom(...places),
      fc.boolean(),
      async (text, place, isSplit) => {
        const args = place(isSplit ? text.split(/[ \t\r\n]+/) : [text]);
        const { stdout, stderr, code } = await runCli(args, { env: { REDIS_URL: 'redis://127.0.0.1:1' } });
        expect(code).not.toBe(0);
        expect(stdout + stderr).not.toMatch(SECRET);
      },
    );
    await fc.assert(property, { numRuns: effort({ quick: 60, full: 600 }) });
  });
});
