import { connect, type Socket } from 'node:net';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { type FaultReport, FaultWriter } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

/** How long a connection of the transport waits for an answer, and then for the answer to its next attempt. */
const ANSWER_MS = 10_000;
const HUNG_MS = 30_000;

let server: RedisServer;

async function countEvalSha(): Promise<number> {
  const commands = String(await server.command(['INFO', 'commandstats']));
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(commands)?.[1]);
}

describeWithServer('Redis that hangs', () => {
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

  it('is given up by a connection of the transport, not by a passed client, and has every log call once when it goes on', async () => {
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
    // Each writer: the batch in flight, again if it was given up, the calls logged meanwhile, and a few just before the hang.
    expect(scripts).toBeLessThan(20);
    const { duplicates } = await expectExactAt(server.url, reports);
    expect(duplicates).toBe(1);
    expect(reports[1]?.warnings).toEqual([]);
    const [outage, ...others] = readOutages(reports[0] as (typeof reports)[0]);
    expect(others).toEqual([]);
    expect(outage).toMatchObject({ what: 'Redis', cause: `no answer from Redis within ${ANSWER_MS} ms` });
    expect(outage?.seconds).toBeGreaterThan((HUNG_MS - ANSWER_MS) / 1000 - 1);
  }, 120_000);

  it('has every log call once when it goes on after it hung before its first answer', async () => {
    server.signal('SIGSTOP');
    const writer = await startOwn();
    await until(async () => (await writer.stats()).retries > 0, 2 * ANSWER_MS);
    server.signal('SIGCONT');
    await writer.acknowledged(500);
    const report = await writer.end();
    const { duplicates } = await expectExactAt(server.url, [report]);
    expect(duplicates).toBe(0);
    expect(readOutages(report)).toMatchObject([{ cause: `no answer from Redis within ${ANSWER_MS} ms` }]);
  }, 60_000);

  it('is given up sooner if it accepts no connection, and has every log call once when it goes on', async () => {
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
    expect(readOutages(report)).toMatchObject([{ cause: expect.stringMatching(/timeout/i) }]);
  }, 60_000);
});

describeWithServer('slow connection', () => {
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

  /** Expects that the counts are exact, and that no try failed. */
  async function expectUnnoticed(reports: readonly FaultReport[]): Promise<void> {
    const { retries } = await expectExactAt(server.url, reports);
    expect(retries).toBe(0);
    expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
  }

  it('gets fewer and larger batches if its round trip takes 200 ms', async () => {
    const writers = await FaultWriter.startBoth(proxy.url);
    await Promise.all(writers.map((writer) => writer.acknowledged(100)));
    proxy.delay(100);
    await server.command(['CONFIG', 'RESETSTAT']);
    const began = performance.now();
    await Promise.all(writers.map((writer) => writer.acknowledged(500)));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    const roundTrips = Math.ceil((performance.now() - began) / 200);
    // Besides one a round trip: the batches in flight before, and the notes in the index.
    expect(await countEvalSha()).toBeLessThanOrEqual(writers.length * (roundTrips + 4));
    await expectUnnoticed(reports);
  });

  it('passes every log call once, without a retry, at 100,000 bytes a second', async () => {
    const writers = await FaultWriter.startBoth(proxy.url, { levels: ['info', 'error'] });
    proxy.throttle(100_000);
    await Promise.all(writers.map((writer) => writer.acknowledged(500)));
    await expectUnnoticed(await Promise.all(writers.map((writer) => writer.end())));
  });
});
