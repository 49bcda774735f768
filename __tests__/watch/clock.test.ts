import { type Alarm, RedisRecentCommonTransport } from '../../src';
import { ReadOnlyWatch } from '../../src/watch/read-only-watch';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';
import { until } from '../support/wait';
import { watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';
import { ageSeen } from '../support/writers/seen';

const HOUR = 3600;

describeWithClock('watcher by the clock of Redis', () => {
  let workspace: Workspace;
  let names = 0;

  afterAll(() => workspace.close());
  const timed = redisWithClock();
  beforeAll(async () => {
    workspace = await Workspace.open(timed.server.url);
  });
  beforeEach(() => {
    names++;
    // Twenty past noon of another day.
    timed.clock.show(Date.UTC(2026, 11, names, 12, 20) / 1000);
  });

  const { watch } = watchersForTests(() => workspace);

  /** Logs a message so often in each of some minutes. A transport's own clock does not move with that of the server. */
  async function logByMinute(name: string, counts: readonly number[], message: string): Promise<void> {
    for (const count of counts) {
      const transport = new RedisRecentCommonTransport({ url: workspace.url, keyPrefix: workspace.prefix, name });
      for (let i = 0; i < count; i++) transport.log({ level: 'error', message });
      await transport.close();
      timed.clock.advance(60);
    }
  }
  const times = (minutes: number, count: number): number[] => Array.from({ length: minutes }, () => count);

  it('tells a message that surges, once', async () => {
    const name = `surge${names}`;
    await logByMinute(name, times(70, 2), 'slow query');
    const { alarms, watcher } = watch({ names: [name], on: ['surging'] });
    await until(() => watcher.stats().looks);
    expect(alarms).toEqual([]);
    await watcher.close();
    await logByMinute(name, [40, 40], 'slow query');
    for (let i = 0; i < 3; i++) {
      const next = watch({ names: [name], on: ['surging'] });
      await until(() => next.watcher.stats().looks);
      if (i === 0) await until(() => next.alarms.length);
      alarms.push(...next.alarms);
      await next.watcher.close();
    }
    expect(alarms).toMatchObject([{ kind: 'surging', message: 'slow query', severity: 'error' }]);
    const [alarm] = alarms as Alarm[] as [Alarm];
    expect(alarm.count).toBeGreaterThan(2 * alarm.expected);
    expect(alarm.minutes).toHaveLength(60);
  });

  it('tells no surge of a message that comes in a burst each hour, and one of a message that does not', async () => {
    const name = `burst${names}`;
    await logByMinute(name, times(60, 1), 'known');
    await logByMinute(name, [60], 'job failed');
    await logByMinute(name, [2], 'slow query');
    timed.clock.advance(HOUR - 120);
    await logByMinute(name, [70], 'job failed');
    await logByMinute(name, [70], 'slow query');
    const { alarms } = watch({ names: [name], on: ['surging'] });
    await until(() => alarms.length);
    expect(alarms).toMatchObject([{ kind: 'surging', message: 'slow query', count: 70 }]);
  });

  it('tells a message that has returned after more than a day, once', async () => {
    const name = `return${names}`;
    await logByMinute(name, [1], 'disk full');
    for (let i = 0; i < 2; i++) {
      timed.clock.advance(15 * HOUR);
      await logByMinute(name, [1], 'known');
    }
    const { alarms, watcher } = watch({ names: [name], on: ['returned'] });
    await until(() => watcher.stats().isLeading);
    await logByMinute(name, [1, 1], 'disk full');
    await until(() => alarms.length);
    const successor = watch({ names: [name], on: ['returned'], group: 'another' });
    await until(() => successor.alarms.length);
    expect(alarms).toMatchObject([{ kind: 'returned', message: 'disk full' }]);
    expect(successor.alarms).toMatchObject([{ kind: 'returned', id: alarms[0]?.id }]);
  });

  it('tells that a logger fell silent that it has watched all the while, under whatever severity it spoke', async () => {
    const name = `silent${names}`;
    await logByMinute(name, times(34, 3), 'tick');
    const { alarms, watcher } = watch({ names: [name], on: ['silent'], group: 'silent' });
    await until(() => watcher.stats().isLeading);
    await logByMinute(name, [3], 'tick');
    await watcher.close();
    // Others have watched for eleven minutes without a gap: as often as a minute goes by here, in a few milliseconds.
    const key = workspace.key('alarms:{silent}:watch');
    const since = await workspace.redis.hGet(key, 'since');
    timed.clock.advance(11 * 60);
    const [seconds] = (await workspace.redis.sendCommand(['TIME'])) as unknown as [string];
    await workspace.redis.hSet(key, { since: since as string, tended: `${seconds}000` });
    const next = watch({ names: [name], on: ['silent'], group: 'silent' });
    await until(() => next.alarms.length);
    expect([...alarms, ...next.alarms]).toMatchObject([{ kind: 'silent', name, severity: 'error', count: 0 }]);
    expect(next.alarms[0]).not.toHaveProperty('message');
    // Nobody has watched while it fell silent: Redis may have been away.
    const unaware = watch({ names: [name], on: ['silent'], group: 'unaware' });
    await until(() => unaware.watcher.stats().looks);
    expect(unaware.alarms).toEqual([]);
  });

  it('that only reads tells a surge and a silence since it began, and nothing of before', async () => {
    const [surging, silent] = [`surge${names}`, `silent${names}`];
    await logByMinute(silent, times(31, 3), 'tick');
    await logByMinute(surging, times(40, 2), 'slow query');
    // It has been silent for longer than the watch.
    const alarms: Alarm[] = [];
    const watching = await ReadOnlyWatch.open({
      client: workspace.redis,
      prefix: workspace.prefix,
      on: ['surging', 'silent'],
      names: [surging, silent],
      severities: ['error'],
      beforeMs: 0,
      onAlarm: (alarm) => void alarms.push(alarm),
      onWarning: (reason) => {
        throw new Error(reason);
      },
      onUncertain: () => undefined,
    });
    await watching.look();
    await watching.lookAtAll();
    expect(alarms).toEqual([]);
    await logByMinute(surging, [40, 40], 'slow query');
    await watching.lookAtAll();
    await watching.lookAtAll();
    expect(alarms).toMatchObject([{ kind: 'surging', name: surging, message: 'slow query' }]);
    timed.clock.advance(7 * 60);
    await watching.lookAtAll();
    await watching.lookAtAll();
    expect(alarms).toMatchObject([{ kind: 'surging' }, { kind: 'silent', name: surging, count: 0 }]);
  });

  it('goes on if the clock of Redis is set back or forward', async () => {
    const name = `clock${names}`;
    await logByMinute(name, [1], 'known');
    await ageSeen(workspace.redis, workspace.key(`common:${name}:error`), 48);
    const { alarms } = watch({ names: [name], on: ['new'] });
    await logByMinute(name, [1], 'first');
    await until(() => alarms.length === 1);
    timed.clock.advance(-300);
    await logByMinute(name, [1], 'second');
    await until(() => alarms.length === 2);
    timed.clock.advance(2 * HOUR);
    await logByMinute(name, [1], 'third');
    await until(() => alarms.length === 3);
    expect(alarms).toMatchObject([{ message: 'first' }, { message: 'second' }, { message: 'third' }]);
  });
});
