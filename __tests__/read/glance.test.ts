import { OptionsError, RedisRecentCommonTransport } from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';

/** Twenty minutes past twelve. */
const BEGINNING = Date.UTC(2026, 10, 24, 12, 20) / 1000;

describeWithClock('a glance at a logger', () => {
  const timed = redisWithClock();

  beforeAll(async () => {
    timed.clock.show(BEGINNING);
    await log('app', 'info', { hello: 30, bye: 30 });
    timed.clock.advance(3600);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`item ${i} sold`, 1 + (i % 3)]));
    await log('app', 'info', { hello: 90, ...many });
    timed.clock.advance(600);
    await log('app', 'info', { hello: 90 });
    await log('app', 'error', { 'disk full': 2 });
  });

  async function log(name: string, level: string, messages: Record<string, number>): Promise<void> {
    const transport = new RedisRecentCommonTransport({ url: timed.server.url, name });
    for (const [message, count] of Object.entries(messages)) {
      for (let i = 0; i < count; i++) transport.log({ level, message });
    }
    await transport.close();
  }

  it.each([['current'], [{ minutes: 5 }]] as const)(
    'tells of the messages that it looks at what changes() tells, in a window of %j',
    async (window) => {
      const [error, info] = await timed.reader.glance('app', ['error', 'info'], { window });
      for (const [severity, found] of [
        ['error', error],
        ['info', info],
      ] as const) {
        const all = await timed.reader.changes('app', severity, { window });
        const known = new Map(all.map((change) => [change.message, change]));
        expect(found?.changes.length).toBeGreaterThan(0);
        expect(found?.changes.length).toBeLessThanOrEqual(151);
        // Time has passed between the two reads.
        const atAnyTime = { score: expect.anything(), expected: expect.any(Number), sample: null };
        for (const change of found?.changes ?? []) {
          expect({ ...change, ...atAnyTime }).toEqual({ ...known.get(change.message), ...atAnyTime });
        }
      }
      expect(error?.changes[0]).toMatchObject({ message: 'disk full', status: 'new', count: 2 });
      expect(info?.changes[0]).toMatchObject({ message: 'hello', status: 'surging' });
    },
  );

  it('gives the totals of the window and the minutes of all messages, whether it looks at them or not', async () => {
    const [info] = await timed.reader.glance('app', ['info', 'error']);
    const sum = (await timed.reader.common('app', 'info')).total;
    expect(info?.total).toMatchObject({ count: sum, previous: 60, status: 'surging' });
    expect(info?.minutes).toEqual(await timed.reader.minutes('app', 'info'));
    const [recent, error] = await timed.reader.glance('app', ['info', 'error'], { window: { minutes: 5 } });
    expect(recent?.total).toMatchObject({ count: 90, previous: sum - 90 + 60 });
    expect(error?.total).toMatchObject({ count: 2, previous: 0, status: 'new' });
  });

  it('finds nothing of a logger that does not exist', async () => {
    const [nothing] = await timed.reader.glance('nobody', ['info']);
    expect(nothing?.total).toMatchObject({ count: 0, score: null, status: 'unknown' });
    expect(nothing?.changes).toEqual([]);
    await expect(timed.reader.glance('app', ['a:b'])).rejects.toBeInstanceOf(OptionsError);
  });
});
