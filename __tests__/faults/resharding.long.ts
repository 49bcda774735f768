import { isoHour } from '../support/hours';
import { type LocalCluster, startCluster } from '../support/redis/cluster';
import { moveSlot, SlotMove } from '../support/redis/resharding';
import { describeWithServer, type RedisServer } from '../support/redis/servers';
import { StoredLog, total } from '../support/redis/stored-log';
import { repeatedAtTheTurn } from '../support/turn';
import { until } from '../support/wait';
import { FaultScene } from '../support/writers/fault-scene';

/** Logger names whose slots are on different masters of a new cluster. */
const NAMES = ['shop', 'app'];

jest.setTimeout(60_000);

describeWithServer('cluster', () => {
  let cluster: LocalCluster;
  let scene: FaultScene;

  beforeAll(async () => {
    cluster = await startCluster({ masters: 3, replicas: 1 });
    scene = await FaultScene.ofCluster(cluster);
  });
  beforeEach(() => Promise.all(cluster.nodes.map((node) => node.command(['CONFIG', 'RESETSTAT']))));
  afterEach(() => scene.clear());
  afterAll(() => scene.close());

  /** How often all nodes have replied with an error. */
  async function replies(error: string): Promise<number> {
    const infos = await Promise.all(cluster.nodes.map((node) => node.command(['INFO', 'errorstats'])));
    const count = (info: unknown): number =>
      Number(new RegExp(`errorstat_${error}:count=(\\d+)`).exec(String(info))?.[1] ?? 0);
    return infos.reduce<number>((all, info) => all + count(info), 0);
  }

  it('has every log call once after replicas took over in agreement with their masters', async () => {
    const { writer } = await scene.start({ names: NAMES });
    for (const name of NAMES) {
      const [replica] = await cluster.findReplicas(await cluster.masterByKey(name));
      await cluster.failover(replica as RedisServer);
      await writer.acknowledged(300);
    }
    expect(await scene.takeBalance(writer)).toMatchObject({ lost: 0 });
    expect(await replies('MOVED')).toBeGreaterThan(0);
  });

  it('has every log call once after slots moved to other masters and back', async () => {
    const { writer } = await scene.start({ names: NAMES });
    for (const name of NAMES) {
      const slot = await cluster.readSlot(name);
      const home = await cluster.masterBySlot(slot);
      for (const to of [await cluster.otherMaster(home), home]) {
        await moveSlot(cluster, slot, to, () => writer.logged(20));
        await writer.acknowledged(100);
      }
    }
    expect(await scene.takeBalance(writer)).toMatchObject({ lost: 0 });
    expect(await replies('TRYAGAIN')).toBeGreaterThan(0);
    expect(await replies('MOVED')).toBeGreaterThan(0);
  });

  it('is written to before, between and after the steps of moving a slot', () =>
    repeatedAtTheTurn(async () => {
      const { writer, keyPrefix } = await scene.start({ names: ['shop'] });
      // Only a destination that has all of its keys can be written to while its slot moves.
      await new StoredLog(scene.inspector, keyPrefix, '{shop}').backdate(isoHour(1));
      await writer.acknowledged(100);
      const slot = await cluster.readSlot('shop');
      const move = await SlotMove.begin(cluster, slot, await cluster.otherMaster(await cluster.masterBySlot(slot)));
      await writer.acknowledged(100);

      const [first, ...others] = (await move.keys()).filter((key) => key.startsWith(keyPrefix));
      await move.moveKey(first as string);
      await until(async () => (await replies('TRYAGAIN')) > 0);
      const { written } = await writer.stats();
      await writer.logged(100);
      expect((await writer.stats()).written).toBe(written);

      for (const key of others) await move.moveKey(key);
      await writer.acknowledged(100);
      expect(await replies('ASK')).toBeGreaterThan(0);

      for (const key of await move.keys()) await move.moveKey(key);
      await move.finish();
      await writer.acknowledged(100);
      expect(await scene.takeBalance(writer)).toMatchObject({ lost: 0 });
    }));

  it('begins a new hour once, even while a slot moves', () =>
    repeatedAtTheTurn(async () => {
      const { writer, keyPrefix } = await scene.start({ names: ['shop'] });
      const stored = new StoredLog(scene.inspector, keyPrefix, '{shop}');
      // An hour without counts, so that the counts of now have to stay when the next one begins.
      await stored.backdate(isoHour(1));
      await writer.acknowledged(100);
      const slot = await cluster.readSlot('shop');
      const move = await SlotMove.begin(cluster, slot, await cluster.otherMaster(await cluster.masterBySlot(slot)));
      const left = await stored.last();
      await stored.backdate(isoHour(1));
      await writer.logged(500);
      for (const key of await move.keys()) await move.moveKey(key);
      await move.finish();
      await writer.acknowledged(500);
      const report = await writer.end();
      const counted = total(await stored.current()) + total(await stored.last()) + total(left);
      expect({ lost: report.stats.lost, missing: report.stats.written - counted }).toEqual({ lost: 0, missing: 0 });
    }));
});
