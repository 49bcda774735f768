import { describeWithServer, RedisServer } from '../support/redis/servers';
import { Space } from '../support/space';
import { FakeSink, RunningCli, uncolored } from '../support/viewers/cli';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

let workspace: Workspace;
let space: Space;

const log = (message: string, count: number): Promise<void> =>
  writeHours(space, { name: 'shop', severity: 'info', now: { [message]: count } });

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  space = new Space(workspace);
});
afterEach(() => RunningCli.interruptAll());
afterAll(() => workspace.close());

function watch({ options }: Space, stdout: FakeSink, ...args: string[]): RunningCli {
  const setting = { stdout, env: { TERM: 'xterm' } };
  return new RunningCli(['top', '--watch=0.1', ...options, ...args], setting);
}

/** The lines on the screen after it was last drawn. */
function lastFrame({ text }: FakeSink): string[] {
  const frame = text.replace(LEAVE, '').split('\u001b[H').at(-1) as string;
  return uncolored(frame).replaceAll('\u001b[K', '').replaceAll('\u001b[J', '').split('\r\n');
}

describe('top --watch on a terminal', () => {
  it('redraws the alternate screen in place, and leaves it when interrupted', async () => {
    await log('first message', 1);
    const stdout = new FakeSink({ isTTY: true });
    const cli = watch(space, stdout);
    await cli.until(() => stdout.text.includes('first message'));
    expect(stdout.text.startsWith(`${ENTER}\u001b[H`)).toBe(true);
    await log('second message', 2);
    await cli.until(() => lastFrame(stdout).some((line) => line.includes('second message')));
    const { code, stdout: shown } = await cli.interrupt();
    expect(code).toBe(0);
    expect(shown.endsWith(LEAVE)).toBe(true);
    expect(shown.split(ENTER)).toHaveLength(2);
    expect(shown.split(LEAVE)).toHaveLength(2);
    expect(shown.slice(ENTER.length, -LEAVE.length)).not.toContain('\u001b[?');
    expect(lastFrame(stdout)[0]).toMatch(/^\d\d:\d\d:\d\d UTC\S* · every 0.1 s · Ctrl-C ends · redis:\/\/\S+$/);
  });

  it('shows at most the rows of the terminal, and says how many lines are missing', async () => {
    for (let i = 0; i < 12; i++) await log(`message ${i}`, 100 - i);
    const stdout = new FakeSink({ isTTY: true, rows: 8 });
    const cli = watch(space, stdout, '--group-by=message');
    await cli.until(() => stdout.text.includes('message 0'));
    await cli.interrupt();
    expect(lastFrame(stdout)).toHaveLength(8);
    expect(lastFrame(stdout).at(-1)).toBe('… 11 more lines');
  });

  it('redraws at once if the terminal is resized', async () => {
    await log('a message that is longer than a narrow terminal', 1);
    const stdout = new FakeSink({ isTTY: true });
    const cli = watch(space, stdout, '--watch=3600');
    await cli.until(() => stdout.text.includes('a narrow terminal'));
    stdout.resize(40, 10);
    await cli.until(() => lastFrame(stdout).some((line) => line.endsWith('a message that is longer…')));
    await cli.interrupt();
    // In the last column the cursor stays on the character, which this sequence would clear.
    expect(stdout.text).not.toContain('…\u001b[K');
  });

  it('ends with code 0 if interrupted while it waits for the first reply', async () => {
    const stdout = new FakeSink({ isTTY: true });
    expect(await watch(space, stdout).interrupt()).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe('top --watch without escape sequences', () => {
  it('prints one table after another to a pipe, each with its time', async () => {
    await log('hello', 1);
    const stdout = new FakeSink();
    const cli = watch(space, stdout);
    await cli.until(() => stdout.text.split('hello').length > 2);
    const { stdout: shown } = await cli.interrupt();
    expect(shown).toMatch(/^\w{3} \d\d [\d:]{8}\n\d+ min into .*\n\nshop · info .*\nSTATUS .*\nNEW  .*hello\n\n\w{3} /);
    expect(shown).not.toContain('\u001b');
  });

  it('prints one table after another on a dumb terminal', async () => {
    await log('hello', 1);
    const [stdout, stderr] = [new FakeSink({ isTTY: true }), new FakeSink({ isTTY: true })];
    const args = ['top', '--watch=0.1', ...space.options];
    const cli = new RunningCli(args, { stdout, stderr, env: { TERM: 'dumb' } });
    await cli.until(() => stdout.text.split('hello').length > 2);
    const { stdout: shown } = await cli.interrupt();
    expect(shown).not.toContain('\u001b');
  });

  it.each([false, true])('prints one JSON object after another, on a terminal, too: %s', async (isTTY) => {
    await log('hello', 1);
    const stdout = new FakeSink({ isTTY });
    const cli = watch(space, stdout, '--json');
    await cli.until(() => stdout.text.split('\n').length > 2);
    const { stdout: shown } = await cli.interrupt();
    const messages = shown
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).message);
    expect(new Set(messages)).toEqual(new Set(['hello']));
  });
});

describeWithServer('top --watch without Redis', () => {
  let server: RedisServer;
  let own: Workspace;
  let ownSpace: Space;

  beforeEach(async () => {
    server = await RedisServer.start();
    own = await Workspace.open(server.url);
    ownSpace = new Space(own);
  });
  afterEach(async () => {
    await own.close();
    await server.stop();
  });

  const logOwn = (message: string): Promise<void> =>
    writeHours(ownSpace, { name: 'shop', severity: 'info', now: { [message]: 1 } });

  it('keeps the last table and says so until Redis is back', async () => {
    await logOwn('before');
    const stdout = new FakeSink({ isTTY: true });
    const cli = watch(ownSpace, stdout);
    await cli.until(() => stdout.text.includes('before'));
    await server.kill();
    await cli.until(() => /^nothing newer than \d\d:\d\d:\d\d: \S/.test(String(lastFrame(stdout)[1])));
    expect(lastFrame(stdout).some((line) => line.endsWith('before'))).toBe(true);
    await server.start();
    await until(() => logOwn('after').then(() => true));
    await cli.until(() => lastFrame(stdout)[1] === '' && lastFrame(stdout).some((line) => line.endsWith('after')));
    expect((await cli.interrupt()).code).toBe(0);
  });

  it('says so once in a pipe, and goes on when Redis is back', async () => {
    await logOwn('before');
    const stdout = new FakeSink();
    const cli = watch(ownSpace, stdout);
    await cli.until(() => stdout.text.includes('before'));
    await server.kill();
    await cli.until(() => cli.stderr.text.includes('nothing new from redis://127.0.0.1'));
    await server.start();
    await until(() => logOwn('after').then(() => true));
    await cli.until(() => stdout.text.includes('after'));
    const { code, stderr } = await cli.interrupt();
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(0);
  });

  it('ends with code 1 if Redis does not answer at the beginning', async () => {
    await server.kill();
    const { code, stdout, stderr } = await watch(ownSpace, new FakeSink({ isTTY: true })).ended;
    expect(stderr).toMatch(/cannot read from redis:\/\/127.0.0.1:\d+: connect ECONNREFUSED/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    await server.start();
  });
});
