import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import winston from 'winston';
import type { DeliveryWarning, RedisRecentCommonTransport, TransportOptions } from '../../src';
import { runProgram } from '../support/program';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let names = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

/** A transport with a logger name of its own, and what it tells. */
function open(options: TransportOptions = {}): {
  name: string;
  transport: RedisRecentCommonTransport;
  warnings: string[];
  errors: unknown[];
} {
  const name = `contract${++names}`;
  const transport = workspace.transport({ name, ...options });
  const warnings: string[] = [];
  const errors: unknown[] = [];
  transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
  transport.on('error', (error) => errors.push(error));
  return { name, transport, warnings, errors };
}

async function readMessages(name: string, ...severities: string[]): Promise<string[]> {
  const lines = await workspace.reader.recent(name, severities.length > 0 ? severities : 'info');
  return lines.map(({ message }) => message).reverse();
}

/** A transport that takes its time with each line, as one over a slow network does. */
function slowTransport(): winston.transport {
  const stream = new Writable({
    objectMode: true,
    highWaterMark: 1,
    write: (_, __, done) => void setTimeout(done, 20),
  });
  return new winston.transports.Stream({ stream });
}

describe('shared transport', () => {
  it('takes the log calls of one logger while and after another logger ends', async () => {
    const { name, transport, errors } = open();
    const [first, second] = [0, 1].map(() => winston.createLogger({ transports: [transport] }));
    first?.info('from the first');
    first?.end();
    second?.info('while it ends');
    await once(first as winston.Logger, 'finish');
    second?.info('after its end');
    await transport.flush();
    expect(await readMessages(name)).toEqual(['from the first', 'while it ends', 'after its end']);
    expect(errors).toEqual([]);
    expect(transport.stats()).toMatchObject({ logged: 3, written: 3, dropped: 0 });
  });

  it('takes the log calls that a logger still holds when it ends beside a slow transport', async () => {
    const { name, transport, errors } = open();
    const logger = winston.createLogger({ transports: [transport, slowTransport()] });
    const other = winston.createLogger({ transports: [transport] });
    for (let call = 0; call < 60; call++) logger.info(`call ${call}`);
    logger.end();
    other.info('from another logger');
    await once(logger, 'finish');
    await transport.flush();
    expect(errors).toEqual([]);
    const { logged, written } = transport.stats();
    expect(written).toBe(logged);
    expect(await readMessages(name)).toContain('from another logger');
  });

  it('lets each logger end that it was added to', async () => {
    const { name, transport, errors } = open();
    const loggers = [0, 1, 2].map(() => winston.createLogger({ transports: [transport] }));
    for (const [i, logger] of loggers.entries()) {
      logger.info(`logger ${i}`);
      logger.end();
      await once(logger, 'finish');
      expect(transport.stats().pending).toBe(0);
    }
    expect(await readMessages(name)).toEqual(['logger 0', 'logger 1', 'logger 2']);
    expect(errors).toEqual([]);
  });

  it.each(['end', 'destroy'] as const)('takes direct writes after %s()', async (method) => {
    const { name, transport, errors } = open();
    transport[method]();
    await transport.close();
    transport.write({ level: 'info', message: 'late' });
    await new Promise<void>((resolve) => {
      transport.write({ level: 'info', message: 'later' }, () => resolve());
    });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['late', 'later']);
    expect(errors).toEqual([]);
  });

  it('takes the log calls of a plain stream, ends with it, and goes on for its loggers', async () => {
    const { name, transport, errors } = open();
    const logger = winston.createLogger({ transports: [transport] });
    const finished = once(transport, 'finish');
    Readable.from(['one', 'two'].map((message) => ({ level: 'info', message }))).pipe(transport);
    await finished;
    logger.info('three');
    await transport.flush();
    expect(await readMessages(name)).toEqual(['one', 'two', 'three']);
    expect(errors).toEqual([]);
  });

  it('takes a last log call with each end()', async () => {
    const { name, transport } = open();
    for (const message of ['one', 'two', 'three']) {
      transport.end({ level: 'info', message });
      await once(transport, 'finish');
    }
    expect(await readMessages(name)).toEqual(['one', 'two', 'three']);
    expect(transport.stats()).toMatchObject({ logged: 3, written: 3 });
  });

  it("emits no 'error' if it is destroyed with one, once or again, and takes log calls after that", async () => {
    const { name, transport, errors } = open();
    const closed = once(transport, 'close');
    transport.destroy(new Error('no use any more'));
    await closed;
    transport.destroy(new Error('no use at all'));
    await new Promise(setImmediate);
    transport.write({ level: 'info', message: 'after' });
    await transport.flush();
    expect(errors).toEqual([]);
    expect(await readMessages(name)).toEqual(['after']);
  });

  it.each([[null], [undefined], ['text'], [7]])('drops and counts a value that is no log call: %p', async (value) => {
    const { transport, warnings, errors } = open();
    transport.write(value);
    transport.write(value, () => undefined);
    expect(transport.stats()).toMatchObject({ logged: 2, dropped: 2 });
    expect(warnings).toHaveLength(1);
    await new Promise(setImmediate);
    expect(errors).toEqual([]);
  });

  const fail = (): never => {
    throw new Error('cannot be read');
  };
  const unreadable: [string, () => object][] = [
    ['none of its fields', () => new Proxy({}, { get: fail })],
    ['its prototype', () => new Proxy({}, { getPrototypeOf: fail })],
    [
      'whether it is an exception',
      () => ({
        level: 'info',
        message: 'hello',
        get exception() {
          return fail();
        },
      }),
    ],
    [
      'its level',
      () => ({
        message: 'hello',
        get level() {
          return fail();
        },
      }),
    ],
    [
      'anything since it was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable({}, {});
        revoke();
        return proxy;
      },
    ],
  ];

  it.each(unreadable)('does not throw for a log call of which it cannot read %s, and counts it', async (_, make) => {
    const { transport, errors } = open();
    winston.createLogger({ level: 'info', transports: [transport] });
    for (const write of [() => transport.write(make()), () => transport.write(make(), () => undefined)]) {
      expect(write).not.toThrow();
    }
    await transport.flush();
    const { logged, written, dropped } = transport.stats();
    expect({ logged, errors }).toEqual({ logged: 2, errors: [] });
    expect(written + dropped).toBe(2);
  });

  it('keeps no other transport from a log call that it cannot read', async () => {
    const { transport } = open();
    const logger = winston.createLogger({
      format: { transform: (info) => Object.defineProperty(info, 'exception', { get: fail }) },
      transports: [transport],
    });
    const received: unknown[] = [];
    logger.on('data', ({ message }) => received.push(message));
    expect(() => logger.info('hello')).not.toThrow();
    expect(received).toEqual(['hello']);
    expect(transport.stats()).toMatchObject({ logged: 1, dropped: 1 });
  });

  it('judges each log call by the levels and the level of the logger that made it', async () => {
    const { name, transport } = open();
    const npm = winston.createLogger({ level: 'warn', transports: [transport] });
    const syslog = winston.createLogger({
      levels: winston.config.syslog.levels,
      level: 'notice',
      transports: [transport],
    });
    npm.info('npm info');
    npm.error('npm error');
    syslog.info('syslog info');
    for (const level of ['notice', 'crit', 'emerg']) syslog.log(level, `syslog ${level}`);
    npm.warn('npm warn');
    npm.debug('npm debug');
    await transport.flush();
    const severities = ['critical', 'error', 'warning', 'info', 'debug'];
    expect((await readMessages(name, ...severities)).sort()).toEqual([
      'npm error',
      'npm warn',
      'syslog crit',
      'syslog emerg',
      'syslog notice',
    ]);
  });

  it('judges a log call by its own logger even if another transport logs through a second one meanwhile', async () => {
    const { name, transport } = open();
    const second = winston.createLogger({ level: 'error', transports: [transport] });
    const echo = new winston.transports.Stream({
      stream: new Writable({
        write(_, __, done) {
          second.error('echo');
          done();
        },
      }),
    });
    const first = winston.createLogger({ level: 'info', transports: [echo, transport] });
    first.info('first');
    await transport.flush();
    expect(await readMessages(name)).toEqual(['first']);
    expect(await readMessages(name, 'error')).toEqual(['echo']);
  });

  it.each<[string, (logger: winston.Logger, transport: RedisRecentCommonTransport) => void]>([
    ['remove() and add()', (logger, transport) => logger.remove(transport).add(transport)],
    ['configure()', (logger, transport) => logger.configure({ level: 'info', transports: [transport] })],
    ['clear() and add()', (logger, transport) => logger.clear().add(transport)],
  ])('keeps to the level of its logger after %s', async (_, change) => {
    const { name, transport } = open();
    const logger = winston.createLogger({ level: 'info', transports: [transport] });
    change(logger, transport);
    change(logger, transport);
    logger.debug('debug');
    logger.info('info');
    await transport.flush();
    expect(await readMessages(name, 'info', 'debug')).toEqual(['info']);
  });

  it('keeps to the level of the loggers that are left when one removes it', async () => {
    const { name, transport } = open();
    const [first, second] = [0, 1].map(() => winston.createLogger({ level: 'info', transports: [transport] }));
    first?.remove(transport);
    second?.debug('debug');
    second?.info('info');
    await transport.flush();
    expect(await readMessages(name, 'info', 'debug')).toEqual(['info']);
  });

  it('has a level of its own that comes before those of its loggers', async () => {
    const { name, transport } = open({ level: 'error' });
    const logger = winston.createLogger({ level: 'debug', transports: [transport] });
    logger.warn('warn');
    logger.error('error');
    await transport.flush();
    expect(await readMessages(name, 'warning', 'error')).toEqual(['error']);
  });

  it('leaves no listener behind on loggers that have removed it', async () => {
    const { transport } = open();
    const loggers = [0, 1, 2].map(() => winston.createLogger({ transports: [transport] }));
    for (const logger of loggers) logger.remove(transport);
    expect(loggers.map((logger) => logger.listenerCount('data'))).toEqual([0, 0, 0]);
  });
});

