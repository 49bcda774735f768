import { createClient } from 'redis';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { expectExactAt } from '../support/writers/balance';
import { FaultWriter } from '../support/writers/fault-writer';

/** Scripts of one writer to one destination: one in flight, one for the calls logged meanwhile, two notes in the index. */
const FEW = 4;
const PAUSE_MS = 2500;

describeWithServer('Redis that does not answer', () => {
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
    /** Both commands are sent together, so that no batch comes in between. The pause cannot be ended early. */
    'paused for a while': () => Promise.all([admin.configResetStat(), admin.clientPause(PAUSE_MS)]),
    'stopped for a while': async () => {
      await admin.configResetStat();
      server.signal('SIGSTOP');
    },
  };

  it.each(Object.entries(pauses))(
    'gets the calls logged meanwhile in few batches after it was %s',
    async (_, pause) => {
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
      // A log call that waited for Redis would have waited for most of the pause.
      for (const { max } of latencies) expect(max).toBeLessThan(PAUSE_MS / 2);
      const { retries } = await expectExactAt(server.url, reports);
      expect(retries).toBe(0);
      expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
    },
  );
});
