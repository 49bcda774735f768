import { describeWithServer, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { FakeSink, RunningCli, uncolored } from '../support/viewers/cli';
import { CliProcess, describeWithTerminal } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const CLEAR_LINE = '\r\u001b[K';
const MESSAGE = 'a message that is longer than a narrow terminal';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
  await writeHours(workspace, { name: 'shop', severity: 'info', now: { [MESSAGE]: 7 } });
});
afterAll(async () => {
  await CliProcess.killAll();
  await workspace.close();
});

const at = (...args: string[]): string[] => [...args, '--url', workspace.url, '--prefix', workspace.prefix];

describeWithTerminal('terminal', () => {
  it.concurrent('shows colours unless NO_COLOR is set or TERM is dumb, and messages cut to its width', async () => {
    const prepare = 'stty cols 70 rows 20';
    const [colored, plain, dumb] = await Promise.all(
      [{}, { NO_COLOR: '1' }, { TERM: 'dumb' }].map((env) =>
        CliProcess.startInTerminal(at('top', '--once'), { env, prepare }).ended(),
      ),
    );
    expect(colored?.stdout).toContain('\u001b[1mshop · info\u001b[22m · ');
    for (const each of [plain, dumb]) expect(each?.stdout).not.toContain('\u001b');
    expect(plain?.stdout).toMatch(/NEW\s+7\s+-\s+0\s+-\s+a message that is longe.*…\r\n/);
    expect(uncolored(colored?.stdout ?? '').slice(-70)).toBe(plain?.stdout.slice(-70));
  });

  it.concurrent('has top --watch drawn in place and at its new size, and is left as it was at Ctrl-C', async () => {
    const cli = CliProcess.startInTerminal(at('top', '-n5', '--watch=0.2'), {
      env: { NO_COLOR: '1' },
      prepare: 'stty cols 100 rows 20; tty',
      after: 'echo "code $?"; stty -a | grep -c " echo "',
    });
    await cli.shows(MESSAGE);
    const [terminal = ''] = /^\/dev\/\S+/.exec(cli.stdout) ?? [];
    const resize = CliProcess.startShell(`stty cols 50 <${terminal}`);
    expect((await resize.ended()).code).toBe(0);
    await cli.shows(/a message that is .*…/);
    cli.type('\u0003');
    await cli.shows(/code \d/);
    const { stdout } = await cli.ended();
    const before = stdout.slice(0, stdout.indexOf(ENTER));
    const after = stdout.slice(stdout.lastIndexOf(LEAVE));
    expect(before).not.toContain('\u001b');
    expect(after.slice(LEAVE.length).replace('^C', '')).toBe('code 0\r\n1\r\n');
    expect(stdout.split(ENTER)).toHaveLength(2);
    expect(stdout.split(LEAVE)).toHaveLength(2);
  });

  it.concurrent('leaves the alternate screen while Ctrl-Z has stopped top --watch, and is drawn again afterwards', async () => {
    const cli = CliProcess.startInTerminal(at('top', '-n5', '--watch', '3600'), { prepare: 'echo "shell $$."' });
    await cli.shows(MESSAGE);
    const [, shell = ''] = /shell (\d+)\./.exec(cli.stdout) ?? [];
    cli.type('\u001a');
    await cli.shows(LEAVE);
    const left = cli.stdout.length;
    await until(() => {
      // It stops only after it has left the screen. A signal before that would be lost.
      process.kill(-Number(shell), 'SIGCONT');
      return cli.stdout.slice(left).includes(ENTER);
    });
    await until(() => cli.stdout.slice(left).includes(MESSAGE));
    cli.type('\u0003');
    expect((await cli.ended()).code).toBe(0);
    expect(cli.stdout.split(ENTER)).toHaveLength(3);
  });
});

describeWithServer('program without a reply of Redis', () => {
  itWith('terminal').concurrent(
    'waits under tail -f on a terminal, then shows each line once and how many it missed',
    async () => {
      const server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      const own = await Workspace.open(server.url);
      const { logger, transport } = own.logger({ name: 'shop', url: server.url });
      const log = (from: number, to: number): void => {
        for (let i = from; i < to; i++) logger.info(`line ${i}.`);
      };
      const cli = CliProcess.startInTerminal(['tail', '-f', '-u', server.url, '--prefix', own.prefix], {
        env: { NO_COLOR: '1' },
      });
      try {
        log(0, 2);
        await cli.shows('line 1.');
        await server.kill();
        await cli.shows('retrying: ');
        log(2, 252);
        await server.start();
        await until(() => transport.flush().then(() => true));
        await cli.shows('line 251.');
        await cli.shows('answers again after');
        cli.type('\u0003');
        const { stdout, code } = await cli.ended();
        const lines = stdout.split('\r\n').filter((line) => / {2}line \d+\.$|^---/.test(line));
        expect(lines.map((line) => line.replace(/^.* {2}line /, ''))).toEqual([
          '0.',
          '1.',
          '--- 150 lines of shop · info missed: more came at once than is kept ---',
          ...Array.from({ length: 100 }, (_, i) => `${152 + i}.`),
        ]);
        expect(code).toBe(0);
      } finally {
        cli.child.kill('SIGKILL');
        await own.close();
        await server.stop();
      }
    },
  );

  it.concurrent('shows a spinner on the stderr of a terminal, no wider than that, and clears it at the end', async () => {
    const server = await RedisServer.start();
    const own = await Workspace.open(server.url);
    await writeHours(own, { name: 'shop', severity: 'info', now: { hello: 1 } });
    const stderr = new FakeSink({ isTTY: true });
    const narrow = new FakeSink({ isTTY: true, columns: 30 });
    const cluster = new FakeSink({ isTTY: true });
    server.signal('SIGSTOP');
    try {
      const args = ['ls', '-u', server.url, '--prefix', own.prefix];
      const cli = new RunningCli(args, { stderr });
      const others = [
        new RunningCli(args, { stderr: narrow }),
        new RunningCli([...args, '--cluster'], { stderr: cluster }),
      ];
      await until(() => stderr.text.includes('(1 s)') && narrow.text.includes('…'));
      await until(() => cluster.text.includes('connecting to Redis ('));
      server.signal('SIGCONT');
      const { code, stdout } = await cli.ended;
      const [before, ...frames] = stderr.text.split(CLEAR_LINE);
      expect([before, frames.pop()]).toEqual(['', '']);
      for (const frame of frames) expect(frame).toMatch(/^. reading from redis:\/\/127.0.0.1:\d+ \(\d+ s\)$/);
      expect(stdout).toContain('shop');
      expect(code).toBe(0);
      await Promise.all(others.map(({ ended }) => ended));
      for (const frame of narrow.text.split(CLEAR_LINE)) expect(frame.length).toBeLessThan(30);
    } finally {
      server.signal('SIGCONT');
      await own.close();
      await server.stop();
    }
  });
});
