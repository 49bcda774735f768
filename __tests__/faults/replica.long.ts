import { createClient } from 'redis';
import { isOnlineReplica, promoted } from '../support/redis/roles';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { type Balance, expectExact } from '../support/writers/balance';
import { FaultWriter, type WriterConnection } from '../support/writers/fault-writer';

const CONNECTIONS: [string, (url: string) => WriterConnection][] = [
  ['a connection of its own', (url) => ({ url })],
  ['a client that was passed in', (clientUrl) => ({ clientUrl })],
];

/** The balance if no log call is missing. */
const WHOLE = { lost: 0, late: 0, dropped: 0 };

jest.setTimeout(60_000);

describeWithServer('replica', () => {
  let master: RedisServer;
  let replica: RedisServer;
  const writers: FaultWriter[] = [];

  beforeEach(async () => {
    const args = ['--repl-diskless-sync-delay', '0'];
    master = await RedisServer.start({ args });
    replica = await RedisServer.start({ args: [...args, '--replicaof', '127.0.0.1', String(master.port)] });
    await until(() => isOnlineReplica(replica));
  });

  afterEach(async () => {
    await Promise.all(writers.splice(0).map((writer) => writer.kill()));
    await Promise.all([master.stop(), replica.stop()]);
  });

  async function start(connection: WriterConnection): Promise<FaultWriter> {
    const writer = await FaultWriter.start({ connection });
    writers.push(writer);
    return writer;
  }

  /** Ends a writer, and expects each of its log calls once in the server or reported as lost. Returns its warnings, too. */
  async function balanceIn(
    server: RedisServer,
    writer: FaultWriter,
  ): Promise<{ balance: Balance; warnings: readonly string[] }> {
    const report = await writer.end();
    const inspector = await createClient({ url: server.url, RESP: 2 }).connect();
    try {
      return { balance: await expectExact([report], inspector), warnings: report.warnings };
    } finally {
      inspector.destroy();
    }
  }

  it.each(CONNECTIONS)('has every log call once after it is promoted, over %s', async (_, connect) => {
    const writer = await start(connect(replica.url));
    await until(async () => (await writer.stats()).retries >= 3);
    await writer.logged(500);
    expect(await writer.stats()).toMatchObject({ written: 0, connected: false });
    await replica.command(['REPLICAOF', 'NO', 'ONE']);
    await writer.acknowledged(1000);
    const { balance, warnings } = await balanceIn(replica, writer);
    expect(balance).toMatchObject(WHOLE);
    expect(warnings).toEqual([
      expect.stringMatching(/cannot write to Redis for app:info, \d+ log calls pending: READONLY /),
      expect.stringContaining('Redis can be written to again'),
    ]);
  });

  it.each(CONNECTIONS)(
    'has every log call once after it was a master, and is one again, over %s',
    async (_, connect) => {
      const writer = await start(connect(master.url));
      await writer.acknowledged(500);
      await master.command(['FAILOVER', 'TO', '127.0.0.1', String(replica.port)]);
      await until(() => isOnlineReplica(master));
      await writer.logged(500);
      await replica.command(['FAILOVER', 'TO', '127.0.0.1', String(master.port)]);
      await promoted(master);
      await writer.acknowledged(1000);
      const { balance, warnings } = await balanceIn(master, writer);
      expect(balance).toMatchObject(WHOLE);
      expect(warnings.length).toBe(2);
    },
  );

  it('has log calls reported as lost that its master did not have, once it is a master again', async () => {
    const writer = await start({ url: master.url });
    await writer.acknowledged(500);
    await replica.command(['REPLICAOF', 'NO', 'ONE']);
    await writer.acknowledged(500);
    await master.command(['REPLICAOF', '127.0.0.1', String(replica.port)]);
    await until(() => isOnlineReplica(master));
    await master.command(['REPLICAOF', 'NO', 'ONE']);
    await writer.acknowledged(500);
    const { balance, warnings } = await balanceIn(master, writer);
    expect(balance.lost).toBeGreaterThanOrEqual(500);
    expect(warnings).toContainEqual(expect.stringContaining(`Redis has lost ${balance.lost} log calls of app:info`));
  });
});
