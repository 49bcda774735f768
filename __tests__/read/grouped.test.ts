import { createClient } from 'redis';
import { type MessageChange, OptionsError, RedisRecentCommonTransport } from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';

/** Ten minutes past twelve. */
const BEGINNING = Date.UTC(2026, 10, 24, 12, 10) / 1000;
const BY_PATTERN = { groupBy: 'pattern' } as const;

describeWithClock('reading by pattern', () => {
  const timed = redisWithClock();
  let transport: RedisRecentCommonTransport;
  let names = 0;
  let name: string;

  beforeEach(() => {
    name = `app${++names}`;
    timed.clock.show(BEGINNING);
    transport = new RedisRecentCommonTransport({ url: timed.server.url, name });
  });
  afterEach(() => transport.close());

  const log = async (messages: Record<string, number>, commonLimit?: number): Promise<void> => {
    // The clock of a transport did not move with that of the server.
    await transport.close();
    transport = new RedisRecentCommonTransport({ url: timed.server.url, name, commonLimit });
    for (const [message, count] of Object.entries(messages)) {
      for (let i = 0; i < count; i++) transport.log({ level: 'error', message });
    }
    await transport.flush();
  };
  const pass = (minutes: number): void => timed.clock.advance(60 * minutes);
  const change = async (pattern: string, minutes?: number): Promise<MessageChange | undefined> => {
    const window = minutes === undefined ? 'current' : { minutes };
    const changes = await timed.reader.changes(name, 'error', { ...BY_PATTERN, window });
    return changes.find(({ message }) => message === pattern);
  };

  it('makes one row of the messages of a pattern, with its most frequent messages and its keys', async () => {
    await log({ 'user 1 failed': 2, 'user 2 failed': 5, 'disk full': 3 });
    const { messages, total } = await timed.reader.common(name, 'error', BY_PATTERN);
    expect(total).toBe(10);
    expect(messages).toEqual([
      {
        message: 'user <number> failed',
        count: 7,
        variants: [
          { message: 'user 2 failed', count: 5 },
          { message: 'user 1 failed', count: 2 },
        ],
        variantCount: 2,
        keys: ['user <number> failed'],
      },
      {
        message: 'disk full',
        count: 3,
        variants: [{ message: 'disk full', count: 3 }],
        variantCount: 1,
        keys: ['disk full'],
      },
    ]);
    expect(await timed.reader.common(name, 'error', { ...BY_PATTERN, limit: 1 })).toMatchObject({
      total: 10,
      messages: [{ count: 7 }],
    });
    for (const row of (await timed.reader.common(name, 'error')).messages)
      expect(Object.keys(row)).toEqual(['message', 'count']);
  });

  it('groups every window alike, by the messages of all of them', async () => {
    await log({ 'no lock for job 18': 2 });
    pass(60);
    await log({ 'no lock for job 10.0.0.1': 3 });
    for (const [window, count] of [
      ['previous', 2],
      ['current', 3],
      [{ minutes: 5 }, 3],
    ] as const) {
      const { messages } = await timed.reader.common(name, 'error', { ...BY_PATTERN, window });
      expect(messages).toMatchObject([{ message: 'no lock for job <value>', count }]);
    }
    expect(await change('no lock for job <value>')).toMatchObject({
      count: 3,
      previous: 2,
      keys: ['no lock for job <host>', 'no lock for job <number>'],
      variants: [
        { message: 'no lock for job 10.0.0.1', count: 3 },
        { message: 'no lock for job 18', count: 0 },
      ],
    });
    const apart = await timed.reader.changes(name, 'error', { ...BY_PATTERN, merge: false });
    expect(apart.map(({ message }) => message).sort()).toEqual(['no lock for job <host>', 'no lock for job <number>']);
  });

  it('sums the minutes, and gives the first and last time and a sample of the messages', async () => {
    await log({ 'user 1 failed': 1 });
    pass(3);
    await log({ 'user 2 failed': 2, 'user 3 failed': 4 });
    const found = await change('user <number> failed');
    expect(found?.minutes.slice(-4)).toEqual([1, 0, 0, 6]);
    // The clock of the server goes on while the test runs.
    expect(Math.floor(Number(found?.firstSeen) / 60_000)).toBe(BEGINNING / 60);
    expect(found?.lastSeen?.getTime()).toBe((BEGINNING + 180) * 1000);
    expect(found?.sample?.message).toBe('user 3 failed');
  });

  it('calls a pattern new only if no message of it was seen within a week', async () => {
    await log({ 'user 1 failed': 1, 'cart emptied': 1 });
    pass(120);
    await log({ 'cart emptied': 1 });
    pass(60);
    await log({ 'user 2 failed': 3, 'order 7 refused': 3, 'cart emptied': 1 });
    expect(await change('user <number> failed')).toMatchObject({ status: 'steady', previous: 0 });
    expect(await change('order <number> refused')).toMatchObject({ status: 'new' });
    expect((await timed.reader.changes(name, 'error')).find(({ message }) => message === 'user 2 failed')?.status).toBe(
      'new',
    );
  });

  it('calls a pattern returned if no message of it was seen for a day', async () => {
    await log({ 'user 1 failed': 1, 'order 1 refused': 1, 'cart emptied': 1 });
    pass(23 * 60);
    await log({ 'order 2 refused': 1, 'cart emptied': 1 });
    pass(180);
    await log({ 'cart emptied': 1 });
    pass(60);
    await log({ 'user 1 failed': 1, 'user 2 failed': 1, 'order 1 refused': 1, 'order 3 refused': 1 });
    expect(await change('user <number> failed')).toMatchObject({ status: 'returned' });
    expect(await change('order <number> refused')).toMatchObject({ status: 'steady' });
    expect(
      (await timed.reader.changes(name, 'error')).find(({ message }) => message === 'order 1 refused')?.status,
    ).toBe('returned');
  });

  it('gives the hours in which no message of a pattern was seen, by all of the week, and null if that of one is not known', async () => {
    await log({ 'user 1 failed': 1, 'order 1 refused': 1 });
    pass(120);
    await log({ 'user 2 failed': 1 });
    pass(300);
    await log({ 'user 1 failed': 1, 'user 3 failed': 1, 'order 1 refused': 1, 'order 2 refused': 1 });
    expect(await change('user <number> failed')).toMatchObject({ gapHours: 5 });
    expect(await change('order <number> refused')).toMatchObject({ gapHours: 7 });
    const redis = createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
    await redis.hDel(`common:${name}:error:pulse`, 'user 1 failed');
    expect(await change('user <number> failed')).toMatchObject({ gapHours: null });
    pass(60);
    await log({ 'user 1 failed': 1 });
    expect(await change('user <number> failed')).toMatchObject({ gapHours: 1 });
    redis.destroy();
  });

  it('decides by the sums: many rare messages of one pattern are a surge', async () => {
    await log({ 'user 0 failed': 1, 'cart emptied': 1 });
    pass(30);
    await log(Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`user ${i} failed`, 1])));
    for (const minutes of [undefined, 5]) {
      const found = await change('user <number> failed', minutes);
      const isHour = minutes === undefined;
      expect(found).toMatchObject({
        count: isHour ? 41 : 40,
        status: isHour ? 'unknown' : 'surging',
        variantCount: 40,
      });
      expect(found?.variants).toHaveLength(20);
    }
  });

  it('says unknown if the minutes of one message of a pattern are', async () => {
    await log({ 'user 1 failed': 1, 'cart emptied': 1 });
    pass(30);
    const redis = (await import('redis')).createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
    await redis.zIncrBy(`common:${name}:error`, 1, 'user 2 failed');
    redis.destroy();
    await log({ 'user 1 failed': 60 });
    expect(await change('user <number> failed', 5)).toMatchObject({ status: 'unknown', score: null, firstSeen: null });
  });

  it('keeps what is too rare to be counted in a row of its own', async () => {
    await log(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`user ${i} failed`, 1])), 4);
    const { messages } = await timed.reader.common(name, 'error', BY_PATTERN);
    expect(messages.map(({ message, count }) => [message, count])).toEqual([
      ['<other>', 6],
      ['user <number> failed', 3],
    ]);
    expect(Object.keys((await change('<other>')) as object)).not.toContain('variants');
  });

  it('tells if nearly all messages are counted once', async () => {
    const flood = (from: number, count: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`user ${from + i} failed`, 1]));
    await log(flood(0, 80));
    const isUnique = async (): Promise<boolean | undefined> =>
      (await timed.reader.compare(name, ['error'], { limit: 1 }))[0]?.isMostlyUnique;
    expect(await isUnique()).toBe(false);
    pass(60);
    await log(flood(80, 30));
    expect(await isUnique()).toBe(true);
    await log(flood(0, 20));
    expect(await isUnique()).toBe(false);
  });

  it('refuses options that are none', async () => {
    for (const options of [{ groupBy: 'key' }, { merge: 1 }] as object[]) {
      await expect(timed.reader.common(name, 'error', options)).rejects.toThrow(OptionsError);
      await expect(timed.reader.changes(name, 'error', options)).rejects.toThrow(OptionsError);
    }
  });
});
