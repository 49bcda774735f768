import { logCommon, OptionsError, RecentCommonReader } from '../../src';
import { asctime } from '../../src/line-format';
import type { ScriptArguments } from '../../src/redis/script';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  await clearOfTheTurn();
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

async function log(counts: Record<string, number>): Promise<void> {
  const { logger, transport } = workspace.logger({ name });
  for (const [message, count] of Object.entries(counts)) for (let i = 0; i < count; i++) logger.info(message);
  await transport.flush();
}

/** Dates the counts so far back by some hours. */
async function age(hours: number): Promise<void> {
  await workspace.redis.set(workspace.key(`common:${name}:info:start`), isoHour(hours));
}

describe('common', () => {
  it('gives the counts of this hour, most frequent first', async () => {
    await log({ rare: 1, often: 3, sometimes: 2 });
    expect(await workspace.reader.common(name, 'info')).toEqual({
      start: new Date(`${isoHour()}Z`),
      end: expect.any(Date),
      total: 6,
      isComplete: true,
      messages: [
        { message: 'often', count: 3 },
        { message: 'sometimes', count: 2 },
        { message: 'rare', count: 1 },
      ],
    });
  });

  it('gives back every message as it is stored, whatever is in it, and however many there are', async () => {
    const odd = ['', ' ', '\n', '\0', '"', '1', 'a\nb 2', '\ufffd', 'é😀', '{"a":1}', ',', '<other>'];
    const many = [...odd, ...Array.from({ length: 2000 }, (_, i) => `message ${i}`)];
    const stored = many.map((value, i) => ({ value, score: i + 0.5 }));
    const key = workspace.key(`common:${name}:info`);
    for (const each of [key, `${key}:last`]) await workspace.redis.zAdd(each, stored);
    await workspace.redis.mSet({ [`${key}:start`]: isoHour(), [`${key}:pstart`]: isoHour(1) });
    const expected = stored.map(({ value, score }) => ({ message: value, count: score })).reverse();
    for (const window of ['current', 'previous'] as const) {
      expect((await workspace.reader.common(name, 'info', { window })).messages).toEqual(expected);
    }
    expect((await workspace.reader.common(name, 'info', { limit: 3 })).messages).toEqual(expected.slice(0, 3));
    const changes = await workspace.reader.changes(name, 'info');
    expect(new Map(changes.map(({ message, count, previous }) => [message, [count, previous]]))).toEqual(
      new Map(expected.map(({ message, count }) => [message, [count, count]])),
    );
  });

  it('gives the total of all messages, whatever its limit', async () => {
    await log({ rare: 1, often: 3, sometimes: 2 });
    const { total, messages } = await workspace.reader.common(name, 'info', { limit: 1 });
    expect(total).toBe(6);
    expect(messages).toEqual([{ message: 'often', count: 3 }]);
  });

  it('gives the counts of the hour before, after a rotation', async () => {
    await log({ old: 2 });
    await age(1);
    await log({ new: 1 });
    expect(await workspace.reader.common(name, 'info')).toMatchObject({ total: 1 });
    expect(await workspace.reader.common(name, 'info', { window: 'previous' })).toEqual({
      start: new Date(`${isoHour(1)}Z`),
      end: new Date(`${isoHour()}Z`),
      total: 2,
      isComplete: true,
      messages: [{ message: 'old', count: 2 }],
    });
  });

  it("gives a quiet logger's counts as those of the hour before, without a rotation", async () => {
    await log({ old: 2 });
    await age(1);
    expect(await workspace.reader.common(name, 'info')).toMatchObject({ total: 0, messages: [] });
    expect(await workspace.reader.common(name, 'info', { window: 'previous' })).toMatchObject({ total: 2 });
  });

  it('gives counts older than both windows in neither', async () => {
    await log({ old: 2 });
    await age(2);
    for (const window of ['current', 'previous'] as const) {
      expect(await workspace.reader.common(name, 'info', { window })).toMatchObject({ total: 0, messages: [] });
    }
    await log({ new: 1 });
    expect(await workspace.reader.common(name, 'info', { window: 'previous' })).toMatchObject({ total: 0 });
  });

  it('is empty for a logger that never logged', async () => {
    expect(await workspace.reader.common(name, 'info')).toMatchObject({ total: 0, messages: [] });
  });

  it('is exact beyond 32 bits', async () => {
    await log({ hello: 1 });
    await workspace.redis.zIncrBy(workspace.key(`common:${name}:info`), 2 ** 52, 'hello');
    expect(await workspace.reader.common(name, 'info')).toMatchObject({ total: 2 ** 52 + 1 });
  });
});

