import { createClient } from 'redis';
import { type DeliveryWarning, RedisRecentCommonTransport } from '../../src';
import { effort } from '../support/effort';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { userRules } from '../support/redis/acl';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';

type Client = ReturnType<typeof createClient>;

/** Every command that a script of a writer may come to. */
const COMMANDS = userRules('writer')
  .filter((rule) => rule.startsWith('+') && !rule.startsWith('+eval'))
  .map((rule) => rule.slice(1));

/** Commands without which an index cannot be written to. A batch that is not noted there is written all the same. */
const OF_THE_INDEX = ['zadd', 'zrange'];

/** The others; first those of rotation, of counting, of expiry and of reading. */
const MOST_TELLING = [...new Set(['rename', 'zincrby', 'expire', 'time', ...COMMANDS])].filter(
  (command) => !OF_THE_INDEX.includes(command),
);

let server: RedisServer;
let redis: Client;
let transport: RedisRecentCommonTransport;
let warnings: DeliveryWarning[];

async function start(closeTimeoutMs: number, ...args: string[]): Promise<void> {
  server = await RedisServer.start({ args });
  redis = createClient({ url: server.url, RESP: 2 });
  await redis.on('error', () => undefined).connect();
  transport = new RedisRecentCommonTransport({ url: server.url, name: 'app', closeTimeoutMs, ttlSeconds: 7200 });
  warnings = [];
  transport.on('warn', (warning: DeliveryWarning) => warnings.push(warning));
}

async function stop(): Promise<void> {
  await transport.close();
  redis.destroy();
  await server.stop();
}

const told = (): string[] => warnings.map(({ message }) => message);

describeWithServer('Redis without a command', () => {
  beforeEach(clearOfTheTurn);
  afterEach(stop);

  it.each(MOST_TELLING.slice(0, effort({ quick: 4, full: Infinity })))(
    'has nothing written of a batch that comes to %s, which is kept with one warning',
    async (command) => {
      await start(500, '--rename-command', command, '');
      for (let i = 0; i < 3; i++) transport.log({ level: 'info', message: 'hello' });
      await until(() => warnings.length > 0);
      await expect(transport.flush()).rejects.toThrow('3 log calls not acknowledged');
      expect(told()).toEqual([expect.stringMatching(/cannot write to Redis for app:info, 3 log calls pending: /)]);
      expect(transport.stats()).toMatchObject({ written: 0, lost: 0, pending: 3 });
      expect(await redis.dbSize()).toBe(0);
    },
  );

  it.each(OF_THE_INDEX)(
    'has batches written although the index cannot be without %s, with one warning',
    async (command) => {
      await start(10_000, '--rename-command', command, '');
      transport.log({ level: 'info', message: 'hello' });
      await transport.flush();
      transport.log({ level: 'error', message: 'hello' });
      await transport.flush();
      expect(told()).toEqual([expect.stringContaining('cannot write to the index for app:info')]);
      expect(transport.stats()).toMatchObject({ written: 2, lost: 0, pending: 0 });
    },
  );
});

describeWithServer('Redis without memory', () => {
  afterEach(stop);

  it('has nothing written, not even of the first batch, which is kept with one warning', async () => {
    await start(10_000, '--maxmemory', '1');
    transport.log({ level: 'info', message: 'hello' });
    await until(() => transport.stats().retries > 0 || transport.stats().written > 0);
    expect(transport.stats()).toMatchObject({ written: 0, lost: 0, pending: 1 });
    expect(told()).toEqual([expect.stringMatching(/cannot write to Redis for app:info, 1 log calls pending: OOM /)]);
    await redis.configSet('maxmemory', '0');
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: 1, lost: 0, pending: 0 });
  });
});

describeWithServer('Redis that is restarted without a command', () => {
  afterEach(stop);

  it('has nothing written of later batches of any destination, which are kept with one warning', async () => {
    await clearOfTheTurn();
    await start(500);
    const levels = ['info', 'error'];
    for (const level of levels) transport.log({ level, message: 'hello' });
    await until(() => transport.stats().pending === 0);
    await server.stop();
    server = await RedisServer.start({ port: server.port, args: ['--rename-command', 'rename', ''] });
    await until(() => redis.isReady);
    for (const level of levels) await redis.set(`common:app:${level}:start`, isoHour(1));
    for (const level of levels) await redis.zAdd(`common:app:${level}`, { value: 'before', score: 1 });
    await until(async () => {
      for (const level of levels) transport.log({ level, message: 'hello' });
      await transport.flush().catch(() => undefined);
      return told().some((text) => text.includes('NOPERM this user may not run RENAME'));
    });
    const { logged, written, lost, pending } = transport.stats();
    expect({ written, lost, isKept: pending === logged - 2 }).toEqual({ written: 2, lost: 0, isKept: true });
    for (const level of levels) expect(await redis.zScore(`common:app:${level}`, 'before')).toBe(1);
  });
});
