import { once } from 'node:events';
import { Writable } from 'node:stream';
import winston, { format } from 'winston';
import { type DeliveryWarning, RedisRecentCommonTransport, type TransportStats } from '../src';
import { clearOfTheTurn, isoHour } from './support/hours';
import { until } from './support/wait';
import { Workspace } from './support/workspace';

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  await clearOfTheTurn();
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

/** A logger name that no other test uses. */
const newName = (): string => `app${++loggers}`;

async function linesOf(name: string, severity = 'info'): Promise<string[]> {
  return (await workspace.reader.recent(name, severity)).map(({ message }) => message);
}

async function countsOf(name: string, severity = 'info'): Promise<Record<string, number>> {
  const { messages } = await workspace.reader.common(name, severity);
  return Object.fromEntries(messages.map(({ message, count }) => [message, count]));
}

describe('one line', () => {
  it("is in Redis under the seed's keys", async () => {
    const { logger, transport } = workspace.logger();
    const before = Math.floor(Date.now() / 1000) * 1000;
    logger.info('hello');
    await transport.flush();
    const line = (await workspace.redis.lIndex(workspace.key('recent:app:info'), 0)) as string;
    expect(line).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} hello$/);
    expect(Date.parse(line.slice(0, 24))).toBeGreaterThanOrEqual(before);
    expect(Date.parse(line.slice(0, 24))).toBeLessThanOrEqual(Date.now());
    expect(await workspace.redis.zScore(workspace.key('common:app:info'), 'hello')).toBe(1);
    expect(await workspace.redis.get(workspace.key('common:app:info:start'))).toBe(isoHour());
  });

  it('is in Redis without a flush, soon', async () => {
    const name = newName();
    workspace.logger({ name }).logger.warn('hello');
    await until(async () => (await countsOf(name, 'warning')).hello === 1);
  });

  it('has its time as ISO where that is asked for', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, timestamp: 'iso' });
    const before = Date.now();
    logger.info('hello');
    await transport.flush();
    const [line] = await workspace.reader.recent(name, 'info');
    expect(line?.time.getTime()).toBeGreaterThanOrEqual(before);
    expect(line?.time.getTime()).toBeLessThanOrEqual(Date.now());
    expect(await workspace.redis.lIndex(workspace.key(`recent:${name}:info`), 0)).toBe(
      `${line?.time.toISOString()} hello`,
    );
  });
});

describe('many lines', () => {
  it('leave the newest hundred, newest first, and exact counts', async () => {
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
    expect(await countsOf(name)).toEqual({
      'line 0': 36,
      'line 1': 36,
      'line 2': 36,
      'line 3': 36,
      'line 4': 36,
      'line 5': 35,
      'line 6': 35,
    });
  });

  it('keep as many as recentLimit says', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, recentLimit: 3 });
    for (let i = 0; i < 10; i++) logger.info(`line ${i}`);
    await transport.flush();
    expect(await linesOf(name)).toEqual(['line 9', 'line 8', 'line 7']);
    expect(await workspace.redis.lLen(workspace.key(`recent:${name}:info`))).toBe(3);
  });
});

