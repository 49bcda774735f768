import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { RedisRecentCommonTransport } from '../../src';
import { compiledRoot } from '../support/compiled';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { alarmMessages, logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

describeWithServer('watcher', () => {
  let server: RedisServer;
  let workspace: Workspace;
  const { watch, oldLogger } = watchersForTests(() => workspace);

  beforeEach(async () => {
    server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    workspace = await Workspace.open(server.url);
  });
  afterEach(async () => {
    await workspace.close();
    await server.stop();
  });

  /** Users are gone after a restart. */
  async function loggerWithoutUser(): Promise<RedisRecentCommonTransport> {
    await oldLogger('shop');
    return workspace.transport({ name: 'shop', url: server.url });
  }

  it('tells once what was new while Redis was away, with one warning when that began and one when it was over', async () => {
    const { url } = server;
    const transport = await loggerWithoutUser();
    const { alarms, warnings, watcher } = watch({ url });
    await logErrors(transport, 'before');
    await until(() => alarms.length === 1);
    await server.kill();
    await until(() => warnings.length === 1);
    transport.log({ level: 'error', message: 'meanwhile' });
    await server.start();
    await until(() => alarms.length === 2);
    await logErrors(transport, 'after');
    await until(() => alarms.length === 3);
    expect(alarmMessages(alarms)).toEqual(['before', 'meanwhile', 'after']);
    expect(watcher.stats()).toMatchObject({ told: 3, failures: 0 });
    expect(warnings.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^cannot watch: /),
      expect.stringMatching(/^Redis can be asked again after [\d.]+ s$/),
    ]);
  });

  it('warns once more if only a change of configuration ends the outage, such as a password that was changed', async () => {
    const [name, rotated] = [
      await FaultProxy.start(server.port),
      await RedisServer.start({ args: ['--requirepass', 'new'] }),
    ];
    const { warnings, watcher } = watch({ url: name.url });
    await until(() => watcher.stats().isLeading);
    await server.kill();
    await until(() => warnings.length === 1);
    name.redirect(rotated.port);
    await until(() => warnings.length === 2);
    expect(warnings[1]?.reason).toMatch(/^still cannot watch: .*(NOAUTH|unauthenticated)/);
    await watcher.close();
    await Promise.all([name.stop(), rotated.stop(), server.start()]);
  });

  it('that is started while Redis is away begins when it comes up', async () => {
    const transport = await loggerWithoutUser();
    await server.kill();
    const { alarms, warnings } = watch({ url: server.url });
    await until(() => warnings.length);
    await server.start();
    await logErrors(transport, 'boom');
    await until(() => alarms.length);
    expect(alarmMessages(alarms)).toEqual(['boom']);
  });

  it('tells with the same id within seconds what another was telling when its process was killed', async () => {
    const transport = await oldLogger('shop');
    const program = `
      const { RecentCommonWatcher } = require('./src');
      const onAlarm = (alarm) => new Promise(() => console.log(alarm.id));
      const { URL: url, PREFIX: keyPrefix } = process.env;
      new RecentCommonWatcher({ url, keyPrefix, group: 'killed', onAlarm }).start();
      setInterval(() => undefined, 1000);`;
    const env = { ...process.env, URL: workspace.watcherUrl, PREFIX: workspace.prefix };
    const child = spawn(process.execPath, ['-e', program], {
      cwd: compiledRoot(),
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    try {
      await logErrors(transport, 'boom');
      const [id] = (await once(createInterface(child.stdout), 'line')) as [string];
      const { alarms } = watch({ group: 'killed' });
      child.kill('SIGKILL');
      const killed = performance.now();
      await until(() => alarms.length);
      expect(alarms).toMatchObject([{ id, message: 'boom' }]);
      expect(performance.now() - killed).toBeLessThan(10_000);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });
});
