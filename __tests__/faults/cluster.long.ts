import { type LocalCluster, startCluster } from '../support/redis/cluster';
import { moveSlot } from '../support/redis/resharding';
import { describeWithServer } from '../support/redis/servers';
import { FaultScene } from '../support/writers/fault-scene';

/** Logger names whose slots are on the three masters of a new cluster. */
const NAMES = ['shop', 'app', 'cart'];
const LEVELS = ['info', 'error'];
/** Redis takes some three seconds to promote a replica, and node-redis looks for it after five. */
const RESUMPTION_MS = 10_000;

jest.setTimeout(180_000);

describeWithServer('cluster under load', () => {
  let cluster: LocalCluster;
  let scene: FaultScene;

  beforeEach(async () => {
    cluster = await startCluster({ masters: 3, replicas: 1 });
    scene = await FaultScene.ofCluster(cluster);
  });
  afterEach(async () => {
    await scene.clear();
    await scene.close();
  });

  it('is written to again within ten seconds after a master was killed, and its loss is reported', async () => {
    const { writer } = await scene.start({ names: ['shop'] });
    for (let round = 1; round <= 2; round++) {
      const master = await cluster.masterByKey('shop');
      await master.kill();
      const killedAt = performance.now();
      // More lines than a reply in flight at that moment can stand for.
      await writer.acknowledged(200, 60_000);
      expect(performance.now() - killedAt).toBeLessThan(RESUMPTION_MS);
      await master.start();
      await cluster.whole();
    }
    await scene.takeBalance(writer);
  });

  it('has every log call once, or it is reported as lost, after each master was killed', async () => {
    const { writer } = await scene.start({ names: NAMES, levels: LEVELS });
    for (const name of NAMES) {
      const master = await cluster.masterByKey(name);
      await master.kill();
      await writer.acknowledged(2000, 60_000);
      await master.start();
      await cluster.whole();
    }
    // Each logger writes again after the last fault, and so notices its loss.
    await writer.acknowledged(2000);
    await scene.takeBalance(writer);
  });

  it('has every log call once after slots moved away and back three times', async () => {
    const running = await Promise.all([1, 2].map(() => scene.start({ names: NAMES, levels: LEVELS })));
    for (let round = 1; round <= 3; round++) {
      for (const name of NAMES) {
        const slot = await cluster.readSlot(name);
        const home = await cluster.masterBySlot(slot);
        await moveSlot(cluster, slot, await cluster.otherMaster(home));
        await moveSlot(cluster, slot, home);
      }
      await Promise.all(running.map(({ writer }) => writer.acknowledged(500)));
    }
    for (const { writer } of running) expect(await scene.takeBalance(writer)).toMatchObject({ lost: 0 });
  });
});