describe('format of the transport that throws', () => {
  it('causes one warning, and lines are stored as without it and reach the other transports', async () => {
    const format = winston.format(() => {
      throw new Error('cannot format');
    })();
    const { name, transport, warnings } = open({ format });
    const received: string[] = [];
    const stream = new Writable({ write: (chunk, _, done) => done((received.push(String(chunk)) as never) && null) });
    const logger = winston.createLogger({ transports: [transport, new winston.transports.Stream({ stream })] });
    expect(() => logger.info('first', { id: 1 })).not.toThrow();
    logger.info('second');
    await transport.flush();
    expect(await readMessages(name)).toEqual(['first {"id":1}', 'second']);
    expect(received).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining('cannot format')]);
    expect(transport.stats()).toMatchObject({ logged: 2, dropped: 0 });
  });

  it.each([['text'], [true], [7], [() => 1]])('is the same as one that returns no log call: %p', async (result) => {
    const format = { transform: () => result } as never;
    const { name, transport, warnings } = open({ format });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('first', { id: 1 });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['first {"id":1}']);
    expect(warnings).toEqual([expect.stringContaining('it must return an object')]);
  });

  it('gives its text to the log calls for which it does not throw', async () => {
    const format = winston.format.printf(({ message }) => {
      if (message === 'bad') throw new Error('cannot format');
      return `<${String(message)}>`;
    });
    const { name, transport } = open({ format });
    const logger = winston.createLogger({ transports: [transport] });
    for (const message of ['good', 'bad', 'fine']) logger.info(message);
    await transport.flush();
    expect(await readMessages(name)).toEqual(['<good>', 'bad', '<fine>']);
  });
});

