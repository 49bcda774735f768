import { createClient } from 'redis';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { expectExactAt } from '../support/writers/balance';
import { FaultWriter, type Progress } from '../support/writers/fault-writer';
import { readOutages } from '../support/writers/told-outages';

const MEGABYTE = 2 ** 20;

let server: RedisServer;

async function end(): Promise<void> {
  await FaultWriter.killAll();
  await server.stop();
}

describeWithServer('Redis that drops its clients a thousand times', () => {
  afterEach(end);

  it('has every log call once, and no memory is taken and no listener left', async () => {
    server = await RedisServer.start();
    const admin = await createClient({ url: server.url, RESP: 2 }).connect();
    const writers = await FaultWriter.startBoth(server.url, { levels: ['info', 'error'] });
    const acknowledged = (lines: number) => Promise.all(writers.map((writer) => writer.acknowledged(lines)));
    /** Memory and listeners of each writer while it is connected. */
    const progresses = async (): Promise<Progress[]> => {
      await acknowledged(500);
      return Promise.all(writers.map((writer) => writer.progress()));
    };
    const dropClients = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await admin.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']);
        await acknowledged(1);
      }
    };
    await dropClients(200);
    const before = await progresses();
    await dropClients(800);
    const after = await progresses();
    admin.destroy();
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    await expectExactAt(server.url, reports);
    for (const [i, { listeners, rssBytes }] of before.entries()) {
      expect(after[i]?.listeners).toBe(listeners);
      expect((after[i]?.rssBytes ?? 0) - rssBytes).toBeLessThan(40 * MEGABYTE);
    }
    for (const report of reports) {
      const outages = readOutages(report);
      expect(outages.length).toBeGreaterThan(0);
      expect(outages.length).toBeLessThanOrEqual(1000);
    }
  }, 900_000);
});

describeWithServer('Redis that is loading its data', () => {
  afterEach(end);

  it('has every log call once after it has loaded them', async () => {
    const args = [
      '--key-load-delay',
      '20000',
      '--loading-process-events-interval-bytes',
      '1024',
      '--rdbcompression',
      'no',
    ];
    server = await RedisServer.start({ args });
    const writer = await FaultWriter.start({ connection: { url: server.url } });
    await writer.acknowledged(300);
    const fill = `for i = 1, 1500 do redis.call('SET', 'key' .. i, string.rep('x', 500)) end`;
    await server.command(['EVAL', fill, '0']);
    await writer.acknowledged(300);
    await server.command(['SAVE']);
    await server.kill();
    const starting = server.start();
    await until(() => server.command(['PING']).catch(({ message }: Error) => message.startsWith('LOADING')));
    const late = await FaultWriter.startBoth(server.url);
    await Promise.all(late.map((writer) => until(async () => (await writer.stats()).retries >= 2)));
    await server.command(['CONFIG', 'SET', 'key-load-delay', '0']);
    await starting;
    const writers = [writer, ...late];
    await Promise.all(writers.map((writer) => writer.acknowledged(300)));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    await expectExactAt(server.url, reports);
    for (const report of reports) expect(readOutages(report)).toMatchObject([{ what: 'Redis' }]);
    for (const report of reports.slice(1)) expect(readOutages(report)[0]?.cause).toMatch(/^LOADING Redis is loading/);
  }, 120_000);
});
