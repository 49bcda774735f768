import type { Ended } from '../support/program';
import { atHalfPastNoon } from '../support/redis/half-hour';
import { describeWithClock } from '../support/redis/server-clock';
import { FakeSink, runCli, uncolored } from '../support/viewers/cli';
import { type LoggedHours, writeHours } from '../support/writers/key-writer';

describeWithClock('ls', () => {
  const space = atHalfPastNoon();
  const ls = (args: readonly string[] = [], stdout = new FakeSink()): Promise<Ended> =>
    runCli(['ls', ...args, ...space.options], { stdout });
  const write = (...hours: LoggedHours[]): Promise<void[]> => Promise.all(hours.map((each) => writeHours(space, each)));

  const writeSome = (): Promise<void[]> =>
    write(
      { name: 'shop', severity: 'info', now: { a: 40, b: 10 }, before: { a: 100 }, seenAgo: 300 },
      { name: 'shop', severity: 'error', now: { c: 90 }, before: { c: 20 }, seenAgo: 7300 },
      { name: 'shop', severity: 'critical', now: { d: 1 }, seenAgo: 3 * 86_400 + 100 },
      { name: 'api', severity: 'audit', now: { e: 12 }, seenAgo: 300 },
      { name: 'old', severity: 'info', before: { f: 500 }, seenAgo: 300 },
    );

  it('lists loggers and severities with their counts, their change and when they were last seen', async () => {
    await writeSome();
    expect(await ls()).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'SEVERITY  STATUS   COUNT  EXPECTED  BEFORE  CHANGE  LAST SEEN  LOGGER',
        'audit     -           12         -       0       -  5 min ago  api',
        'info      FADING       0       250     500   ×0.04  5 min ago  old',
        'critical  NEW          1         0       0     new    3 d ago  shop',
        'error     SURGING     90        10      20    ×5.0    2 h ago  shop',
        'info      steady      50        50     100    ×1.0  5 min ago  shop',
        '',
      ].join('\n'),
    });
  });

  it('says how many seconds ago a logger was last seen', async () => {
    await write({ name: 'shop', severity: 'info', now: { a: 1 } });
    expect((await ls()).stdout).toMatch(/ \d+ s ago {2}shop\n$/);
  });

  it('prints the same as JSON, one object per line', async () => {
    await writeSome();
    const rows = (await ls(['--json'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(5);
    expect(rows[3]).toEqual({
      name: 'shop',
      severity: 'error',
      lastSeen: expect.stringMatching(/^2026-11-24T10:2\d:\d\d\.000Z$/),
      start: '2026-11-24T12:00:00.000Z',
      elapsed: expect.closeTo(0.5, 1),
      count: 90,
      previous: 20,
      messages: 2,
      expected: expect.closeTo(10, 0),
      score: expect.closeTo(2.32, 1),
      status: 'surging',
    });
  });

  it('adds colours on a terminal, and nothing else', async () => {
    await writeSome();
    const colored = (await ls([], new FakeSink({ isTTY: true, columns: 76 }))).stdout;
    expect(colored).toContain('\u001b[31merror   \u001b[39m');
    const lines = uncolored(colored).split('\n');
    expect(lines[1]).toBe('audit     -           12         -       0       -  5 min ago  api');
  });

  it.each([
    [75, 'audit     -           12       -  5 min ago  api'],
    [55, 'audit     -           12       -  api'],
    [47, 'audit     -           12  api'],
    [20, 'audit     api'],
  ])('leaves out the columns that matter least on a terminal of %d columns', async (columns, line) => {
    await writeSome();
    const { stdout } = await ls(['--color=never'], new FakeSink({ isTTY: true, columns }));
    expect(stdout.split('\n')[1]).toBe(line);
  });

  it('cuts names to the width of the terminal, unless --no-trunc is given', async () => {
    const name = 'a-name-that-is-long'.repeat(5);
    await writeHours(space, { name, severity: 'info', now: { hello: 1 } });
    const [cut, whole] = await Promise.all(
      [[], ['--no-trunc']].map((args) => ls(args, new FakeSink({ isTTY: true, columns: 80 }))),
    );
    expect(cut?.stdout).toMatch(/  a-name-tha.*…\n$/);
    expect(whole?.stdout).toContain(`  ${name}\n`);
  });

  it('says so if nothing has been logged', async () => {
    expect(await ls()).toEqual({ code: 0, stdout: '', stderr: 'nothing has been logged yet\n' });
  });
});
