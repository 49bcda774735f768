import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

const TIMEOUT_MS = 120_000;
const ROUNDS = 3;

afterEach(() => CliProcess.killAll());

describeWithServer('tail -f', () => {
  it(
    'goes on after each kill of its Redis, and shows every line once',
    async () => {
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
        for (let round = 1; round <= ROUNDS; round++) {
          for (let i = 0; i < 10; i++) log(i % 3 === 0 ? 'error' : 'info');
          await until(() => shown().length === messages.length, 60_000);
          await server.kill();
          log('info');
          log('error');
          await until(() => cli.stderr.split('retrying').length === round + 1, 60_000);
          await server.start();
          await transport.flush().catch(() => transport.flush());
          await until(() => shown().length === messages.length, 60_000);
          await until(() => cli.stderr.split('answers again after').length === round + 1, 60_000);
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
    },
    TIMEOUT_MS,
  );
});

describe('connection of the program', () => {
  it(
    'is given up if a server accepts it and does not reply within 10 s',
    async () => {
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
    },
    TIMEOUT_MS,
  );
});
