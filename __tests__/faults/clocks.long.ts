import { createClient } from 'redis';
import { ServerClock } from '../support/redis/server-clock';
import { RedisServer } from '../support/redis/servers';
import { describeWith } from '../support/requirements';
import { expectExact } from '../support/writers/balance';
import { FaultWriter } from '../support/writers/fault-writer';
import { TurningHours } from '../support/writers/turning-hours';

const HOUR_S = 3600;

describeWith('server clock', 'paused writes')('eight writer processes', () => {
  it('count exactly while the server clock turns the hour, steps back, jumps ahead and returns', async () => {
    const clock = ServerClock.create();
    const server = await RedisServer.start({ env: clock.env });
    const redis = createClient({ url: server.url, RESP: 2 });
    await redis.connect();
    const hours = new TurningHours(clock, redis, 'app');
    hours.setIntoHour(HOUR_S / 2);
    try {
      const offsets = [0, 0, 0, 0, 0, 0, -2 * 3_600_000, 2 * 3_600_000];
      const connection = { url: server.url };
      const writers = await Promise.all(
        offsets.map((clockOffsetMs) => FaultWriter.start({ connection, clockOffsetMs, linesPerSecond: 500 })),
      );
      const allWrite = (): Promise<unknown> => Promise.all(writers.map((writer) => writer.acknowledged(200)));
      await allWrite();
      for (const step of [HOUR_S, HOUR_S, -600, HOUR_S, 3 * HOUR_S, -3 * HOUR_S, HOUR_S, HOUR_S]) {
        const { before, after } = await hours.step(step, allWrite);
        if (after.start === before.start) expect(step).toBe(-600);
        else expect(after).toMatchObject({ last: before.current, start: await hours.hour(), pstart: before.start });
      }
      const reports = await Promise.all(writers.map((writer) => writer.end()));
      const archived = async () => hours.left;
      expect(await expectExact(reports, redis, { archived })).toMatchObject({ late: 0, lost: 0, retries: 0 });
    } finally {
      await FaultWriter.killAll();
      redis.destroy();
      await server.stop();
      clock.remove();
    }
  }, 240_000);
});
