import { once } from 'node:events';
import { Writable } from 'node:stream';
import winston, { format } from 'winston';
import { type DeliveryWarning, keepTemplate, RedisRecentCommonTransport, type TransportStats } from '../src';
import { clearOfTheTurn, isoHour } from './support/hours';
import { until } from './support/wait';
import { Workspace } from './support/workspace';

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => clearOfTheTurn());
afterAll(() => workspace.close());

/** Returns a logger name that no other test uses. */
const newName = (): string => `app${++loggers}`;

async function readMessages(name: string, severity = 'info'): Promise<string[]> {
  return (await workspace.reader.recent(name, severity)).map(({ message }) => message);
}

async function readCounts(name: string, severity = 'info'): Promise<Record<string, number>> {
  const { messages } = await workspace.reader.common(name, severity);
  return Object.fromEntries(messages.map(({ message, count }) => [message, count]));
}

describe('log call', () => {
  it('writes a line and a count under the keys of Redis in Action', async () => {
    const { logger, transport } = workspace.logger();
    const before = Date.now();
    logger.info('hello');
    await transport.flush();
    const line = (await workspace.redis.lIndex(workspace.key('recent:app:info'), 0)) as string;
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z hello$/);
    expect(Date.parse(line.slice(0, 24))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(line.slice(0, 24))).toBeLessThanOrEqual(Date.now());
    expect(await workspace.redis.zScore(workspace.key('common:app:info'), 'hello')).toBe(1);
    expect(await workspace.redis.get(workspace.key('common:app:info:start'))).toBe(isoHour());
  });

  it('reaches Redis without a flush', async () => {
    const name = newName();
    workspace.logger({ name }).logger.warn('hello');
    await until(async () => (await readCounts(name, 'warning')).hello === 1);
  });

  it('writes its time as Python does if the option timestamp says so', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, timestamp: 'asctime' });
    const before = Math.floor(Date.now() / 1000) * 1000;
    logger.info('hello');
    await transport.flush();
    const line = (await workspace.redis.lIndex(workspace.key(`recent:${name}:info`), 0)) as string;
    expect(line).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} hello$/);
    expect(Date.parse(line.slice(0, 24))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(line.slice(0, 24))).toBeLessThanOrEqual(Date.now());
  });
});

describe('many log calls', () => {
  it('leave the newest hundred lines, newest first, and exact counts', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    for (let i = 0; i < 250; i++) logger.info(`line ${i % 7}`, { i });
    await transport.flush();
    const lines = await workspace.reader.recent(name, 'info');
    expect(lines.map(({ message }) => message)).toEqual(
      Array.from({ length: 100 }, (_, n) => `line ${(249 - n) % 7} {"i":${249 - n}}`),
    );
    expect(lines[0]?.seq).toBe(250);
    expect(lines[99]?.seq).toBe(151);
    expect(await workspace.redis.get(workspace.key(`recent:${name}:info:seq`))).toBe('250');
    expect(await readCounts(name)).toEqual({
      'line 0': 36,
      'line 1': 36,
      'line 2': 36,
      'line 3': 36,
      'line 4': 36,
      'line 5': 35,
      'line 6': 35,
    });
  });

  it('leave as many lines as recentLimit says', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, recentLimit: 3 });
    for (let i = 0; i < 10; i++) logger.info(`line ${i}`);
    await transport.flush();
    expect(await readMessages(name)).toEqual(['line 9', 'line 8', 'line 7']);
    expect(await workspace.redis.lLen(workspace.key(`recent:${name}:info`))).toBe(3);
  });
});

