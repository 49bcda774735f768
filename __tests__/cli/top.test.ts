import { textWidth } from '../../src/cli/terminal/text';
import type { Ended } from '../support/program';
import { atHalfPastNoon } from '../support/redis/half-hour';
import { describeWithClock } from '../support/redis/server-clock';
import { FakeSink, runCli, uncolored } from '../support/viewers/cli';
import { type LoggedHours, writeHours } from '../support/writers/key-writer';

/** The line above all tables. */
const HOUR = '30 min into the hour from 12:00 (UTC): 50% of the hour before is expected';

const SHOP_ERRORS: LoggedHours = {
  name: 'shop',
  severity: 'error',
  now: { 'payment gateway refused': 20, 'timeout after retries': 96, 'cart is gone': 3 },
  before: { 'timeout after retries': 16, 'cart is gone': 5, 'disk is full': 120 },
};

describeWithClock('top', () => {
  const space = atHalfPastNoon();
  const topArgs = (args: readonly string[]): string[] => [...args, ...space.options];
  const top = (args: readonly string[] = [], stdout = new FakeSink()): Promise<Ended> =>
    runCli(topArgs(args), { stdout });
  const write = async (...hours: LoggedHours[]): Promise<void> => {
    for (const each of hours) await writeHours(space, each);
  };

  it('shows each message beside its expected and previous count, the largest change first', async () => {
    await write(SHOP_ERRORS);
    expect(await top(['top', 'shop'])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        HOUR,
        '',
        'shop · error · 119 lines, ×1.6 of expected · 1 new, 1 surging, 1 fading',
        'STATUS   SINCE  COUNT  EXPECTED  BEFORE  CHANGE  BAR         MESSAGE',
        'SURGING            96         8      16    ×5.9  ▒█████████  timeout after retries',
        'NEW      12:30     20         0       0     new  ██          payment gateway refused',
        'FADING              0        60     120   ×0.14  ░░░░░░      disk is full',
        'steady              3         3       5    ×1.0  ▒           cart is gone',
        '',
      ].join('\n'),
    });
  });

  it.each([['top'], ['--level=error'], ['--color=auto']])(
    'shows the only logger if no name is given: %s',
    async (args) => {
      await write(SHOP_ERRORS);
      expect((await top([args])).stdout).toBe((await top(['shop'])).stdout);
    },
  );

  it('shows the severities of a logger, the most severe first, and names the quiet ones', async () => {
    await write(
      { name: 'shop', severity: 'info', now: { 'order placed': 50 }, before: { 'order placed': 100 } },
      { name: 'shop', severity: 'debug' },
      { name: 'shop', severity: 'critical', now: { 'out of memory': 1 } },
      { name: 'api', severity: 'error', now: { 'not asked for': 1 } },
    );
    expect((await top(['shop'])).stdout).toBe(
      [
        HOUR,
        '',
        'shop · critical · 1 line, none before · 1 new',
        'STATUS  SINCE  COUNT  EXPECTED  BEFORE  CHANGE  BAR         MESSAGE',
        'NEW     12:30      1         0       0     new  ██████████  out of memory',
        '',
        'shop · info · 50 lines, ×1.0 of expected · nothing new or surging',
        'STATUS  SINCE  COUNT  EXPECTED  BEFORE  CHANGE  BAR         MESSAGE',
        'steady            50        50     100    ×1.0  ▒▒▒▒▒▒▒▒▒▒  order placed',
        '',
        'nothing this hour or the hour before: shop · debug',
        '',
      ].join('\n'),
    );
  });

  it('says so if there is nothing to compare with yet, and calls nothing new', async () => {
    await write({ name: 'shop', severity: 'info', now: { often: 7, once: 1 } });
    await space.redis.unlink(space.key('common:shop:info:seen'));
    expect((await top()).stdout).toBe(
      [
        HOUR,
        '',
        'shop · info · 8 lines, none before · nothing to compare with yet',
        'STATUS  COUNT  EXPECTED  BEFORE  CHANGE  BAR         MESSAGE',
        '-           7         -       0       -  ██████████  often',
        '-           1         -       0       -  █           once',
        '',
      ].join('\n'),
    );
  });

  it('shows the loggers in which something changed, and names all others, if no name is given', async () => {
    await write(
      SHOP_ERRORS,
      { name: 'api', severity: 'warning', now: { slow: 90 }, before: { slow: 20 } },
      { name: 'api', severity: 'info', now: { request: 500 }, before: { request: 1000 } },
      { name: 'mail', severity: 'info', now: { sent: 1 }, before: { sent: 2 } },
      { name: 'cron', severity: 'info' },
      { name: 'young', severity: 'critical', now: { 'on fire': 1 } },
      { name: 'quiet', severity: 'critical', now: { 'on fire': 1 } },
    );
    await space.redis.unlink(space.key('common:young:critical:seen'));
    const { stdout } = await top();
    const lines = stdout.split('\n');
    expect(lines.filter((line) => / lines?, /.test(line)).map((line) => line.split(' · ').slice(0, 2))).toEqual([
      ['quiet', 'critical'],
      ['shop', 'error'],
      ['api', 'warning'],
    ]);
    expect(lines.slice(-5)).toEqual([
      '',
      'nothing to compare with yet: young · critical (1 line)',
      'nothing new or surging: api · info (500 lines), mail · info (1 line)',
      'nothing this hour or the hour before: cron · info',
      '',
    ]);
  });

  it('shows all loggers if no name is given and nothing changed', async () => {
    await write(
      { name: 'api', severity: 'info', now: { request: 500 }, before: { request: 1000 } },
      { name: 'mail', severity: 'info', now: { sent: 1 }, before: { sent: 2 } },
    );
    expect((await top()).stdout.match(/nothing new or surging$/gm)).toHaveLength(2);
  });

  it('shows at most six tables if no name is given, and names the others that changed', async () => {
    for (let i = 0; i < 8; i++) await write({ ...SHOP_ERRORS, name: `shop${i}` });
    const { stdout } = await top();
    expect(stdout.match(/^STATUS/gm)).toHaveLength(6);
    expect(stdout).toMatch(/\nalso changed: shop6 · error \(3\), shop7 · error \(3\)\n$/);
  });

  it('reads only some of very many messages, those most likely to have news first, and says so; with --json all', async () => {
    const NAMES = ['a', 'b', 'c', 'd'];
    const many = Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`message ${i}`, 1]));
    for (const name of NAMES) {
      await write({ name, severity: 'info', now: { ...many, [name]: 1 }, before: { [name]: 30_000 } });
    }
    await write({ name: 'small', severity: 'error', now: { news: 40 }, before: { other: 5 } });
    const { stdout, stderr } = await top();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^small · error · 40 lines, /m);
    expect(stdout).toMatch(
      /\ntoo many messages, name a logger to see it: ([a-d] · info \(15001 lines\)(, |\n)){3}[a-d] · info: nearly all messages are counted once: .*\n$/,
    );
    expect((await top(['a'])).stdout).toMatch(/^a · info · 15001 lines, /m);
    const json = (await top(['--json', '-n', '1'])).stdout.trimEnd().split('\n');
    expect(json.map((line): string => JSON.parse(line).name).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      ...NAMES,
      'small',
    ]);
  });

  it('sorts by --sort, and shows --limit rows', async () => {
    await write(SHOP_ERRORS);
    const shownMessages = async (...args: string[]): Promise<string[]> =>
      (await top(args)).stdout
        .split('\n')
        .slice(4, -1)
        .map((line) => line.slice(61));
    expect(await shownMessages('--sort', 'count')).toEqual([
      'timeout after retries',
      'payment gateway refused',
      'cart is gone',
      'disk is full',
    ]);
    expect(await shownMessages('-n', '2')).toEqual(['timeout after retries', 'payment gateway refused']);
  });

  it('shows about 20 rows in all by default', async () => {
    const now = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`message ${i}`, 100 - i]));
    await write({ name: 'shop', severity: 'error', now });
    const shown = async (): Promise<unknown> => (await top(['--group-by=message'])).stdout.match(/message/g);
    expect(await shown()).toHaveLength(20);
    await write({ name: 'shop', severity: 'info', now }, { name: 'shop', severity: 'debug', now });
    expect(await shown()).toHaveLength(18);
  });

  it('makes one row of messages that differ in values only, unless --group-by=message asks for each', async () => {
    await write({ name: 'shop', severity: 'error', now: { 'order 17 failed': 2, 'order 4 failed': 1 } });
    expect((await top()).stdout).toMatch(/\nNEW +12:30 +3 .* order <number> failed\n$/);
    expect((await top(['--group-by=message'])).stdout).toMatch(/ order 17 failed\n.* order 4 failed\n$/);
    expect(JSON.parse((await top(['--json'])).stdout)).toMatchObject({
      variants: [
        { message: 'order 17 failed', count: 2 },
        { message: 'order 4 failed', count: 1 },
      ],
      keys: ['order <number> failed'],
    });
  });

  it('counts the last minutes with --minutes, and says so', async () => {
    await write({ name: 'shop', severity: 'error', now: { 'out of stock': 2 } });
    const { stdout } = await top(['--minutes', '5']);
    expect(stdout).toMatch(/^the last 5 min: as much is expected as in the hours before\n\nshop · error · 2 lines/);
  });

  it('prints the same as JSON, one object per line', async () => {
    await write(SHOP_ERRORS, { name: 'shop', severity: 'info', now: { hello: 1 }, before: {} });
    const { stdout, code } = await top(['--json']);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows[0]).toMatchObject({
      name: 'shop',
      severity: 'error',
      start: '2026-11-24T12:00:00.000Z',
      elapsed: expect.closeTo(0.5, 1),
      message: 'timeout after retries',
      count: 96,
      previous: 16,
      expected: expect.closeTo(8, 0),
      score: expect.closeTo(2.56, 1),
      status: 'surging',
    });
    expect(rows.map(({ status }) => status)).toEqual(['surging', 'new', 'fading', 'steady', 'new']);
    expect(code).toBe(0);
  });

  it('says how many log calls were counted under <other>', async () => {
    await write({ name: 'shop', severity: 'info', now: { hello: 1, '<other>': 2300 }, before: { hello: 1 } });
    expect((await top()).stdout).toContain(' · 2300 counted under <other>\n');
  });

  it('shows only the severities of --level', async () => {
    await write(SHOP_ERRORS, { name: 'shop', severity: 'info', now: { hello: 1 } });
    const { stdout } = await top(['-l', 'info,debug']);
    expect(stdout).toContain('shop · info');
    expect(stdout).not.toContain('shop · error');
  });

  it.each([
    [['nope'], "there is no logger 'nope', only api, shop"],
    [['api', '-l', 'error,crit'], "nothing has been logged as error or critical by 'api': there is info"],
    [['-l', 'debug'], 'nothing has been logged as debug: there is info, error'],
  ])('ends with code 1 and lists what exists if something else is asked for: %j', async (args, why) => {
    await write({ ...SHOP_ERRORS, seenAgo: 10 }, { name: 'api', severity: 'info', now: { hello: 1 } });
    expect(await top(args)).toEqual({ code: 1, stdout: '', stderr: `winston-redis-recent-common: ${why}\n` });
  });

  it('says so if nothing has been logged', async () => {
    expect(await top()).toEqual({ code: 0, stdout: 'nothing has been logged yet\n', stderr: '' });
    expect(await top(['--json'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await top(['shop'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing has been logged yet'),
    });
  });

  it('leaves out an invalid name in the index', async () => {
    await write(SHOP_ERRORS, { name: 'x'.repeat(200), severity: 'info', now: { hello: 1 } });
    const { code, stdout } = await top();
    expect(stdout).toContain('shop · error');
    expect(stdout).not.toContain('x'.repeat(200));
    expect(code).toBe(0);
  });

  describe('on a terminal', () => {
    it.each([
      [100, 'SURGING     96         8      16    ×5.9  ▒█████████  timeout after retries, again and again and ag…'],
      [90, 'SURGING     96         8      16    ×5.9  ▒████  timeout after retries, again and again a…'],
      [71, 'SURGING     96         8      16    ×5.9  timeout after retries, again…'],
      [55, 'SURGING     96    ×5.9  timeout after retries, again a…'],
      [47, 'SURGING     96  timeout after retries, again a…'],
      [20, 'SURGING  timeout af…'],
    ])(
      'leaves out the columns that matter least, and cuts messages to what is left of %d columns',
      async (columns, line) => {
        const message = 'timeout after retries, again and again and again';
        await write({ name: 'shop', severity: 'error', now: { [message]: 96 }, before: { [message]: 16 } });
        const { stdout } = await top(['--color=never'], new FakeSink({ isTTY: true, columns }));
        expect(stdout.split('\n').find((text) => text.startsWith('SURGING'))).toBe(line);
        expect(line.length).toBeLessThanOrEqual(columns);
      },
    );

    it('shows messages whole with --no-trunc', async () => {
      const message = 'a long message '.repeat(20).trim();
      await write({ name: 'shop', severity: 'error', now: { [message]: 96 } });
      const [cut, whole] = await Promise.all(
        [[], ['--no-trunc']].map((args) => top(args, new FakeSink({ isTTY: true, columns: 80 }))),
      );
      expect(cut?.stdout).not.toContain(message);
      expect(whole?.stdout).toContain(message);
    });

    it('breaks a heading between its parts if it is wider than the terminal', async () => {
      await write(SHOP_ERRORS, { name: 'api', severity: 'info' }, { name: 'mail', severity: 'info' });
      const { stdout } = await top(['--color=never'], new FakeSink({ isTTY: true, columns: 40 }));
      expect(stdout.split('\n').filter((line) => line.length > 40)).toEqual([]);
      expect(stdout).toContain('\nshop · error ·\n  119 lines, ×1.6 of expected ·\n  1 new, 1 surging, 1 fading\n');
      expect(stdout).toContain('\nnothing this hour or the hour before:\n  api · info, mail · info\n');
    });

    it.each(['x'.repeat(100), '支払い'.repeat(14), 'a\u001b'.repeat(20)])(
      'cuts the name of a logger that is wider than the terminal: %j',
      async (name) => {
        await write({ ...SHOP_ERRORS, name });
        const show = (columns: number, ...args: string[]) => top(args, new FakeSink({ isTTY: true, columns }));
        for (const columns of [20, 40]) {
          const { stdout } = await show(columns, '--color=never');
          expect(stdout.split('\n').filter((line) => textWidth(line) > columns)).toEqual([]);
          expect(uncolored((await show(columns)).stdout)).toBe(stdout);
          expect((await show(columns)).stdout).toContain('\u001b[1m');
        }
      },
    );

    it('draws no bar longer than its column', async () => {
      await write({ name: 'shop', severity: 'error', now: { now: 1 }, before: { before: 3 } });
      expect((await top()).stdout).toMatch(/ {2}░{10} {2}before\n/);
    });

    it('adds colours, and nothing else', async () => {
      await write(SHOP_ERRORS);
      const plain = (await top()).stdout;
      const colored = (await top([], new FakeSink({ isTTY: true, columns: 200 }))).stdout;
      expect(colored).toContain('\u001b[1m\u001b[31mSURGING\u001b[39m\u001b[22m');
      expect(uncolored(colored)).toBe(plain);
      expect((await top(['--color=always'])).stdout).toBe(colored);
    });
  });
});