describe('winston', () => {
  it('is called back before log returns', () => {
    const transport = workspace.transport({ name: newName() });
    const callback = jest.fn();
    transport.log({ level: 'info', message: 'hello' }, callback);
    expect(callback).toHaveBeenCalledTimes(1);
    expect(callback).toHaveBeenCalledWith();
  });

  it.each(['npm', 'syslog', 'cli'] as const)('has each of its %s levels filed under its severity', async (set) => {
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
  });

  it('may have levels and severities of its own', async () => {
    const name = newName();
    const transport = workspace.transport({ name, severities: { audit: 'security' } });
    const logger = winston.createLogger({ levels: { audit: 0, Loud: 1 }, level: 'Loud', transports: [transport] });
    logger.log('audit', 'signed in');
    logger.log('Loud', 'noise');
    await transport.flush();
    expect(await linesOf(name, 'security')).toEqual(['signed in']);
    expect(await linesOf(name, 'loud')).toEqual(['noise']);
  });

  it('may colour levels: no colour reaches a key', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    const logger = winston.createLogger({ format: format.colorize({ all: true }), transports: [transport] });
    logger.error('hello');
    transport.log({ level: '\u001b[31merror\u001b[39m', message: 'without its symbol' });
    await transport.flush();
    expect((await linesOf(name, 'error'))[0]).toBe('without its symbol');
    expect((await linesOf(name, 'error'))[1]).toContain('hello');
  });

  it('keeps what is below the level, or silent, from the transport', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, level: 'warn' });
    logger.info('below');
    logger.warn('above');
    transport.silent = true;
    logger.warn('silent');
    await transport.flush();
    expect(transport.stats().logged).toBe(1);
    expect(await linesOf(name, 'warning')).toEqual(['above']);
  });

  it("gives a line the text of the transport's own format, and counts the message", async () => {
    const name = newName();
    const own = format.combine(
      format.label({ label: 'web' }),
      format.printf(({ label, message }) => `[${String(label)}] ${String(message)}`),
    );
    const { logger, transport } = workspace.logger({ name, format: own });
    logger.info('hello', { id: 7 });
    await transport.flush();
    expect(await linesOf(name)).toEqual(['[web] hello']);
    expect(await countsOf(name)).toEqual({ hello: 1 });
  });

  it('drops what a format of the transport drops', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name, format: format((info) => (info.secret ? false : info))() });
    logger.info('kept');
    logger.info('dropped', { secret: true });
    await transport.flush();
    expect(await countsOf(name)).toEqual({ kept: 1 });
  });

  it('adds metadata to a line as JSON, and to no count', async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    logger.info('hello', { user: 7, tags: ['a'], timestamp: 'now' });
    await transport.flush();
    expect(await linesOf(name)).toEqual(['hello {"user":7,"tags":["a"]}']);
    expect(await countsOf(name)).toEqual({ hello: 1 });
  });
});

