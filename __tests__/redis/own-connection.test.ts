import { type DeliveryWarning, RecentCommonReader, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { isConfigurationError } from '../../src/redis/failures';
import { advanceOwnClock, setOwnClock, shortenWaits } from '../support/own-clock';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { serversForTests } from '../support/redis/test-servers';
import { itWith } from '../support/requirements';
import { until } from '../support/wait';

import redis = require('redis');

const { atEnd, startServer, startProxy } = serversForTests();

/** A third of it without a reply ends a connection, and a busy machine may take long. */
const CLOSE_TIMEOUT_MS = 20_000;

function openTransport(options: TransportOptions): {
  transport: RedisRecentCommonTransport;
  log: (message?: string) => void;
  warnings: string[];
} {
  const transport = new RedisRecentCommonTransport({ closeTimeoutMs: CLOSE_TIMEOUT_MS, ...options });
  const warnings: string[] = [];
  transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
  atEnd(() => transport.close());
  return { transport, log: (message = 'hello') => transport.log({ level: 'info', message }), warnings };
}

async function countCalls(server: RedisServer): Promise<number> {
  const reader = new RecentCommonReader({ url: server.url });
  atEnd(() => reader.close());
  return (await reader.common('app', 'info')).total;
}

describeWithServer('master that is demoted and keeps its connections', () => {
  async function expectLeft(error: string, demotion: readonly string[]): Promise<void> {
    const [old, promoted] = [await startServer(), await startServer()];
    const name = await startProxy(old);
    const { transport, log, warnings } = openTransport({ url: name.url });
    log();
    await transport.flush();
    name.redirect(promoted.port);
    await old.command(demotion);
    log();
    await until(() => transport.stats().pending === 0);
    expect(await countCalls(promoted)).toBe(1);
    expect(warnings[0]).toContain(error);
    expect(name.accepted).toBe(2);
  }

  it('is left at its first READONLY for the server that has its name now', () =>
    expectLeft('READONLY', ['REPLICAOF', '127.0.0.1', '1']));

  itWith('replicas for scripts')('is left at its first NOREPLICAS for the server that has its name now', () =>
    expectLeft('NOREPLICAS', ['CONFIG', 'SET', 'min-replicas-to-write', '3']),
  );

  it('is left by a replica that has lost it, too (MASTERDOWN)', async () => {
    const [old, promoted] = [await startServer(['--replica-serve-stale-data', 'no']), await startServer()];
    const name = await startProxy(old);
    const { transport, log } = openTransport({ url: name.url });
    log();
    await transport.flush();
    name.redirect(promoted.port);
    await old.command(['REPLICAOF', '127.0.0.1', '1']);
    log();
    await until(() => transport.stats().pending === 0);
    expect(await countCalls(promoted)).toBe(1);
  });

  /** Expects that a connection is left once the server refuses what it granted before. */
  async function expectLeftAfter(change: readonly string[]): Promise<void> {
    const [old, next] = [await startServer(), await startServer()];
    const name = await startProxy(old);
    const { transport, log } = openTransport({ url: name.url });
    log();
    await transport.flush();
    name.redirect(next.port);
    await old.command(change);
    log();
    await transport.flush();
    expect(await countCalls(next)).toBe(1);
  }

  it('is left in the same way if it has no memory left', () => expectLeftAfter(['CONFIG', 'SET', 'maxmemory', '1']));

  itWith('users')('is left in the same way if it grants no writes any more', () =>
    expectLeftAfter(['ACL', 'SETUSER', 'default', '-evalsha']),
  );

  it('is left by a reader', async () => {
    const [old, promoted] = [await startServer(['--replica-serve-stale-data', 'no']), await startServer()];
    const name = await startProxy(old);
    const reader = new RecentCommonReader({ url: name.url });
    atEnd(() => reader.close());
    await reader.names();
    name.redirect(promoted.port);
    await old.command(['REPLICAOF', '127.0.0.1', '1']);
    await expect(reader.names()).rejects.toThrow('MASTERDOWN');
    expect(await reader.names()).toEqual([]);
  });

  it('is not connected to at each try if it refuses everything from the beginning', async () => {
    const old = await startServer(['--maxmemory', '1']);
    const name = await startProxy(old);
    const { transport } = openTransport({ url: name.url, closeTimeoutMs: 1000, name: (info) => info.logger });
    const began = performance.now();
    for (let i = 0; i < 50; i++) transport.log({ level: 'info', message: 'hello', logger: `app${i}` });
    await until(() => transport.stats().retries > 50);
    expect(transport.stats().written).toBe(0);
    expect(name.accepted).toBeLessThanOrEqual((performance.now() - began) / 250 + 1);
    await old.command(['CONFIG', 'SET', 'maxmemory', '0']);
    await until(() => transport.stats().pending === 0);
  });

  it('is kept by a client that was passed in, and the warning says what the application must do', async () => {
    const old = await startServer();
    const client = redis.createClient({ url: old.url, RESP: 2 });
    await client.connect();
    atEnd(() => client.destroy());
    const { transport, log, warnings } = openTransport({ client });
    log();
    await transport.flush();
    await old.command(['REPLICAOF', '127.0.0.1', '1']);
    log();
    await until(() => warnings.length > 0);
    expect(warnings[0]).toMatch(/READONLY.*reconnect the client/);
    await old.command(['REPLICAOF', 'NO', 'ONE']);
    await transport.flush();
  });
});

describeWithServer('connection that is dead without having been closed', () => {
  afterEach(() => setOwnClock());

  it.each(['flush', 'close'] as const)('is replaced well within the deadline of %s()', async (method) => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const { transport, log, warnings } = openTransport({ url: proxy.url, closeTimeoutMs: 9000 });
    log();
    await transport.flush();
    proxy.holdRequests();
    log();
    const flushed = transport[method]();
    await until(() => proxy.heldBytes > 0);
    advanceOwnClock(3000);
    await flushed;
    expect(transport.stats()).toMatchObject({ written: 2, pending: 0 });
    expect(await countCalls(server)).toBe(2);
    expect(warnings.filter((warning) => /not acknowledged/.test(warning))).toEqual([]);
    expect(warnings[0]).toMatch(
      /cannot write to Redis for app:info, 1 log calls pending: no answer from Redis within 3000 ms$/,
    );
  });

  it('is replaced as soon if it dies while flush() waits', async () => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const { transport, log } = openTransport({ url: proxy.url, closeTimeoutMs: 12_000 });
    log();
    await transport.flush();
    // Several batches: the second is acknowledged after more than a third of the time, the third never.
    proxy.delay(200);
    for (let i = 0; i < 2500; i++) log(`message ${i}`);
    const flushed = transport.flush();
    for (let acknowledged = 1; acknowledged <= 2; acknowledged++) {
      const { written } = transport.stats();
      advanceOwnClock(3000 * acknowledged);
      await until(() => transport.stats().written > written);
    }
    expect(proxy.accepted).toBe(1);
    proxy.holdRequests();
    proxy.delay(0);
    advanceOwnClock(10_000);
    await flushed;
    expect(transport.stats().pending).toBe(0);
  });

  it('is kept if replies are slow', async () => {
    const server = await startServer();
    const proxy = await startProxy(server);
    const { transport, log } = openTransport({ url: proxy.url, closeTimeoutMs: 12_000 });
    log();
    await transport.flush();
    proxy.delay(200);
    log();
    await transport.flush();
    expect(proxy.accepted).toBe(1);
  });
});

