import { createCluster } from 'redis';
import { RedisRecentCommonTransport } from '../../src';
import { advanceOwnClock, setOwnClock } from '../support/own-clock';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { FakeSink, RunningCli, runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';
import { ageSeen } from '../support/writers/seen';

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterEach(async () => {
  await RunningCli.interruptAll();
  await CliProcess.killAll();
  setOwnClock();
});
afterAll(() => workspace.close());

/** Longer than a test takes, so that the time of a watch is over only once {@link endWatches} says so. */
const FOR = '1h';

/** Has the time of all watches be over. */
function endWatches(): void {
  advanceOwnClock(3_600_000);
}

const { oldLogger } = watchersForTests(() => workspace);

const commandLine = (...args: string[]): string[] =>
  ['watch', '--url', workspace.readerUrl, '--prefix', workspace.prefix].concat(args);

/** Starts the command, and waits until it watches. */
async function start(...args: string[]): Promise<RunningCli> {
  const cli = new RunningCli(commandLine(...args));
  await cli.until(() => /watching|waiting/.test(cli.stderr.text));
  return cli;
}

/** When a message was first seen is known to the second. */
async function nextSecond(): Promise<void> {
  const second = Math.floor(Date.now() / 1000);
  await until(() => Math.floor(Date.now() / 1000) > second);
}

describe('watch', () => {
  it('prints each new error once, by the rights of a reader and without a key of its own, until interrupted', async () => {
    const transport = await oldLogger(name);
    await logErrors(transport, 'before');
    await nextSecond();
    const cli = await start(name);
    await logErrors(transport, 'payment 17 refused', 'payment 18 refused');
    await cli.until(() => cli.stdout.text !== '');
    transport.log({ level: 'warn', message: 'no error' });
    await logErrors(transport, 'payment 19 refused', 'disk \u0007 full');
    await cli.until(() => cli.stdout.text.includes('disk'));
    const { code, stdout } = await cli.interrupt();
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^\\w{3} \\d\\d \\d\\d:\\d\\d:\\d\\d {2}new error in ${name}: payment <number> refused \\(\\d times?`,
        ),
      ),
      expect.stringContaining(`new error in ${name}: disk \\x07 full`),
    ]);
    expect(await workspace.redis.keys(workspace.key('alarms:*'))).toEqual([]);
  });

  it('prints alarms as JSON with --json, and those of --level and --on alone', async () => {
    const transport = await oldLogger(name, 'warning');
    const cli = await start(name, '--json', '--level', 'warn', '--on', 'new');
    await logErrors(transport, 'an error');
    transport.log({ level: 'warn', message: 'a warning' });
    await transport.flush();
    await cli.until(() => cli.stdout.text.includes('\n'));
    const { stdout } = await cli.interrupt();
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { kind: 'new', name, severity: 'warning', message: 'a warning', text: expect.stringContaining('a warning') },
    ]);
  });

  it('prints what began before with --since', async () => {
    const transport = await oldLogger(name);
    await logErrors(transport, 'a minute ago');
    const cli = await start(name, '--since', '10m');
    await cli.until(() => cli.stdout.text.includes('a minute ago'));
    expect((await cli.interrupt()).code).toBe(0);
  });

  it('ends with code 0 after the time of --for, whatever came', async () => {
    const transport = await oldLogger(name);
    const cli = await start(name, '--for', FOR);
    await logErrors(transport, 'boom');
    await cli.until(() => cli.stdout.text.includes('boom'));
    endWatches();
    expect((await cli.ended).code).toBe(0);
  });
});

describe('watch --fail-on', () => {
  it('ends with code 1 and the list if a new error came, at once or at the end, and 0 for others that are watched', async () => {
    const [transport, other] = [await oldLogger(name), await oldLogger(`${name}-other`)];
    const failing = await start(name, '--for', FOR, '--fail-on', 'new');
    const passing = await start(`${name}-other`, '--for', FOR, '--fail-on', 'surging', '--on', 'new');
    expect([failing.earlyCode, passing.earlyCode]).toEqual([3, 3]);
    await logErrors(transport, 'at once');
    await logErrors(other, 'only told');
    await failing.until(() => failing.stdout.text.includes('at once'));
    await logErrors(transport, 'at the end', 'known');
    endWatches();
    const [failed, passed] = await Promise.all([failing.ended, passing.ended]);
    expect(failed.stdout.match(/new error in \S+: .+? \(/g)).toEqual([
      `new error in ${name}: at once (`,
      `new error in ${name}: at the end (`,
    ]);
    expect(failed.stderr).toMatch(/\n2 alarms \(new\) in 6\d min\n/);
    expect(failed.code).toBe(1);
    expect(passed.stdout).toContain('only told');
    expect([passed.code, passed.stderr]).toEqual([0, expect.stringMatching(/nothing \(surging\) in 6\d min/)]);
  });

  it('ends with code 0 if only known errors came, and those that were new before', async () => {
    const transport = await oldLogger(name);
    await logErrors(transport, 'new before');
    await nextSecond();
    const cli = await start(name, '--for', FOR, '--fail-on', 'new');
    await logErrors(transport, 'known', 'new before');
    endWatches();
    expect(await cli.ended).toMatchObject({ code: 0, stdout: '' });
  });

  it('finds what nobody noted in the index as new', async () => {
    const transport = await oldLogger(name);
    const cli = await start(name, '--for', FOR, '--fail-on', 'new');
    await logErrors(transport, 'unnoted');
    await workspace.redis.zRem(workspace.key('known'), `news:error:${name}`);
    endWatches();
    expect(await cli.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('unnoted') });
  });

  it.each([
    ['a logger of that name has not logged', () => [`${name}x`], "there is no logger '"],
    ['nothing was ever logged at that level', () => [name, '--level', 'eror'], 'nothing has been logged as eror'],
  ])('ends with code 3 if %s', async (_, args, why) => {
    await oldLogger(name);
    const { code, stderr } = await runCli(commandLine(...args(), '--for', '1s', '--fail-on', 'new'));
    expect(stderr).toContain(why);
    expect(code).toBe(3);
  });

  it('ends with code 3 if a logger is too young to tell what is new, and 1 if another has something new', async () => {
    const [young, old] = [workspace.transport({ name: `${name}-young` }), await oldLogger(name)];
    const cli = await start(`${name}-young`, '--for', FOR, '--fail-on', 'new');
    const all = await start('--for', FOR, '--fail-on', 'new');
    await logErrors(young, 'the first ever');
    await logErrors(old, 'new');
    endWatches();
    const [one, both] = await Promise.all([cli.ended, all.ended]);
    expect(one).toMatchObject({ code: 3, stdout: '' });
    expect(one.stderr).toContain(`cannot tell what is new in ${name}-young · error: it is younger than an hour`);
    expect(both).toMatchObject({ code: 1, stdout: expect.stringContaining(`in ${name}: new`) });
  });

  it('ends with code 3 if a logger has more messages than a week is remembered of', async () => {
    const transport = await oldLogger(name);
    const now = Math.floor(Date.now() / 1000);
    const score = Math.floor(now / 3600) * 2 ** 33 + 2 * (now - 100_000);
    const seen = Array.from({ length: 9950 }, (_, i) => ({ score, value: `seen ${i}` }));
    await workspace.redis.zAdd(workspace.key(`common:${name}:error:seen`), seen);
    const cli = await start(name, '--for', FOR, '--fail-on', 'new');
    await logErrors(transport, 'boom');
    endWatches();
    expect(await cli.ended).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("log with commonKey: 'pattern'"),
    });
  });

  it('ends with code 3 if it is interrupted before the time is over, and 1 if something came', async () => {
    const transport = await oldLogger(name);
    const early = await start(name, '--for', '1h', '--fail-on', 'new');
    const { code, stderr } = await early.interrupt();
    expect([code, stderr]).toEqual([3, expect.stringContaining('interrupted')]);
    const late = await start(name, '--for', '1h', '--fail-on', 'new');
    await logErrors(transport, 'boom');
    await late.until(() => late.stdout.text.includes('boom'));
    expect((await late.interrupt()).code).toBe(1);
  });

  it('ends with code 3 if its output is closed before there is a verdict', async () => {
    const transport = await oldLogger(name);
    const cli = CliProcess.start(commandLine(name, '--for', '1h', '--fail-on', 'silent', '--on', 'new'));
    await until(() => cli.stderr.includes('watching'));
    cli.child.stdout?.destroy();
    await until(async () => {
      await logErrors(transport, `boom ${Math.random().toString(36).replace(/\d/g, 'x')}`);
      return cli.child.exitCode !== null;
    });
    expect(await cli.ended()).toMatchObject({ code: 3 });
  });

  it.each([
    [['--fail-on', 'new'], '--fail-on goes with --for'],
    [['--for', '5m', '--fail-on', 'silent'], '--for 7m or more'],
    [['--for', '5m', '--fail-on', 'new', '--exec', 'true'], '--fail-on does not go with --exec'],
    [['--for', '5'], "--for takes a duration from 1s to 7d, such as 90s, 10m or 1h30m, got '5'"],
    [['--for', '100d'], '--for takes a duration'],
    [['--on', 'nwe'], "--on takes one of new, returned, surging, silent, got 'nwe'"],
    [['--fail-on', ''], "--fail-on takes one of new, returned, surging, silent, got ''"],
    [['--since', '2h'], '--since takes at most an hour'],
    [['--group', 'ops'], '--group goes with --exec or --webhook'],
    [['--exec', 'true', '--webhook', 'http://x/'], '--exec does not go with --webhook'],
    [['--exec', ' '], '--exec takes a command'],
    [['--exec', 'true', '--since', '1m'], '--since does not go with --exec'],
    [['a', 'b'], 'watch takes one logger name, got 2: a b'],
  ])('is refused with what is expected, before Redis is asked: %j', async (args, why) => {
    const { code, stdout, stderr } = await runCli(['watch', '-u', 'redis://127.0.0.1:1', ...args]);
    expect(stderr).toContain(why);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describeWithServer('watch in a cluster', () => {
  it('finds a new error, and gives it to a command', async () => {
    const cluster = await startCluster({ masters: 3, replicas: 0 });
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })), RESP: 2 });
    await client.on('error', () => undefined).connect();
    const transport = new RedisRecentCommonTransport({ client, name: 'shop' });
    try {
      await logErrors(transport, 'known');
      await ageSeen(client, 'common:{shop}:error', 48);
      const args = ['watch', '--cluster', '-u', cluster.urls[0] as string];
      const judging = new RunningCli([...args, '--for', FOR, '--fail-on', 'new']);
      const telling = new RunningCli([...args, '--exec', 'grep -q shop'], { env: { PATH: String(process.env.PATH) } });
      await judging.until(() => judging.stderr.text.includes('watching'));
      await telling.until(() => telling.stderr.text.includes('telling'));
      await logErrors(transport, 'boom');
      await telling.until(() => telling.stdout.text.includes('new error in shop: boom'));
      endWatches();
      expect(await judging.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('boom') });
      expect(await telling.interrupt()).toMatchObject({ code: 0 });
    } finally {
      await transport.close();
      client.destroy();
      await cluster.stop();
    }
  });
});

describeWithServer('watch without Redis', () => {
  let own: Workspace;
  let server: RedisServer;
  const beside = watchersForTests(() => own);
  const args = (...more: string[]): string[] => ['watch', '-u', server.url, '--prefix', own.prefix, ...more];

  beforeEach(async () => {
    server = await RedisServer.start();
    own = await Workspace.open(server.url);
  });
  afterEach(async () => {
    await RunningCli.interruptAll();
    await own.close();
    await server.stop();
  });

  it('says so, and goes on when Redis is back', async () => {
    await beside.oldLogger(name);
    const cli = new RunningCli(args());
    await cli.until(() => cli.stderr.text.includes('watching'));
    await server.kill();
    await cli.until(() => cli.stderr.text.includes('no answer from redis://127.0.0.1'));
    await server.start();
    await cli.until(() => cli.stderr.text.includes('answers again after'));
    expect(await cli.interrupt()).toMatchObject({ code: 0 });
  });

  it('ends with code 3 after --fail-on if Redis was away for a moment', async () => {
    await beside.oldLogger(name);
    const cli = new RunningCli(args('--for', FOR, '--fail-on', 'new'));
    await cli.until(() => cli.stderr.text.includes('watching'));
    await server.kill();
    await cli.until(() => cli.stderr.text.includes('no answer'));
    await server.start();
    endWatches();
    const { code, stderr } = await cli.ended;
    expect(stderr).toMatch(/no verdict \(new\): no answer from redis:\S+: \S/);
    expect(code).toBe(3);
  });

  it('ends with code 1 if Redis does not answer at the beginning, and with --fail-on with 3', async () => {
    await server.kill();
    const codes = [args(), args('--for', '1s', '--fail-on', 'new'), args('--exec', 'true')].map(
      async (given) => (await runCli(given, { stdout: new FakeSink() })).code,
    );
    const found = await Promise.all(codes);
    await server.start();
    expect(found).toEqual([1, 3, 1]);
  });

  it('ends with code 3 if nothing has been logged at all', async () => {
    const { code, stderr } = await runCli(args('--for', '1s', '--fail-on', 'new'));
    expect([code, stderr]).toEqual([3, expect.stringContaining('nothing has been logged yet')]);
  });
});
