import { connect, type Socket } from 'node:net';
import { createClient } from 'redis';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';

/** A client that neither connects again nor sends anything but the commands that it is given. */
class RawClient {
  received = '';
  error: NodeJS.ErrnoException | undefined;
  readonly socket: Socket;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (bytes) => (this.received += bytes));
    this.socket.on('error', (error) => (this.error = error));
  }

  send(...commands: readonly string[]): void {
    this.socket.write(commands.map((command) => `${command}\r\n`).join(''));
  }
}

describeWithServer('fault proxy', () => {
  let server: RedisServer;
  let proxy: FaultProxy;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(async () => {
    await server.command(['FLUSHALL']);
    proxy = await FaultProxy.start(server.port);
  });
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await proxy.stop();
  });
  afterAll(() => server.stop());

  /** Waits until the server has no client but the one that asks. */
  async function untilUnused(): Promise<void> {
    await until(
      async () => ((await server.command(['CLIENT', 'LIST'])) as string).split('\n').filter(Boolean).length === 1,
    );
  }

  /** A client behind the proxy that has had its first reply. */
  async function connected(): Promise<RawClient> {
    const client = new RawClient(proxy.port);
    clients.push(client);
    client.send('PING');
    await until(() => client.received === '+PONG\r\n');
    client.received = '';
    return client;
  }

  it('passes on requests, replies and the end of a connection, and counts the clients', async () => {
    const client = await createClient({ url: proxy.url, RESP: 2 }).connect();
    const raw = await connected();
    await client.set('key', 'x'.repeat(1_000_000));
    expect(await client.get('key')).toBe('x'.repeat(1_000_000));
    expect(proxy).toMatchObject({ connections: 2, accepted: 2, heldBytes: 0 });
    raw.send('QUIT');
    await until(() => raw.socket.closed);
    await client.close();
    await until(() => proxy.connections === 0);
    await untilUnused();
    await connected();
    expect(proxy).toMatchObject({ connections: 1, accepted: 3 });
  });

  it('holds replies to requests that the server has carried out, until they are released', async () => {
    const client = await connected();
    proxy.holdReplies();
    client.send('INCR count', 'INCR count');
    await until(() => proxy.heldBytes === ':1\r\n:2\r\n'.length);
    expect(client.received).toBe('');
    expect(await server.command(['GET', 'count'])).toBe('2');
    proxy.release();
    await until(() => client.received === ':1\r\n:2\r\n');
    client.send('INCR count');
    await until(() => client.received === ':1\r\n:2\r\n:3\r\n');
    expect(proxy.heldBytes).toBe(0);
  });

  it.each([
    ['rst', /ECONNRESET/],
    ['fin', /Socket closed unexpectedly/],
  ] as const)('cuts a connection with %s, so that a held reply is lost', async (how, message) => {
    const client = createClient({ url: proxy.url, socket: { reconnectStrategy: false }, RESP: 2 });
    client.on('error', () => undefined);
    await client.connect();
    proxy.holdReplies();
    const reply = expect(client.incr('count')).rejects.toThrow(message);
    await until(() => proxy.heldBytes > 0);
    proxy.holdRequests();
    proxy.cut(how);
    await reply;
    expect(proxy).toMatchObject({ connections: 0, heldBytes: 0 });
    expect(await server.command(['GET', 'count'])).toBe('1');
    await untilUnused();
  });

  it('holds requests, and lets later connections through', async () => {
    const held = await connected();
    proxy.holdRequests();
    held.send('APPEND order held');
    await until(() => proxy.heldBytes === 'APPEND order held\r\n'.length);
    const later = await connected();
    later.send('APPEND order later,');
    await until(() => later.received === ':6\r\n');
    proxy.release();
    await until(() => held.received === ':10\r\n');
    expect(await server.command(['GET', 'order'])).toBe('later,held');
  });

  it.each(['rst', 'fin'] as const)('delivers a held request after its client was cut with %s', async (how) => {
    const client = createClient({ url: proxy.url, RESP: 2, socket: { reconnectStrategy: () => 10 } });
    client.on('error', () => undefined);
    await client.connect();
    proxy.holdRequests();
    const original = expect(client.append('order', 'original')).rejects.toThrow();
    const held = await until(() => proxy.heldBytes);
    proxy.cut(how);
    await original;
    expect(proxy.heldBytes).toBe(held);
    await client.append('order', 'retry,');
    await client.append('order', 'newer,');
    proxy.release();
    await until(async () => (await server.command(['GET', 'order'])) === 'retry,newer,original');
    expect(proxy).toMatchObject({ connections: 1, accepted: 2, heldBytes: 0 });
    client.destroy();
    await untilUnused();
  });

  it('refuses connections until it accepts them again, on the same port', async () => {
    const before = await connected();
    proxy.refuse();
    const refused = new RawClient(proxy.port);
    await until(() => refused.error?.code === 'ECONNREFUSED');
    before.send('INCR count');
    await until(() => before.received === ':1\r\n');
    await proxy.accept();
    await connected();
    expect(proxy.accepted).toBe(2);
  });

  it('delays each chunk in both directions, in order, until it is told to stop', async () => {
    const client = await connected();
    proxy.delay(500);
    const began = performance.now();
    client.send('INCR count');
    client.send('INCR count');
    await until(() => client.received === ':1\r\n:2\r\n');
    expect(performance.now() - began).toBeGreaterThan(999);
    proxy.delay(600_000);
    proxy.delay(0);
    client.send('INCR count');
    await until(() => client.received === ':1\r\n:2\r\n:3\r\n');
  });

  it('throttles each direction of each connection, until it is told to stop', async () => {
    const readers: RawClient[] = [];
    while (readers.length < 12) readers.push(await connected());
    const value = 'x'.repeat(30_000);
    await server.command(['SET', 'key', value]);
    const read = async (): Promise<number> => {
      const began = performance.now();
      for (const reader of readers) {
        reader.received = '';
        reader.send('GET key');
      }
      await until(() => readers.every(({ received }) => received === `$30000\r\n${value}\r\n`));
      return performance.now() - began;
    };
    proxy.throttle(50_000);
    const tookMs = await read();
    // Each by itself would take 600 ms, all by the same measure twelve times that.
    expect(tookMs).toBeGreaterThan(540);
    expect(tookMs).toBeLessThan(6000);
    proxy.throttle(1);
    proxy.throttle(0);
    await read();
  });

  it('outlives a server that is killed, and clients that reset', async () => {
    const client = await connected();
    const resetting = await connected();
    for (let i = 0; i < 100; i++) {
      client.send(`SET key ${'x'.repeat(10_000)}`);
      resetting.send('PING');
    }
    resetting.socket.resetAndDestroy();
    await until(() => proxy.connections === 1);
    await server.kill();
    client.send('PING');
    await until(() => client.socket.closed);
    const unserved = new RawClient(proxy.port);
    await until(() => unserved.socket.closed);
    expect(unserved.error?.code).toBe('ECONNRESET');
    await until(() => proxy.connections === 0);
    await server.start();
    await connected();
  });
});