describeWithServer('outage of Redis', () => {
  it('is told once more if it turns out to be one that only a change of configuration ends', async () => {
    const [server, rotated] = [await startServer(), await startServer(['--requirepass', 'rotated'])];
    const name = await startProxy(server);
    const { transport, log, warnings } = openTransport({ url: name.url });
    log();
    await transport.flush();
    await server.kill();
    log();
    await until(() => warnings.length === 1);
    name.redirect(rotated.port);
    const flushed = transport.flush();
    const { retries } = transport.stats();
    await until(() => warnings.length > 1 && transport.stats().retries > retries + 3);
    expect(warnings.slice(1)).toEqual([
      expect.stringMatching(
        / still cannot write to Redis for app:info, 1 log calls pending: .*(NOAUTH|unauthenticated)/,
      ),
    ]);
    name.redirect((await startServer()).port);
    await flushed;
    expect(transport.stats()).toMatchObject({ pending: 0, connected: true });
  });

  it('is over once Redis answers, even if a destination has got a wrong type under a key meanwhile', async () => {
    const server = await startServer();
    const { transport, log, warnings } = openTransport({ url: server.url });
    log();
    await transport.flush();
    const hadOutage = (count: number): boolean =>
      warnings.filter((text) => /cannot write to Redis/.test(text)).length === count;
    await server.kill();
    log();
    await until(() => hadOutage(1));
    await server.start();
    await server.command(['SET', 'common:app:info', 'junk']);
    // The first may have been written before that.
    log();
    await until(() => warnings.some((text) => /WRONGTYPE/.test(text)));
    expect(transport.stats().connected).toBe(true);
    await server.kill();
    const flushed = transport.flush();
    await until(() => hadOutage(2));
    await server.start();
    await flushed;
    expect(transport.stats()).toMatchObject({ connected: true, pending: 0 });
  });

  itWith('users')(
    'is over once another destination is written, if the batch that it struck was written in part and no more follow',
    async () => {
      const server = await startServer();
      const { transport, log } = openTransport({ url: server.url });
      log();
      await transport.flush();
      await server.command(['ACL', 'SETUSER', 'default', '-zincrby']);
      log();
      await transport.flush();
      expect(transport.stats()).toMatchObject({ lost: 1, pending: 0, connected: false });
      await server.command(['ACL', 'SETUSER', 'default', '+zincrby']);
      transport.log({ level: 'error', message: 'hello' });
      await transport.flush();
      expect(transport.stats()).toMatchObject({ pending: 0, connected: true });
    },
  );

  it('does not keep a second close() from flushing after a repair', async () => {
    const server = await startServer();
    const { transport, log } = openTransport({ url: server.url });
    log();
    await transport.flush();
    await server.kill();
    log();
    shortenWaits(CLOSE_TIMEOUT_MS);
    await transport.close();
    setOwnClock();
    expect(transport.stats().pending).toBe(1);
    await server.start();
    await transport.close();
    expect(transport.stats().pending).toBe(0);
  });
});