describe('recent', () => {
  it('gives lines with their number and time, newest first', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    await log({ first: 1, second: 1 });
    const lines = await workspace.reader.recent(name, 'info');
    expect(lines).toMatchObject([
      { seq: 2, message: 'second', name, severity: 'info' },
      { seq: 1, message: 'first', name, severity: 'info' },
    ]);
    for (const { time } of lines) {
      expect(time.getTime()).toBeGreaterThanOrEqual(before);
      expect(time.getTime()).toBeLessThanOrEqual(Date.now());
    }
  });

  it('gives the newest lines that match limit, contains and since', async () => {
    await log({ 'user 1': 1, order: 1, 'user 2': 1, 'user 3': 1 });
    const seqs = async (options: object): Promise<number[]> =>
      (await workspace.reader.recent(name, 'info', options)).map(({ seq }) => seq);
    expect(await seqs({ limit: 2 })).toEqual([4, 3]);
    expect(await seqs({ contains: 'user', limit: 2 })).toEqual([4, 3]);
    expect(await seqs({ contains: 'user' })).toEqual([4, 3, 1]);
    expect(await seqs({ since: new Date(Date.now() + 1000) })).toEqual([]);
    expect(await seqs({ since: new Date(Date.now() - 60_000) })).toEqual([4, 3, 2, 1]);
  });

  it('gives the lines since a time to the millisecond, and by the second those whose time is to the second', async () => {
    const lines = ['12:00:05.250Z c', '12:00:05.249Z b', '12:00:04.999Z a'].map((text) => `2026-11-24T${text}`);
    await workspace.redis.rPush(workspace.key(`recent:${name}:info`), lines);
    const second = new Date('2026-11-24T12:00:05Z').getTime();
    const asctimes = [second, second - 1000].map((time, i) => `${asctime(time)} asctime ${i}`);
    await workspace.redis.rPush(workspace.key(`recent:${name}:error`), asctimes);
    const since = new Date(second + 250);
    const found = await workspace.reader.recent(name, ['info', 'error'], { since });
    expect(found.map(({ message }) => message)).toEqual(['c', 'asctime 0']);
  });

  it('gives a line that begins with no time whole, with an invalid time', async () => {
    await workspace.redis.lPush(workspace.key(`recent:${name}:info`), ['2026 was a good year', 'x']);
    const lines = await workspace.reader.recent(name, 'info');
    expect(lines.map(({ message }) => message)).toEqual(['x', '2026 was a good year']);
    expect(lines.every(({ time }) => Number.isNaN(time.getTime()))).toBe(true);
    expect(await workspace.reader.recent(name, 'info', { since: new Date(0) })).toEqual([]);
  });

  it('gives the lines of a logger that has been quiet for hours', async () => {
    await log({ hello: 1 });
    await age(5);
    expect(await workspace.reader.recent(name, 'info')).toHaveLength(1);
  });
});

