import type { Ended } from '../support/program';
import { FakeSink, RunningCli, runCli, uncolored } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';
import { writeLines } from '../support/writers/key-writer';

let workspace: Workspace;
let spaces = 0;

/** Each test has loggers of its own. */
const key = (name: string): string => workspace.key(`${spaces}:${name}`);
const tailArgs = (args: readonly string[]): string[] => ['tail', ...args, '--url', workspace.url, '--prefix', key('')];
const tail = (args: readonly string[] = [], stdout = new FakeSink()): Promise<Ended> =>
  runCli(tailArgs(args), { stdout });
const write = (name: string, severity: string, ...lines: string[]): Promise<void> =>
  writeLines({ redis: workspace.redis, key }, { name, severity }, lines);
const tailLines = async (...args: string[]): Promise<string[]> => (await tail(args)).stdout.split('\n').slice(0, -1);

/** A line of that second, in the form of ISO. */
const at = (second: number, message: string): string =>
  `2026-11-24T12:00:${String(second).padStart(2, '0')}.000Z ${message}`;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  spaces++;
});
afterEach(() => RunningCli.interruptAll());
afterAll(() => workspace.close());

async function writeSome(): Promise<void> {
  await write('shop', 'info', at(1, 'opened'), at(3, 'order placed {"order":17}'), at(5, 'order placed {"order":18}'));
  await write('shop', 'error', at(2, 'payment failed'), at(4, 'payment failed again'));
  await write('api', 'info', at(6, 'GET /'));
}