describeWithServer('password that is missing or wrong', () => {
  it.each([
    ['no password', ''],
    ['a wrong password', ':wrong@'],
    ['a user that does not exist', 'nobody:wrong@'],
  ])('ends following at once: %s', async (_, userInfo) => {
    const server = await startServer(['--requirepass', 'secret']);
    const reader = new RecentCommonReader({ url: `redis://${userInfo}127.0.0.1:${server.port}` });
    atEnd(() => reader.close());
    await expect(reader.follow('app', 'info').next()).rejects.toThrow();
  });

  it('is told apart from an outage even if Redis only says that the command is too long', async () => {
    const server = await startServer(['--requirepass', 'secret']);
    const { transport, log, warnings } = openTransport({
      redis: { url: server.url, disableClientInfo: true },
      closeTimeoutMs: 300,
    });
    log();
    await until(() => warnings.length > 0);
    expect(warnings[0]).toContain('unauthenticated multibulk length');
    expect(isConfigurationError(new Error(warnings[0]))).toBe(true);
    await transport.close();
  });

  it.each([
    'ERR invalid password',
    'ERR Client sent AUTH, but no password is set',
    "ERR wrong number of arguments for 'auth' command",
    'ERR Protocol error: unauthenticated bulk length',
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    'ERR DB index is out of range',
    'ERR SELECT is not allowed in cluster mode',
  ])('is recognized by the message of a server that gives no error code: %s', (message) => {
    expect(isConfigurationError(new Error(message))).toBe(true);
  });
});
