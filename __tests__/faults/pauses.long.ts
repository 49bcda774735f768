import { connect, type Socket } from 'node:net';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { type FaultReport, FaultWriter } from '../support/writers/fault-writer';
import { outagesOf } from '../support/writers/told-outages';

/** What a connection of the transport's own waits for an answer, and then again for that to its next attempt. */
const ANSWER_MS = 10_000;
const HUNG_MS = 30_000;

let server: RedisServer;

async function countEvalSha(): Promise<number> {
  const commands = String(await server.command(['INFO', 'commandstats']));
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(commands)?.[1]);
}

describeWithServer('a Redis that hangs', () => {
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = await RedisServer.start({ args: ['--tcp-backlog', '1'] });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await FaultWriter.killAll();
    await server.stop();
  });

  const startOwn = () => FaultWriter.start({ connection: { url: server.url }, options: { closeTimeoutMs: 60_000 } });

  it('for long is given up by a connection of our own, is waited for by a client, and has everything once', async () => {
    const writers = await FaultWriter.startBoth(server.url, { options: { closeTimeoutMs: 60_000 } });
    const [own, passed] = writers as [FaultWriter, FaultWriter];
    await Promise.all(writers.map((writer) => writer.acknowledged(300)));
    await server.command(['CONFIG', 'RESETSTAT']);
    server.signal('SIGSTOP');
    const stoppedAt = performance.now();
    await until(async () => (await own.stats()).retries >= 2, HUNG_MS);
    await until(() => performance.now() - stoppedAt > HUNG_MS, HUNG_MS);
    expect((await passed.stats()).retries).toBe(0);
    const ending = Promise.all(writers.map((writer) => writer.end()));
    server.signal('SIGCONT');
    const reports = await ending;
    const scripts = await countEvalSha();
    // Each: what was under way, again where it was given up, what was logged meanwhile, and a few just before it hung.
    expect(scripts).toBeLessThan(20);
    const { duplicates } = await expectExactAt(server.url, reports);
    expect(duplicates).toBe(1);
    expect(reports[1]?.warnings).toEqual([]);
    const [outage, ...others] = outagesOf(reports[0] as (typeof reports)[0]);
    expect(others).toEqual([]);
    expect(outage).toMatchObject({ what: 'Redis', cause: `no answer from Redis within ${ANSWER_MS} ms` });
    expect(outage?.seconds).toBeGreaterThan((HUNG_MS - ANSWER_MS) / 1000 - 1);
  }, 120_000);

  it('before it has answered anybody has everything once when it goes on', async () => {
    server.signal('SIGSTOP');
    const writer = await startOwn();
    await until(async () => (await writer.stats()).retries > 0, 2 * ANSWER_MS);
    server.signal('SIGCONT');
    await writer.acknowledged(500);
    const report = await writer.end();
    const { duplicates } = await expectExactAt(server.url, [report]);
    expect(duplicates).toBe(0);
    expect(outagesOf(report)).toMatchObject([{ cause: `no answer from Redis within ${ANSWER_MS} ms` }]);
  }, 60_000);

  it('and accepts no connection is given up sooner, and has everything once when it goes on', async () => {
    server.signal('SIGSTOP');
    await until(() => {
      sockets.push(connect(server.port, '127.0.0.1').on('error', () => undefined));
      return sockets.filter(({ connecting }) => connecting).length > 3;
    });
    const writer = await startOwn();
    await until(async () => (await writer.stats()).retries >= 2);
    for (const socket of sockets) socket.destroy();
    server.signal('SIGCONT');
    await writer.acknowledged(500);
    const report = await writer.end();
    await expectExactAt(server.url, [report]);
    expect(outagesOf(report)).toMatchObject([{ cause: expect.stringMatching(/timeout/i) }]);
  }, 60_000);
});

describeWithServer('a Redis that is reached', () => {
  let proxy: FaultProxy;

  beforeEach(async () => {
    server = await RedisServer.start();
    proxy = await FaultProxy.start(server.port);
  });
  afterEach(async () => {
    await FaultWriter.killAll();
    await proxy.stop();
    await server.stop();
  });

  /** Expects that what was written is exact, and that no try failed. */
  async function expectUnnoticed(reports: readonly FaultReport[]): Promise<void> {
    const { retries } = await expectExactAt(server.url, reports);
    expect(retries).toBe(0);
    expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
  }

  it('over a long way gets fewer and larger batches', async () => {
    const writers = await FaultWriter.startBoth(proxy.url);
    await Promise.all(writers.map((writer) => writer.acknowledged(100)));
    proxy.delay(100);
    await server.command(['CONFIG', 'RESETSTAT']);
    const began = performance.now();
    await Promise.all(writers.map((writer) => writer.acknowledged(500)));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    const roundTrips = Math.ceil((performance.now() - began) / 200);
    // Beside one a round trip: what was under way before, and the notes in the index.
    expect(await countEvalSha()).toBeLessThanOrEqual(writers.length * (roundTrips + 4));
    await expectUnnoticed(reports);
  });

  it('over a slow line gets everything once', async () => {
    const writers = await FaultWriter.startBoth(proxy.url, { levels: ['info', 'error'] });
    proxy.throttle(100_000);
    await Promise.all(writers.map((writer) => writer.acknowledged(500)));
    await expectUnnoticed(await Promise.all(writers.map((writer) => writer.end())));
  });
});
