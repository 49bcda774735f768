import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { FaultWriter } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

const KEYS_OF_A_DESTINATION = ['recent:%', 'recent:%:seq', 'common:%', 'common:%:start', 'common:%:writers'];

let server: RedisServer;

async function end(): Promise<void> {
  await FaultWriter.killAll();
  await server.stop();
}

describeWithServer('Redis that is killed', () => {
  afterEach(end);

  it('has the later log calls, and its loss is reported, after it comes back without its data', async () => {
    server = await RedisServer.start();
    const writer = await FaultWriter.start({ connection: { url: server.url } });
    await writer.acknowledged(300);
    await server.kill();
    await writer.logged(300);
    await server.start();
    await writer.acknowledged(300);
    const report = await writer.end();
    const { lost } = await expectExactAt(server.url, [report]);
    expect(lost).toBeGreaterThanOrEqual(300);
    expect(report.warnings).toContainEqual(expect.stringContaining(`Redis has lost ${lost} log calls of app:info`));
  });

  it('has the other log calls, and its loss is reported, after it comes back with an older snapshot', async () => {
    server = await RedisServer.start();
    const writer = await FaultWriter.start({ connection: { url: server.url } });
    await writer.acknowledged(300);
    await server.command(['SAVE']);
    await writer.acknowledged(300);
    await server.kill();
    await writer.logged(300);
    await server.start();
    await writer.acknowledged(300);
    const report = await writer.end();
    const { lost, counted } = await expectExactAt(server.url, [report]);
    expect(lost).toBeGreaterThanOrEqual(300);
    expect(counted).toBeGreaterThanOrEqual(600);
    expect(readOutages(report)).toMatchObject([{ what: 'Redis', destination: 'app:info' }]);
    expect(report.warnings).toContainEqual(expect.stringContaining(`Redis has lost ${lost} log calls of app:info`));
  });
});

/** Kills a server with an append-only file twice: while it is stopped, and while its replies are held. */
async function killTwice(appendfsync: string): Promise<void> {
  const kept = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', appendfsync] });
  const proxy = await FaultProxy.start(kept.port);
  try {
    const writer = await FaultWriter.start({ connection: { url: proxy.url } });
    const restart = async (): Promise<void> => {
      await kept.kill();
      proxy.cut('rst');
      await writer.logged(200);
      await kept.start();
      await writer.acknowledged(200);
    };
    await writer.acknowledged(200);
    kept.signal('SIGSTOP');
    await writer.logged(200);
    await restart();
    proxy.holdReplies();
    await until(() => proxy.heldBytes);
    await restart();
    const report = await writer.end();
    const { lost, duplicates } = await expectExactAt(kept.url, [report]);
    // The batch whose reply was held, and perhaps the one during which the server was stopped.
    expect(duplicates).toBeLessThanOrEqual(2);
    if (appendfsync === 'always') {
      expect(lost).toBe(0);
      expect(duplicates).toBeGreaterThan(0);
    }
    expect(readOutages(report)).toHaveLength(2);
  } finally {
    await proxy.stop();
    await kept.stop();
  }
}

describeWithServer('AOF restart', () => {
  afterEach(() => FaultWriter.killAll());

  it('applies batches in flight exactly once', async () => {
    await Promise.all(['always', 'everysec'].map(killTwice));
  });
});

describeWithServer('Redis that is emptied under load', () => {
  beforeEach(async () => {
    server = await RedisServer.start();
  });
  afterEach(end);

  it('has the later log calls, and each writer reports its loss', async () => {
    const writers = await FaultWriter.startBoth(server.url, { levels: ['info', 'error'] });
    for (let turn = 0; turn < 2; turn++) {
      await Promise.all(writers.map((writer) => writer.acknowledged(200)));
      await server.command(['FLUSHALL']);
    }
    await Promise.all(writers.map((writer) => writer.acknowledged(200)));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    await expectExactAt(server.url, reports);
    for (const report of reports) {
      expect(report.stats.lost).toBeGreaterThanOrEqual(400);
      expect(report.stats.retries).toBe(0);
      for (const destination of ['app:info', 'app:error']) {
        const told = report.warnings.filter((warning) => warning.includes(`log calls of ${destination} that it had`));
        expect(told).toHaveLength(2);
      }
    }
  });

  it('loses nothing of other destinations if one destination is deleted', async () => {
    const writer = await FaultWriter.start({ connection: { url: server.url }, names: ['shop', 'cart'] });
    await writer.acknowledged(300);
    await server.command(['DEL', ...KEYS_OF_A_DESTINATION.map((key) => key.replace('%', 'shop:info'))]);
    await writer.acknowledged(300);
    const report = await writer.end();
    const { lost } = await expectExactAt(server.url, [report]);
    expect(lost).toBeGreaterThan(0);
    expect(report.warnings).toEqual([expect.stringContaining(`Redis has lost ${lost} log calls of shop:info`)]);
    const others = { ...report, logged: report.logged.filter(({ name }) => name === 'cart') };
    await expectExactAt(server.url, [{ ...others, stats: { ...report.stats, lost: 0 } }]);
  });
});
