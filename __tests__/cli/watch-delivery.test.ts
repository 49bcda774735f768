import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../src/cli/commands/watch-command';
import { ReceivingServer } from '../support/receiving-server';
import { NOT_PERMITTED } from '../support/redis/acl';
import { itWith } from '../support/requirements';
import { type CliSetting, RunningCli, runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

const { PATH = '' } = process.env;

let workspace: Workspace;
let folder: string;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
  folder = mkdtempSync(join(tmpdir(), 'watch-'));
});
afterEach(async () => {
  await RunningCli.interruptAll();
  await CliProcess.killAll();
  rmSync(folder, { recursive: true });
});
afterAll(() => workspace.close());

const { atEnd, oldLogger } = watchersForTests(() => workspace);

const commandLine = (...args: string[]): string[] =>
  ['watch', '--url', workspace.watcherUrl, '--prefix', workspace.prefix].concat(args);

/** Starts the command, and waits until it watches. */
async function start(args: readonly string[], setting: CliSetting = {}): Promise<RunningCli> {
  const cli = new RunningCli(commandLine(...args), { ...setting, env: { PATH, ...setting.env } });
  await cli.until(() => cli.stderr.text.includes('telling'));
  return cli;
}

function read(file: string): string {
  return existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
}

const readAlarms = (file: string) =>
  read(file)
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { id: string; message: string; text: string });

