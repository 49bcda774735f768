import winston from 'winston';
import type { DeliveryWarning } from '../../src';
import { runProgram } from '../support/program';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

const newName = (): string => `app${++loggers}`;

async function readTotal(name: string, severity = 'info'): Promise<number> {
  const windows = await Promise.all(
    (['current', 'previous'] as const).map((window) => workspace.reader.common(name, severity, { window })),
  );
  return windows.reduce((sum, { total }) => sum + total, 0);
}

/** Tells a program where to find Redis and its keys. */
const env = (): Record<string, string> => ({ URL: workspace.writerUrl, PREFIX: workspace.prefix });

describe('a thousand lines', () => {
  function logThousand(): { name: string; logger: winston.Logger; transport: ReturnType<Workspace['transport']> } {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    for (let i = 0; i < 1000; i++) logger.info(`line ${i % 10}`);
    return { name, logger, transport };
  }

  it("are all counted before 'finish' if logger.end() follows at once, without a write after end", async () => {
    const { name, logger } = logThousand();
    const errors: unknown[] = [];
    logger.on('error', (error) => errors.push(error));
    const finished = new Promise((resolve) => logger.once('finish', resolve));
    logger.end();
    await finished;
    expect(await readTotal(name)).toBe(1000);
    expect(errors).toEqual([]);
  });

  it('are all counted when transport.close() resolves, called once or twice', async () => {
    const { name, transport } = logThousand();
    const closes = [transport.close(), transport.close()];
    await Promise.all(closes);
    expect(await readTotal(name)).toBe(1000);
    await transport.close();
  });

  it.each(['close', 'remove', 'clear'] as const)(
    'are all counted if they reached the transport before logger.%s()',
    async (how) => {
      const { name, logger, transport } = logThousand();
      const { logged } = transport.stats();
      logger[how](transport);
      await until(() => transport.stats().pending === 0);
      expect(logged).toBeGreaterThan(0);
      expect(await readTotal(name)).toBe(transport.stats().logged);
    },
  );

  it('are all counted when flush() resolves, however many wait for it', async () => {
    const { name, transport } = logThousand();
    await Promise.all([transport.flush(), transport.flush(), transport.flush()]);
    expect(await readTotal(name)).toBe(1000);
  });
});

describe('transport', () => {
  it('goes on after it is closed, removed and added again', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    for (let i = 0; i < 3; i++) {
      logger.info('hello');
      await transport.close();
      logger.remove(transport).add(transport);
    }
    logger.info('hello');
    await transport.flush();
    expect(await readTotal(name)).toBe(4);
  });

  it('waits for newer log calls if it is closed again while it closes', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    logger.info('hello');
    const first = transport.close();
    for (let i = 0; i < 5000; i++) logger.info(`line ${i % 10}`);
    await transport.close();
    expect(await readTotal(name)).toBe(5001);
    await first;
  });

  it('needs neither logger nor callback', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    expect(await readTotal(name)).toBe(1);
  });

  it('drops and counts null and undefined, with one warning', async () => {
    const transport = workspace.transport({ name: newName() });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    const callback = jest.fn();
    for (const junk of [undefined, null]) transport.log(junk as never, callback);
    expect(callback).toHaveBeenCalledTimes(2);
    expect(transport.stats()).toMatchObject({ logged: 2, dropped: 2 });
    expect(warnings).toHaveLength(1);
  });
});

