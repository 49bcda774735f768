import { once } from 'node:events';
import { inspect } from 'node:util';
import winston from 'winston';
import { OptionsError, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { freePort } from '../support/redis/servers';

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
