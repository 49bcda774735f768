import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { compiledRoot } from '../support/compiled';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { repeatedAtTheTurn } from '../support/turn';
import { runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { writeHours } from '../support/writers/key-writer';

const KILLS = 3;
const LOGGERS = 10;
/** The most that a window counts by default. */
const MESSAGES = 10_000;
const ROUNDS = 7;
/** Compiled file by file like the published program, with source maps besides. */
const PROGRAM = resolve(compiledRoot(), 'src/cli/bin.js');

afterEach(() => CliProcess.killAll());

describeWithServer('tail -f', () => {
  it('goes on after each kill of its Redis, and shows every line once', async () => {
    const server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    const workspace = await Workspace.open(server.url);
    const { logger, transport } = workspace.logger({ name: 'shop', url: server.url });
    const at = ['-u', server.url, '--prefix', workspace.prefix];
    const cli = CliProcess.start(['tail', '-f', '-n', '5', '-o', 'raw', ...at, 'shop']);
    const messages: string[] = [];
    const log = (level: 'info' | 'error'): void => {
      messages.push(`${level} ${messages.length}`);
      logger.log(level, messages.at(-1) as string);
    };
    const shown = (): string[] => cli.stdout.split('\n').slice(0, -1);
    try {
      log('info');
      log('error');
      await cli.shows(/^(info 0|error 1)\n(info 0|error 1)\n$/);
      for (let round = 1; round <= KILLS; round++) {
        for (let i = 0; i < 10; i++) log(i % 3 === 0 ? 'error' : 'info');
        await until(() => shown().length === messages.length);
        await server.kill();
        log('info');
        log('error');
        await until(() => cli.stderr.split('retrying').length === round + 1);
        await server.start();
        await transport.flush().catch(() => transport.flush());
        await until(() => shown().length === messages.length);
        await until(() => cli.stderr.split('answers again after').length === round + 1);
      }
      expect(shown().sort()).toEqual([...messages].sort());
      expect(cli.stderr).toMatch(
        /^no answer from redis:\/\/127.0.0.1:\d+, retrying: .+\nredis:\S+ answers again after \d+ s\n/,
      );
      cli.child.kill('SIGINT');
      expect((await cli.ended()).code).toBe(0);
    } finally {
      cli.child.kill('SIGKILL');
      await workspace.close();
      await server.stop();
    }
  });
});

describe('connection of the program', () => {
  it('is given up if a server accepts it and does not reply within 10 s', async () => {
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    try {
      const { code, stderr } = await runCli(['ls', '-u', `redis://127.0.0.1:${port}`]);
      expect(stderr).toContain(`cannot read from redis://127.0.0.1:${port}: no reply within 10 s\n`);
      expect(code).toBe(1);
    } finally {
      mute.close();
    }
  });
});

describeWithServer(`top of ${LOGGERS} loggers with ${MESSAGES} different messages each`, () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  /** Few messages are frequent, as in real logs. */
  async function fill(): Promise<void> {
    for (let logger = 0; logger < LOGGERS; logger++) {
      const counts = Array.from({ length: MESSAGES }, (_, i) => [
        `customer ${i} is not in the index of shop ${logger}`,
        Math.ceil(MESSAGES / (i + 1)),
      ]);
      await writeHours(workspace, { name: `app${logger}`, severity: 'info', now: Object.fromEntries(counts) });
    }
  }

  /** The shortest time from start to exit, in milliseconds, and the last output. */
  function measure(command: string, args: readonly string[]): { ms: number; stdout: string } {
    let stdout = '';
    const times = Array.from({ length: ROUNDS }, () => {
      const began = performance.now();
      stdout = execFileSync(command, args, { encoding: 'utf8' });
      return performance.now() - began;
    });
    return { ms: Math.round(Math.min(...times)), stdout };
  }

  it('shows them like any others, and prints how long it takes from start to exit', () =>
    repeatedAtTheTurn(async () => {
      await fill();
      const at = ['-u', workspace.url, '--prefix', workspace.prefix];
      const all = measure(process.execPath, [PROGRAM, 'top', ...at]);
      const one = measure(process.execPath, [PROGRAM, 'top', 'app3', ...at]);
      const empty = measure(process.execPath, [PROGRAM, 'top', ...at, '--prefix', `${workspace.prefix}none:`]);
      const node = measure(process.execPath, ['-e', '0']);
      const redisCli = measure('redis-cli', ['-p', new URL(workspace.url).port, 'PING']);
      expect(one.stdout).toMatch(/^app3 · info · \d+ lines, /m);
      expect(one.stdout).toContain('customer 0 is not in the index of shop 3');
      expect(all.stdout).toMatch(/^app\d · info · \d+ lines, /m);
      expect(all.stdout).toContain('too many messages, name a logger to see it: app');
      console.log(
        `top: ${all.ms} ms; top app3: ${one.ms} ms; top of nothing: ${empty.ms} ms; ` +
          `node that does nothing: ${node.ms} ms; redis-cli PING: ${redisCli.ms} ms`,
      );
    }));
});
