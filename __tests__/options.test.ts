import { inspect } from 'node:util';
import { createClient } from 'redis';
import { format } from 'winston';
import { logRecent, OptionsError, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../src';

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
    ['severities.audit', { severities: { audit: 'last' } }, "'last'"],
    ['severities.audit', { severities: { audit: 'LAST' } }, "'last'"],
    ['severities.audit', { severities: { audit: 'a:b' } }, "'a:b'"],
    ['commonKey', { commonKey: 'message' }, "'message'"],
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
    expect(() => new RecentCommonReader(null as never)).toThrow(OptionsError);
  });

  it('rejects logRecent with an OptionsError', async () => {
    const client = createClient({ url });
    await expect(logRecent(client, '', 'hello')).rejects.toThrow(OptionsError);
    await expect(logRecent(client, 'app', 'hello', 'last')).rejects.toThrow(OptionsError);
    await expect(logRecent(client, 'app', 'hello', 'info', { recentLimit: 0 })).rejects.toThrow(OptionsError);
    await expect(logRecent(client, 'app', 'hello', null as never)).rejects.toThrow(OptionsError);
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
