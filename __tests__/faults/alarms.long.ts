import { createCluster } from 'redis';
import { type Alarm, type AlarmDigest, RecentCommonWatcher, RedisRecentCommonTransport } from '../../src';
import { runAlarmChaos } from '../chaos/alarms';
import { startCluster } from '../support/redis/cluster';
import { describeWithServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { ageSeen } from '../support/writers/seen';

const TIMEOUT_MS = 900_000;
const NAMES = Array.from({ length: 30 }, (_, i) => `service-${i}`);

describeWithServer('alarms under chaos', () => {
  it.each(['standalone', 'sentinel', 'cluster'] as const)(
    'tell each new message that Redis has, again only with the same id (%s)',
    async (variant) => {
      const options = { variant, seconds: 90, seed: 3, perSecond: 4, watchers: 3, digestAbove: 1000 };
      const result = await runAlarmChaos(options);
      expect(result).toMatchObject({ problems: [], missed: [], untold: 0 });
      expect(result.told).toBeGreaterThan(100);
      if (variant === 'standalone') expect(result.lost).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'tell each new message if most come as digests',
    async () => {
      const options = { seconds: 90, seed: 4, perSecond: 4, watchers: 3, digestAbove: 5 };
      expect(await runAlarmChaos({ ...options, variant: 'standalone' })).toMatchObject({ problems: [], untold: 0 });
    },
    TIMEOUT_MS,
  );
});

describeWithServer('watcher of a cluster', () => {
  it(
    'tells new messages of other nodes while one of them hangs',
    async () => {
      const cluster = await startCluster({ masters: 3, replicas: 1 });
      const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })), RESP: 2 });
      client.on('error', () => undefined);
      await client.connect();
      const told: string[] = [];
      const onAlarm = (alarm: Alarm | AlarmDigest): unknown => told.push((alarm as Alarm).name);
      const watcher = new RecentCommonWatcher({ client, digestAbove: NAMES.length * 2, onAlarm });
      const transport = new RedisRecentCommonTransport({ client, name: ({ app }) => String(app) });
      try {
        const needed = [await cluster.masterByKey('known'), await cluster.masterByKey('alarms:{default}:lease')];
        const hung = (await cluster.masters()).find((master) => !needed.includes(master));
        if (!hung) throw new Error('there is no node without keys of the watchers');
        const places = await Promise.all(
          NAMES.map(async (name) => ({ name, isThere: (await cluster.masterByKey(name)) === hung })),
        );
        const there = places.filter(({ isThere }) => isThere).map(({ name }) => name);
        const elsewhere = places.filter(({ isThere }) => !isThere).map(({ name }) => name);
        for (const app of NAMES) transport.log({ level: 'error', message: 'known', app });
        await transport.flush();
        for (const name of NAMES) await ageSeen(client, `common:{${name}}:error`, 48);
        for (const app of there) transport.log({ level: 'error', message: 'not read before it hangs', app });
        await transport.flush();
        hung.signal('SIGSTOP');
        watcher.start();
        await until(() => watcher.stats().looks);
        for (const app of elsewhere) transport.log({ level: 'error', message: 'told', app });
        await until(() => elsewhere.every((name) => told.includes(name)), 60_000);
        hung.signal('SIGCONT');
        await until(() => there.every((name) => told.includes(name)), 120_000);
      } finally {
        await watcher.close();
        await transport.close();
        client.destroy();
        await cluster.stop();
      }
    },
    TIMEOUT_MS,
  );
});
