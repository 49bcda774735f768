import { createClient } from 'redis';
import { type ChangesOptions, type MessageChange, RedisRecentCommonTransport } from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';

const MINUTE = 60;
/** A full hour in the day, and one at which the day changes. */
const FULL_HOURS = {
  noon: Date.UTC(2026, 10, 24, 12) / 1000,
  midnight: Date.UTC(2026, 10, 25) / 1000,
};

type Messages = Readonly<Record<string, number>>;

describeWithClock('changes around the full hour', () => {
  const timed = redisWithClock();
  let names = 0;
  let name: string;
  /** The full hour from which minutes are counted. */
  let full: number;

  beforeEach(() => {
    name = `app${++names}`;
    full = FULL_HOURS.noon;
  });

  const show = (minute: number): void => timed.clock.show(full + minute * MINUTE);

  /** Logs at a minute before or after the full hour, by a process of its own. */
  async function log(minute: number, level: string, messages: Messages): Promise<void> {
    show(minute);
    const transport = new RedisRecentCommonTransport({ url: timed.server.url, name });
    for (const [message, count] of Object.entries(messages)) {
      for (let i = 0; i < count; i++) transport.log({ level, message });
    }
    await transport.close();
  }

  /** Logs in each minute from one up to another. */
  async function logEach(from: number, to: number, level: string, messages: Messages): Promise<void> {
    for (let minute = from; minute < to; minute++) await log(minute, level, messages);
  }

  /** What has become of a message at a minute, to the reader and to a glance at all severities of the logger. */
  async function changeAt(
    minute: number,
    message: string,
    window: NonNullable<ChangesOptions['window']> = 'current',
    severity = 'error',
  ): Promise<MessageChange | undefined> {
    show(minute);
    const isIt = (change: MessageChange): boolean => change.message === message;
    const change = (await timed.reader.changes(name, severity, { window })).find(isIt);
    const [glance] = await timed.reader.glance(name, [...new Set([severity, 'info'])], { window });
    expect(glance?.changes.find(isIt)?.status).toBe(change?.status);
    return change;
  }

  const statusAt = async (...args: Parameters<typeof changeAt>): Promise<string | undefined> =>
    (await changeAt(...args))?.status;

  describe.each(Object.keys(FULL_HOURS) as (keyof typeof FULL_HOURS)[])('at %s', (which) => {
    beforeEach(async () => {
      full = FULL_HOURS[which];
      for (const hour of [-3, -2, -1]) await log(hour * 60 + 1, 'error', { usual: 60 });
    });

    it('keep new for an hour what began minutes before, whether it goes on or not', async () => {
      await log(-3, 'error', { boom: 3, once: 2 });
      await log(1, 'error', { boom: 2, usual: 1 });
      expect(await statusAt(-1, 'boom')).toBe('new');
      expect(await changeAt(2, 'boom')).toMatchObject({ status: 'new', count: 2, previous: 3 });
      expect(await changeAt(2, 'once')).toMatchObject({ status: 'new', count: 0, previous: 2 });
      expect((await changeAt(2, 'boom'))?.firstSeen?.getTime()).toBeGreaterThanOrEqual((full - 3 * MINUTE) * 1000);
      expect(await statusAt(2, 'usual')).toBe('steady');
      expect(await statusAt(56, 'boom')).toBe('new');
      expect(await statusAt(57, 'boom')).toBe('steady');
    });
  });

  it('find an incident that is over, with when it began and ended', async () => {
    await log(-180, 'error', { usual: 60 });
    await logEach(-20, -5, 'error', { boom: 2 });
    await log(1, 'error', { 'going on': 1 });
    const at = (minute: number): Date => new Date((full + minute * MINUTE) * 1000);
    const found = await changeAt(2, 'boom');
    const order = (await timed.reader.changes(name, 'error', { statuses: ['new'] })).map(({ message }) => message);
    expect(order).toEqual(['going on', 'boom']);
    expect(found).toMatchObject({ status: 'new', count: 0, previous: 30, lastSeen: at(-6) });
    expect(Math.floor((found?.firstSeen?.getTime() ?? 0) / 60_000)).toBe(at(-20).getTime() / 60_000);
  });

  it('have what is over in a glance, however many messages came since', async () => {
    await log(-180, 'info', { usual: 60 });
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`item ${i} sold`, 3]));
    await log(-30, 'info', many);
    await log(-3, 'info', { boom: 2 });
    await log(1, 'info', many);
    expect(await changeAt(2, 'boom', 'current', 'info')).toMatchObject({ status: 'new', count: 0 });
  });

  it('keep returned what came back minutes before after a day or more, whether it goes on or not', async () => {
    await log(-2 * 24 * 60 - 30, 'error', { rare: 1, once: 1 });
    await log(-60 * 40, 'error', { usual: 30 });
    await log(-24 * 60 - 3, 'error', { daily: 1 });
    await log(-3, 'error', { rare: 1, once: 1, daily: 1 });
    expect(await statusAt(-1, 'daily')).toBe('unknown');
    await log(1, 'error', { rare: 1 });
    expect(await statusAt(2, 'daily')).toBe('steady');
    expect(await statusAt(2, 'daily', { minutes: 60 })).toBe('unknown');
    expect(await statusAt(2, 'rare')).toBe('returned');
    expect(await statusAt(2, 'once')).toBe('returned');
    expect(await statusAt(58, 'rare')).toBe('steady');
  });

  it('call nothing new that others may have logged before, or that came to a logger as young as that', async () => {
    await log(-180, 'error', { usual: 60 });
    await log(-3, 'error', { usual: 60 });
    const redis = createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
    await redis.zIncrBy(`common:${name}:error`, 1, 'theirs');
    redis.destroy();
    await log(1, 'error', { theirs: 1 });
    expect(await statusAt(2, 'theirs')).toBe('steady');
    expect(await statusAt(2, 'theirs', { minutes: 15 })).toBe('unknown');
    name = `${name}-young`;
    await log(-10, 'error', { usual: 6 });
    await log(-3, 'error', { boom: 3 });
    await log(1, 'error', { later: 1 });
    expect(await statusAt(2, 'boom')).not.toBe('new');
    expect(await statusAt(2, 'later')).toBe('new');
  });

  it('call what began with its severity surging when it is no longer new, and its severity, too', async () => {
    for (const hour of [-3, -2, -1]) await log(hour * 60, 'info', { usual: 60 });
    const window = { minutes: 5 };
    await log(-19, 'critical', { boom: 10 });
    expect(await statusAt(-19, 'boom', window, 'critical')).toBe('new');
    for (let minute = -18; minute < 5; minute++) {
      await log(minute, 'critical', { boom: 10 });
      if (minute < -14 || minute % 3 !== 0) continue;
      expect(await statusAt(minute, 'boom', window, 'critical')).toBe('surging');
      const [critical] = await timed.reader.glance(name, ['critical', 'info'], { window });
      expect(critical?.total.status).toBe('surging');
    }
  });

  it('compare a window with nothing but what its logger can have logged', async () => {
    await log(-20, 'critical', { boom: 10 });
    const known = { window: { minutes: 5 }, hasBaseline: true };
    expect(await timed.reader.changes(name, 'critical', known)).toMatchObject([{ score: null, status: 'unknown' }]);
    await logEach(-19, -5, 'critical', { boom: 10 });
    expect(await statusAt(-6, 'boom', { minutes: 5 }, 'critical')).toBe('steady');
  });

  it.each([-1, 0, 1, 5])(
    'call no steady message surging or fading in a window of sixty minutes, at minute %i',
    async (minute) => {
      await log(-180, 'error', { early: 20, late: 20 });
      for (const hour of [-120, -60]) {
        // Of each hour, the first minute says nothing about the others.
        await log(hour, 'error', { early: 1 });
        await log(hour + 30, 'error', { early: 20, late: 20 });
      }
      const statuses = [
        await statusAt(minute, 'early', { minutes: 60 }),
        await statusAt(minute, 'late', { minutes: 60 }),
      ];
      expect(statuses).toEqual(['steady', 'steady']);
    },
  );

  it('compare minutes with what other severities logged before them in the same hour', async () => {
    await log(-8 * 60, 'error', { boom: 1 });
    await log(-8 * 60, 'info', { usual: 30 });
    await log(-50, 'info', { usual: 30 });
    await log(-2, 'error', { boom: 30 });
    const since = new Date((full - 2 * MINUTE) * 1000);
    const surge = { status: 'surging', count: 30, expected: 0, surgingSince: since };
    for (const minute of [-2, -1, 1]) expect(await changeAt(minute, 'boom', { minutes: 5 })).toMatchObject(surge);
  });

  it('say since which minute a message surges, also across the full hour', async () => {
    await log(-3 * 60, 'error', { usual: 60 });
    await logEach(-60, -4, 'error', { rising: 2, usual: 2 });
    await logEach(-4, 3, 'error', { rising: 20, usual: 2 });
    const since = new Date((full - 4 * MINUTE) * 1000);
    for (const window of ['current', { minutes: 5 }, { minutes: 15 }] as const) {
      expect(await changeAt(2, 'rising', window)).toMatchObject({ status: 'surging', surgingSince: since });
      expect(await changeAt(2, 'usual', window)).not.toHaveProperty('surgingSince');
    }
    const [row] = await timed.reader.changes(name, 'error', { window: { minutes: 5 }, groupBy: 'pattern' });
    expect(row).toMatchObject({ message: 'rising', surgingSince: since });
  });
});