describe('program', () => {
  const logHundred = (closeTimeoutMs: number): string => `
    const transport = openTransport({ name: process.env.NAME, closeTimeoutMs: ${closeTimeoutMs} });
    const logger = winston.createLogger({ transports: [transport] });
    for (let i = 0; i < 100; i++) logger.info('hello');
  `;
  const LOG = logHundred(20_000);
  /** The same where there is no Redis. */
  const LOG_IN_VAIN = logHundred(1500);

  /** Has a program tell if winston does not wait any longer for a transport, and ends it. */
  const WATCH_WINSTON = `
    const start = setTimeout;
    globalThis.setTimeout = (run, ms, ...args) => start(() => {
      if (ms === 3000) console.log('winston gave up');
      run(...args);
    }, ms);
  `;

  it.concurrent('has its lines in Redis if it simply ends', async () => {
    const name = newName();
    const ended = await runProgram(LOG, { ...env(), NAME: name });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(await readTotal(name)).toBe(100);
  });

  it.concurrent('is not warned of too many listeners if forty loggers share the transport', async () => {
    const name = newName();
    const program = `
      const transport = openTransport({ name: process.env.NAME });
      for (let i = 0; i < 40; i++) winston.createLogger({ transports: [transport] }).info('hello');`;
    expect(await runProgram(program, { ...env(), NAME: name })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await readTotal(name)).toBe(40);
  });

  it.concurrent('has its lines in Redis while it waits for something else', async () => {
    const name = newName();
    const program = `${LOG}
      const busy = setInterval(() => {
        if (transport.stats().written < 100) return;
        console.log('all are written');
        clearInterval(busy);
      }, 10);`;
    expect(await runProgram(program, { ...env(), NAME: name })).toMatchObject({ code: 0, stdout: 'all are written\n' });
  });

  it.concurrent('runs, and ends by itself after closeTimeoutMs, if Redis is absent', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const program = `${LOG_IN_VAIN} console.log('ran'); const began = performance.now();
      process.on('exit', () => console.log(performance.now() - began));`;
    const ended = await runProgram(program, { ...env(), URL: url, NAME: newName() });
    const [ran, milliseconds] = ended.stdout.split('\n');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ran).toBe('ran');
    expect(Number(milliseconds)).toBeGreaterThan(1400);
  });

  it.concurrent('is told once how many log calls Redis did not take if it ends its logger', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const program = `${LOG_IN_VAIN} transport.on('warn', (warning) => console.log(warning.message));
      logger.end();`;
    const { code, stdout } = await runProgram(program, { ...env(), URL: url, NAME: newName() });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringContaining('cannot write to'),
      '[winston-redis-recent-common] [delivery] 100 log calls not acknowledged by Redis after 1500 ms',
    ]);
  });

  it.concurrent('is told how many log calls Redis did not take if it simply ends', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const program = `${LOG_IN_VAIN} transport.on('warn', (warning) => console.log(warning.message));`;
    const { stdout } = await runProgram(program, { ...env(), URL: url, NAME: newName() });
    expect(stdout).toContain('cannot write to');
    expect(stdout).toContain('100 log calls not acknowledged by Redis after 1500 ms');
  });

  it.concurrent('ends although it logs the warnings of its transport through the same logger', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const program = `
      const transport = openTransport({ closeTimeoutMs: 200 });
      const logger = winston.createLogger({ transports: [transport] });
      transport.on('warn', (warning) => logger.warn(warning.message));
      logger.info('hello');
      process.on('exit', () => console.log(transport.stats().pending));`;
    expect(await runProgram(program, { ...env(), URL: url })).toEqual({ code: 0, stdout: '3\n', stderr: '' });
  });

  it.concurrent('does not keep long texts of which it logs short parts during an outage', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const program = `
      const transport = openTransport({ closeTimeoutMs: 0 });
      const logger = winston.createLogger({ transports: [transport] });
      for (let i = 0; i < 100; i++) {
        const body = Buffer.alloc(1_000_000, String(i)).toString('latin1');
        logger.info(body.slice(0, 200), i % 2 ? { i } : {});
      }
      const isKept = () => { gc(); return process.memoryUsage().heapUsed + process.memoryUsage().external > 40_000_000; };
      // What is collected is given back a little later, by another thread.
      for (let i = 0; i < 100 && isKept(); i++) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      console.log(isKept());`;
    expect((await runProgram(program, { ...env(), URL: url, NODE_OPTIONS: '--expose-gc' })).stdout).toBe('false\n');
  });

  it.concurrent.each([
    ['handleExceptions', 'setImmediate(() => { throw new Error("boom"); });'],
    ['handleRejections', 'setImmediate(() => Promise.reject(new Error("boom")));'],
  ])('has the error that ends it in Redis and ends once it is there, with %s', async (option, fail) => {
    const name = newName();
    const program = `${WATCH_WINSTON}
      const transport = openTransport({ name: process.env.NAME, ${option}: true });
      const logger = winston.createLogger({ transports: [transport] });
      for (let i = 0; i < 1000; i++) logger.info('before');
      ${fail}`;
    const ended = await runProgram(program, { ...env(), NAME: name });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    const [line] = await workspace.reader.recent(name, 'error');
    expect(line?.message).toContain('boom');
    expect(await readTotal(name)).toBe(1000);
    expect(await readTotal(name, 'error')).toBe(1);
  });

  it.concurrent('logs on after exceptions with exitOnError false', async () => {
    const name = newName();
    const program = `
      const transport = openTransport({ name: process.env.NAME, handleExceptions: true });
      const logger = winston.createLogger({ transports: [transport], exitOnError: false });
      const fail = (message) => setTimeout(() => { throw new Error(message); });
      process.exitCode = 7;
      fail('first');
      setTimeout(() => { fail('second'); setTimeout(() => logger.info('still here'), 50); }, 50);`;
    expect((await runProgram(program, { ...env(), NAME: name })).code).toBe(7);
    expect(await readTotal(name, 'error')).toBe(2);
    expect(await readTotal(name)).toBe(1);
  });

  it.concurrent('ends after an exception only if its function exitOnError says so', async () => {
    const name = newName();
    const program = `
      const transport = openTransport({ name: process.env.NAME, handleExceptions: true });
      const logger = winston.createLogger({ transports: [transport], exitOnError: (error) => error.message !== 'first' });
      setTimeout(() => { throw new Error('first'); });
      setTimeout(() => { logger.info('between'); throw new Error('second'); }, 100);`;
    expect((await runProgram(program, { ...env(), NAME: name })).code).toBe(1);
    expect(await readTotal(name, 'error')).toBe(2);
    expect(await readTotal(name)).toBe(1);
  });

  it.concurrent('has two exceptions in Redis if it ends after the second, thrown while the first is being written', async () => {
    const name = newName();
    const url = new URL(workspace.writerUrl);
    const proxy = await FaultProxy.start(Number(url.port));
    url.port = String(proxy.port);
    proxy.delay(50);
    // The last of the flushes leaves the lane waiting for its turn, so that the flush of the exception writes it by itself.
    const program = `
      const transport = openTransport({ name: process.env.NAME, handleExceptions: true, lingerMs: 1000 });
      const logger = winston.createLogger({ transports: [transport], exitOnError: (error) => error.message !== 'first' });
      (async () => {
        for (let i = 0; i < 6; i++) {
          logger.error('before');
          await transport.flush();
        }
        setTimeout(() => { throw new Error('first'); });
        setTimeout(() => { throw new Error('second'); }, 50);
      })();`;
    try {
      expect((await runProgram(program, { ...env(), URL: url.href, NAME: name })).code).toBe(1);
    } finally {
      await proxy.stop();
    }
    expect(await readTotal(name, 'error')).toBe(8);
  });

  it.concurrent('has in Redis the lines that it logs while another transport delays its end after an exception', async () => {
    const name = newName();
    const program = `
      const transport = openTransport({ name: process.env.NAME, handleExceptions: true });
      const quiet = new winston.transports.Console({ handleExceptions: true, silent: true });
      const logger = winston.createLogger({ level: 'debug', transports: [transport, quiet] });
      setTimeout(() => { throw new Error('boom'); });
      setTimeout(() => logger.debug('draining'), 500);
      setTimeout(() => logger.debug('drained'), 1500);`;
    expect((await runProgram(program, { ...env(), NAME: name })).code).toBe(1);
    expect(await readTotal(name, 'error')).toBe(1);
    expect(await readTotal(name, 'debug')).toBe(2);
  });

  it.concurrent('has an exception in Redis and ends once it is there with the transport among exceptionHandlers', async () => {
    const name = newName();
    const program = `${WATCH_WINSTON}
      const transport = openTransport({ name: process.env.NAME });
      winston.createLogger({ transports: [], exceptionHandlers: [transport] });
      setImmediate(() => { throw new Error('boom'); });`;
    const ended = await runProgram(program, { ...env(), NAME: name });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(await readTotal(name, 'error')).toBe(1);
  });

  it.concurrent("has the error of its 'logged' listener as an uncaught exception, and all its lines in Redis", async () => {
    const name = newName();
    const program = `${LOG}
      process.once('uncaughtException', (error) => console.log(error.message));
      transport.once('logged', () => { throw new Error('of the listener'); });
      logger.info('hello');`;
    const ended = await runProgram(program, { ...env(), NAME: name });
    expect(ended).toMatchObject({ code: 0, stdout: 'of the listener\n' });
    expect(await readTotal(name)).toBe(101);
  });
});

