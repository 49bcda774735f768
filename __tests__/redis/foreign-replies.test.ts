import { type DeliveryWarning, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { describeWithServer } from '../support/redis/servers';
import { serversForTests } from '../support/redis/test-servers';
import { until } from '../support/wait';

const { atEnd, startServer, startProxy } = serversForTests();

function openTransport(options: TransportOptions): { transport: RedisRecentCommonTransport; warnings: string[] } {
  const transport = new RedisRecentCommonTransport({ closeTimeoutMs: 20_000, ...options });
  const warnings: string[] = [];
  transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
  atEnd(() => transport.close());
  return { transport, warnings };
}

function openReader(url: string): RecentCommonReader {
  const reader = new RecentCommonReader({ url });
  atEnd(() => reader.close());
  return reader;
}

describeWithServer('reply that is none of the script', () => {
  const array = (length: number, item: string): string => `*${length}\r\n${item.repeat(length)}`;

  it.each([
    ['a status', '+OK\r\n'],
    ['a number', ':1\r\n'],
    ['a text', '$5\r\nhello\r\n'],
    ['nothing', '$-1\r\n'],
    ['no array', '*-1\r\n'],
    ['an empty array', '*0\r\n'],
    ['a shorter array', array(12, ':1\r\n')],
    ['as many numbers', array(13, ':1\r\n')],
    ['as many zeros', array(13, ':0\r\n')],
    ['as many negative numbers', array(13, ':-5\r\n')],
    ['as many texts', array(13, '$3\r\nfoo\r\n')],
    ['as many nothings', array(13, '$-1\r\n')],
    ['as many arrays', array(13, '*0\r\n')],
  ])('ends the connection, and the batch is written once on another: %s', async (_, reply) => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const { transport, warnings } = openTransport({ url: proxy.url });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    proxy.falsifyReplies(reply);
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: 2, pending: 0, duplicates: 1, lost: 0, late: 0 });
    expect((await openReader(server.url).common('app', 'info')).total).toBe(2);
    expect(proxy.accepted).toBe(2);
    expect(warnings[0]).toMatch(/cannot write to Redis for app:info, .* a reply that is not of this script$/);
  });

  it('is an error of a reader, which asks on another connection the next time', async () => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const reader = openReader(proxy.url);
    await reader.names();
    for (const read of [() => reader.names(), () => reader.recent('app', 'info'), () => reader.common('app', 'info')]) {
      proxy.falsifyReplies(':1\r\n');
      await expect(read()).rejects.toThrow('Redis gave a reply that is not of this script');
      await read();
    }
    expect(proxy.accepted).toBe(4);
  });

  it('is connected for anew a few times a second if it comes on each connection', async () => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const { transport } = openTransport({ url: proxy.url, closeTimeoutMs: 1000, name: (info) => info.logger });
    const timer = setInterval(() => proxy.falsifyReplies('+OK\r\n'), 1);
    atEnd(() => clearInterval(timer));
    for (let i = 0; i < 50; i++) transport.log({ level: 'info', message: 'hello', logger: `app${i}` });
    await until(() => transport.stats().retries > 50);
    expect(proxy.accepted).toBeLessThan(transport.stats().retries / 5);
    clearInterval(timer);
    proxy.cut('rst');
    await until(() => transport.stats().pending === 0);
  });
});
