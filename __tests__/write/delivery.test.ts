import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { createClient } from 'redis';
import winston from 'winston';
import { type DeliveryWarning, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { nodeRedis } from '../../src/redis/node-redis';
import { setOwnClock, shortenWaits } from '../support/own-clock';
import { runProgram } from '../support/program';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { isMissing, itWith } from '../support/requirements';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** A logger with one transport, and the warnings of that transport. */
function warned(
  workspace: Workspace,
  options: TransportOptions,
): { logger: winston.Logger; transport: RedisRecentCommonTransport; warnings: DeliveryWarning[] } {
  const warnings: DeliveryWarning[] = [];
  const { logger, transport } = workspace.logger(options);
  transport.on('warn', (warning: DeliveryWarning) => warnings.push(warning));
  return { logger, transport, warnings };
}

describeWithServer('delivery', () => {
  let workspace: Workspace;
  let loggers = 0;
  const newName = (): string => `app${++loggers}`;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  itWith('paused writes')('holds up no other transport while Redis is paused, and misses no log call', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    let received = 0;
    const stream = new Writable({
      write(_chunk, _encoding, callback) {
        received++;
        callback();
      },
    });
    logger.add(new winston.transports.Stream({ stream }));
    logger.info('before');
    await transport.flush();
    await workspace.redis.sendCommand(['CLIENT', 'PAUSE', '60000', 'WRITE']);
    for (let i = 0; i < 10_000; i++) logger.info('during');
    await until(() => received === 10_001);
    expect(transport.stats().pending).toBe(10_000);
    await workspace.redis.sendCommand(['CLIENT', 'UNPAUSE']);
    await transport.flush();
    expect((await workspace.reader.common(name, 'info')).total).toBe(10_001);
  });

  it('sends the script again, without a retry, if Redis has forgotten it', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    for (let i = 0; i < 5; i++) {
      await workspace.redis.scriptFlush();
      logger.info('hello');
      await transport.flush();
    }
    expect((await workspace.reader.common(name, 'info')).total).toBe(5);
    expect(transport.stats().retries).toBe(0);
  });

  it('holds up only a destination with a wrong type under a key, and warns of it', async () => {
    const name = newName();
    const { logger, transport, warnings } = warned(workspace, { name });
    const junk = workspace.key(`common:${name}:info`);
    await workspace.redis.set(junk, 'junk');
    const { logger: other, transport: knowing } = workspace.logger({ name: newName() });
    other.info('now the server knows the scripts');
    await knowing.flush();
    await workspace.redis.configResetStat();
    logger.info('held up');
    logger.error('gets through');
    await until(() => transport.stats().written === 1);
    logger.error('gets through');
    await until(() => transport.stats().written === 2);
    await until(() => warnings.length === 1);
    // Only a server that does not know the script is sent its source.
    const commands = await workspace.redis.info('commandstats');
    expect([/cmdstat_evalsha:/, /cmdstat_eval:/].map((command) => command.test(commands))).toEqual([true, false]);
    expect((await workspace.reader.common(name, 'error')).total).toBe(2);
    expect(warnings[0]?.message).toContain(`cannot write to ${name}:info`);
    expect(warnings[0]?.message).toContain(`WRONGTYPE ${junk} holds a string, expected a zset`);
    await workspace.redis.del(junk);
    await transport.flush();
    expect((await workspace.reader.common(name, 'info')).total).toBe(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('cannot write to'),
      expect.stringContaining(`${name}:info can be written to again after`),
    ]);
  });

  it('counts although the index cannot be written to, and warns of it', async () => {
    const name = newName();
    const { logger, transport, warnings } = warned(workspace, { name, keyPrefix: `${workspace.prefix}sub:` });
    await workspace.redis.set(workspace.key('sub:known'), 'junk');
    logger.info('hello');
    await transport.flush();
    expect(await workspace.redis.zScore(workspace.key(`sub:common:${name}:info`), 'hello')).toBe(1);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining(`cannot write to the index for ${name}:info, 0 log calls pending: WRONGTYPE`),
    ]);
    await workspace.redis.del(workspace.key('sub:known'));
    logger.error('hello');
    await transport.flush();
    expect(warnings[1]?.message).toContain('the index can be written to again');
  });

  it('sends many lines in few batches', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, lingerMs: 60_000 });
    await workspace.redis.configResetStat();
    for (let turn = 0; turn < 20; turn++) {
      for (let i = 0; i < 100; i++) logger.info('hello');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await transport.flush();
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await workspace.redis.info('commandstats'))?.[1]);
    expect((await workspace.reader.common(name, 'info')).total).toBe(2000);
    // Five at once after idleness, the one of the flush, and the note in the index.
    expect(calls).toBeLessThanOrEqual(7);
  });

  it('sends five batches at once after idleness, and holds the sixth for lingerMs', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, lingerMs: 60_000 });
    for (const written of [1, 2, 3, 4, 5]) {
      logger.info('hello');
      await until(() => transport.stats().written === written);
      expect((await workspace.reader.common(name, 'info')).total).toBe(written);
    }
    logger.info('hello');
    await expect(until(() => transport.stats().written > 5, 200)).rejects.toThrow();
    expect(transport.stats()).toMatchObject({ written: 5, pending: 1 });
  });

  it('sends at most one batch per lingerMs beyond the first five', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, lingerMs: 50 });
    // The first batch brings the note in the index.
    logger.info('hello');
    await transport.flush();
    await workspace.redis.configResetStat();
    const began = performance.now();
    while (performance.now() - began < 500) {
      logger.info('hello');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await transport.flush();
    const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await workspace.redis.info('commandstats'))?.[1]);
    // Beside those of the time that has passed: five at once after idleness, and the one of the flush.
    expect(calls).toBeLessThanOrEqual((performance.now() - began) / 50 + 6);
    expect(calls).toBeGreaterThan(1);
  });

  it('keeps the order of five thousand lines in many batches', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, lingerMs: 0, recentLimit: 10_000 });
    for (let i = 0; i < 5000; i++) {
      logger.info(String(i));
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await transport.flush();
    const lines = await workspace.reader.recent(name, 'info');
    expect(lines.map(({ message }) => Number(message))).toEqual(Array.from({ length: 5000 }, (_, i) => 4999 - i));
  });
});

