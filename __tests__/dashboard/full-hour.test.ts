import { RecentCommonReader, RedisRecentCommonTransport } from '../../src';
import { createDashboard, type Dashboard } from '../../src/dashboard';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';
import { runCli } from '../support/viewers/cli';
import { ask, tableRows, textById, textIn, toQuery } from '../support/viewers/dashboard';

const MINUTE = 60;
const FULL_HOUR = Date.UTC(2026, 10, 24, 13) / 1000;

describeWithClock('viewers two minutes after the full hour', () => {
  const timed = redisWithClock();
  let reader: RecentCommonReader;
  let board: Dashboard;

  afterAll(() => reader.close());
  beforeAll(async () => {
    reader = new RecentCommonReader({ url: timed.server.url });
    board = createDashboard({ reader, authorize: 'public' });
    await log('shop', -180, { usual: 60 });
    await log('mail', -180, { usual: 60 });
    for (let minute = -60; minute < 2; minute++) {
      await log('shop', minute, { usual: 2, slow: minute < -3 ? 2 : 40 });
      if (minute >= -20 && minute < -5) await log('mail', minute, { refused: 2 });
    }
    timed.clock.show(FULL_HOUR + 2 * MINUTE);
  }, 120_000);

  async function log(name: string, minute: number, messages: Readonly<Record<string, number>>): Promise<void> {
    timed.clock.show(FULL_HOUR + minute * MINUTE);
    const transport = new RedisRecentCommonTransport({ url: timed.server.url, name });
    for (const [message, count] of Object.entries(messages)) {
      for (let i = 0; i < count; i++) transport.log({ level: 'error', message });
    }
    await transport.close();
  }

  const page = async (parameters: Readonly<Record<string, string>> = {}): Promise<string> =>
    (await ask(board, toQuery(parameters))).text();
  const top = async (...args: string[]): Promise<string> =>
    (await runCli(['top', ...args, '--url', timed.server.url])).stdout;
  /** A minute before the full hour, as the program shows it, in the time zone of this machine. */
  const local = (minute: number): string => new Date((FULL_HOUR + minute * MINUTE) * 1000).toTimeString().slice(0, 5);

  it('show on the start page since when a message surges, and what is new though it is over', async () => {
    const html = await page();
    const [mail, shop] = html.split('<li class="card').slice(1).map(textIn);
    expect(mail).toMatch(/new error refused, 0 since 24 Nov 12:40:\d\d$/);
    expect(shop).toMatch(/▲ surging ×\d\S* error slow, 80 since 24 Nov 12:57$/);
    expect(textById(html, 'status')).toBe('1 new, 1 surging in 2 of 2 loggers');
    expect(textById(html, 'summary')).toBe('');
  });

  it('look closer at a logger with what is new, though fifty others wrote since the hour turned', async () => {
    const keyPrefix = 'many:';
    const logMany = async (
      minute: number,
      names: readonly string[],
      level = 'info',
      message = 'usual',
    ): Promise<void> => {
      timed.clock.show(FULL_HOUR + minute * MINUTE);
      const name = ({ service }: Record<string, unknown>): string => String(service);
      const transport = new RedisRecentCommonTransport({ url: timed.server.url, keyPrefix, name });
      for (const service of names) transport.log({ level, message, service });
      await transport.close();
    };
    const busy = Array.from({ length: 50 }, (_, i) => `busy ${i}`);
    await logMany(-180, ['quiet', ...busy]);
    await logMany(-3, ['quiet'], 'debug', 'boom');
    await logMany(1, busy);
    timed.clock.show(FULL_HOUR + 2 * MINUTE);
    const own = new RecentCommonReader({ url: timed.server.url, keyPrefix });
    const html = await (await ask(createDashboard({ reader: own, authorize: 'public' }))).text();
    own.close();
    expect(textIn(html.split('<li class="card')[1] as string)).toMatch(/>quiet1 new.*new debug boom, 0 since /);
  });

  it('show on the page of a logger since when a message surges, and what is new though it is over', async () => {
    expect(tableRows(await page({ name: 'shop' }), 'changes')[0]?.[0]).toMatch(/^▲ surging ×\S+ since 24 Nov 12:57$/);
    const [refused] = tableRows(await page({ name: 'mail' }), 'changes');
    expect(refused?.slice(0, 5)).toEqual(['new', 'error', '0', expect.any(String), '30']);
    expect(refused?.[6]).toBe('24 Nov 12:40 – 24 Nov 12:54');
  });

  it('show on the page of a message since when it surges or is new', async () => {
    const slow = await page({ name: 'shop', of: 'error', message: 'slow', window: '5' });
    expect(textIn(slow)).toMatch(/What became of it▲ surging ×\S+ since 24 Nov 12:57/);
    const refused = await page({ name: 'mail', of: 'error', message: 'refused' });
    expect(textIn(refused)).toMatch(/What became of itnew since 24 Nov 12:40:\d\d/);
  });

  it('show in top since when a message surges or is new, also if it is over', async () => {
    const lines = (await top('--once')).split('\n');
    expect(lines.find((line) => line.endsWith('slow'))).toMatch(new RegExp(`^SURGING +${local(-3)} +80 `));
    expect(lines.find((line) => line.endsWith('refused'))).toMatch(new RegExp(`^NEW +${local(-20)} +0 `));
    expect(JSON.parse((await top('shop', '--json', '-n', '1')).trim())).toMatchObject({
      message: 'slow',
      surgingSince: new Date((FULL_HOUR - 3 * MINUTE) * 1000).toISOString(),
    });
  });
});
