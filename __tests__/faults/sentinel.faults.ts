import { FaultProxy } from '../support/redis/proxy';
import { type LocalSentinel, startSentinel } from '../support/redis/sentinel';
import { describeWithServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { FaultScene } from '../support/writers/fault-scene';

jest.setTimeout(60_000);

describeWithServer('sentinel client', () => {
  let servers: LocalSentinel;
  let scene: FaultScene;
  let proxy: FaultProxy;

  beforeAll(async () => {
    servers = await startSentinel();
    scene = await FaultScene.ofSentinel(servers);
    proxy = await FaultProxy.start((await servers.master()).port);
  });
  afterEach(() => scene.clear());
  afterAll(async () => {
    await proxy.stop();
    await scene.close();
  });

  /** How to find the master through its sentinels, and then reach it through the proxy. */
  async function addressBehindProxy() {
    const { port } = await servers.master();
    const nodeAddressMap = { [`127.0.0.1:${port}`]: { host: '127.0.0.1', port: proxy.port } };
    return { name: servers.name, sentinelRootNodes: servers.sentinels, nodeAddressMap };
  }

  it('counts a batch once if node-redis sends it again by itself after its reply was lost', async () => {
    const { writer } = await scene.start({}, { sentinel: await addressBehindProxy() });
    for (const how of ['rst', 'fin'] as const) {
      const { duplicates } = await writer.stats();
      proxy.holdReplies();
      await until(() => proxy.heldBytes > 0);
      proxy.cut(how);
      await until(async () => (await writer.stats()).duplicates > duplicates);
      await writer.acknowledged(100);
    }
    expect(await scene.takeBalance(writer)).toMatchObject({ lost: 0, duplicates: 2, retries: 0 });
  });
});
