import { LIBRARIES } from '../support/redis/ioredis-clients';
import { startSentinel } from '../support/redis/sentinel';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { FaultScene } from '../support/writers/fault-scene';
import { FaultWriter } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

const KILLS = 200;
const CALLS = 100_000;

jest.setTimeout(600_000);

describeWithServer.each(LIBRARIES)('client of %s under load', (library) => {
  afterEach(() => FaultWriter.killAll());

  it('has each of 100,000 log calls once after its connection was killed 200 times', async () => {
    const server = await RedisServer.start();
    const options = { library, linesPerSecond: 4000, levels: ['info', 'error'] };
    const writer = await FaultWriter.start({ connection: { url: server.url }, ...options });
    for (let kill = 1; kill <= KILLS; kill++) {
      await writer.acknowledged(1);
      expect(await server.command(['CLIENT', 'KILL', 'TYPE', 'normal'])).toBeGreaterThan(0);
      await until(async () => (await writer.stats()).logged >= (kill * CALLS) / KILLS);
    }
    const report = await writer.end();
    const { logged, counted, duplicates, retries } = await expectExactAt(server.url, [report]);
    await server.stop();
    expect(report.stats).toMatchObject({ lost: 0, late: 0, dropped: 0 });
    expect(logged).toBeGreaterThanOrEqual(CALLS);
    const outages = readOutages(report).length;
    console.log(`${library}: ${JSON.stringify({ logged, counted, duplicates, retries, outages })}`);
  });

  it('has every log call once, or it is reported as lost, after sentinels promoted replicas', async () => {
    const servers = await startSentinel();
    const scene = await FaultScene.ofSentinel(servers);
    const { writer } = await scene.start({ library });
    for (let round = 1; round <= 2; round++) {
      await servers.failover();
      await servers.whole();
      await writer.acknowledged(500);
    }
    await scene.takeBalance(writer);
    await scene.close();
  });
});