describe('watch --exec', () => {
  it('runs a command by the shell for each alarm, which is one line on its standard input and nowhere else', async () => {
    const transport = await oldLogger(name);
    const hostile = `$(touch ${folder}/run) \`touch ${folder}/run\` '; touch ${folder}/run; "\n%s \\`;
    const cli = await start([name, '--exec', `cat >> '${folder}/got' && env > '${folder}/env' && echo seen "$0"`]);
    await logErrors(transport, hostile);
    await cli.until(() => cli.stdout.text !== '');
    await cli.interrupt();
    expect(readAlarms('got')).toMatchObject([{ text: expect.stringContaining('$(touch'), kind: 'new', name }]);
    expect(read('env')).not.toContain('touch');
    expect(existsSync(join(folder, 'run'))).toBe(false);
    expect(cli.stderr.text).toMatch(/\nseen \S*sh\n/);
    expect(cli.stdout.text).toMatch(/new error in \S+: \$\(touch .*\n$/);
  });

  it('runs it again with the same alarm if it fails, and says why', async () => {
    const transport = await oldLogger(name);
    const command = `cat >> '${folder}/got'; [ "$(wc -l < '${folder}/got')" -gt 1 ] || exit 3`;
    const cli = await start([name, '--exec', command, '--json']);
    await logErrors(transport, 'boom');
    await cli.until(() => cli.stdout.text !== '');
    const { code, stderr, stdout } = await cli.interrupt();
    expect(readAlarms('got').map(({ message }) => message)).toEqual(['boom', 'boom']);
    expect(new Set([...readAlarms('got'), JSON.parse(stdout)].map(({ id }) => id)).size).toBe(1);
    expect(stderr).toMatch(/an alarm \(new, \S+\) is told again: the command ended with code 3\n/);
    expect(code).toBe(0);
  });

  it('shares the work with processes that have the same options, and with no others', async () => {
    const transport = await oldLogger(name);
    const same = [name, '--exec', `cat >> '${folder}/same'`];
    const running = [
      await start(same),
      await start(same),
      await start([name, '--exec', `cat >> '${folder}/other'`]),
      await start([name, '--exec', `cat >> '${folder}/group'`, '--group', 'ops']),
      await start([name, '--on', 'new', '--exec', `cat >> '${folder}/group'`, '--group', 'ops']),
    ];
    await logErrors(transport, 'boom');
    await until(() => ['same', 'other', 'group'].every((file) => readAlarms(file).length > 0));
    await Promise.all(running.map((cli) => cli.interrupt()));
    expect(['same', 'other', 'group'].map((file) => readAlarms(file).length)).toEqual([1, 1, 1]);
    expect((await workspace.redis.keys(workspace.key('alarms:{ops}:*'))).length).toBeGreaterThan(0);
  });

  it('prints what the command prints to stderr, with control characters as escapes', async () => {
    const transport = await oldLogger(name);
    const cli = await start([name, '--exec', `printf 'to\\033[31m stdout\\n'; printf 'to stderr\\n' >&2`]);
    await logErrors(transport, 'boom');
    await cli.until(() => cli.stdout.text !== '' && cli.stderr.text.includes('to stderr\n'));
    expect((await cli.interrupt()).stderr).toContain('to\\x1b[31m stdout\n');
  });

  it('ends at SIGTERM, with the command that is running', async () => {
    const transport = await oldLogger(name);
    const command = `echo $$ > '${folder}/pid'; sleep 600`;
    const cli = CliProcess.start(commandLine(name, '--exec', command));
    await until(() => cli.stderr.includes('telling'));
    await logErrors(transport, 'boom');
    await until(() => read('pid').includes('\n'));
    cli.child.kill('SIGTERM');
    expect(await cli.ended()).toMatchObject({ code: 0, stdout: '' });
    expect(() => process.kill(Number(read('pid')), 0)).toThrow('ESRCH');
  });

  it('ends after the time of --for', async () => {
    expect(await runCli(commandLine(name, '--exec', 'true', '--for', '1s'))).toMatchObject({ code: 0, stdout: '' });
  });

  itWith('users')('ends with code 1 if the user has not the rights of a watcher', async () => {
    const args = commandLine(name, '--exec', 'true');
    args[2] = workspace.readerUrl;
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain('cannot watch redis://');
    expect(stderr).toMatch(NOT_PERMITTED);
    expect(code).toBe(1);
  });
});

describe('command that is run', () => {
  const run = (command: string, { timeoutMs = 10_000, signal = new AbortController().signal } = {}): Promise<void> =>
    runCommand('x'.repeat(1_000_000), { command, env: { PATH }, timeoutMs, signal, onOutput: () => undefined });

  it('need not read its input, and may leave something running', async () => {
    await run('true');
    await run('sleep 1 &');
  });

  it.each([
    ['exit 7', 'the command ended with code 7'],
    ['kill -9 $$', 'the command was ended by SIGKILL'],
    ['no-such-command', 'the command ended with code 127'],
  ])('fails if it does: %s', async (command, why) => {
    await expect(run(command)).rejects.toThrow(why);
  });

  it('is ended with what it has started if it takes too long, also if it does not want to', async () => {
    const command = `trap '' TERM; sleep 600 & echo $! > '${folder}/pid'; wait; sleep 600`;
    await expect(run(command, { timeoutMs: 500 })).rejects.toThrow('the command took longer than 0.5 s');
    await until(() => {
      try {
        return process.kill(Number(read('pid')), 0) && false;
      } catch {
        return true;
      }
    });
  });
});

describe('watch --webhook', () => {
  it('posts alarms, signed with the secret in the environment, which is shown nowhere', async () => {
    const server = await ReceivingServer.start();
    atEnd(() => server.close());
    const transport = await oldLogger(name);
    const env = { RECENT_COMMON_WEBHOOK_SECRET: 'very-secret' };
    const cli = await start([name, '--webhook', `${server.url}/token-in-path`], { env });
    await logErrors(transport, 'boom');
    await cli.until(() => cli.stdout.text !== '');
    const { stderr, stdout } = await cli.interrupt();
    const [{ body, headers }] = server.posted as [(typeof server.posted)[number]];
    expect(JSON.parse(body)).toMatchObject({ kind: 'new', name, message: 'boom' });
    const signed = createHmac('sha256', 'very-secret')
      .update(`${String(headers['x-timestamp'])}.${body}`)
      .digest('hex');
    expect(headers['x-signature']).toBe(`sha256=${signed}`);
    expect(stderr + stdout).not.toMatch(/secret|token/);
  });

  it('posts again if that fails', async () => {
    const server = await ReceivingServer.start((response, count) => response.writeHead(count === 1 ? 500 : 200).end());
    atEnd(() => server.close());
    const transport = await oldLogger(name);
    const cli = await start([name, '--webhook', server.url]);
    await logErrors(transport, 'boom');
    await cli.until(() => cli.stdout.text !== '');
    expect((await cli.interrupt()).stderr).toContain('is told again: the server replied 500');
    expect(new Set(server.posted.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(server.posted[0]?.headers).not.toHaveProperty('x-signature');
  });

  it.each(['ftp://secret/', 'secret', ''])('is refused without showing it if it is no URL of http: %j', async (url) => {
    const { code, stderr } = await runCli(commandLine('--webhook', url));
    expect(stderr).toContain('--webhook takes a URL that begins with http:// or https://');
    expect(stderr).not.toContain('secret');
    expect(code).toBe(2);
  });
});
