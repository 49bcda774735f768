import {
  forget,
  logCommon,
  logRecent,
  RecentCommonReader,
  RecentCommonWatcher,
  RedisRecentCommonTransport,
  type RedisScripter,
} from '../../src';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { NOT_PERMITTED, readRefusals } from '../support/redis/acl';
import { DeclaredKeysClient } from '../support/redis/declared-keys';
import { describeWith } from '../support/requirements';
import { readSourceTree, readText } from '../support/source-tree';
import { ask, makeDashboard } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { ageSeen } from '../support/writers/seen';

/** The first line of each script of the package. */
const PURPOSES = readSourceTree().flatMap(({ path }) =>
  [...readText(path).matchAll(/= defineScript\(\/\* lua \*\/ `\n(.*)/g)].map(([, line = '']) => line),
);

/** Makes a destination that was last written to an hour ago, and one in the index that has expired since. */
async function age(workspace: Workspace, name: string): Promise<void> {
  const { redis } = workspace;
  await redis.set(workspace.key(`common:${name}:info:start`), isoHour(1));
  await redis.zAdd(workspace.key('known'), { score: 1, value: 'info:gone' });
}

async function writeAll(workspace: Workspace, client: RedisScripter): Promise<void> {
  const transport = new RedisRecentCommonTransport({
    client,
    keyPrefix: workspace.prefix,
    name: 'app',
    ttlSeconds: 7200,
    commonLimit: 3,
  });
  const log = async (level: string, ...messages: string[]): Promise<void> => {
    for (const message of messages) transport.log({ level, message });
    await transport.flush();
  };
  await log('info', 'a', 'b', 'b');
  await age(workspace, 'app');
  await log('info', 'a', 'c', 'd', 'e', 'f');
  // A new destination has the index looked at.
  await log('warn', 'a');
  await until(async () => (await workspace.redis.zScore(workspace.key('known'), 'info:gone')) === null);
  await transport.close();
  expect(transport.stats()).toMatchObject({ written: 9, retries: 0, lost: 0 });
  await logRecent(client, 'other', 'hello', 'info', { keyPrefix: workspace.prefix });
  await logCommon(client, 'other', 'hello', 'error', { keyPrefix: workspace.prefix });
}

async function readAll(workspace: Workspace, client: RedisScripter): Promise<void> {
  const reader = new RecentCommonReader({ client, keyPrefix: workspace.prefix });
  expect((await reader.names()).map(({ name }) => name)).toEqual(expect.arrayContaining(['app', 'other']));
  expect(await reader.recent('app', 'info')).toHaveLength(8);
  expect((await reader.common('app', 'info')).total).toBe(5);
  expect((await reader.common('app', 'info', { window: 'previous' })).total).toBe(3);
  expect(await reader.changes('app', 'info')).not.toEqual([]);
  expect(await reader.changes('app', 'warning')).toMatchObject([{ sample: { message: 'a' } }]);
  expect(await reader.glance('app', ['info'])).toMatchObject([{ severity: 'info' }]);
  expect((await reader.minutes('app', 'info')).counts).toContain(null);
  expect((await reader.overview()).length).toBeGreaterThan(0);
  expect((await reader.changedSince()).loggers.length).toBeGreaterThan(0);
  expect(await reader.told('app', 'info', ['a'])).toMatchObject([{ watchedAt: null }]);
  const lines = reader.follow('app', 'info', { after: 7 });
  expect((await lines.next()).value).toMatchObject({ message: 'f' });
  await lines.return();
  expect((await ask(makeDashboard(workspace, { reader }), '?name=app')).status).toBe(200);
}

async function watchAll(workspace: Workspace, client: RedisScripter): Promise<void> {
  const failing = [true];
  const watcher = new RecentCommonWatcher({
    client,
    keyPrefix: workspace.prefix,
    pollMs: 100,
    onAlarm: () => (failing.pop() ? Promise.reject(new Error('once')) : undefined),
  });
  await logCommon(client, 'watched', 'known', 'error', { keyPrefix: workspace.prefix });
  await ageSeen(workspace.redis, workspace.key('common:watched:error'), 48);
  await logCommon(client, 'watched', 'boom', 'error', { keyPrefix: workspace.prefix });
  await watcher.mute('nothing', 1000);
  watcher.start();
  await until(() => watcher.stats().told);
  await watcher.close();
}

describeWith('server', 'users')('server that refuses keys that a script does not declare', () => {
  let workspace: Workspace;
  let client: DeclaredKeysClient;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
    client = await DeclaredKeysClient.connect(workspace.redis, workspace.url);
  });
  beforeEach(clearOfTheTurn);
  afterAll(async () => {
    await client.close();
    await workspace.close();
  });

  it('refuses a script that touches another key', async () => {
    const script = "return redis.call('GET', KEYS[1] .. ARGV[1])";
    expect(await client.eval(script, { keys: ['key'], arguments: [''] })).toBeNull();
    await expect(client.eval(script, { keys: ['key'], arguments: ['2'] })).rejects.toThrow(NOT_PERMITTED);
  });

  it('refuses no script of the package, in a cluster or outside of one', async () => {
    await workspace.redis.sendCommand(['ACL', 'LOG', 'RESET']);
    await writeAll(workspace, client);
    await readAll(workspace, client);
    expect(await forget(client, 'other', undefined, { keyPrefix: workspace.prefix })).toHaveLength(2);
    // In a cluster keys have other names, so from here on the index may lose those that were written before.
    await logCommon(client.asCluster(), 'app', 'hello', 'info', { keyPrefix: workspace.prefix });
    expect(await forget(client.asCluster(), 'app', 'info', { keyPrefix: workspace.prefix })).toHaveLength(1);
    await watchAll(workspace, client);
    expect(await readRefusals(workspace.redis)).toEqual([]);
    expect(PURPOSES.filter((purpose) => !client.purposes.has(purpose))).toEqual([]);
    expect(PURPOSES.length).toBeGreaterThan(5);
  });
});