describe('recent of several severities', () => {
  /** Lines with times of their own, newest first as in a list. */
  async function push(severity: string, lines: readonly string[]): Promise<void> {
    await workspace.redis.rPush(workspace.key(`recent:${name}:${severity}`), [...lines]);
    await workspace.redis.set(workspace.key(`recent:${name}:${severity}:seq`), String(lines.length));
  }
  const at = (second: number, text: string): string => `${new Date(second * 1000).toISOString()} ${text}`;
  async function messages(severities: string | readonly string[], options = {}): Promise<string[]> {
    return (await workspace.reader.recent(name, severities, options)).map(({ message }) => message);
  }

  it('merges them by time, newest first', async () => {
    await push('info', [at(9, 'i9'), at(5, 'i5'), at(1, 'i1')]);
    await push('error', [at(7, 'e7'), at(5, 'e5'), at(0, 'e0')]);
    expect(await messages(['info', 'error'])).toEqual(['i9', 'e7', 'i5', 'e5', 'i1', 'e0']);
    expect(await messages(['error', 'info', 'error'], { limit: 3 })).toEqual(['i9', 'e7', 'e5']);
    expect(await messages(['error', 'info'], { contains: '5' })).toEqual(['e5', 'i5']);
    expect(await messages(['info', 'error'], { since: new Date(6000) })).toEqual(['i9', 'e7']);
    expect(await messages([])).toEqual([]);
    const [, newest] = await workspace.reader.recent(name, ['info', 'error']);
    expect(newest).toMatchObject({ severity: 'error', seq: 3, name });
  });

  it('keeps the order within each, whatever the clocks of its writers said', async () => {
    await push('info', [at(2, 'i2'), at(8, 'i8'), 'no time', at(1, 'i1')]);
    await push('error', [at(5, 'e5'), at(0, 'e0')]);
    expect(await messages(['info', 'error'])).toEqual(['e5', 'i2', 'i8', 'no time', 'i1', 'e0']);
  });
});

describe('names', () => {
  it('gives every logger and severity, the one last written to first', async () => {
    const options = { keyPrefix: `${workspace.prefix}names:` };
    const reader = new RecentCommonReader({ client: workspace.redis, ...options });
    expect(await reader.names()).toEqual([]);
    const before = Math.floor(Date.now() / 1000) * 1000;
    await logCommon(workspace.redis, 'a:b', 'hello', 'error', options);
    await logCommon(workspace.redis, 'app', 'hello', 'info', options);
    await workspace.redis.zIncrBy(`${options.keyPrefix}known`, -60, 'error:a:b');
    const [newest, oldest] = await reader.names();
    expect(newest).toMatchObject({ name: 'app', severity: 'info' });
    expect(oldest).toMatchObject({ name: 'a:b', severity: 'error' });
    expect(newest?.lastSeen.getTime()).toBeGreaterThanOrEqual(before);
    expect(newest?.lastSeen.getTime()).toBeLessThanOrEqual(Date.now());
  });
});

