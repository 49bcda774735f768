import { randomUUID } from 'node:crypto';
import { createClient } from 'redis';
import { effort } from '../support/effort';
import { isoHour } from '../support/hours';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { type Counts, StoredLog, sum, total } from '../support/redis/stored-log';
import { repeatedAtTheTurn } from '../support/turn';
import { until } from '../support/wait';
import { plannedCounts, runWriter, type WriterOptions } from '../support/writers/writers';

const WRITERS = effort({ quick: 3, full: 8 });
const TIMEOUT_MS = 120_000;

describeWithServer('writer processes', () => {
  let server: RedisServer;
  let redis: ReturnType<typeof createClient>;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = createClient({ url: server.url, RESP: 2 });
    await redis.on('error', () => undefined).connect();
  });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
  });

  const writerOptions = (options: Partial<WriterOptions>): WriterOptions => ({
    url: server.url,
    keyPrefix: `${randomUUID()}:`,
    names: ['app'],
    levels: ['info'],
    naming: 'option',
    lines: effort({ quick: 900, full: 4000 }),
    distinct: 20,
    linesPerSecond: effort({ quick: 1000, full: 2000 }),
    ...options,
  });

  /** Runs the writers, and once a quarter of their calls is logged dates the counts so far to an earlier hour. */
  async function runAcrossRotation(options: WriterOptions, logs: readonly StoredLog[], hour: string): Promise<void> {
    const writers = Array.from({ length: WRITERS }, () => runWriter(options));
    const rotate = async (log: StoredLog): Promise<void> => {
      await until(async () => (await log.seq()) > (WRITERS * options.lines) / logs.length / 4, TIMEOUT_MS / 2);
      await log.backdate(hour);
    };
    await Promise.all([...writers, ...logs.map(rotate)]);
  }

  const timesWriters = (counts: Counts): Counts =>
    Object.fromEntries(Object.entries(counts).map(([message, count]) => [message, count * WRITERS]));

  async function expectExact(log: StoredLog, planned: Counts, hour: string): Promise<void> {
    const [current, last] = await Promise.all([log.current(), log.last()]);
    expect(sum(current, last)).toEqual(planned);
    expect(total(current)).toBeGreaterThan(0);
    expect(total(last)).toBeGreaterThan(0);
    expect(await log.pstart()).toBe(hour);
    expect(await log.start()).toBe(isoHour());
    expect(await log.seq()).toBe(total(planned));
    expect(await log.texts()).toHaveLength(100);
  }

  it(
    'count each line once, in the window before or after a rotation',
    async () => {
      await repeatedAtTheTurn(async () => {
        const options = writerOptions({});
        const hour = isoHour(2);
        const log = new StoredLog(redis, options.keyPrefix, 'app');
        await runAcrossRotation(options, [log], hour);
        await expectExact(log, timesWriters(plannedCounts(options, 'app', 'info')), hour);
      });
    },
    TIMEOUT_MS,
  );

  it.each(['option', 'function'] as const)(
    'keep several loggers and severities apart, with the name as %s',
    async (naming) => {
      await repeatedAtTheTurn(async () => {
        const options = writerOptions({ names: ['web', 'worker'], levels: ['info', 'warn', 'error'], naming });
        const hour = isoHour(2);
        const severities = { info: 'info', warn: 'warning', error: 'error' };
        const destinations = options.names.flatMap((name) =>
          Object.entries(severities).map(([level, severity]) => ({
            log: new StoredLog(redis, options.keyPrefix, name, severity),
            planned: timesWriters(plannedCounts(options, name, level)),
          })),
        );
        await runAcrossRotation(
          options,
          destinations.map(({ log }) => log),
          hour,
        );
        for (const { log, planned } of destinations) await expectExact(log, planned, hour);
      });
    },
    TIMEOUT_MS,
  );
});
