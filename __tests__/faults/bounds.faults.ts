import { randomUUID } from 'node:crypto';
import { constantFrom, oneof, sample, string } from 'fast-check';
import type { DeliveryWarning, RedisRecentCommonTransport, TransportOptions } from '../../src';
import { anyCharacter } from '../support/any-character';
import { clearOfTheTurn } from '../support/hours';
import { runProgram } from '../support/program';
import { setUser, userRules } from '../support/redis/acl';
import { describeWithServer, freePort } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';
import { itWith } from '../support/requirements';
import { Workspace } from '../support/workspace';

describe('ten thousand random texts', () => {
  const piece = constantFrom(
    '\r\n',
    '\0',
    '\ud800',
    '\udc00',
    '__proto__',
    'constructor',
    '<other>',
    ':',
    '{}',
    '%',
    '\ufeff',
    '…',
  );
  const text = oneof(
    {
      weight: 3,
      arbitrary: string({
        unit: oneof({ weight: 3, arbitrary: anyCharacter }, piece),
        maxLength: 30,
      }),
    },
    piece,
    string({ maxLength: 1 }),
  );

  it('are counted and kept in order as they are after a letter, with lone surrogates replaced', async () => {
    const texts = sample(text, { numRuns: 10_000, seed: 30 }).map((one) => `x${one}`);
    const expected = new Map<string, number>();
    for (const written of texts.map((one) => one.toWellFormed()))
      expected.set(written, (expected.get(written) ?? 0) + 1);
    await clearOfTheTurn();
    const workspace = await Workspace.open();
    try {
      const { logger, transport } = workspace.logger({ name: 'any', recentLimit: 10_000, closeTimeoutMs: 60_000 });
      for (const [i, one] of texts.entries()) {
        logger.info(one);
        if (i % 2000 === 0) await transport.flush();
      }
      await transport.flush();
      expect(transport.stats()).toMatchObject({ written: 10_000, dropped: 0, other: 0 });
      const members = await workspace.redis.zRangeWithScores(workspace.key('common:any:info'), 0, -1);
      expect(new Map(members.map(({ value, score }) => [value, score]))).toEqual(expected);
      const lines = await new StoredLog(workspace.redis, workspace.prefix, 'any').texts();
      expect(lines.reverse()).toEqual(texts.map((one) => one.toWellFormed()));
    } finally {
      await workspace.close();
    }
  });
});

describeWithServer('eviction', () => {
  let workspace: Workspace;
  let names = 0;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  async function setMemory(maxmemory: string, policy: string): Promise<void> {
    await workspace.redis.configSet('maxmemory-policy', policy);
    await workspace.redis.configSet('maxmemory', maxmemory);
  }

  function warned(options: TransportOptions): { transport: RedisRecentCommonTransport; warnings: string[] } {
    const warnings: string[] = [];
    const transport = workspace.transport({ name: `app${++names}`, url: workspace.url, ...options });
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    return { transport, warnings };
  }

  /** Writes three batches, one of them of another severity. Returns the warnings. */
  async function collectWarnings(options: TransportOptions = {}): Promise<string[]> {
    const { transport, warnings } = warned(options);
    for (const level of ['info', 'info', 'error']) {
      transport.log({ level, message: 'hello' });
      await transport.flush();
    }
    return warnings;
  }

  const mayEvict = (policy: string): string =>
    `[winston-redis-recent-common] [delivery] Redis may evict what is logged: its maxmemory-policy is ${policy}, not noeviction`;

  itWith('rights in scripts').each([
    ['allkeys-lru', {}],
    ['allkeys-random', {}],
    ['volatile-ttl', { ttlSeconds: 7200 }],
  ])('is warned of once with the policy %s and %j', async (policy, options) => {
    await setMemory('100mb', policy);
    expect(await collectWarnings(options)).toEqual([mayEvict(policy)]);
  });

  it.each([
    ['noeviction', '100mb', { ttlSeconds: 7200 }],
    ['volatile-ttl, if keys never expire', '100mb', {}],
    ['allkeys-lru, if memory has no limit', '0', {}],
  ])('is not warned of with the policy %s', async (policy, maxmemory, options) => {
    await setMemory(maxmemory, policy.split(',')[0] as string);
    expect(await collectWarnings(options)).toEqual([]);
  });

  itWith('users', 'rights in scripts')(
    'is not looked for without the right to, and log calls are written all the same',
    async () => {
      await setMemory('100mb', 'allkeys-lru');
      const user = new URL(workspace.url);
      user.username = `test-${randomUUID()}`;
      user.password = randomUUID();
      const rules = [...userRules('writer', workspace.prefix), `>${user.password}`];
      await setUser((words) => workspace.redis.sendCommand(words), user.username, rules);
      expect(await collectWarnings({ url: user.href })).toEqual([]);
      await workspace.redis.sendCommand(['ACL', 'SETUSER', user.username, '+info']);
      expect(await collectWarnings({ url: user.href })).toEqual([mayEvict('allkeys-lru')]);
      await workspace.redis.sendCommand(['ACL', 'DELUSER', user.username]);
    },
  );

  it('is reported as lost log calls', async () => {
    await setMemory('0', 'noeviction');
    const { transport, warnings } = warned({ name: 'evicted' });
    for (let i = 0; i < 500; i++) transport.log({ level: 'info', message: `message ${i % 10}` });
    await transport.flush();
    await setMemory('1', 'allkeys-lru');
    await setMemory('0', 'noeviction');
    transport.log({ level: 'info', message: 'message 0' });
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: 501, lost: 500 });
    expect(warnings).toEqual([expect.stringContaining('Redis has lost 500 log calls of evicted:info')]);
    expect(await new StoredLog(workspace.redis, workspace.prefix, 'evicted').current()).toEqual({ 'message 0': 1 });
  });
});

describe('program', () => {
  it('keeps none of twenty messages of 10 MB whole that it logs while Redis is absent', async () => {
    const program = `
      const transport = openTransport({ closeTimeoutMs: 0 });
      const logger = winston.createLogger({ transports: [transport], format: winston.format.simple() });
      const used = () => { gc(); return process.memoryUsage().heapUsed; };
      const before = used();
      for (let i = 0; i < 20; i++) logger.info(i + 'x'.repeat(10_000_000));
      logger.info('the last');
      setImmediate(() => console.log(used() - before));`;
    const url = `redis://127.0.0.1:${await freePort()}`;
    const { stdout } = await runProgram(program, { URL: url, PREFIX: '', NODE_OPTIONS: '--expose-gc' });
    expect(stdout).not.toBe('');
    expect(Number(stdout)).toBeLessThan(10_000_000);
  });
});
