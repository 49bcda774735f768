import type { Ended } from '../support/program';
import { Space } from '../support/space';
import { FakeSink, runCli, uncolored } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';
import { lineAt, writeLines } from '../support/writers/key-writer';

let workspace: Workspace;
let space: Space;

const tail = (args: readonly string[] = [], stdout = new FakeSink()): Promise<Ended> =>
  runCli(['tail', ...args, ...space.options], { stdout });
const write = (name: string, severity: string, ...lines: string[]): Promise<void> =>
  writeLines(space, { name, severity }, lines);
const tailLines = async (...args: string[]): Promise<string[]> => (await tail(args)).stdout.split('\n').slice(0, -1);

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  space = new Space(workspace);
});
afterAll(() => workspace.close());

async function writeSome(): Promise<void> {
  await write(
    'shop',
    'info',
    lineAt(1, 'opened'),
    lineAt(3, 'order placed {"order":17}'),
    lineAt(5, 'order placed {"order":18}'),
  );
  await write('shop', 'error', lineAt(2, 'payment failed'), lineAt(4, 'payment failed again'));
  await write('api', 'info', lineAt(6, 'GET /'));
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
    await write('shop', 'info', lineAt(1, 'opened'));
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
    [['-s', '2026-11-24T12:00:04.900Z'], ['order placed {"order":18}']],
    [['-s', '2026-11-24T12:00:03Z', '-n1'], ['order placed {"order":18}']],
  ])('shows only the lines that its options select: %j', async (args, messages) => {
    await writeSome();
    const { code, stdout } = await tail(['shop', '-o', 'raw', ...args]);
    expect(stdout.split('\n').slice(0, -1)).toEqual(messages);
    expect(code).toBe(args.includes('err') ? 1 : 0);
  });

  it('prints 100 lines by default, and with --since all that are kept', async () => {
    await write('shop', 'info', ...Array.from({ length: 60 }, (_, i) => lineAt(i, `info ${i}`)));
    await write('shop', 'error', ...Array.from({ length: 60 }, (_, i) => lineAt(i, `error ${i}`)));
    expect(await tailLines('shop')).toHaveLength(100);
    expect(await tailLines('shop', '-s', '2026-11-24')).toHaveLength(120);
    expect(await tailLines('shop', '-n', '110')).toHaveLength(110);
  });

  it('takes --since to the millisecond', async () => {
    await write('shop', 'info', ...[1, 2, 3].map((ms) => `2026-11-24T12:00:00.00${ms}Z line ${ms}`));
    expect(await tailLines('shop', '-s', '2026-11-24T12:00:00.002Z', '-o', 'raw')).toEqual(['line 2', 'line 3']);
  });

  it('says so if lines since the given time are no longer kept', async () => {
    await write('shop', 'info', ...Array.from({ length: 5 }, (_, i) => lineAt(i, `line ${i}`)));
    await space.redis.lTrim(space.key('recent:shop:info'), 0, 2);
    await write('shop', 'error', lineAt(30, 'the only one ever'));
    const { stderr, stdout } = await tail(['shop', '-s', '2026-11-24T11:00Z']);
    expect(stderr).toBe('only the newest 3 lines of shop · info are kept: the oldest is from Nov 24 12:00:02\n');
    expect(stdout.split('\n')).toHaveLength(5);
    expect((await tail(['shop', '-s', '2026-11-24T12:00:03Z'])).stderr).toBe('');
    expect((await tail(['shop'])).stderr).toBe('');
  });

  it('prints JSON, one object per line', async () => {
    await write('shop', 'info', lineAt(1, 'a\u0007 "b"'), 'no time');
    const lines = await tailLines('--json');
    expect(lines).toEqual(await tailLines('-o', 'json'));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { seq: 1, time: '2026-11-24T12:00:01.000Z', name: 'shop', severity: 'info', message: 'a\u0007 "b"' },
      { seq: 2, time: null, name: 'shop', severity: 'info', message: 'no time' },
    ]);
  });

  it('prints logged text unchanged with -o raw, after its time with -t', async () => {
    await write('shop', 'info', lineAt(1, '\u001b[31mred\u001b[0m\ta'), 'no time');
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
    await space.redis.lPush(space.key('recent:python:warning'), lineAt(1, 'written by another program'));
    expect(await tailLines('python', '-o', 'raw')).toEqual(['written by another program']);
    expect(await tailLines('python', '-o', 'raw', '-l', 'warn')).toEqual(['written by another program']);
  });

  it.each([
    [['nope'], "there is no logger 'nope', only shop, api"],
    [['shop', '-l', 'debug'], "nothing has been logged as debug by 'shop': there is error, info"],
    [['-l', 'debug'], 'nothing has been logged as debug: there is'],
  ])('ends with code 1 and lists what exists if something else is asked for: %j', async (args, why) => {
    await writeSome();
    await space.redis.zAdd(space.key('known'), { value: 'info:api', score: 1 });
    await space.redis.zAdd(space.key('known'), { value: 'info:shop', score: 2 });
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
    await write('shop', 'info', lineAt(1, 'opened'));
    await space.redis.zAdd(space.key('known'), { value: `info:${'x'.repeat(129)}`, score: 1 });
    expect(await tailLines('-o', 'raw')).toEqual(['opened']);
  });

  it.each([
    [['--grep', 'FAILED$'], []],
    [['--grep', 'failed$'], ['payment failed']],
    [['-g', '^order', '-g', '18'], ['order placed {"order":18}']],
    [
      ['--pattern', 'order placed'],
      ['order placed {"order":17}', 'order placed {"order":18}'],
    ],
    [['--pattern', 'GET <path>'], []],
  ])('shows only the lines of an expression or a pattern: %j', async (args, messages) => {
    await writeSome();
    expect(await tailLines('shop', '-o', 'raw', ...args)).toEqual(messages);
  });

  it.each([
    ['--grep', '(a+)+$'],
    ['--include', '/(a|aa)+$/'],
    ['--exclude', '/^(.*a){20}$/'],
  ])('gives up an expression that takes for ever on some line: %s %j', async (...args) => {
    await write('shop', 'info', lineAt(1, `${'a'.repeat(2000)}!`));
    expect(await tail(['shop', ...args])).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('an expression takes too long'),
    });
  });

  it('finds the lines of a pattern by its text, by one of its messages, and by the text of a row of several patterns', async () => {
    await write('shop', 'info', lineAt(1, 'order 17 failed in basket'), lineAt(2, 'order 18 failed in cart'));
    expect(await tailLines('shop', '--pattern', 'order <number> failed in cart', '-o', 'raw')).toHaveLength(1);
    expect(await tailLines('shop', '--pattern', 'order 99 failed in cart', '-o', 'raw')).toHaveLength(1);
    expect(await tailLines('shop', '--pattern', 'order <number> failed in <value>', '-o', 'raw')).toHaveLength(2);
  });

  describe('on a terminal', () => {
    const stacked = lineAt(1, 'it failed {"user":17}\nError: why\n    at here (file.js:1:2)');

    it('shows a stack on lines of its own, and elsewhere on that of its record', async () => {
      await write('shop', 'error', stacked);
      const { stdout } = await tail(['--color=never'], new FakeSink({ isTTY: true }));
      expect(stdout.split('\n').slice(0, -1)).toEqual([
        expect.stringMatching(/^\S+ \d+ [\d:]+ {2}error {5}it failed \{"user":17}$/),
        '    Error: why',
        '        at here (file.js:1:2)',
      ]);
      expect((await tail()).stdout).toMatch(/it failed \{"user":17}\\nError: why\\n {4}at here \(file.js:1:2\)\n$/);
      expect(await tailLines('--json')).toHaveLength(1);
    });

    it('shows a run of equal lines once with their number, and elsewhere each of them', async () => {
      await write('shop', 'info', ...['a', 'a', 'a', 'b', 'a', 'a'].map((text, i) => lineAt(i, text)));
      const { stdout } = await tail(['--color=never'], new FakeSink({ isTTY: true }));
      const shown = stdout.split('\n').map((line) => line.replace(/^.* info {6}/, ''));
      expect(shown).toEqual(['a', '    the same 2 times more', 'b', 'a', '    the same again', '']);
      expect(await tailLines('shop')).toHaveLength(6);
    });
  });

  it('adds colours on a terminal, and nothing else', async () => {
    await writeSome();
    const colored = (await tail([], new FakeSink({ isTTY: true }))).stdout;
    expect(colored).toContain('\u001b[31merror   \u001b[39m');
    expect(uncolored(colored)).toBe((await tail()).stdout);
  });
});
