import { createClient } from 'redis';
import winston from 'winston';
import { logCommon, type RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { setOwnClock, shortenWaits } from '../support/own-clock';
import { runProgram } from '../support/program';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** Long enough for a busy machine. */
const CLOSE_TIMEOUT_MS = 20_000;

let workspace: Workspace;
let client: ReturnType<typeof createClient>;
let names = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
  client = createClient({ url: workspace.writerUrl, RESP: 2 });
  await client.connect();
});
afterEach(() => {
  jest.useRealTimers();
  setOwnClock();
});
afterAll(async () => {
  client.destroy();
  await workspace.close();
});

/** How the transport reaches Redis. */
const connections: [string, () => TransportOptions][] = [
  ['a connection of its own', () => ({ url: workspace.writerUrl })],
  ['a client that is passed in', () => ({ client })],
];

async function expectCounted(transport: RedisRecentCommonTransport, name: string, calls: number): Promise<void> {
  expect(transport.stats()).toMatchObject({ written: calls, pending: 0, retries: 0 });
  expect((await workspace.reader.common(name, 'info')).total).toBe(calls);
}

describe.each(connections)('fake timers of a test, with %s', (_, connection) => {
  it('hold up neither log calls nor flush()', async () => {
    const name = `app${++names}`;
    const { logger, transport } = workspace.logger({ ...connection(), name });
    jest.useFakeTimers();
    for (let i = 0; i < 3; i++) {
      logger.info('hello');
      await transport.flush();
    }
    logger.info('hello');
    jest.useRealTimers();
    await until(() => transport.stats().written === 4);
    await expectCounted(transport, name, 4);
  });

  it('hold up nothing if they are installed and removed around single log calls', async () => {
    const name = `app${++names}`;
    const { logger, transport } = workspace.logger({ ...connection(), name });
    for (let i = 0; i < 12; i++) {
      jest.useFakeTimers();
      logger.info('fake');
      jest.advanceTimersByTime(1000);
      jest.useRealTimers();
      logger.info('real');
      if (i % 3 === 0) await until(() => transport.stats().pending === 0);
    }
    await until(() => transport.stats().pending === 0);
    await expectCounted(transport, name, 24);
  });

  it('hold up nothing if a transport is made and closed under them', async () => {
    jest.useFakeTimers();
    const name = `app${++names}`;
    const transport = workspace.transport({ ...connection(), name });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    transport.log({ level: 'info', message: 'hello' });
    await transport.close();
    jest.useRealTimers();
    await expectCounted(transport, name, 2);
    winston.createLogger({ transports: [transport] }).info('hello');
    await until(() => transport.stats().written === 3);
  });

  it('hold up nothing if the package is loaded under them', async () => {
    jest.useFakeTimers();
    const name = `app${++names}`;
    const loaded: { transport?: RedisRecentCommonTransport } = {};
    jest.isolateModules(() => {
      const { RedisRecentCommonTransport: Loaded } = require('../../src') as typeof import('../../src');
      loaded.transport = new Loaded({ ...connection(), keyPrefix: workspace.prefix, name });
    });
    const transport = loaded.transport as RedisRecentCommonTransport;
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    await transport.close();
    jest.useRealTimers();
    await expectCounted(transport, name, 1);
  });
});

describe('fake timers of sinon', () => {
  it('hold up nothing if the package is loaded after they were installed in Node itself', async () => {
    const { code, stdout, stderr } = await runProgram(
      `
      const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'performance', 'Date'];
      const fakes = require('@sinonjs/fake-timers').install({ toFake });
      for (const file of Object.keys(require.cache)) if (file.startsWith(process.cwd())) delete require.cache[file];
      const { RedisRecentCommonTransport: Loaded } = require('./src');
      const transport = new Loaded({ url: process.env.URL, keyPrefix: process.env.PREFIX, name: 'sinon' });
      transport.log({ level: 'info', message: 'hello' });
      transport.flush().then(async () => {
        fakes.uninstall();
        await transport.close();
        console.log(JSON.stringify(transport.stats()));
      });
      `,
      { URL: workspace.writerUrl, PREFIX: workspace.prefix },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ written: 1, pending: 0, retries: 0 });
  });
});