/** Options whose function logs, unless it has been called so often that it seems to be called for ever. */
function makeLogging(option: 'name' | 'commonKey' | 'format', name: string, log: () => void): TransportOptions {
  let calls = 0;
  const logOnce = (result: unknown) => () => {
    if (calls++ < 1000) log();
    return result;
  };
  if (option === 'name') return { name: logOnce(name) };
  if (option === 'commonKey') return { commonKey: logOnce('counted') };
  return { format: winston.format((info) => logOnce(info)() as typeof info)() };
}

describe.each(['name', 'commonKey', 'format'] as const)('function that logs through its own logger: %s', (option) => {
  /** A logger with a transport whose function makes this many log calls each time. */
  const openLogging = (made: number, beside: readonly winston.transport[] = []) => {
    const logging = makeLogging(option, `contract${names + 1}`, () => {
      for (let i = 0; i < made; i++) logger.info('made by the function');
    });
    const opened = open(logging);
    const format = winston.format((info) => info)();
    const logger = winston.createLogger({ format, transports: [...beside, opened.transport] });
    return { ...opened, logger };
  };

  it.each([1, 3])('is not called for its own %d log calls, which are dropped with one warning', async (made) => {
    const { name, transport, warnings, logger } = openLogging(made);
    for (const message of ['first', 'second']) logger.info(message);
    await transport.flush();
    logger.info('third');
    await transport.flush();
    expect(await readMessages(name)).toEqual(['first', 'second', 'third']);
    expect(warnings).toEqual([expect.stringContaining('a function of the options made it')]);
    expect(transport.stats()).toMatchObject({ written: 3, dropped: 3 * made });
  });

  it('has all log calls but its own written if a warning is logged, too', async () => {
    const { name, transport, logger } = openLogging(1);
    transport.on('warn', () => setImmediate(() => logger.info('warned')));
    logger.info('first');
    await until(() => transport.stats().written === 2);
    expect(await readMessages(name)).toEqual(['first', 'warned']);
    expect(transport.stats()).toMatchObject({ dropped: 2 });
  });

  it('is not called for its own log calls beside a slow transport, or through another logger', async () => {
    const { name, transport, logger } = openLogging(2, [slowTransport()]);
    for (let i = 0; i < 10; i++) logger.info(`hello ${i}`);
    winston.createLogger({ format: logger.format, transports: [transport] }).info('other');
    await until(() => transport.stats().written === 11);
    expect((await readMessages(name)).sort()).toEqual([...Array.from({ length: 10 }, (_, i) => `hello ${i}`), 'other']);
    await until(() => transport.stats().dropped === 22);
  });
});

