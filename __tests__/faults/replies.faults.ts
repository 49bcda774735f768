import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { type FaultReport, FaultWriter } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

const ROUNDS = 2;

describeWithServer('delivery', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  let writers: FaultWriter[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start(server.port);
    writers = await FaultWriter.startBoth(proxy.url, { names: ['shop', 'cart'], levels: ['info', 'error'] });
  });
  afterEach(async () => {
    await FaultWriter.killAll();
    await proxy.stop();
    await server.stop();
  });

  /** Waits until Redis has acknowledged the batch in flight to each destination, and this many more lines. */
  async function acknowledged(lines: number): Promise<void> {
    await Promise.all(writers.map((writer) => writer.acknowledged(lines)));
    await Promise.all(writers.map((writer) => until(async () => (await writer.stats()).connected)));
  }

  const end = (): Promise<FaultReport[]> => Promise.all(writers.map((writer) => writer.end()));

  /** Waits until each destination of each writer has a batch in flight, none of which gets through. */
  async function allInFlight(): Promise<void> {
    await until(() => proxy.heldBytes);
    await Promise.all(writers.map((writer) => writer.logged(200)));
  }

  /** How many scripts the server has run or refused. */
  async function countEvalSha(): Promise<number> {
    const commands = String(await server.command(['INFO', 'commandstats']));
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(commands)?.[1]);
  }

  it.each([
    ['rst', /ECONNRESET/],
    ['fin', /Socket closed unexpectedly/],
  ] as const)('counts a batch once if its reply is lost (%s)', async (how, cause) => {
    for (let round = 0; round < ROUNDS; round++) {
      await acknowledged(100);
      proxy.holdReplies();
      await allInFlight();
      proxy.cut(how);
    }
    await acknowledged(100);
    const reports = await end();
    await expectExactAt(server.url, reports);
    for (const report of reports) {
      expect(report.stats).toMatchObject({ lost: 0, late: 0, duplicates: 4 * ROUNDS });
      const outages = readOutages(report);
      expect(outages).toHaveLength(ROUNDS);
      for (const outage of outages) {
        expect(outage.cause).toMatch(cause);
        expect(outage.destination).toMatch(/^(shop|cart):(info|error)$/);
      }
    }
  });

  it('ignores a batch that arrives after its retry and newer batches', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      await acknowledged(100);
      proxy.holdRequests();
      await allInFlight();
      proxy.cut('rst');
      await acknowledged(100);
      if (round === ROUNDS - 1) break;
      proxy.release();
      await until(() => proxy.heldBytes === 0);
    }
    const reports = await end();
    const { duplicates } = await expectExactAt(server.url, reports);
    expect(duplicates).toBe(0);
    const scripts = await countEvalSha();
    proxy.release();
    await until(async () => (await countEvalSha()) >= scripts + 4 * writers.length);
    await expectExactAt(server.url, reports);
    for (const report of reports) expect(readOutages(report)).toHaveLength(ROUNDS);
  });
});

describeWithServer('destination', () => {
  it('has one batch in flight, however long its reply takes', async () => {
    const server = await RedisServer.start();
    const proxy = await FaultProxy.start(server.port);
    try {
      const writers = await FaultWriter.startBoth(proxy.url);
      await Promise.all(writers.map((writer) => writer.acknowledged(100)));
      proxy.holdRequests();
      await Promise.all(writers.map((writer) => writer.logged(200)));
      const { heldBytes } = proxy;
      await Promise.all(writers.map((writer) => writer.logged(500)));
      expect(proxy.heldBytes).toBe(heldBytes);
      proxy.release();
      const reports = await Promise.all(writers.map((writer) => writer.end()));
      const { retries } = await expectExactAt(server.url, reports);
      expect(retries).toBe(0);
      expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
    } finally {
      await FaultWriter.killAll();
      await proxy.stop();
      await server.stop();
    }
  });
});