describe('fake timers of node:test', () => {
  it('hold up nothing if the package was loaded before they were enabled', async () => {
    const { code, stdout } = await runProgram(
      `
      const { mock } = require('node:test');
      const transport = openTransport({ name: 'node-test' });
      mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date'], now: 0 });
      for (let i = 0; i < 3000; i++) transport.log({ level: 'info', message: 'message ' + i });
      transport.flush().then(async () => {
        mock.timers.reset();
        await transport.close();
        console.log(JSON.stringify(transport.stats()));
      });
      `,
      { URL: workspace.writerUrl, PREFIX: workspace.prefix },
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ written: 3000, pending: 0, late: 0, retries: 0 });
  });
});

describe('fake timers of a test', () => {
  it('set the time of a line, as the test wants it, and not the hour in which it counts', async () => {
    const name = `app${++names}`;
    const { logger, transport } = workspace.logger({ name });
    logger.info('real');
    await transport.flush();
    jest.useFakeTimers({ now: Date.UTC(2020, 1, 2, 3, 4, 5) });
    logger.info('fake');
    await transport.flush();
    jest.useRealTimers();
    await expectCounted(transport, name, 2);
    const [line] = await workspace.reader.recent(name, 'info');
    expect(line).toMatchObject({ message: 'fake', time: new Date('2020-02-02T03:04:05.000Z') });
  });

  it.each([
    ['of today', false],
    ['of long ago', true],
  ])(
    'do not keep a later close() from writing what Redis refused at an earlier one (fake timers %s)',
    async (_, isLegacy) => {
      const name = `app${++names}`;
      const transport = workspace.transport({ name, closeTimeoutMs: CLOSE_TIMEOUT_MS });
      await workspace.redis.set(workspace.key(`common:${name}:info`), 'junk');
      if (isLegacy) jest.useFakeTimers({ legacyFakeTimers: true });
      else jest.useFakeTimers();
      transport.log({ level: 'info', message: 'hello' });
      shortenWaits(CLOSE_TIMEOUT_MS);
      await transport.close();
      setOwnClock();
      expect(transport.stats().pending).toBe(1);
      jest.useRealTimers();
      await workspace.redis.del(workspace.key(`common:${name}:info`));
      await transport.close();
      expect(transport.stats()).toMatchObject({ written: 1, pending: 0 });
    },
  );

  it('do not hold up logCommon()', async () => {
    const name = `app${++names}`;
    jest.useFakeTimers();
    for (let i = 0; i < 3; i++) await logCommon(client, name, 'hello', 'info', { keyPrefix: workspace.prefix });
    jest.useRealTimers();
    expect((await workspace.reader.common(name, 'info')).total).toBe(3);
  });

  it('are in place again after a log call', async () => {
    const { logger, transport } = workspace.logger({ name: `app${++names}` });
    jest.useFakeTimers();
    const fakes = [setImmediate, setTimeout];
    logger.info('hello');
    await transport.flush();
    expect([setImmediate, setTimeout]).toEqual(fakes);
    let rings = 0;
    setTimeout(() => rings++, 1000);
    jest.advanceTimersByTime(1000);
    expect(rings).toBe(1);
  });
});

describe('monotonic clock', () => {
  it('is that of the performance object if its class has none, as in Bun', async () => {
    const { code, stdout } = await runProgram(
      `
      const { performance } = require('node:perf_hooks');
      const now = performance.now.bind(performance);
      delete Object.getPrototypeOf(performance).now;
      performance.now = now;
      for (const file of Object.keys(require.cache)) if (file.startsWith(process.cwd())) delete require.cache[file];
      const { RedisRecentCommonTransport: Loaded } = require('./src');
      const transport = new Loaded({ url: process.env.URL, keyPrefix: process.env.PREFIX, name: 'bun' });
      transport.log({ level: 'info', message: 'hello' });
      transport.close().then(() => console.log(transport.stats().written));
      `,
      { URL: workspace.writerUrl, PREFIX: workspace.prefix },
    );
    expect(code).toBe(0);
    expect(stdout).toBe('1\n');
  });
});

describe.each(connections)('test environment such as jsdom, with %s', (_, connection) => {
  const globals = { setImmediate, URL };

  afterEach(() => {
    Object.assign(globalThis, globals);
  });

  it('may lack setImmediate and have a URL of its own', async () => {
    const name = `app${++names}`;
    class OldUrl extends URL {}
    Object.defineProperty(OldUrl, 'canParse', { value: undefined });
    Object.assign(globalThis, { setImmediate: undefined, URL: OldUrl });
    const { logger, transport } = workspace.logger({ ...connection(), name });
    logger.info('hello');
    await transport.flush();
    expect(globalThis.setImmediate).toBeUndefined();
    await expectCounted(transport, name, 1);
  });
});
