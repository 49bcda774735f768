import { randomUUID } from 'node:crypto';
import { logCommon, RecentCommonWatcher, type WatchWarning } from '../../src';
import { CLIENT_KINDS, type ConnectedClient } from '../support/redis/client-kinds';
import { type Deployments, deploymentsForTests } from '../support/redis/deployments';
import { describeWithServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { ageSeen } from '../support/writers/seen';

describeWithServer('watcher with a client that is passed in', () => {
  const deploy = deploymentsForTests();
  let deployments: Deployments;
  let passed: ConnectedClient;

  beforeAll(async () => {
    deployments = await deploy();
  });
  afterEach(() => passed.close());

  it.each(CLIENT_KINDS)('tells a new message once, mutes, and leaves the client open: $title', async (kind) => {
    passed = await kind.connect(deployments);
    const { client } = passed;
    const keyPrefix = `${randomUUID()}:`;
    const log = (message: string): Promise<void> => logCommon(client, 'shop', message, 'error', { keyPrefix });
    const { inspector } = deployments[kind.deployment];
    await log('known');
    await ageSeen(
      inspector as never,
      `${keyPrefix}common:${kind.deployment === 'cluster' ? '{shop}' : 'shop'}:error`,
      48,
    );
    const told: string[] = [];
    const warnings: WatchWarning[] = [];
    const watcher = new RecentCommonWatcher({
      client,
      keyPrefix,
      pollMs: 100,
      onAlarm: (alarm) => void told.push('message' in alarm ? String(alarm.message) : alarm.kind),
    });
    watcher.on('warn', (warning) => warnings.push(warning));
    await watcher.mute('quiet *', 60_000);
    watcher.start();
    await log('quiet please');
    await log('payment 17 refused');
    await until(() => told.length);
    await log('payment 18 refused');
    await log('last');
    await until(() => told.length > 1);
    expect(watcher.stats()).toMatchObject({ isLeading: true, muted: 1 });
    await watcher.close();
    await log('after');
    expect([told, warnings]).toEqual([['payment <number> refused', 'last'], []]);
  });
});
