import { type LocalSentinel, startSentinel } from '../support/redis/sentinel';
import { describeWithServer } from '../support/redis/servers';
import { FaultScene } from '../support/writers/fault-scene';

/** Sentinels need three seconds to declare a master dead, and some more to promote its replica. */
const RESUMPTION_MS = 20_000;

jest.setTimeout(180_000);

describeWithServer('master under sentinels', () => {
  let servers: LocalSentinel;
  let scene: FaultScene;

  beforeEach(async () => {
    servers = await startSentinel();
    scene = await FaultScene.ofSentinel(servers);
  });
  afterEach(async () => {
    await scene.clear();
    await scene.close();
  });

  it('has every log call once, or it is reported as lost, after replicas were promoted', async () => {
    const { writer } = await scene.start();
    for (let round = 1; round <= 2; round++) {
      await servers.failover();
      await servers.whole();
      await writer.acknowledged(500);
    }
    await scene.takeBalance(writer);
  });

  it('has every log call once, or it is reported as lost, after it was killed', async () => {
    const { writer } = await scene.start();
    const killedAt = performance.now();
    const killed = await servers.killMaster();
    await writer.acknowledged(200, 60_000);
    expect(performance.now() - killedAt).toBeLessThan(RESUMPTION_MS);
    await killed.start();
    await servers.whole();
    await writer.acknowledged(500);
    await scene.takeBalance(writer);
  });
});