describe('transport', () => {
  it('is a RedisRecentCommonTransport', () => {
    expect(workspace.transport()).toBeInstanceOf(RedisRecentCommonTransport);
  });

  it('calls winston back before log() returns', () => {
    const transport = workspace.transport({ name: newName() });
    const callback = jest.fn();
    transport.log({ level: 'info', message: 'hello' }, callback);
    expect(callback).toHaveBeenCalledTimes(1);
    expect(callback).toHaveBeenCalledWith();
  });

  it.each(['npm', 'syslog', 'cli'] as const)(
    "files each of winston's %s levels under one of the five severities",
    async (set) => {
      const name = newName();
      const { levels } = winston.config[set];
      const level = Object.keys(levels).at(-1) as string;
      const transport = workspace.transport({ name });
      const logger = winston.createLogger({ levels, level, transports: [transport] });
      for (const each of Object.keys(levels)) logger.log(each, `at ${each}`);
      await transport.flush();
      const known = (await workspace.reader.names()).filter((destination) => destination.name === name);
      let counted = 0;
      for (const { severity } of known) counted += (await workspace.reader.common(name, severity)).total;
      expect(counted).toBe(Object.keys(levels).length);
      const severities = known.map(({ severity }) => severity);
      expect(['debug', 'info', 'warning', 'error', 'critical']).toEqual(expect.arrayContaining(severities));
    },
  );

  it('files a custom level under the given severity, or else its own name in lower case', async () => {
    const name = newName();
    const transport = workspace.transport({ name, severities: { audit: 'security' } });
    const logger = winston.createLogger({ levels: { audit: 0, Loud: 1 }, level: 'Loud', transports: [transport] });
    logger.log('audit', 'signed in');
    logger.log('Loud', 'noise');
    await transport.flush();
    expect(await readMessages(name, 'security')).toEqual(['signed in']);
    expect(await readMessages(name, 'loud')).toEqual(['noise']);
  });

  it('keeps the colours of levels out of its keys', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    const logger = winston.createLogger({ format: format.colorize({ all: true }), transports: [transport] });
    logger.error('hello');
    transport.log({ level: '\u001b[31merror\u001b[39m', message: 'without its symbol' });
    await transport.flush();
    expect((await readMessages(name, 'error'))[0]).toBe('without its symbol');
    expect((await readMessages(name, 'error'))[1]).toContain('hello');
  });

  it('writes nothing below its level, and nothing while it is silent', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, level: 'warn' });
    logger.info('below');
    logger.warn('above');
    transport.silent = true;
    logger.warn('silent');
    await transport.flush();
    expect(transport.stats().logged).toBe(1);
    expect(await readMessages(name, 'warning')).toEqual(['above']);
  });

  it('writes lines in the text of its own format, and counts messages without it', async () => {
    const name = newName();
    const own = format.combine(
      format.label({ label: 'web' }),
      format.printf(({ label, message }) => `[${String(label)}] ${String(message)}`),
    );
    const { logger, transport } = workspace.logger({ name, format: own });
    logger.info('hello', { id: 7 });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['[web] hello']);
    expect(await readCounts(name)).toEqual({ hello: 1 });
  });

  it('writes nothing that its own format drops', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, format: format((info) => (info.secret ? false : info))() });
    logger.info('kept');
    logger.info('dropped', { secret: true });
    await transport.flush();
    expect(await readCounts(name)).toEqual({ kept: 1 });
  });

  it('adds metadata to a line as JSON, and not to the count', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    logger.info('hello', { user: 7, tags: ['a'], timestamp: new Date().toISOString() });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['hello {"user":7,"tags":["a"]}']);
    expect(await readCounts(name)).toEqual({ hello: 1 });
  });
});