describe('transport', () => {
  it('keeps what is written while it is corked, in order, until it is uncorked', async () => {
    const { name, transport } = open();
    transport.cork();
    transport.write({ level: 'info', message: 'first' });
    transport.write({ level: 'info', message: 'second' }, () => undefined);
    expect(transport.stats().logged).toBe(0);
    transport.uncork();
    transport.write({ level: 'info', message: 'third' });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['first', 'second', 'third']);
  });

  it.each([
    [7, '7'],
    [12345678901234567890n, '12345678901234567890'],
    [0, '0'],
  ])('takes the number %p from a name function as a name', async (given, name) => {
    const { transport } = open({ name: () => given });
    transport.write({ level: 'info', message: 'hello' });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['hello']);
  });

  it.each<[string, (transport: RedisRecentCommonTransport) => void]>([
    ['once', (transport) => transport.cork()],
    ['twice', (transport) => transport.cork() ?? transport.cork()],
  ])('takes in what it keeps when it is destroyed while it is corked (%s)', async (_, cork) => {
    const { name, transport, errors } = open();
    const done: unknown[] = [];
    cork(transport);
    transport.write({ level: 'info', message: 'first' });
    transport.write({ level: 'info', message: 'second' }, (error) => done.push(error ?? 'done'));
    transport.destroy();
    transport.uncork();
    transport.write({ level: 'info', message: 'third' });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['first', 'second', 'third']);
    expect({ done, errors }).toEqual({ done: ['done'], errors: [] });
    expect(transport.stats()).toMatchObject({ logged: 3, written: 3, dropped: 0 });
  });

  it.each(['log', 'logv', 'close'])('ignores an option called %s, which is no option of it', async (option) => {
    let calls = 0;
    const { name, transport } = open({ [option]: () => calls++ } as object);
    transport.write({ level: 'info', message: 'hello' });
    await transport.close();
    expect(await readMessages(name)).toEqual(['hello']);
    expect(calls).toBe(0);
  });
});

describe('exitOnError function', () => {
  it.each([true, false])('is called once for an uncaught exception, and obeyed: %p', async (exits) => {
    const program = `
      let calls = 0;
      const transport = openTransport({ name: process.env.NAME, handleExceptions: true });
      const logger = winston.createLogger({ transports: [transport], exitOnError: () => (calls++, ${exits}) });
      process.on('exit', () => console.log('calls', calls));
      setTimeout(() => {
        if (${exits}) return;
        logger.info('goes on');
        logger.end();
      }, 300);
      setImmediate(() => { throw new Error('uncaught'); });
    `;
    const name = `contract${++names}`;
    const env = { URL: workspace.url, PREFIX: workspace.prefix, NAME: name };
    const { code, stdout } = await runProgram(program, env);
    expect(stdout).toContain('calls 1');
    expect(code).toBe(exits ? 1 : 0);
    expect(await readMessages(name, 'error')).toEqual([expect.stringContaining('uncaughtException: uncaught')]);
    expect(await readMessages(name, 'info')).toEqual(exits ? [] : ['goes on']);
  });
});
