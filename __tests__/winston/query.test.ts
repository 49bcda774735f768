import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import winston from 'winston';
import type { LogEntry, LogQuery, RedisRecentCommonTransport } from '../../src';
import { NOT_PERMITTED } from '../support/redis/acl';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** winston's own types leave out the answer to a query. */
interface Queried {
  query(query: LogQuery, callback: (error: Error | null, entries: LogEntry[]) => void): void;
}

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

/** A transport whose user may read as well. */
function openTransport(options: object = {}): RedisRecentCommonTransport {
  return workspace.transport({ name, url: workspace.url, timestamp: 'iso', ...options });
}

function ask(transport: Queried, query: LogQuery = {}): Promise<LogEntry[]> {
  return new Promise((resolve, reject) => {
    transport.query(query, (error, entries) => (error ? reject(error) : resolve(entries)));
  });
}

const withoutTimes = (entries: readonly LogEntry[]): object[] => entries.map(({ timestamp: _time, ...entry }) => entry);

describe('transport.query', () => {
  let folder: string;
  let file: Queried;
  let ours: RedisRecentCommonTransport;
  let middle: Date;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'query-'));
    name = 'compared';
    ours = openTransport();
    const transport = new winston.transports.File({ filename: join(folder, 'log') });
    file = transport as unknown as Queried;
    const { timestamp, json, combine } = winston.format;
    const logger = winston.createLogger({
      level: 'debug',
      format: combine(timestamp(), json()),
      transports: [transport, ours],
    });
    const levels = ['error', 'warn', 'info', 'debug'];
    for (let i = 0; i < 40; i++) {
      if (i === 20) middle = await betweenLines();
      logger.log(
        levels[i % 4] as string,
        `line ${i}`,
        i % 3 === 0 ? { user: { id: i, tags: ['a {"b'] }, cost: i / 7 } : {},
      );
      // Lines of several severities are in the order of their milliseconds.
      await sleep(2);
    }
    logger.end();
    await Promise.all([once(transport, 'finish'), once(ours, 'finish')]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function betweenLines(): Promise<Date> {
    await sleep(20);
    const now = new Date();
    await sleep(20);
    return now;
  }

  const past = new Date('2020-01-01');
  const future = new Date('2099-01-01');
  it.each<[string, () => LogQuery]>([
    ['no option', () => ({})],
    ['rows', () => ({ rows: 3 })],
    ['limit', () => ({ limit: 25 })],
    ['rows before limit', () => ({ rows: 2, limit: 5 })],
    ['more rows than there are', () => ({ rows: 1000 })],
    ['no rows', () => ({ rows: 0 })],
    ['the oldest first', () => ({ order: 'asc' })],
    ['the oldest first, some rows', () => ({ order: 'asc', rows: 7 })],
    ['the newest first', () => ({ order: 'desc', rows: 7 })],
    ['a start', () => ({ start: 35 })],
    ['a start and rows', () => ({ start: 5, rows: 4, order: 'asc' })],
    ['a start beyond the end', () => ({ start: 100 })],
    ['a start before the beginning', () => ({ start: -2, rows: 5 })],
    ['an order of another name', () => ({ order: 'oldest' as 'asc', rows: 5 })],
    ['a level', () => ({ level: 'info' })],
    ['a level of another name than its severity', () => ({ level: 'warn', order: 'asc' })],
    ['a level that nobody logged', () => ({ level: 'audit' })],
    ['a level, a start and rows', () => ({ level: 'error', start: 10, rows: 3 })],
    ['from', () => ({ from: middle, rows: 100 })],
    ['from, as a number', () => ({ from: middle.getTime(), rows: 100 })],
    ['until', () => ({ until: middle, rows: 100, from: past })],
    ['until, as a text', () => ({ until: middle.toISOString(), rows: 100 })],
    ['from and until', () => ({ from: past, until: future, rows: 100 })],
    ['an until in the past', () => ({ until: past })],
    ['a from in the future', () => ({ from: future, until: future })],
    ['fields', () => ({ fields: ['message'] })],
    ['fields of metadata', () => ({ fields: ['level', 'user', 'cost'], rows: 40 })],
    ['a field that no line has', () => ({ fields: ['nothing', 'message'] })],
  ])("gives the same entries as winston's File transport: %s", async (_title, query) => {
    // The File transport changes the options that it is given.
    const expected = await ask(file, { ...query() });
    expect(withoutTimes(await ask(ours, query()))).toEqual(withoutTimes(expected));
  });

  it('is compared over forty entries of the File transport', async () => {
    expect(await ask(file, { rows: 100 })).toHaveLength(40);
  });

  it("gives times within a second of the File transport's", async () => {
    const [expected, found] = await Promise.all([ask(file, { rows: 40 }), ask(ours, { rows: 40 })]);
    for (const [i, { timestamp }] of found.entries()) {
      const apart = Date.parse(timestamp as string) - Date.parse(expected[i]?.timestamp as string);
      expect(Math.abs(apart)).toBeLessThan(1000);
    }
  });
});