describe('logger name', () => {
  it('is taken from each log call if it is a function', async () => {
    const [web, worker, other] = [newName(), newName(), newName()];
    const transport = workspace.transport({ name: ({ module, service }) => (module ?? service ?? other) as string });
    const logger = winston.createLogger({ defaultMeta: { service: web }, transports: [transport] });
    logger.info('from the parent');
    logger.child({ module: worker }).info('from the child');
    winston.createLogger({ transports: [transport] }).info('from nobody');
    await transport.flush();
    expect(await readCounts(web)).toEqual({ 'from the parent': 1 });
    expect(await readCounts(worker)).toEqual({ 'from the child': 1 });
    expect(await readCounts(other)).toEqual({ 'from nobody': 1 });
  });

  it('is the default if its function returns undefined', async () => {
    const { logger, transport } = workspace.logger({ name: () => undefined });
    const message = `nameless ${Math.random()}`;
    logger.info(message);
    await transport.flush();
    expect((await readCounts('app'))[message]).toBe(1);
  });

  it('has its log calls dropped and counted, with one warning, if it is invalid', async () => {
    const names: unknown[] = ['', 'x'.repeat(10_240), 'lone \udc00', true, undefined];
    const throwing = (): string => {
      const name = names.shift();
      if (names.length === 0) throw new Error('no name');
      return name as string;
    };
    const { logger, transport } = workspace.logger({ name: throwing });
    const warnings: DeliveryWarning[] = [];
    transport.on('warn', (warning) => warnings.push(warning));
    for (let i = 0; i < 5; i++) logger.info('hello');
    await transport.flush();
    expect(transport.stats()).toMatchObject({ logged: 5, dropped: 5, written: 0 });
    expect(warnings.map(({ name, message }) => [name, message])).toEqual([
      ['DeliveryWarning', expect.stringContaining('a log call was dropped: ')],
    ]);
  });

  it('has its log call dropped, and winston called back, if its function throws an unreadable value', () => {
    const name = (): string => {
      throw Object.create(null);
    };
    const transport = workspace.transport({ name });
    const callback = jest.fn();
    expect(() => transport.log({ level: 'info', message: 'hello' }, callback)).not.toThrow();
    expect(callback).toHaveBeenCalledTimes(1);
    expect(transport.stats()).toMatchObject({ logged: 1, dropped: 1 });
  });

  it.each(['a:b', 'app:info', '{', '}{', '{app}', 'new\nline', '\u0000', 'é'.repeat(64), '__proto__', '%s', '*'])(
    'has keys of its own: %j',
    async (name) => {
      const { logger, transport } = workspace.logger({ name });
      logger.info('hello');
      logger.error('hello');
      await transport.flush();
      expect(await readCounts(name)).toEqual({ hello: 1 });
      expect(await readCounts(name, 'error')).toEqual({ hello: 1 });
      const known = await workspace.reader.names();
      expect(known.filter((destination) => destination.name === name)).toHaveLength(2);
    },
  );
});

describe('severity', () => {
  it.each(['last', 'start', 'pstart', 'seq', 'writers', 'a:b', ''])(
    'has its log call dropped, with one warning, if no key can hold it: %j',
    async (level) => {
      const { logger, transport } = workspace.logger({ name: newName() });
      const warnings: string[] = [];
      transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
      transport.log({ level, [Symbol.for('level')]: level, message: 'hello' });
      logger.info('hello');
      await transport.flush();
      expect(transport.stats()).toMatchObject({ logged: 2, dropped: 1, written: 1 });
      expect(warnings).toEqual([expect.stringContaining('severity: expected')]);
    },
  );
});

describe('commonKey', () => {
  it('returns the message to count, or undefined to count nothing', async () => {
    const name = newName();
    const commonKey = (info: { message?: unknown; key?: unknown }): string | undefined =>
      info.key as string | undefined;
    const { logger, transport } = workspace.logger({ name, commonKey });
    logger.info('user 1 failed', { key: 'user failed' });
    logger.info('user 2 failed', { key: 'user failed' });
    logger.info('uncounted');
    await transport.flush();
    expect(await readCounts(name)).toEqual({ 'user failed': 2 });
    expect((await readMessages(name))[0]).toBe('uncounted');
    expect(transport.stats()).toMatchObject({ logged: 3, written: 3 });
  });

  it.each([
    ['message', { 'user 1 failed': 1, 'user 2 failed': 1, 'user %s left after 3 tries': 2 }],
    ['pattern', { 'user <number> failed': 2, 'user %s left after 3 tries': 2 }],
  ] as const)("counts by '%s', a kept template first, and leaves lines as they are", async (commonKey, counts) => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, commonKey });
    logger.format = format.combine(keepTemplate(), format.splat());
    for (const id of [1, 2]) logger.info(`user ${id} failed`);
    for (const user of ['ann', 'bob']) logger.info('user %s left after 3 tries', user);
    await transport.flush();
    expect(await readCounts(name)).toEqual(counts);
    expect((await readMessages(name))[0]).toBe('user bob left after 3 tries');
  });

  it('has the message counted instead, with one warning, if it throws', async () => {
    const name = newName();
    const commonKey = (): string => {
      throw new Error('no key');
    };
    const { logger, transport } = workspace.logger({ name, commonKey });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    for (let i = 0; i < 3; i++) logger.info('hello');
    await transport.flush();
    expect(await readCounts(name)).toEqual({ hello: 3 });
    expect(warnings).toEqual([expect.stringContaining('commonKey failed, the message was counted: no key')]);
  });
});