describe('tail', () => {
  it('shows the last lines of a logger, oldest first, with all severities merged by time', async () => {
    await write(
      'shop',
      'info',
      'Tue Nov  3 09:00:01 2026 opened',
      'Tue Nov 24 12:00:03 2026 order placed {"order":17}',
    );
    await write('shop', 'error', 'Tue Nov 24 12:00:02 2026 payment failed');
    expect(await tail(['shop'])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Nov 03 09:00:01  info      opened',
        'Nov 24 12:00:02  error     payment failed',
        'Nov 24 12:00:03  info      order placed {"order":17}',
        '',
      ].join('\n'),
    });
  });

  it('shows the lines of all loggers, each with its name, if none is given', async () => {
    await writeSome();
    expect(await tailLines('-t')).toEqual([
      '2026-11-24T12:00:01.000Z  shop  info      opened',
      '2026-11-24T12:00:02.000Z  shop  error     payment failed',
      '2026-11-24T12:00:03.000Z  shop  info      order placed {"order":17}',
      '2026-11-24T12:00:04.000Z  shop  error     payment failed again',
      '2026-11-24T12:00:05.000Z  shop  info      order placed {"order":18}',
      '2026-11-24T12:00:06.000Z  api   info      GET /',
    ]);
  });

  it('leaves out the name if there is only one logger', async () => {
    await write('shop', 'info', at(1, 'opened'));
    expect(await tailLines('-t')).toEqual(['2026-11-24T12:00:01.000Z  info      opened']);
  });

  it.each([
    [
      ['-n', '2'],
      ['payment failed again', 'order placed {"order":18}'],
    ],
    [['-n', '0'], []],
    [['-l', 'err'], []],
    [
      ['-l', 'error'],
      ['payment failed', 'payment failed again'],
    ],
    [['-l', 'info', '-n1'], ['order placed {"order":18}']],
    [
      ['-i', 'order'],
      ['order placed {"order":17}', 'order placed {"order":18}'],
    ],
    [['-i', 'order', '-n1'], ['order placed {"order":18}']],
    [
      ['-i', 'opened', '-i', '/again$/'],
      ['opened', 'payment failed again'],
    ],
    [
      ['-e', 'order', '-e', '/^open/'],
      ['payment failed', 'payment failed again'],
    ],
    [['-i', 'order', '-e', '17'], ['order placed {"order":18}']],
    [['-i', 'nothing like it'], []],
    [
      ['-s', '2026-11-24T12:00:04.900Z'],
      ['payment failed again', 'order placed {"order":18}'],
    ],
    [['-s', '2026-11-24T12:00:03Z', '-n1'], ['order placed {"order":18}']],
  ])('shows only the lines that its options select: %j', async (args, messages) => {
    await writeSome();
    const { code, stdout } = await tail(['shop', '-o', 'raw', ...args]);
    expect(stdout.split('\n').slice(0, -1)).toEqual(messages);
    expect(code).toBe(args.includes('err') ? 1 : 0);
  });

  it('prints 100 lines by default, and with --since all that are kept', async () => {
    await write('shop', 'info', ...Array.from({ length: 60 }, (_, i) => at(i, `info ${i}`)));
    await write('shop', 'error', ...Array.from({ length: 60 }, (_, i) => at(i, `error ${i}`)));
    expect(await tailLines('shop')).toHaveLength(100);
    expect(await tailLines('shop', '-s', '2026-11-24')).toHaveLength(120);
    expect(await tailLines('shop', '-n', '110')).toHaveLength(110);
  });

  it('says so if lines since the given time are no longer kept', async () => {
    await write('shop', 'info', ...Array.from({ length: 5 }, (_, i) => at(i, `line ${i}`)));
    await workspace.redis.lTrim(key('recent:shop:info'), 0, 2);
    await write('shop', 'error', at(30, 'the only one ever'));
    const { stderr, stdout } = await tail(['shop', '-s', '2026-11-24T11:00Z']);
    expect(stderr).toBe('only the newest 3 lines of shop · info are kept: the oldest is of 2026-11-24T12:00:02.000Z\n');
    expect(stdout.split('\n')).toHaveLength(5);
    expect((await tail(['shop', '-s', '2026-11-24T12:00:03Z'])).stderr).toBe('');
    expect((await tail(['shop'])).stderr).toBe('');
  });

  it('prints JSON, one object per line', async () => {
    await write('shop', 'info', at(1, 'a\u0007 "b"'), 'no time');
    const lines = await tailLines('--json');
    expect(lines).toEqual(await tailLines('-o', 'json'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { seq: 1, time: '2026-11-24T12:00:01.000Z', name: 'shop', severity: 'info', message: 'a\u0007 "b"' },
      { seq: 2, time: null, name: 'shop', severity: 'info', message: 'no time' },
    ]);
  });

  it('prints logged text unchanged with -o raw, after its time with -t', async () => {
    await write('shop', 'info', at(1, '\u001b[31mred\u001b[0m\ta'), 'no time');
    expect((await tail(['-o', 'raw'])).stdout).toBe('\u001b[31mred\u001b[0m\ta\nno time\n');
    expect((await tail(['-o', 'raw', '-t'])).stdout).toBe(
      '2026-11-24T12:00:01.000Z \u001b[31mred\u001b[0m\ta\n- no time\n',
    );
  });

  it('shows - as the time of a line without one', async () => {
    await write('shop', 'info', 'no time');
    expect((await tail()).stdout).toBe('-                info      no time\n');
  });

  it('finds the lines of a logger that is not in the index', async () => {
    await workspace.redis.lPush(key('recent:python:warning'), at(1, 'written by another program'));
    expect(await tailLines('python', '-o', 'raw')).toEqual(['written by another program']);
    expect(await tailLines('python', '-o', 'raw', '-l', 'warn')).toEqual(['written by another program']);
  });

  it.each([
    [['nope'], "there is no logger 'nope', but shop, api"],
    [['shop', '-l', 'debug'], "nothing has been logged as debug by 'shop': there is error, info"],
    [['-l', 'debug'], 'nothing has been logged as debug: there is'],
  ])('ends with code 1 and lists what exists if something else is asked for: %j', async (args, why) => {
    await writeSome();
    await workspace.redis.zAdd(key('known'), { value: 'info:api', score: 1 });
    await workspace.redis.zAdd(key('known'), { value: 'info:shop', score: 2 });
    const { code, stdout, stderr } = await tail(args);
    expect(stderr).toContain(`winston-redis-recent-common: ${why}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('says so if nothing has been logged', async () => {
    expect(await tail()).toEqual({ code: 0, stdout: '', stderr: 'nothing has been logged yet\n' });
    expect(await tail(['shop'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'winston-redis-recent-common: nothing has been logged yet\n',
    });
  });

  it.each([
    [['x'.repeat(129)], 'name: expected a string of 1 to 128 bytes'],
    [['shop', '-l', 'last'], '--level: expected none of the reserved words'],
  ])('ends with code 2 for a name or severity that is not valid: %j', async (args, why) => {
    expect(await tail(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });

  it('passes over an invalid name in the index', async () => {
    await write('shop', 'info', at(1, 'opened'));
    await workspace.redis.zAdd(key('known'), { value: `info:${'x'.repeat(129)}`, score: 1 });
    expect(await tailLines('-o', 'raw')).toEqual(['opened']);
  });

  it('adds colours on a terminal, and nothing else', async () => {
    await writeSome();
    const colored = (await tail([], new FakeSink({ isTTY: true }))).stdout;
    expect(colored).toContain('\u001b[31merror   \u001b[39m');
    expect(uncolored(colored)).toBe((await tail()).stdout);
  });
});

describe('tail -f', () => {
  const follow = (...args: string[]): RunningCli => new RunningCli(tailArgs(['-f', '-o', 'raw', ...args]));
  const shown = ({ stdout }: RunningCli): string[] => stdout.text.split('\n').slice(0, -1);

  it('begins with the last lines, and goes on with new ones until interrupted', async () => {
    await writeSome();
    const cli = follow('shop', '-n', '1');
    await cli.until(() => shown(cli).length === 1);
    await write('shop', 'info', at(7, 'one more'));
    await cli.until(() => shown(cli).length === 2);
    await write('shop', 'error', at(8, 'two more'), at(9, 'three more'));
    await cli.until(() => shown(cli).length === 4);
    expect(await cli.interrupt()).toEqual({
      code: 0,
      stdout: 'order placed {"order":18}\none more\ntwo more\nthree more\n',
      stderr: '',
    });
  });

  it('shows every line of several severities once, those of each severity in order', async () => {
    await writeSome();
    const cli = follow('shop', '-n', '1');
    await cli.until(() => shown(cli).length === 1);
    const lists = (['info', 'error'] as const).map((severity, i) =>
      Array.from({ length: 20 }, (_, second) => at(10 + 2 * second + i, `${severity} ${10 + 2 * second + i}`)),
    );
    const batch = workspace.redis.multi();
    (['info', 'error'] as const).forEach((severity, i) => {
      batch.lPush(key(`recent:shop:${severity}`), lists[i] as string[]);
      batch.incrBy(key(`recent:shop:${severity}:seq`), 20);
    });
    await batch.exec();
    await cli.until(() => shown(cli).length === 41);
    await cli.interrupt();
    const seconds = shown(cli)
      .slice(1)
      .map((line) => Number(line.split(' ')[1]));
    for (const severity of ['info', 'error']) {
      const own = shown(cli).filter((line) => line.startsWith(severity));
      expect(own).toEqual([...own].sort());
    }
    expect([...seconds].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => 10 + i));
  });

  it('shows only the new lines that its options select', async () => {
    await writeSome();
    const cli = follow('shop', '-l', 'info,debug', '-e', 'order');
    await cli.until(() => shown(cli).length === 1);
    await write('shop', 'error', at(7, 'not of these'));
    await write('shop', 'info', at(8, 'an order'), at(9, 'wanted'));
    await write('shop', 'debug', at(10, 'wanted too'));
    await cli.until(() => shown(cli).length === 3);
    await cli.interrupt();
    expect(shown(cli).sort()).toEqual(['opened', 'wanted', 'wanted too']);
  });

  it('finds severities and loggers that appear later', async () => {
    await write('shop', 'info', at(1, 'opened'));
    const cli = new RunningCli(tailArgs(['-f', '-t']));
    await cli.until(() => cli.stdout.text.includes('opened'));
    await write('shop', 'critical', at(2, 'the first of its severity'));
    await write('a long name', 'info', at(3, 'the first of its name'));
    await cli.until(() => shown(cli).length === 3);
    await cli.interrupt();
    expect(shown(cli)[0]).toBe('2026-11-24T12:00:01.000Z  shop  info      opened');
    expect(shown(cli).slice(1).sort()).toEqual([
      expect.stringMatching(/^2026-11-24T12:00:02.000Z {2}shop {2,}critical {2}the first of its severity$/),
      '2026-11-24T12:00:03.000Z  a long name  info      the first of its name',
    ]);
  });

  it('says so and waits if nothing has been logged yet', async () => {
    const cli = follow();
    await cli.until(() => cli.stderr.text === 'nothing has been logged yet: waiting\n');
    await write('shop', 'info', at(1, 'the first'));
    await cli.until(() => shown(cli).length === 1);
    expect((await cli.interrupt()).code).toBe(0);
  });

  it('says so and waits for a logger that does not exist yet', async () => {
    await writeSome();
    const cli = follow('chop');
    await cli.until(() => cli.stderr.text === "no line of 'chop' yet: waiting\n");
    await write('chop', 'info', at(7, 'the first'));
    await cli.until(() => shown(cli).length === 1);
    expect((await cli.interrupt()).stdout).toBe('the first\n');
  });

  it.each([
    [['-o', 'default'], 'stdout', '--- 150 lines of shop · info missed: more came at once than is kept ---'],
    [['-o', 'json'], 'stdout', '{"missed":150,"name":"shop","severity":"info"}'],
    [['-o', 'raw'], 'stderr', '--- 150 lines of shop · info missed: more came at once than is kept ---'],
  ] as const)('says how many lines it missed: %j on %s', async (args, stream, text) => {
    await write('shop', 'info', at(1, 'seen'));
    const cli = follow('shop', ...args);
    await cli.until(() => cli.stdout.text.includes('seen'));
    const batch = workspace.redis.multi();
    batch.lPush(
      key('recent:shop:info'),
      Array.from({ length: 250 }, (_, i) => at(10, `line ${i}`)),
    );
    batch.lTrim(key('recent:shop:info'), 0, 99);
    batch.incrBy(key('recent:shop:info:seq'), 250);
    await batch.exec();
    await cli.until(() => cli.stdout.text.includes('line 249'));
    await cli.interrupt();
    expect(cli[stream].text.split('\n')).toContain(text);
    if (stream === 'stdout') expect(shown(cli)[1]).toBe(text);
    expect(shown(cli).filter((line) => line.includes('line '))).toHaveLength(100);
  });

  it('ends with code 1 at an error that only a change of configuration can end', async () => {
    await write('shop', 'info', at(1, 'seen'));
    const cli = follow('shop');
    await cli.until(() => cli.stdout.text.includes('seen'));
    await workspace.redis.del(key('recent:shop:info'));
    await workspace.redis.set(key('recent:shop:info'), 'no list');
    const { code, stderr } = await cli.ended;
    expect(stderr).toContain('WRONGTYPE');
    expect(code).toBe(1);
  });
});
