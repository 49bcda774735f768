import { createCluster } from 'redis';
import { RecentCommonReader, RedisRecentCommonTransport } from '../../src';
import { makeUser, NOT_PERMITTED, userRules } from '../support/redis/acl';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { FakeKeyboard, FakeSink, RunningCli, runCli } from '../support/viewers/cli';
import { Workspace } from '../support/workspace';

const TIMEOUT_MS = 30_000;

let workspace: Workspace;
let names = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());
beforeEach(async () => {
  name = `app${++names}`;
  const { logger, transport } = workspace.logger({ name });
  for (const level of ['info', 'error']) logger.log(level, 'hello');
  await transport.flush();
});

const commandLine = (url: string, ...args: string[]): string[] => [
  'forget',
  ...args,
  '-u',
  url,
  '--prefix',
  workspace.prefix,
];
const listKept = async (): Promise<string[]> =>
  (await workspace.reader.names()).flatMap((logger) => (logger.name === name ? [logger.severity] : [])).sort();

/** Answers the question on a terminal. */
async function answer(text: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const stdin = new FakeKeyboard({ isTTY: true });
  const stderr = new FakeSink({ isTTY: true });
  const cli = new RunningCli(commandLine(workspace.writerUrl, name), { stdin, stderr });
  await cli.until(() => stderr.text.includes('[y/N] '));
  stdin.end(text);
  return cli.ended;
}

describe('forget', () => {
  it.each(['y\n', 'Yes\n'])(
    'removes a logger once it is confirmed on a terminal, and prints what: %j',
    async (text) => {
      const { code, stdout, stderr } = await answer(text);
      expect(stderr).toContain(`Remove all that is kept of ${name} · error, ${name} · info in redis://`);
      expect({ code, stdout }).toEqual({ code: 0, stdout: `removed ${name} · error\nremoved ${name} · info\n` });
      expect(await listKept()).toEqual([]);
      expect(await workspace.redis.keys(workspace.key(`*:${name}:*`))).toEqual([]);
    },
  );

  it.each(['n\n', '\n', ''])('removes nothing if it is not: %j', async (text) => {
    const { code, stderr } = await answer(text);
    expect(code).toBe(1);
    expect(stderr).toContain('nothing was removed');
    expect(await listKept()).toEqual(['error', 'info']);
  });

  it('refuses to go on without a terminal to ask on and without --yes', async () => {
    const { code, stderr } = await runCli(commandLine(workspace.writerUrl, name));
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
    expect(await listKept()).toEqual(['error', 'info']);
  });

  it('removes the severities in --level alone with --yes, and prints them as JSON if it is asked to', async () => {
    const args = commandLine(workspace.writerUrl, name, '--yes', '--json', '--level', 'error,critical');
    expect(await runCli(args)).toEqual({ code: 0, stdout: `{"name":"${name}","severity":"error"}\n`, stderr: '' });
    expect(await listKept()).toEqual(['info']);
    expect((await runCli(args)).stderr).toContain(`nothing is kept of ${name} · critical, ${name} · error`);
  });

  it('fails for a logger that is not known, and without a name', async () => {
    expect((await runCli(commandLine(workspace.writerUrl, 'nobody', '--yes'))).code).toBe(1);
    expect((await runCli(commandLine(workspace.writerUrl, '--yes'))).code).toBe(2);
  });

  itWith('users')('says what Redis refuses to a user who may only read', async () => {
    const url = await makeUser(workspace.redis, workspace.url, userRules('reader', workspace.prefix));
    const { code, stderr } = await runCli(commandLine(url, name, '--yes'));
    expect(code).toBe(1);
    expect(stderr).toContain('cannot remove anything from redis://');
    expect(stderr).toMatch(NOT_PERMITTED);
    expect(await listKept()).toEqual(['error', 'info']);
  });
});

describeWithServer('forget in a cluster', () => {
  it(
    'removes a logger and its entries in the index, which is on another node',
    async () => {
      const cluster = await startCluster({ masters: 3, replicas: 0 });
      const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })), RESP: 2 });
      await client.on('error', () => undefined).connect();
      const reader = new RecentCommonReader({ client });
      const transport = new RedisRecentCommonTransport({ client, name: (info) => String(info.app) });
      for (const app of ['gone', 'kept']) transport.log({ level: 'error', message: 'boom', app });
      await transport.close();
      const { code, stdout } = await runCli(['forget', 'gone', '-y', '--cluster', '-u', cluster.urls[0] as string]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'removed gone · error\n' });
      expect((await reader.changedSince()).loggers.map((logger) => logger.name)).toEqual(['kept']);
      expect(await client.exists('common:{gone}:error')).toBe(0);
      expect(await client.zRange('known', 0, -1)).toEqual(['error:kept', 'news:error:kept']);
      client.destroy();
      await cluster.stop();
    },
    TIMEOUT_MS,
  );
});