describe('the logger name', () => {
  it('may come from each log call, as with child loggers', async () => {
    const [web, worker, other] = [newName(), newName(), newName()];
    const transport = workspace.transport({ name: ({ module, service }) => (module ?? service ?? other) as string });
    const logger = winston.createLogger({ defaultMeta: { service: web }, transports: [transport] });
    logger.info('from the parent');
    logger.child({ module: worker }).info('from the child');
    winston.createLogger({ transports: [transport] }).info('from nobody');
    await transport.flush();
    expect(await countsOf(web)).toEqual({ 'from the parent': 1 });
    expect(await countsOf(worker)).toEqual({ 'from the child': 1 });
    expect(await countsOf(other)).toEqual({ 'from nobody': 1 });
  });

  it('is the default where its function gives none', async () => {
    const { logger, transport } = workspace.logger({ name: () => undefined });
    const message = `nameless ${Math.random()}`;
    logger.info(message);
    await transport.flush();
    expect((await countsOf('app'))[message]).toBe(1);
  });

  it('that cannot stand in a key has its log calls dropped, counted, and told of once', async () => {
    const names: unknown[] = ['', 'x'.repeat(10_240), 'lone \udc00', 7, undefined];
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

  it('whose function throws what cannot even be read is dropped alike, and winston is called back', () => {
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
    '%j has keys of its own',
    async (name) => {
      const { logger, transport } = workspace.logger({ name });
      logger.info('hello');
      logger.error('hello');
      await transport.flush();
      expect(await countsOf(name)).toEqual({ hello: 1 });
      expect(await countsOf(name, 'error')).toEqual({ hello: 1 });
      const known = await workspace.reader.names();
      expect(known.filter((destination) => destination.name === name)).toHaveLength(2);
    },
  );

  it.each(['last', 'start', 'pstart', 'seq', 'writers', 'a:b', ''])(
    'a severity called %j is refused',
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
  it('says what to count, and undefined counts nothing', async () => {
    const name = newName();
    const commonKey = (info: { message?: unknown; key?: unknown }): string | undefined =>
      info.key as string | undefined;
    const { logger, transport } = workspace.logger({ name, commonKey });
    logger.info('user 1 failed', { key: 'user failed' });
    logger.info('user 2 failed', { key: 'user failed' });
    logger.info('uncounted');
    await transport.flush();
    expect(await countsOf(name)).toEqual({ 'user failed': 2 });
    expect((await linesOf(name))[0]).toBe('uncounted');
    expect(transport.stats()).toMatchObject({ logged: 3, written: 3 });
  });

  it('that throws leaves the message counted, and is told of once', async () => {
    const name = newName();
    const commonKey = (): string => {
      throw new Error('no key');
    };
    const { logger, transport } = workspace.logger({ name, commonKey });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
    for (let i = 0; i < 3; i++) logger.info('hello');
    await transport.flush();
    expect(await countsOf(name)).toEqual({ hello: 3 });
    expect(warnings).toEqual([expect.stringContaining('commonKey failed, the message was counted: no key')]);
  });
});

describe('the events', () => {
  it("'logged' comes for each line, in order, once Redis has it", async () => {
    const name = newName();
    const { logger, transport } = workspace.logger({ name });
    const logged: unknown[] = [];
    transport.on('logged', (info: { message: string }) => logged.push(info.message));
    for (let i = 0; i < 5; i++) logger.info(`line ${i}`);
    expect(logged).toEqual([]);
    await transport.flush();
    expect(logged).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
    expect(await linesOf(name)).toHaveLength(5);
  });
});

describe('stats', () => {
  it('account for each log call', async () => {
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

describe('one transport in several loggers', () => {
  it('goes on for the others when one is closed', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    const [first, second] = [0, 1].map(() => winston.createLogger({ transports: [transport] }));
    first?.info('hello');
    first?.close();
    second?.info('hello');
    await transport.flush();
    second?.info('hello');
    await transport.flush();
    expect(await countsOf(name)).toEqual({ hello: 3 });
  });
});

describe('a pipeline of transports', () => {
  it('sees each line once in each', async () => {
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

  it('is the class that it says it is', () => {
    expect(workspace.transport()).toBeInstanceOf(RedisRecentCommonTransport);
  });
});

describe('as a stream', () => {
  it('takes in log calls without a task of the event loop for any of them', async () => {
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

  it('calls back, and finishes once Redis has what was written', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    const written: unknown[] = [];
    transport.write({ level: 'info', message: 'one' }, (error) => written.push('one', error));
    transport.write({ level: 'info', message: 'two' });
    expect(written).toEqual([]);
    transport.end({ level: 'info', message: 'three' });
    await once(transport, 'finish');
    expect(written).toEqual(['one', undefined]);
    expect(await linesOf(name)).toEqual(['three', 'two', 'one']);
  });

  it.each([
    ['ended', (transport: Writable) => transport.end(), 'write after end'],
    ['destroyed', (transport: Writable) => transport.destroy(), 'Cannot call write after a stream was destroyed'],
  ])('that is %s takes nothing more', async (_, end, message) => {
    const transport = workspace.transport({ name: newName() });
    end(transport);
    const failed = once(transport, 'error');
    transport.write({ level: 'info', message: 'hello' });
    await expect(failed).resolves.toEqual([expect.objectContaining({ message })]);
    expect(transport.stats().logged).toBe(0);
  });

  it('keeps the order of what is written, whatever waits in its queue', async () => {
    const name = newName();
    const transport = workspace.transport({ name });
    transport.cork();
    transport.write({ level: 'info', message: 'one' }, () => undefined);
    transport.write({ level: 'info', message: 'two' });
    transport.uncork();
    transport.write({ level: 'info', message: 'three' });
    await transport.flush();
    expect(await linesOf(name)).toEqual(['three', 'two', 'one']);
  });

  it('refuses null', () => {
    const transport = workspace.transport({ name: newName() });
    const errors: Error[] = [];
    transport.on('error', (error) => errors.push(error));
    transport.write(null);
    return until(() => errors.length === 1);
  });
});