describeWithServer('Redis that is absent at first', () => {
  it('has every log call once when it comes up, with one warning when the outage begins and one when it ends', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const transport = new RedisRecentCommonTransport({ url });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    const logger = winston.createLogger({ transports: [transport] });
    for (let i = 0; i < 1000; i++) logger.info(`line ${i % 10}`);
    await until(() => transport.stats().retries >= 3);
    expect(transport.stats()).toMatchObject({ written: 0, pending: 1000, connected: false });
    logger.warn('still here');
    const server = await RedisServer.start({ port });
    try {
      await transport.flush();
      expect(transport.stats()).toMatchObject({ written: 1001, pending: 0, duplicates: 0, connected: true });
      expect(await server.command(['ZSCORE', 'common:app:info', 'line 3'])).toBe('100');
      expect(await server.command(['GET', 'recent:app:info:seq'])).toBe('1000');
      expect(warnings).toEqual([
        expect.stringMatching(/cannot write to Redis for app:info, 1000 log calls pending: connect ECONNREFUSED/),
        expect.stringMatching(/^\[.*Redis can be written to again after \d+\.\d s, \d+ log calls pending$/),
      ]);
    } finally {
      await transport.close();
      await server.stop();
    }
  });

  it('is tried again without a new client each time, which would hold up the program', async () => {
    const port = await freePort();
    const transport = new RedisRecentCommonTransport({ url: `redis://127.0.0.1:${port}` });
    const make = jest.spyOn(nodeRedis().RedisClient, 'factory');
    winston.createLogger({ transports: [transport] }).info('hello');
    await until(() => transport.stats().retries >= 3);
    const { calls } = make.mock;
    make.mockRestore();
    const server = await RedisServer.start({ port });
    try {
      await transport.flush();
      expect(calls).toEqual([]);
    } finally {
      await transport.close();
      await server.stop();
    }
  });
});

