import { RecentCommonReader } from '../../src';
import { WatchedTotals } from '../../src/read/watched-totals';
import { advanceOwnClock, setOwnClock } from '../support/own-clock';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

/** Ten minutes past twelve. */
const BEGINNING = Date.UTC(2026, 10, 24, 12, 10) / 1000;
/** Longer than a cursor reaches back. */
const LATER = 5;
const HOUR = 3600;

describeWithClock('totals that are watched', () => {
  let workspace: Workspace;
  let reader: RecentCommonReader;
  let watched: WatchedTotals;

  afterAll(() => workspace.close());
  const timed = redisWithClock();
  beforeAll(async () => {
    workspace = await Workspace.open(timed.server.url);
  });
  beforeEach(async () => {
    await timed.server.command(['FLUSHALL']);
    timed.clock.show(BEGINNING);
    reader = new RecentCommonReader({ url: timed.server.url, keyPrefix: workspace.prefix });
    watched = new WatchedTotals(reader);
    await writeHours(workspace, { name: 'shop', severity: 'info', now: { sold: 40 }, before: { sold: 60 } });
    await writeHours(workspace, { name: 'shop', severity: 'error', now: { boom: 2 } });
    await writeHours(workspace, { name: 'mail', severity: 'info', now: { sent: 5 }, before: { sent: 90 } });
    timed.clock.advance(LATER);
  });
  afterEach(() => {
    setOwnClock();
    reader.close();
  });

  /** All that does not depend on the second, by name and severity. */
  const comparable = (all: readonly object[]): string[] =>
    (all as { name: string; severity: string; count: number; previous: number; status: string; start: Date }[])
      .map(({ name, severity, count, previous, status, start }) =>
        [name, severity, count, previous, status, start.toISOString()].join(' '),
      )
      .sort();
  const read = async () => comparable((await watched.read()).totals);
  const expectSame = async () => expect(await read()).toEqual(comparable(await reader.overview()));

  it.each([0, 20 * 60, HOUR, 2 * HOUR, 3 * HOUR])('are those that are read anew, %d seconds later', async (seconds) => {
    await read();
    timed.clock.advance(seconds);
    await expectSame();
    await writeHours(workspace, { name: 'shop', severity: 'info', now: { sold: 9 } });
    await expectSame();
  });

  it('are read again of those alone that were written to, which it tells', async () => {
    await read();
    const overview = jest.spyOn(reader, 'overview');
    expect((await watched.read()).changed).toEqual(new Set());
    await writeHours(workspace, { name: 'mail', severity: 'info', now: { sent: 6 } });
    expect((await watched.read()).changed).toEqual(new Set(['info:mail']));
    expect(overview.mock.calls.map(([options]) => options?.loggers?.map(({ name }) => name))).toEqual([[], ['mail']]);
  });

  it('are all read again after a minute, with what nobody noted and without what has expired', async () => {
    await read();
    await workspace.redis.zIncrBy(workspace.key('common:mail:info'), 7, 'sent');
    for (const key of await workspace.redis.keys(workspace.key('common:shop:error*')))
      await workspace.redis.unlink(key);
    expect(await read()).toHaveLength(3);
    advanceOwnClock(61_000);
    await expectSame();
    expect(await read()).toEqual([expect.stringMatching(/^mail info 12 /), expect.stringMatching(/^shop info 40 /)]);
  });

  it('say when a message was last new in each, as long as that is known', async () => {
    const news = async () => new Map((await watched.read()).totals.map(({ name, newsAt }) => [name, newsAt]));
    const at = BEGINNING + LATER;
    await workspace.redis.zAdd(workspace.key('known'), { value: 'news:info:mail', score: at + 0.25 });
    expect((await news()).get('mail')).toEqual(new Date(at * 1000 + 250));
    expect((await news()).get('shop')).toBeNull();
    timed.clock.advance(LATER);
    await writeHours(workspace, { name: 'mail', severity: 'info', now: { sent: 1 } });
    expect((await news()).get('mail')).toEqual(new Date(at * 1000 + 250));
  });
});
