import { Redis } from 'ioredis';
import { createClient } from 'redis';
import {
  type DeliveryWarning,
  forget,
  logCommon,
  type PassedClient,
  RecentCommonReader,
  RedisRecentCommonTransport,
} from '../../src';
import { setOwnClock, shortenWaits } from '../support/own-clock';
import { describeWithServer } from '../support/redis/servers';
import { serversForTests } from '../support/redis/test-servers';
import { until } from '../support/wait';

const { atEnd, startServer, startProxy } = serversForTests();
const SILENCE = 'no answer from Redis within 10000 ms';

const clients: [string, (port: number) => Promise<PassedClient>][] = [
  [
    'node-redis',
    async (port) => {
      const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 });
      atEnd(() => client.destroy());
      return (await client.on('error', () => undefined).connect()) as PassedClient;
    },
  ],
  [
    'ioredis',
    async (port) => {
      const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
      atEnd(() => client.disconnect());
      await client.ping();
      return client;
    },
  ],
];

describeWithServer('passed client whose connection is dead without having been closed', () => {
  afterEach(() => setOwnClock());

  it.each(clients)('keeps nobody waiting for more than ten seconds (%s)', async (_, connect) => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const client = await connect(proxy.port);
    const transport = new RedisRecentCommonTransport({ client, closeTimeoutMs: 20_000 });
    const reader = new RecentCommonReader({ client });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    const log = (): void => transport.log({ level: 'info', message: 'hello' });
    log();
    await transport.flush();
    proxy.holdRequests();
    shortenWaits(10_000);
    log();
    await Promise.all([
      expect(reader.names()).rejects.toThrow(SILENCE),
      expect(reader.recent('app', 'info')).rejects.toThrow(SILENCE),
      expect(logCommon(client, 'other', 'hello')).rejects.toThrow(SILENCE),
      expect(forget(client, 'third', 'info')).rejects.toThrow(SILENCE),
      until(() => warnings.some((warning) => warning.endsWith(SILENCE))),
    ]);
    expect(transport.stats()).toMatchObject({ pending: 1, connected: false });

    // The client still has them to send: nothing is put after them.
    const { heldBytes } = proxy;
    await expect(reader.names()).rejects.toThrow(SILENCE);
    await until(() => transport.stats().retries > 2);
    expect(proxy.heldBytes).toBe(heldBytes);

    setOwnClock();
    proxy.release();
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: 2, pending: 0, lost: 0, duplicates: 1, connected: true });
    expect((await reader.common('app', 'info')).total).toBe(2);
    expect((await reader.common('other', 'info')).total).toBe(1);
    await transport.close();
  });
});