describeWithServer('Redis that comes up after close()', () => {
  it('has every log call once, and no connection stays open', async () => {
    const port = await freePort();
    const transport = new RedisRecentCommonTransport({ url: `redis://127.0.0.1:${port}`, closeTimeoutMs: 50 });
    winston.createLogger({ transports: [transport] }).info('hello');
    await transport.close();
    expect(transport.stats().pending).toBe(1);
    const server = await RedisServer.start({ port });
    try {
      await until(() => transport.stats().written === 1);
      expect(await server.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('1');
      await until(async () => /connected_clients:1\r/.test(String(await server.command(['INFO', 'clients']))));
    } finally {
      await transport.close();
      await server.stop();
    }
  });
});

describeWithServer('Redis that comes up while a program ends', () => {
  it('has every log call once, and the program ends by itself', async () => {
    const port = await freePort();
    const program = `
      const transport = openTransport({ closeTimeoutMs: 20_000 });
      const logger = winston.createLogger({ transports: [transport] });
      for (let i = 0; i < 100; i++) logger.info('hello');
      const timer = setInterval(() => {
        if (transport.stats().retries === 0) return;
        clearInterval(timer);
        console.log('Redis is absent');
      }, 10);`;
    let starting: Promise<RedisServer> | undefined;
    const url = `redis://127.0.0.1:${port}`;
    const ended = await runProgram(program, { URL: url, PREFIX: '' }, () => (starting = RedisServer.start({ port })));
    const server = await starting;
    try {
      expect(ended).toMatchObject({ code: 0, stdout: 'Redis is absent\n', stderr: '' });
      expect(await server?.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('100');
      expect(await server?.command(['GET', 'recent:app:info:seq'])).toBe('100');
    } finally {
      await server?.stop();
    }
  });
});

describeWithServer('Redis that hangs', () => {
  it('is given up after ten seconds, and has every log call once when it goes on', async () => {
    const server = await RedisServer.start();
    const transport = new RedisRecentCommonTransport({ url: server.url, closeTimeoutMs: 30_000 });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    const logger = winston.createLogger({ transports: [transport] });
    try {
      logger.info('hello');
      await transport.flush();
      server.signal('SIGSTOP');
      shortenWaits(10_000);
      logger.info('hello');
      await until(() => warnings.length === 1);
      setOwnClock();
      expect(warnings[0]).toContain('no answer from Redis within 10000 ms');
      server.signal('SIGCONT');
      logger.info('hello');
      await transport.flush();
      expect(transport.stats()).toMatchObject({ written: 3, pending: 0, duplicates: 1 });
      expect(await server.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('3');
    } finally {
      setOwnClock();
      server.signal('SIGCONT');
      await transport.close();
      await server.stop();
    }
  });
});

describe('Redis that drops every connection', () => {
  it('is called at most four times a second for a hundred destinations', async () => {
    let calls = 0;
    const server = createServer((socket) => {
      calls++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    let next = 0;
    const url = `redis://127.0.0.1:${port}`;
    const transport = new RedisRecentCommonTransport({ url, name: () => `app${next++}`, closeTimeoutMs: 0 });
    const logger = winston.createLogger({ transports: [transport] });
    const began = performance.now();
    for (let i = 0; i < 100; i++) logger.info('hello');
    await until(() => transport.stats().retries > 400);
    expect(calls).toBeGreaterThan(1);
    expect(calls).toBeLessThanOrEqual((performance.now() - began) / 250 + 1);
    await transport.close();
    server.close();
  });
});

describeWithServer('Redis without the command HELLO', () => {
  it('is written to, and the warning of a client that sends HELLO shows no password', async () => {
    const rename = isMissing('RESP 3') ? [] : ['--rename-command', 'HELLO', ''];
    const server = await RedisServer.start({ args: [...rename, '--requirepass', 'secret'] });
    const redis = { url: server.url, password: 'secret' };
    const transport = new RedisRecentCommonTransport({ redis });
    const modern = new RedisRecentCommonTransport({ redis: { ...redis, RESP: 3 }, closeTimeoutMs: 0 });
    const warnings: DeliveryWarning[] = [];
    modern.on('warn', (warning: DeliveryWarning) => warnings.push(warning));
    try {
      winston.createLogger({ transports: [transport, modern] }).info('hello');
      await transport.flush();
      expect(transport.stats()).toMatchObject({ written: 1, retries: 0 });
      await until(() => warnings.length === 1);
      expect(warnings[0]?.message).toMatch(/unknown command ['`]HELLO['`]|NOAUTH/);
      expect(inspect(warnings[0], { depth: 10 })).not.toContain('secret');
    } finally {
      await Promise.all([transport.close(), modern.close()]);
      await server.stop();
    }
  });
});

describeWithServer('wrong password', () => {
  it('causes a warning that does not show it, and all is written once Redis accepts it', async () => {
    const server = await RedisServer.start({ args: ['--requirepass', 'old-secret'] });
    const transport = new RedisRecentCommonTransport({ redis: { url: server.url, password: 'new-secret' } });
    const admin = createClient({ url: server.url, password: 'old-secret', RESP: 2 });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    try {
      winston.createLogger({ transports: [transport] }).info('hello');
      await until(() => warnings.length === 1);
      expect(warnings[0]).toMatch(/WRONGPASS|ERR invalid password/);
      await admin.connect();
      await admin.configSet('requirepass', 'new-secret');
      await transport.flush();
      expect(await admin.zScore('common:app:info', 'hello')).toBe(1);
      expect(warnings.join()).not.toContain('secret');
    } finally {
      await transport.close();
      admin.destroy();
      await server.stop();
    }
  });
});