describe('logger.query', () => {
  it('gives the lines logged just before, under the name of the transport', async () => {
    const logger = winston.createLogger({ transports: [openTransport()] });
    logger.info('hello', { a: 1 });
    const results = await new Promise((resolve) => logger.query({ fields: undefined }, (_, found) => resolve(found)));
    expect(results).toEqual({
      'redis-recent-common': [
        { level: 'info', message: 'hello', a: 1, timestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
      ],
    });
  });

  it('reads all logger names if log calls have different ones', async () => {
    const transport = openTransport({ name: ({ module }: { module?: string }) => module });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('of a', { module: `${name}a` });
    await sleep(2);
    logger.info('of b', { module: `${name}b` });
    expect(withoutTimes(await ask(transport, { order: 'asc' }))).toEqual([
      { level: 'info', message: 'of a', module: `${name}a` },
      { level: 'info', message: 'of b', module: `${name}b` },
    ]);
  });

  it('gives back the fields of a line that the transport formatted as JSON', async () => {
    const transport = openTransport({ format: winston.format.json() });
    const logger = winston.createLogger({ transports: [transport] });
    logger.http('request', { status: 200 });
    logger.level = 'debug';
    logger.http('request', { status: 200 });
    expect(withoutTimes(await ask(transport))).toEqual([{ level: 'http', message: 'request', status: 200 }]);
  });

  it.each([
    ['{"a":1}', { message: '{"a":1}' }],
    ['a message {"not json', { message: 'a message {"not json' }],
    ['a {"b":1} c', { message: 'a {"b":1} c' }],
    ['', { message: '' }],
    ['a {"b":1}', { message: 'a {"b":1}' }],
    ['a {"b":1} {}', { message: 'a {"b":1} {}' }],
    ['a\n {"b":1}\nError: c', { message: 'a\n {"b":1}\nError: c' }],
    ['{"level":"error","message":"b"}', { level: 'info', message: '{"level":"error","message":"b"}' }],
    ['__proto__ {"__proto__":{"polluted":true}}', { message: '__proto__ {"__proto__":{"polluted":true}}' }],
  ])(
    'gives the message %j whole, with no field that it forges, and pollutes no prototype',
    async (message, expected) => {
      const transport = openTransport();
      winston.createLogger({ transports: [transport] }).info(message);
      const [entry] = await ask(transport);
      expect(entry).toEqual({ level: 'info', timestamp: expect.any(String), ...expected });
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
  );

  it('passes an error of Redis to the callback', async () => {
    const transport = openTransport({ url: workspace.url });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('hello');
    await transport.flush();
    await workspace.redis.set(workspace.key(`recent:${name}:error`), 'no list');
    await expect(ask(transport)).rejects.toThrow('WRONGTYPE');
  });
});

describe('logger.stream', () => {
  function streamed(logger: winston.Logger, options?: object): { messages: string[]; stream: NodeJS.EventEmitter } {
    const messages: string[] = [];
    const stream = logger.stream(options);
    stream.on('log', ({ message }: LogEntry) => messages.push(message));
    return { messages, stream };
  }

  it('gives earlier lines and then new ones, of all levels', async () => {
    const transport = openTransport();
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('first');
    await sleep(2);
    logger.error('second');
    await transport.flush();
    const { messages } = streamed(logger);
    await until(() => messages.length === 2);
    logger.warn('third');
    await until(() => messages.length === 3);
    expect(messages).toEqual(['first', 'second', 'third']);
  });

  it('leaves out all earlier lines with a start of -1, and that many of them with another start', async () => {
    const transport = openTransport();
    const logger = winston.createLogger({ transports: [transport] });
    for (const message of ['a', 'b', 'c']) logger.info(message);
    await transport.flush();
    const [all, none] = [streamed(logger, { start: 2 }), streamed(logger, { start: -1 })];
    await until(() => all.messages.length === 1);
    // There is no sign of when it has begun.
    await until(() => {
      logger.info('d');
      return none.messages.length > 0;
    });
    expect(all.messages[0]).toBe('c');
    expect(new Set(none.messages)).toEqual(new Set(['d']));
  });

  it('emits how many lines it missed', async () => {
    const transport = openTransport({ recentLimit: 5 });
    const logger = winston.createLogger({ transports: [transport] });
    const missed: number[] = [];
    const messages: string[] = [];
    logger.info('there');
    await transport.flush();
    const stream = transport.stream();
    stream.on('missed', (count) => missed.push(count));
    stream.on('data', (line) => messages.push(line));
    await until(() => messages.length === 1);
    for (let i = 0; i < 20; i++) logger.info(`line ${i}`);
    await until(() => messages.length === 6);
    expect(missed).toEqual([15]);
    stream.destroy();
  });

  it('ends when it is destroyed, and when the transport is closed', async () => {
    const transport = openTransport();
    const logger = winston.createLogger({ transports: [transport] });
    const [destroyed, closed] = [streamed(logger), streamed(logger)];
    logger.info('a');
    await until(() => destroyed.messages.length === 1 && closed.messages.length === 1);
    (destroyed.stream as unknown as { destroy(): void }).destroy();
    logger.info('b');
    await until(() => closed.messages.length === 2);
    await transport.close();
    logger.info('c');
    await transport.flush();
    const after = streamed(logger);
    await until(() => after.messages.length === 3);
    expect([destroyed.messages, closed.messages]).toEqual([['a'], ['a', 'b']]);
  });

  it.each([{ start: 0 }, { start: -1 }])(
    'gives the lines of logger names that come up after it was opened (%p)',
    async (options) => {
      const key = name;
      const transport = openTransport({ name: ({ module }: { module?: string }) => `${key}:${module}` });
      const logger = winston.createLogger({ transports: [transport] });
      const { messages } = streamed(logger, options);
      logger.info('first', { module: 'a' });
      await until(() => messages.length === 1);
      logger.warn('second', { module: 'b' });
      logger.warn('third', { module: 'a' });
      await until(() => messages.length === 3);
      expect(messages.sort()).toEqual(['first', 'second', 'third']);
    },
  );

  itWith('server', 'users')('ends, with a warning of the transport, if the user may not read', async () => {
    const transport = workspace.transport({ name });
    const warnings: string[] = [];
    transport.on('warn', ({ message }: Error) => warnings.push(message));
    const logger = winston.createLogger({ transports: [transport] });
    logger.stream().on('log', () => undefined);
    const ended = once(transport.stream(), 'end');
    await ended;
    await until(() => warnings.length > 0);
    expect(warnings[0]).toContain('stream() has ended: ');
    expect(warnings[0]).toMatch(NOT_PERMITTED);
  });
});

describeWithServer('logger.stream during an outage', () => {
  it('waits for Redis, and then gives new lines', async () => {
    const server = await RedisServer.start();
    await server.kill();
    const transport = workspace.transport({ name, url: server.url, keyPrefix: '' });
    const logger = winston.createLogger({ transports: [transport] });
    const messages: string[] = [];
    logger.stream({ start: -1 }).on('log', ({ message }: LogEntry) => messages.push(message));
    logger.stream().on('log', ({ message }: LogEntry) => messages.push(message));
    logger.info('hello');
    await server.start();
    await until(() => messages.length >= 1);
    logger.info('again');
    await until(() => messages.includes('again'));
    await transport.close();
    await server.stop();
  });
});