describeWithServer('transport whose Redis goes away', () => {
  it('does not keep long texts of which short parts are logged just before and during the outage', async () => {
    const server = await RedisServer.start();
    // The clock stands still, so that each call seems to follow a batch at once, and nothing is copied while Redis is there.
    const program = `
      const transport = openTransport({ closeTimeoutMs: 1000 });
      const logger = winston.createLogger({ transports: [transport] });
      const logParts = () => {
        for (let i = 0; i < 100; i++) {
          const body = Buffer.alloc(1_000_000, String(i)).toString('latin1');
          logger.info(body.slice(0, 200), i % 2 ? { i } : {});
        }
      };
      const megabytes = () => { gc(); return (process.memoryUsage().heapUsed + process.memoryUsage().external) / 1e6; };
      (async () => {
        const now = Date.now();
        Date.now = () => now;
        logger.info('first');
        await transport.flush();
        await require('redis').createClient({ url: process.env.URL, RESP: 2 }).on('error', () => {}).connect()
          .then((client) => client.sendCommand(['SHUTDOWN', 'NOSAVE']).catch(() => client.destroy()));
        logParts();
        const before = megabytes();
        while (transport.stats().retries === 0) await new Promise(setImmediate);
        logParts();
        let after;
        for (let i = 0; i < 100 && (after = megabytes()) > 40; i++) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        }
        // Node 26 keeps no long texts even if nothing is copied.
        const isKept = before > 80 || Number.parseInt(process.versions.node) >= 26;
        console.log(isKept, after < 40, transport.stats().pending);
      })();`;
    try {
      const ended = await runProgram(program, { URL: server.url, PREFIX: '', NODE_OPTIONS: '--expose-gc' });
      expect(ended).toEqual({ code: 0, stdout: 'true true 200\n', stderr: '' });
    } finally {
      await server.stop();
    }
  });
});