describe('index of names', () => {
  const index = (space: string): string => workspace.key(`${space}:known`);
  const write = (space: string, logger: string, ttlSeconds?: number): Promise<void> =>
    logCommon(workspace.redis, logger, 'hello', 'info', {
      keyPrefix: workspace.key(`${space}:`),
      ...(ttlSeconds && { ttlSeconds }),
    });

  it('expires with its last destination if all expire, and forgets expired ones', async () => {
    await write('expiring', 'long', 7200);
    await write('expiring', 'short', 60);
    expect(await workspace.redis.ttl(index('expiring'))).toBeGreaterThan(7190);
    await workspace.redis.zAdd(index('expiring'), { value: 'info:gone', score: Date.now() / 1000 - 7300 });
    await write('expiring', 'another', 7200);
    expect((await workspace.redis.zRange(index('expiring'), 0, -1)).sort()).toEqual([
      'info:another',
      'info:long',
      'info:short',
      'news:info:another',
      'news:info:long',
      'news:info:short',
    ]);
  });

  it('causes a process warning if it cannot be written to, and the line is written all the same', async () => {
    const emitWarning = jest.spyOn(process, 'emitWarning').mockImplementation();
    await workspace.redis.set(index('junk'), 'junk');
    await write('junk', 'app');
    expect(await workspace.redis.lLen(workspace.key('junk:recent:app:info'))).toBe(1);
    expect(emitWarning.mock.calls).toEqual([
      [
        expect.objectContaining({
          message: expect.stringContaining('cannot write to the index for app:info: WRONGTYPE'),
        }),
      ],
    ]);
    emitWarning.mockRestore();
  });

  it('stays with all its entries if one destination never expires', async () => {
    await write('staying', 'expires', 60);
    await write('staying', 'quiet');
    await workspace.redis.zAdd(index('staying'), { value: 'info:quiet', score: 1 });
    await write('staying', 'another', 60);
    expect(await workspace.redis.ttl(index('staying'))).toBe(-1);
    expect(await workspace.redis.zRange(index('staying'), 0, -1)).toContain('info:quiet');
  });

  it('loses its expired names a few at a time while others are written to, and readers offer none of them', async () => {
    await write('pruned', 'stays');
    const members = Array.from({ length: 25 }, (_, i) => ({ value: `info:gone${i}`, score: i }));
    await workspace.redis.zAdd(index('pruned'), members);
    const reader = new RecentCommonReader({ client: workspace.redis, keyPrefix: workspace.key('pruned:') });
    expect(await reader.names()).toMatchObject([{ name: 'stays', severity: 'info' }]);
    let written = 0;
    let most = 0;
    await until(async () => {
      const before = await workspace.redis.zCard(index('pruned'));
      await write('pruned', `new${written++}`);
      const after = await workspace.redis.zCard(index('pruned'));
      most = Math.max(most, before - after);
      return after === 2 * (written + 1);
    });
    expect(most).toBeLessThanOrEqual(10);
    expect((await reader.names()).map(({ name }) => name)).toContain('stays');
  });

  it('has every name that was logged, since the batch itself notes it', async () => {
    const calls: string[] = [];
    const spied = {
      on: () => undefined,
      evalSha: (sha1: string, options: ScriptArguments) => {
        calls.push(sha1);
        if (calls.length > 1) return Promise.reject(new Error('Socket closed unexpectedly'));
        return workspace.redis.evalSha(sha1, options);
      },
      eval: (source: string, options: ScriptArguments) => workspace.redis.eval(source, options),
    };
    await logCommon(spied, 'once', 'hello', 'info', { keyPrefix: workspace.key('noted:') });
    expect(await workspace.redis.zRange(index('noted'), 0, -1)).toEqual(['info:once', 'news:info:once']);
  });

  it.each([
    ['has no colon', 'app', 1],
    ['has an empty name', 'info:', 1],
    ['has an empty severity', ':app', 1],
    ['has a name that is too long', `info:${'x'.repeat(129)}`, 1],
    ['has a reserved severity', 'scratch:app', 1],
    ['has a time that is none', 'info:app', Infinity],
    ['is empty', '', 1],
  ])('is read without a member that %s', async (_, value, score) => {
    const options = { keyPrefix: workspace.key('bad:') };
    await write('bad', 'good');
    await workspace.redis.zAdd(index('bad'), { value, score });
    const reader = new RecentCommonReader({ client: workspace.redis, ...options });
    expect((await reader.names()).map(({ name }) => name)).toEqual(['good']);
    expect((await reader.overview()).map(({ name }) => name)).toEqual(['good']);
    await workspace.redis.zRem(index('bad'), value);
  });
});

describe('reader', () => {
  it.each([
    ['name', () => workspace.reader.recent('', 'info')],
    ['severity', () => workspace.reader.recent('app', 'last')],
    ['severity', () => workspace.reader.common('app', 'a:b')],
    ['limit', () => workspace.reader.recent('app', 'info', { limit: 0 })],
    ['limit', () => workspace.reader.common('app', 'info', { limit: 1.5 })],
    ['since', () => workspace.reader.recent('app', 'info', { since: '2026' as unknown as Date })],
    ['since', () => workspace.reader.recent('app', 'info', { since: new Date('yesterday') })],
    ['contains', () => workspace.reader.recent('app', 'info', { contains: /x/ as unknown as string })],
    ['window', () => workspace.reader.common('app', 'info', { window: 'last' as 'previous' })],
  ])('refuses an invalid %s', async (option, read) => {
    await expect(read()).rejects.toMatchObject({ name: 'OptionsError', option });
    await expect(read()).rejects.toBeInstanceOf(OptionsError);
  });

  it('writes nothing', async () => {
    await workspace.reader.recent(name, 'info');
    await workspace.reader.common(name, 'info');
    expect(await workspace.redis.keys(workspace.key(`*${name}*`))).toEqual([]);
  });

  it('can be used again after close()', async () => {
    await log({ hello: 1 });
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    for (let i = 0; i < 2; i++) {
      expect(await reader.recent(name, 'info')).toHaveLength(1);
      reader.close();
    }
  });
});
