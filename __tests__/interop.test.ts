import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { logCommon, logRecent, RecentCommonReader } from '../src';
import { effort } from './support/effort';
import { clearOfTheTurn, isoHour } from './support/hours';
import { describeWithServer, RedisServer } from './support/redis/servers';
import { type Counts, StoredLog, sum, total } from './support/redis/stored-log';
import { repeatedAtTheTurn } from './support/turn';
import { until } from './support/wait';
import { seedLogCommon, seedLogRecent } from './support/writers/seed';
import { plannedCounts, runWriter, type WriterOptions } from './support/writers/writers';

const WRITERS = 4;
const TASKS = 4;
const TIMEOUT_MS = 60_000;

type Client = ReturnType<typeof createClient>;

describeWithServer('interoperation with log_recent and log_common of Redis in Action', () => {
  let server: RedisServer;
  let redis: Client;
  let reader: RecentCommonReader;
  let name: string;
  let log: StoredLog;

  const useNewName = (): void => {
    name = `app-${randomUUID()}`;
    log = new StoredLog(redis, '', name);
  };

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = createClient({ url: server.url, RESP: 2 });
    await redis.on('error', () => undefined).connect();
    reader = new RecentCommonReader({ client: redis });
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    useNewName();
  });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
  });

  it('reads the lines that those wrote', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    await seedLogRecent(redis, name, 'first');
    await seedLogCommon(redis, name, 'second');
    const lines = await reader.recent(name, 'info');
    expect(lines.map(({ message }) => message)).toEqual(['second', 'first']);
    for (const { time } of lines) {
      expect(time.getTime()).toBeGreaterThanOrEqual(before);
      expect(time.getTime()).toBeLessThanOrEqual(Date.now());
    }
  });

  it('adds up the counts of both, and notes the hour that log_common leaves out', async () => {
    await seedLogCommon(redis, name, 'theirs');
    await seedLogCommon(redis, name, 'both');
    expect(await log.start()).toBeNull();
    await logCommon(redis, name, 'both');
    await seedLogCommon(redis, name, 'both');
    const start = new Date(`${isoHour()}Z`);
    const messages = [
      { message: 'both', count: 3 },
      { message: 'theirs', count: 1 },
    ];
    expect(await reader.common(name, 'info')).toMatchObject({ start, total: 4, messages });
  });

  it('goes on counting after log_common rotated', async () => {
    await logCommon(redis, name, 'ours');
    await log.backdate(isoHour(1));
    await seedLogCommon(redis, name, 'theirs');
    await logCommon(redis, name, 'ours');
    expect(await log.current()).toEqual({ ours: 1, theirs: 1 });
    expect(await log.last()).toEqual({ ours: 1 });
    expect(await log.start()).toBe(isoHour());
    expect((await reader.common(name, 'info', { window: 'previous' })).total).toBe(1);
  });

  it('rotates so that log_common goes on counting', async () => {
    await logCommon(redis, name, 'ours');
    await seedLogCommon(redis, name, 'theirs');
    await log.backdate(isoHour(1));
    await logCommon(redis, name, 'ours');
    await seedLogCommon(redis, name, 'theirs');
    expect(await log.last()).toEqual({ ours: 1, theirs: 1 });
    expect(await log.current()).toEqual({ ours: 1, theirs: 1 });
    expect(await log.pstart()).toBe(isoHour(1));
  });

  // The texts are what Python's time.asctime() gives for these local times.
  it.each([
    ['Tue Jun  9 08:05:01 2026', new Date(2026, 5, 9, 8, 5, 1)],
    ['Mon Nov 23 19:09:50 2026', new Date(2026, 10, 23, 19, 9, 50)],
    ['Tue Feb 29 00:00:00 2028', new Date(2028, 1, 29)],
  ])('writes a time as log_recent does: %s', async (text, time) => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(time.getTime());
    await logRecent(redis, name, 'hello').finally(() => clock.mockRestore());
    expect(await redis.lIndex(`recent:${name}:info`, 0)).toBe(`${text} hello`);
  });

  /** Logs with `log_common` on a connection of its own until the writers are done. Returns its counts. */
  async function runTask(isOver: () => boolean): Promise<Counts> {
    const client = redis.duplicate();
    await client.on('error', () => undefined).connect();
    const counts: Counts = {};
    for (let i = 0; !isOver(); i++) {
      const message = `message ${i % 30}`;
      if (await seedLogCommon(client, name, message)) counts[message] = (counts[message] ?? 0) + 1;
    }
    client.destroy();
    return counts;
  }

  /** Runs writers of this package and tasks of `log_common` at once, across a rotation. Returns the counts of each message logged. */
  async function runTogether(options: WriterOptions, hour: string): Promise<Counts> {
    let isOver = false;
    const tasks = Array.from({ length: TASKS }, () => runTask(() => isOver));
    const writers = Promise.all(Array.from({ length: WRITERS }, () => runWriter(options))).finally(() => {
      isOver = true;
    });
    const rotation = until(async () => (await log.seq()) > (WRITERS * options.lines) / 4, TIMEOUT_MS / 2).then(() =>
      log.backdate(hour),
    );
    const [counted] = await Promise.all([Promise.all(tasks), writers, rotation]);
    expect(counted.map(total)).not.toContain(0);
    const planned = Array.from({ length: WRITERS }, () => plannedCounts(options, name, 'info'));
    return [...counted, ...planned].reduce(sum);
  }

  it(
    'neither loses nor doubles a count while both log the same messages across a rotation',
    async () => {
      await repeatedAtTheTurn(async () => {
        useNewName();
        const options: WriterOptions = {
          url: server.url,
          keyPrefix: '',
          names: [name],
          levels: ['info'],
          naming: 'option',
          lines: effort({ quick: 1500, full: 4000 }),
          distinct: 20,
          linesPerSecond: 2000,
        };
        const hour = isoHour(2);
        const logged = await runTogether(options, hour);
        const [current, last] = await Promise.all([log.current(), log.last()]);
        expect(sum(current, last)).toEqual(logged);
        expect(total(current)).toBeGreaterThan(0);
        expect(total(last)).toBeGreaterThan(0);
        expect([await log.start(), await log.pstart()]).toEqual([isoHour(), hour]);
        expect(await log.seq()).toBe(WRITERS * options.lines);
        expect(await log.texts()).toHaveLength(100);
        expect(await log.types()).toEqual(['list', 'zset', 'string', 'zset', 'string']);
      });
    },
    TIMEOUT_MS,
  );
});
