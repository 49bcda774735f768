import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCluster } from 'redis';
import { RedisRecentCommonTransport } from '../../src';
import { compiledRoot } from '../support/compiled';
import { ask } from '../support/redis/ask';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { isMissing } from '../support/requirements';
import { FakeSink, RunningCli, runCli } from '../support/viewers/cli';
import { CliProcess } from '../support/viewers/cli-process';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { lineAt, writeLines } from '../support/writers/key-writer';

const ROOT = resolve(__dirname, '../..');
const packageJson = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'));

let workspace: Workspace;
const write = (name: string, ...lines: string[]): Promise<void> =>
  writeLines(
    workspace,
    { name, severity: 'info' },
    lines.map((line) => lineAt(0, line)),
  );

beforeAll(async () => {
  workspace = await Workspace.open();
  await write('shop', 'first', 'second', 'third');
});
afterAll(async () => {
  await CliProcess.killAll();
  await workspace.close();
});

const at = (...args: string[]): string[] => [...args, '--url', workspace.url, '--prefix', workspace.prefix];

describe('program', () => {
  it('is the bin of the package, and starts with Node by itself', () => {
    expect(packageJson.bin).toEqual({ 'winston-redis-recent-common': './dist/cli/bin.js' });
    expect(readFileSync(resolve(ROOT, 'src/cli/bin.ts'), 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  it('loads neither what watches nor what serves, unless it is asked to', () => {
    const load = (...args: string[]): string => {
      const list = `process.on('exit', () => console.log(Object.keys(require.cache).join('\\n')));`;
      const program = `${list} process.argv = ['node', 'bin', ...${JSON.stringify(args)}]; require('./src/cli/bin.js');`;
      return spawnSync(process.execPath, ['-e', program], { cwd: compiledRoot(), encoding: 'utf8' }).stdout;
    };
    const unneeded = /[\\/]src[\\/](watch|dashboard|write)[\\/]|watch-settings/;
    expect(load('tail', '-n', '1', '-u', 'redis://127.0.0.1:1')).toMatch(/[\\/]commands[\\/]tail\.js/);
    expect(load('tail', '-n', '1', '-u', 'redis://127.0.0.1:1')).not.toMatch(unneeded);
    expect(load('watch', '-u', 'redis://127.0.0.1:1')).toMatch(unneeded);
  });

  it.concurrent('ends with code 0, 1 or 2, and writes errors only to stderr', async () => {
    const port = await freePort();
    const [done, undone, misunderstood, version] = await Promise.all(
      [at('tail', '-o', 'raw', 'shop'), ['ls', '-u', `redis://127.0.0.1:${port}`], ['ls', '--frobnicate'], ['-V']].map(
        (args) => CliProcess.start(args).ended(),
      ),
    );
    expect(done).toEqual({ code: 0, stdout: 'first\nsecond\nthird\n', stderr: '' });
    expect(undone).toEqual({
      code: 1,
      stdout: '',
      stderr: `winston-redis-recent-common: cannot read from redis://127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}\n`,
    });
    expect(misunderstood).toMatchObject({ code: 2, stdout: '' });
    expect(version).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it.concurrent('has colours in a pipe only with --color always, even if NO_COLOR is set', async () => {
    const [piped, told, toldAll] = await Promise.all([
      CliProcess.start(at('tail', 'shop')).ended(),
      CliProcess.start(at('tail', 'shop', '--color', 'always')).ended(),
      CliProcess.start(at('tail', 'shop', '--color', 'always'), { NO_COLOR: '1' }).ended(),
    ]);
    expect(piped?.stdout).not.toContain('\u001b');
    expect(told?.stdout).toContain('\u001b[32minfo    \u001b[39m');
    expect(toldAll?.stdout).toBe(told?.stdout);
  });

  it.concurrent('ends with code 1 and the reason if it cannot write its output', async () => {
    const cli = CliProcess.startShell(`'${process.execPath}' src/cli/bin.js --help >/dev/full`);
    const { code, stderr } = await cli.ended();
    expect(stderr).toMatch(/^.*ENOSPC.*\n$/);
    expect(code).toBe(1);
  });

  it.concurrent('follows many lists without a warning', async () => {
    const severities = Array.from({ length: 12 }, (_, i) => `severity${i}`);
    for (const severity of severities) await writeLines(workspace, { name: 'many', severity }, [`of ${severity}`]);
    const cli = CliProcess.start(at('tail', '-f', '-o', 'raw', 'many'));
    for (const severity of severities) await cli.shows(`of ${severity}\n`);
    await writeLines(workspace, { name: 'many', severity: 'severity0' }, ['the last']);
    await cli.shows('the last\n');
    cli.child.kill('SIGINT');
    expect(await cli.ended()).toMatchObject({ code: 0, stderr: '' });
  });

  it.concurrent('ends silently with code 0 if its output is closed', async () => {
    const closed = CliProcess.start(at('tail', 'shop'));
    closed.child.stdout?.destroy();
    const more = (): Promise<void> => write('unread', 'one more');
    await more();
    const following = CliProcess.start(at('tail', '-f', '-o', 'raw', 'unread'));
    await following.shows('one more\n');
    following.child.stdout?.destroy();
    await until(async () => {
      await more();
      return following.child.exitCode !== null;
    });
    for (const cli of [closed, following]) expect(await cli.ended()).toMatchObject({ code: 0, stderr: '' });
  });

  it.concurrent.each(['SIGINT', 'SIGTERM'] as const)('ends tail -f with code 0 at %s', async (signal) => {
    await write(signal, 'third');
    const cli = CliProcess.start(at('tail', '-f', '-o', 'raw', signal));
    await cli.shows('third\n');
    // Only once it follows does it listen for the signal, which would otherwise end it in the default way.
    await write(signal, `${signal} is next`);
    await cli.shows(`${signal} is next\n`);
    cli.child.kill(signal);
    expect(await cli.ended()).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('password in a URL', () => {
  const PASSWORD = 's3cret-pass';

  it.each([
    ['a Redis that does not answer', (port: number) => ['-u', `redis://user:${PASSWORD}@127.0.0.1:${port}`]],
    ['a URL with another scheme', (port: number) => ['-u', `http://user:${PASSWORD}@127.0.0.1:${port}`]],
    ['a URL without a scheme', () => ['-u', `user:${PASSWORD}@127.0.0.1`]],
    ['a URL with an invalid port', () => ['-u', `redis://user:${PASSWORD}@127.0.0.1:99999`]],
    [
      'a URL with a path that is no database',
      (port: number) => ['-u', `redis://user:${PASSWORD}@127.0.0.1:${port}/logs`],
    ],
    ['a URL whose password holds / and ?', (port: number) => ['-u', `redis://user:/${PASSWORD}?@127.0.0.1:${port}`]],
    [
      'a URL in place of a logger name',
      (port: number) => [`redis://:${PASSWORD}@a`, '-u', `redis://127.0.0.1:${port}`],
    ],
    ['a URL as an extra argument', () => ['ls', `redis://:${PASSWORD}@a`]],
    [
      'a cluster that does not answer',
      (port: number) => ['--cluster', '-u', `redis://user:${PASSWORD}@127.0.0.1:${port}`],
    ],
  ])('is shown by no error of %s', async (_, argsOf) => {
    const args = argsOf(await freePort());
    for (const command of args[0] === 'ls' ? [[]] : [['top'], ['tail', '-f']]) {
      const { code, stdout, stderr } = await runCli([...command, ...args]);
      expect(code).not.toBe(0);
      expect(stderr).not.toBe('');
      expect(stdout + stderr).not.toContain(PASSWORD);
    }
  });

  it('is shown by no error of a Redis that refuses it', async () => {
    const { hostname, port } = new URL(workspace.url);
    const { code, stderr } = await runCli(['ls', '-u', `redis://user:${PASSWORD}@${hostname}:${port}`]);
    expect(stderr).toContain(`cannot read from redis://${hostname}:${port}: `);
    expect(stderr).not.toContain(PASSWORD);
    expect(code).toBe(1);
  });
});

describeWithServer('password in REDIS_URL', () => {
  const UNKNOWN_AUTH = /: ERR unknown command ['`]AUTH['`]\n$/;

  it('is not shown by a Redis that does not know AUTH', async () => {
    const server = await RedisServer.start({ args: ['--rename-command', 'AUTH', ''] });
    const REDIS_URL = server.url.replace('//', '//user:s3cret-pass@');
    try {
      const ls = await runCli(['ls'], { env: { REDIS_URL } });
      expect(ls.stderr).toMatch(UNKNOWN_AUTH);
      const tail = new RunningCli(['tail', '-f'], { env: { REDIS_URL } });
      await until(() => UNKNOWN_AUTH.test(tail.stderr.text));
      expect((await tail.interrupt()).stderr + ls.stderr).not.toContain('s3cret');
    } finally {
      await server.stop();
    }
  });

  it('is shown neither while Redis answers nor after it was killed', async () => {
    const server = await RedisServer.start({ args: ['--requirepass', 's3cret-pass'] });
    const REDIS_URL = server.url.replace('//', `//${isMissing('users') ? '' : 'default'}:s3cret-pass@`);
    const cli = new RunningCli(['top', '-w', '0.1'], { env: { REDIS_URL }, stdout: new FakeSink({ isTTY: true }) });
    try {
      await cli.until(() => cli.stdout.text.includes('nothing has been logged yet'));
      await server.kill();
      await cli.until(() => cli.stdout.text.includes('nothing newer than'));
      const { stdout, stderr } = await cli.interrupt();
      expect(stdout + stderr).not.toContain('s3cret');
    } finally {
      await cli.interrupt();
      await server.stop();
    }
  });
});

describeWithServer('replica without its master', () => {
  it('is told as such, with advice for those who start the program', async () => {
    const server = await RedisServer.start({ args: ['--replica-serve-stale-data', 'no'] });
    try {
      await ask(server.port, ['REPLICAOF', '127.0.0.1', String(await freePort())]);
      const { code, stderr } = await runCli(['ls', '-u', server.url]);
      expect(stderr).toMatch(/cannot read from \S+: MASTERDOWN .* \(it is a replica: give the URL of its master\)\n$/);
      expect(code).toBe(1);
    } finally {
      await server.stop();
    }
  });
});

describeWithServer('--cluster', () => {
  it('reads from a cluster with every command', async () => {
    const cluster = await startCluster();
    const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })), RESP: 2 });
    client.on('error', () => undefined);
    await client.connect();
    const transport = new RedisRecentCommonTransport({ client, name: 'shop' });
    try {
      transport.log({ level: 'info', message: 'in a slot of its own' });
      await transport.flush();
      for (const command of ['top', 'tail', 'ls']) {
        const { code, stdout, stderr } = await runCli([command, '--cluster', '-u', String(cluster.urls[0])]);
        expect(stdout).toMatch(command === 'ls' ? /shop\n$/ : /in a slot of its own\n$/);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      }
    } finally {
      await transport.close();
      client.destroy();
      await cluster.stop();
    }
  });

  it('says so if no node can be reached', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const { code, stderr } = await runCli(['ls', '--cluster', '-u', url]);
    expect(stderr).toContain(`winston-redis-recent-common: cannot read from ${url}: `);
    expect(code).toBe(1);
  });
});
