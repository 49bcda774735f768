import { RedisRecentCommonTransport } from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';

/** The clock of the server when the incident is looked into. */
const NOON = Date.UTC(2026, 10, 24, 12, 47) / 1000;
const MINUTE = 60;
/** The incident began so many minutes before. */
const AGO = 4;
/** Longer than a log call takes on its way. */
const SECONDS = 10;

function failure(): Error {
  const error = new TypeError('payment gateway refused connection');
  error.stack = `${error.name}: ${error.message}\n    at settle (/srv/shop/payments.js:41:9)\n    at checkout (/srv/shop/cart.js:7:3)`;
  return error;
}

describeWithClock('incident', () => {
  const timed = redisWithClock();

  /** Logs some minutes before it is looked into, by a process of its own. */
  const logBefore = async (
    minutes: number,
    calls: readonly [level: string, message: string | Error][],
  ): Promise<void> => {
    timed.clock.show(NOON - minutes * MINUTE);
    const transport = new RedisRecentCommonTransport({ url: timed.server.url, name: 'shop' });
    for (const [level, message] of calls) transport.log({ level, message });
    await transport.close();
  };
  const times = <Call>(count: number, call: Call): Call[] => Array<Call>(count).fill(call);

  it('is told by the reader alone: which logger and message, since which second, in which minutes, with which stack', async () => {
    const usual: [string, string] = ['error', 'cart expired'];
    for (let minutes = 150; minutes > AGO; minutes -= 5) {
      await logBefore(minutes, [...times(3, usual), ['info', 'order placed']]);
    }
    const { cursor } = await timed.reader.changedSince();
    await logBefore(AGO, [usual, ...times(7, ['error', failure()] as [string, Error])]);
    // A burst of other lines: the list has no line of the incident any more.
    await logBefore(1, [...times(2, ['error', failure()] as [string, Error]), ...times(150, usual)]);

    const { loggers } = await timed.reader.changedSince(cursor);
    const [shop] = loggers.filter(({ hasNewMessages }) => hasNewMessages);
    expect(shop).toMatchObject({ name: 'shop', severity: 'error' });
    const recent = await timed.reader.recent('shop', 'error');
    expect(recent.filter(({ message }) => message.includes('gateway'))).toEqual([]);

    const changes = await timed.reader.changes('shop', 'error', { window: { minutes: 10 } });
    const [broken, ...others] = changes.filter(({ status }) => status === 'new');
    expect(others).toEqual([]);
    expect(broken).toMatchObject({ message: failure().message, count: 9, previous: 0 });
    const began = (broken?.firstSeen?.getTime() ?? 0) / 1000 - (NOON - AGO * MINUTE);
    expect(began).toBeGreaterThanOrEqual(0);
    expect(began).toBeLessThan(SECONDS);
    expect(broken?.minutes.slice(-5)).toEqual([0, 7, 0, 0, 2]);
    expect(broken?.sample).toMatchObject({ stack: failure().stack });
  });
});