describe("'logged' event", () => {
  it('is emitted for each log call, in order, once Redis has it', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    const logged: unknown[] = [];
    transport.on('logged', (info: { message: string }) => logged.push(info.message));
    for (let i = 0; i < 5; i++) logger.info(`line ${i}`);
    expect(logged).toEqual([]);
    await transport.flush();
    expect(logged).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
    expect(await readMessages(name)).toHaveLength(5);
  });

  it.each(['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const)(
    'is emitted to a listener that came by %s() after other log calls, and to none that has left',
    async (method) => {
      const { logger, transport } = workspace.logger({ name: newName() });
      const logged: string[] = [];
      const listener = (info: { message: string }): unknown => logged.push(info.message);
      logger.info('before');
      transport[method]('logged', listener);
      logger.info('while');
      await transport.flush();
      transport.removeAllListeners('logged');
      transport.on('logged', listener).off('logged', listener);
      logger.info('after');
      await transport.flush();
      expect(logged).toEqual(['while']);
    },
  );
});

describe('stats', () => {
  it('count each log call as pending, then as written', async () => {
    const { logger, transport } = workspace.logger({ name: newName() });
    const fresh: TransportStats = {
      logged: 0,
      written: 0,
      pending: 0,
      dropped: 0,
      late: 0,
      lost: 0,
      other: 0,
      duplicates: 0,
      retries: 0,
      connected: false,
    };
    expect(transport.stats()).toEqual(fresh);
    for (let i = 0; i < 10; i++) logger.info('hello');
    expect(transport.stats()).toEqual({ ...fresh, logged: 10, pending: 10 });
    await transport.flush();
    expect(transport.stats()).toEqual({ ...fresh, logged: 10, written: 10, connected: true });
  });
});

describe('transport shared by loggers', () => {
  it('goes on for the others when one of them is closed', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    const [first, second] = [0, 1].map(() => winston.createLogger({ transports: [transport] }));
    first?.info('hello');
    first?.close();
    second?.info('hello');
    await transport.flush();
    second?.info('hello');
    await transport.flush();
    expect(await readCounts(name)).toEqual({ hello: 3 });
  });
});

describe('several transports of one logger', () => {
  it('each get every line once', async () => {
    const name = newName();
    const texts: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, callback) {
        texts.push(String(chunk));
        callback();
      },
    });
    const transport = workspace.transport({ name });
    const logger = winston.createLogger({ transports: [new winston.transports.Stream({ stream }), transport] });
    for (let i = 0; i < 1000; i++) logger.info(`line ${i % 10}`);
    await transport.flush();
    await until(() => texts.length === 1000);
    expect((await workspace.reader.common(name, 'info')).total).toBe(1000);
  });
});

describe('transport as a stream', () => {
  it('takes log calls without scheduling a task for each of them', async () => {
    const { logger, transport } = workspace.logger({ name: newName() });
    logger.info('hello');
    await transport.flush();
    const asked = jest.spyOn(process, 'nextTick');
    for (let i = 0; i < 1000; i++) logger.info('hello');
    const tasks = asked.mock.calls.length;
    asked.mockRestore();
    expect(tasks).toBeLessThan(100);
    expect(transport.stats().logged).toBe(1001);
    await transport.flush();
  });

  it("calls back each write, and emits 'finish' once Redis has all of them", async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    const written: unknown[] = [];
    transport.write({ level: 'info', message: 'one' }, (error) => written.push('one', error));
    transport.write({ level: 'info', message: 'two' });
    expect(written).toEqual([]);
    transport.end({ level: 'info', message: 'three' });
    await once(transport, 'finish');
    expect(written).toEqual(['one', undefined]);
    expect(await readMessages(name)).toEqual(['three', 'two', 'one']);
  });

  it('keeps the order of writes across cork and uncork', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    transport.cork();
    transport.write({ level: 'info', message: 'one' }, () => undefined);
    transport.write({ level: 'info', message: 'two' });
    transport.uncork();
    transport.write({ level: 'info', message: 'three' });
    await transport.flush();
    expect(await readMessages(name)).toEqual(['three', 'two', 'one']);
  });
});
