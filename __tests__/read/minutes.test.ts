import { createClient } from 'redis';
import { type MessageChange, OptionsError, RedisRecentCommonTransport } from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';

/** Five minutes before one. */
const BEGINNING = Date.UTC(2026, 10, 24, 12, 55) / 1000;
const HOUR = 3600;

describeWithClock('minutes and windows of minutes', () => {
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

  const log = async (level: string, messages: Record<string, number>): Promise<void> => {
    for (const [message, count] of Object.entries(messages)) {
      for (let i = 0; i < count; i++) transport.log({ level, message });
    }
    await transport.flush();
    // A transport that has been idle for hours begins anew: its clock did not move with that of the server.
    await transport.close();
    transport = new RedisRecentCommonTransport({ url: timed.server.url, name });
  };
  const pass = (minutes: number): void => timed.clock.advance(60 * minutes);
  const change = async (message: string, minutes?: number, severity = 'error'): Promise<MessageChange | undefined> => {
    const window = minutes === undefined ? 'current' : { minutes };
    return (await timed.reader.changes(name, severity, { window })).find((each) => each.message === message);
  };

  it('gives the log calls of each of the last 120 minutes, across the turn of the hour, and null before the logger began', async () => {
    await log('error', { boom: 2, bang: 1 });
    pass(4);
    await log('error', { boom: 5 });
    pass(2);
    await log('error', { bang: 4 });
    const { start, counts } = await timed.reader.minutes(name, 'error');
    expect(counts).toHaveLength(120);
    expect(counts.slice(-8)).toEqual([null, 3, 0, 0, 0, 5, 0, 4]);
    expect(start.getTime()).toBe((BEGINNING + 6 * 60 - 119 * 60) * 1000);
  });

  it('gives the same minutes of every logger in an overview', async () => {
    await log('error', { boom: 2 });
    pass(3);
    await log('error', { boom: 1 });
    await log('info', { hello: 4 });
    const own = (await timed.reader.overview()).filter((logger) => logger.name === name);
    expect(own.map(({ severity }) => severity).sort()).toEqual(['error', 'info']);
    for (const { severity, minutes } of own) expect(minutes).toEqual(await timed.reader.minutes(name, severity));
  });

  it('gives the minutes of an hour as unknown if another program has counted in it', async () => {
    await log('error', { boom: 2 });
    pass(10);
    await log('error', { boom: 1 });
    const redis = (await import('redis')).createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
    await redis.zIncrBy(`common:${name}:error`, 1, 'boom');
    redis.destroy();
    const { counts } = await timed.reader.minutes(name, 'error');
    expect(counts.slice(-11)).toEqual([2, 0, 0, 0, 0, null, null, null, null, null, null]);
  });

  it('sums the messages of the last minutes, with the beginning and the end of the window', async () => {
    await log('error', { boom: 2, bang: 1 });
    pass(4);
    await log('error', { boom: 5 });
    pass(2);
    await log('error', { bang: 4 });
    const { start, end, ...window } = await timed.reader.common(name, 'error', { window: { minutes: 3 } });
    expect(window).toEqual({
      total: 9,
      isComplete: true,
      messages: [
        { message: 'boom', count: 5 },
        { message: 'bang', count: 4 },
      ],
    });
    expect(start.getTime()).toBe((BEGINNING + 4 * 60) * 1000);
    expect(end.getTime()).toBeGreaterThanOrEqual((BEGINNING + 6 * 60) * 1000);
  });

  it.each([0, 61, 1.5, 'five', undefined])('refuses a window of %p minutes', async (minutes) => {
    const window = { minutes: minutes as number };
    await expect(timed.reader.common(name, 'error', { window })).rejects.toBeInstanceOf(OptionsError);
    await expect(timed.reader.changes(name, 'error', { window })).rejects.toBeInstanceOf(OptionsError);
  });

  it('calls a message new that a logger older than the window logs for the first time, with its second and a line', async () => {
    await log('error', { usual: 30 });
    pass(2 * 60);
    await log('error', { usual: 30 });
    pass(10);
    await log('error', { usual: 2, boom: 3 });
    const boom = await change('boom', 5);
    expect(boom).toMatchObject({ count: 3, previous: 0, status: 'new' });
    const began = BEGINNING + 130 * 60;
    expect(Math.floor((boom?.firstSeen?.getTime() ?? 0) / 1000) - began).toBeLessThan(10);
    expect(boom?.sample).toMatchObject({ message: 'boom' });
    expect(boom?.minutes.slice(-3)).toEqual([0, 0, 3]);
    expect(await change('usual', 5)).toMatchObject({ status: 'steady' });
    pass(6);
    await log('error', { boom: 1 });
    expect(await change('boom', 5)).toMatchObject({ count: 1, status: 'steady' });
  });

  it('calls a message new if its logger was silent for more than a week', async () => {
    await log('error', { boom: 1, known: 1 });
    pass(8 * 24 * 60);
    await log('error', { boom: 1 });
    expect(await change('boom')).toMatchObject({
      status: 'new',
      firstSeen: new Date((BEGINNING + 8 * 24 * HOUR) * 1000),
    });
  });

  it('calls a message new that comes again after more than a week, while its logger went on', async () => {
    await log('error', { boom: 1, other: 1 });
    for (let hour = 0; hour < 8 * 24; hour++) {
      pass(60);
      await log('error', { other: 1 });
    }
    pass(10);
    await log('error', { boom: 1 });
    expect(await change('boom')).toMatchObject({ status: 'new', gapHours: null });
  });

  it('calls nothing new of a logger that begins in the window', async () => {
    await log('error', { boom: 3 });
    expect(await change('boom', 5)).toMatchObject({ count: 3, score: null, status: 'unknown' });
    expect(await change('boom')).toMatchObject({ count: 3, score: null, status: 'unknown' });
  });

  it('calls the first messages of a severity new if its logger is older', async () => {
    await log('info', { usual: 30 });
    pass(90);
    await log('info', { usual: 30 });
    await log('error', { boom: 3 });
    expect(await change('boom', 10)).toMatchObject({ count: 3, status: 'new' });
    expect(await change('boom')).toMatchObject({ count: 3, status: 'new' });
  });

  it('gives minutes before a message first came as zero, also if its severity began with it, and unknown if others were counted', async () => {
    await log('info', { usual: 30 });
    pass(90);
    await log('error', { boom: 3 });
    pass(1);
    expect((await change('boom'))?.minutes).toEqual([...Array(58).fill(0), 3, 0]);
    const redis = createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
    await redis.zIncrBy(`common:${name}:error`, 1, '<other>');
    redis.destroy();
    await log('error', { bang: 1 });
    expect((await change('bang'))?.minutes).toEqual(Array(60).fill(null));
  });

  it('says that a message has returned if it was not seen for a day, and not that it is new', async () => {
    await log('error', { rare: 1, usual: 30 });
    for (let hour = 0; hour < 3; hour++) {
      timed.clock.advance(10 * HOUR);
      await log('error', { usual: 30 });
    }
    await log('error', { rare: 1 });
    expect(await change('rare', 10)).toMatchObject({ count: 1, status: 'returned' });
    expect(await change('rare')).toMatchObject({ count: 1, status: 'returned' });
    pass(20);
    await log('error', { rare: 1 });
    expect(await change('rare', 10)).toMatchObject({ count: 1, status: 'steady' });
  });

  it('calls a job that runs every two hours steady', async () => {
    for (let run = 0; run < 4; run++) {
      await log('error', { 'nightly job': 3, usual: 30 });
      pass(60);
      await log('error', { usual: 30 });
      pass(60);
    }
    await log('error', { 'nightly job': 3 });
    expect(await change('nightly job')).toMatchObject({ count: 3, previous: 0, status: 'steady' });
  });

  it('gives the hours between the last hour in which a message was seen and the one before, and null for one that came once', async () => {
    const gaps = async (): Promise<(number | null | undefined)[]> =>
      Promise.all(['rare', 'usual', 'once'].map(async (message) => (await change(message))?.gapHours));
    await log('error', { rare: 1, usual: 1 });
    expect(await gaps()).toEqual([null, null, undefined]);
    pass(60);
    await log('error', { usual: 1 });
    pass(25 * 60);
    await log('error', { rare: 1, usual: 1, once: 1 });
    expect(await gaps()).toEqual([26, 25, null]);
    pass(10);
    await log('error', { rare: 1 });
    expect(await gaps()).toEqual([1, 25, null]);
    pass(120);
    await log('error', { rare: 1 });
    expect(await gaps()).toEqual([2, undefined, undefined]);
    pass(60);
    expect(await gaps()).toEqual([2, undefined, undefined]);
  });

  it('finds a surge of minutes that the hour does not show, and keeps what is steady over the full hour', async () => {
    await log('error', { usual: 100 });
    pass(60);
    for (let minute = 0; minute < 12; minute++) {
      await log('error', { usual: 2, rising: minute < 10 ? 2 : 20 });
      if (minute < 11) pass(1);
    }
    expect(await change('rising', 2)).toMatchObject({ count: 40, status: 'surging' });
    expect(await change('usual', 2)).toMatchObject({ count: 4, status: 'steady' });
  });
});
