import { createClient } from 'redis';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { expectExactAt } from '../support/writers/balance';
import { FaultWriter } from '../support/writers/fault-writer';

/** Of one writer to one destination: one script under way, one for what was logged meanwhile, two notes in the index. */
const FEW = 4;
const PAUSE_MS = 2500;

describeWithServer('a Redis', () => {
  let server: RedisServer;
  let admin: ReturnType<typeof createClient>;

  beforeEach(async () => {
    server = await RedisServer.start();
    admin = createClient({ url: server.url, RESP: 2 });
    await admin.connect();
  });
  afterEach(async () => {
    await FaultWriter.killAll();
    admin.destroy();
    await server.stop();
  });

  async function countEvalSha(): Promise<number> {
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1]);
  }

  const pauses = {
    /** Both arrive together, so that no batch comes in between. Nobody can end this before its time. */
    'paused for a while': () => Promise.all([admin.configResetStat(), admin.clientPause(PAUSE_MS, 'ALL')]),
    'stopped for a while': async () => {
      await admin.configResetStat();
      server.signal('SIGSTOP');
    },
  };

  it.each(Object.entries(pauses))('that is %s gets what was logged meanwhile in few batches', async (_, pause) => {
    const writers = await FaultWriter.startBoth(server.url);
    await Promise.all(writers.map((writer) => writer.acknowledged(100)));
    await Promise.all(writers.map((writer) => writer.progress()));
    await pause();
    await Promise.all(writers.map((writer) => writer.logged(1000)));
    const latencies = await Promise.all(writers.map(async (writer) => (await writer.progress()).latency));
    const ending = Promise.all(writers.map((writer) => writer.end()));
    server.signal('SIGCONT');
    const reports = await ending;
    expect(await countEvalSha()).toBeLessThanOrEqual(writers.length * FEW);
    // Any that had waited for Redis would have waited for most of that.
    for (const { max } of latencies) expect(max).toBeLessThan(PAUSE_MS / 2);
    const { retries } = await expectExactAt(server.url, reports);
    expect(retries).toBe(0);
    expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
  });
});
