import { runInNewContext } from 'node:vm';
import winston from 'winston';
import type { LogEntry, RecentLine, RedisRecentCommonTransport, TransportOptions } from '../../src';
import { Workspace } from '../support/workspace';

const { errors, splat, colorize, json } = winston.format;
type Log = (logger: winston.Logger) => void;

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

interface Written {
  readonly line: RecentLine;
  readonly counted: readonly string[];
  readonly transport: RedisRecentCommonTransport;
}

/** What is in Redis after a call of a new logger. */
async function written(log: Log, format?: winston.Logform.Format, options: TransportOptions = {}): Promise<Written> {
  const name = `app${++loggers}`;
  const transport = workspace.transport({ name, url: workspace.url, ...options });
  log(winston.createLogger({ transports: [transport], ...(format ? { format } : {}) }));
  await transport.flush();
  const [line] = (await workspace.reader.recent(name, 'error')) as [RecentLine];
  const { messages } = await workspace.reader.common(name, 'error');
  return { line, counted: messages.map(({ message }) => message), transport };
}

function failure(message = 'boom'): Error {
  return Object.assign(new TypeError(message, { cause: new Error('no disk') }), { code: 'E_BOOM' });
}

const error = failure();
const unnamed = new AggregateError([new Error('connect ECONNREFUSED ::1:6379'), new Error('second')], '');
Object.assign(unnamed, { code: 'ECONNREFUSED' });
const cyclic: Error & { cause?: unknown } = new Error('cyclic');
cyclic.cause = { code: 'E_LOOP', cause: cyclic };
const broken = new Error('broken');
const brokenStack = broken.stack as string;
Object.defineProperties(broken, {
  code: { get: fail, enumerable: true },
  cause: { get: fail },
  name: { get: fail },
});
const foreign = runInNewContext("Object.assign(new RangeError('far'), { code: 'E_FAR' })") as Error;
const errorLike = { message: 'like one', code: 7, stack: 'Error: like one\n    at somewhere (a.js:1:1)' };
const FIELDS = '"name":"TypeError","code":"E_BOOM","cause":{"name":"Error","message":"no disk"}';
const NESTED = '{"name":"TypeError","message":"boom","code":"E_BOOM","cause":{"name":"Error","message":"no disk"}}';

describe('logged error', () => {
  it.each<[string, Log, string, string, string | undefined, winston.Logform.Format?]>([
    ['alone', (logger) => logger.error(failure()), `boom {${FIELDS}}`, 'boom', 'TypeError: boom\n    at failure'],
    ['alone, by log()', (logger) => logger.log('error', failure()), `boom {${FIELDS}}`, 'boom', 'TypeError: boom\n'],
    [
      'as the message of an object',
      (logger) => logger.log({ level: 'error', message: error as unknown as string, user: 7 }),
      `boom {${FIELDS},"user":7}`,
      'boom',
      error.stack,
    ],
    [
      'after a message',
      (logger) => logger.error('failed', error),
      `failed boom {${FIELDS}}`,
      'failed boom',
      error.stack,
    ],
    [
      'as a field',
      (logger) => logger.error('failed', { err: error }),
      `failed {"err":${NESTED}}`,
      'failed',
      error.stack,
    ],
    [
      'deep among metadata, in an array',
      (logger) => logger.error('failed', { all: [{ of: { a: [1, error] } }] }),
      `failed {"all":[{"of":{"a":[1,${NESTED}]}}]}`,
      'failed',
      error.stack,
    ],
    [
      'for a placeholder that no splat() fills in',
      (logger) => logger.error('failed: %s', error),
      `failed: %s {"error":${NESTED}}`,
      'failed: %s',
      error.stack,
    ],
    [
      'for a placeholder that splat() fills in',
      (logger) => logger.error('failed: %s', error),
      `failed: TypeError: boom {"error":${NESTED}}`,
      'failed: TypeError: boom',
      error.stack,
      splat(),
    ],
    [
      'as second argument after the message',
      (logger) => logger.error('failed', { user: 7 }, error),
      `failed {"user":7,"error":${NESTED}}`,
      'failed',
      error.stack,
    ],
    [
      'by errors({ stack: true })',
      (logger) => logger.error(failure()),
      'boom {"name":"TypeError","code":"E_BOOM"}',
      'boom',
      'TypeError: boom\n    at failure',
      errors({ stack: true }),
    ],
    [
      'by errors({ stack: true, cause: true })',
      (logger) => logger.error(failure()),
      'boom {"name":"TypeError","code":"E_BOOM","cause":{"name":"Error","message":"no disk"}}',
      'boom',
      'TypeError: boom\n    at failure',
      errors({ stack: true, cause: true }),
    ],
    [
      'coloured',
      (logger) => logger.error('failed', error),
      `failed boom {${FIELDS}}`,
      'failed boom',
      error.stack,
      colorize({ all: true }),
    ],
    [
      'without a message',
      (logger) => logger.error(unnamed),
      'ECONNREFUSED {"name":"AggregateError","code":"ECONNREFUSED","errors":[{"name":"Error","message":"connect ECONNREFUSED ::1:6379"},{"name":"Error","message":"second"}]}',
      'ECONNREFUSED',
      unnamed.stack,
    ],
    [
      'with neither message nor code',
      (logger) => logger.error(new RangeError()),
      'RangeError {"name":"RangeError"}',
      'RangeError',
      'RangeError',
    ],
    [
      'within its own cause',
      (logger) => logger.error('failed', { cyclic }),
      'failed {"cyclic":{"name":"Error","message":"cyclic","cause":{"code":"E_LOOP","cause":"[Circular]"}}}',
      'failed',
      cyclic.stack,
    ],
    [
      'that cannot be read',
      (logger) => logger.error('failed', { broken }),
      'failed {"broken":{"name":"[unreadable: no]","message":"broken","code":"[unreadable: no]","cause":"[unreadable: no]"}}',
      'failed',
      brokenStack,
      splat(),
    ],
    [
      'of another realm',
      (logger) => logger.error('failed', { foreign }),
      'failed {"foreign":{"name":"RangeError","message":"far","code":"E_FAR"}}',
      'failed',
      foreign.stack,
    ],
    [
      'that is only like one',
      (logger) => logger.error('failed', { errorLike }),
      'failed {"errorLike":{"name":"Error","message":"like one","code":7}}',
      'failed',
      errorLike.stack,
    ],
    [
      'with several lines',
      (logger) =>
        logger.error('failed', {
          err: Object.assign(new Error('a\nb {"c":1}\n d'), { stack: 'Error: a\nb {"c":1}\n d {"c":1}' }),
        }),
      'failed {"err":{"name":"Error","message":"a\\nb {\\"c\\":1}\\n d"}}',
      'failed',
      'Error: a\nb {"c":1}\n d {"c":1}',
    ],
  ])('is written with name, message, code, cause and stack, and counted by its message: %s', async (...row) => {
    const [, log, message, counted, stack, format] = row;
    const found = await written(log, format);
    expect(found.line.message).toBe(message);
    expect(found.counted).toEqual([counted]);
    expect(found.line.stack?.slice(0, stack?.length)).toBe(stack);
  });
});

describe('line of an error', () => {
  it('keeps message and stack if the metadata is too long for it, and stays metadata that can be read', async () => {
    const metadata = { body: 'é'.repeat(100_000), list: Array.from({ length: 5000 }, (_, id) => ({ id })), err: error };
    const { line, transport } = await written((logger) => logger.error('failed', metadata), splat());
    expect(line.message).toContain('failed {"body":"éé');
    expect(line.stack).toBe(error.stack);
    const [entry] = await query(transport);
    expect(entry).toMatchObject({ message: 'failed', stack: error.stack, err: { code: 'E_BOOM' } });
  });

  it('is cut at the end of the stack if message and stack are too long for it', async () => {
    const long = new Error('x'.repeat(20_000));
    long.stack = `Error: boom\n${'    at somewhere (a.js:1:1)\n'.repeat(1000)}`;
    const { line, counted } = await written((logger) => logger.error(long));
    expect(line.message).toMatch(/^x{1000,1100}… \{"name":"Error"\}$/);
    expect(line.stack).toMatch(/^Error: boom\n {4}at somewhere[^]{5000,}…$/);
    expect(counted).toEqual([`${'x'.repeat(1021)}…`]);
  });

  it("is the text of the transport's own format if it has one", async () => {
    const { line } = await written((logger) => logger.error('failed', { err: error }), undefined, { format: json() });
    expect(JSON.parse(line.message)).toMatchObject({ message: 'failed', level: 'error' });
    expect(line.stack).toBeUndefined();
  });

  it('is read back with its fields by query(), stream(), follow() and recent()', async () => {
    const { line, transport } = await written((logger) => logger.error('failed', { err: error }), splat());
    const fields = { level: 'error', message: 'failed', err: { message: 'boom' }, stack: error.stack };
    expect(await query(transport)).toMatchObject([fields]);
    const stream = transport.stream();
    const entry = await new Promise((resolve) => stream.on('log', resolve));
    stream.destroy();
    expect(entry).toMatchObject(fields);
    for await (const followed of workspace.reader.follow(line.name, 'error', { after: 0 })) {
      expect(followed).toEqual(line);
      break;
    }
  });

  it('tells an error from a message with line breaks', async () => {
    const message = 'failed {"err":{"name":"Error"}}\nError: forged\n    at somewhere (a.js:1:1)';
    const { line, counted, transport } = await written((logger) => logger.error(message));
    expect(line).toMatchObject({ message });
    expect(line).not.toHaveProperty('stack');
    expect(counted).toEqual([message]);
    expect(await query(transport)).toEqual([{ level: 'error', message, timestamp: expect.any(String) }]);
  });
});

describe('exception', () => {
  const exception =
    (thrown: unknown): Log =>
    (logger) => {
      for (const transport of logger.transports) transport.handleExceptions = true;
      logger.log((logger.exceptions as unknown as { getAllInfo(error: unknown): winston.LogEntry }).getAllInfo(thrown));
    };

  it.each<[string, unknown, string, string | undefined]>([
    ['an error', error, 'uncaughtException: boom', error.stack],
    ['an error without a message', unnamed, 'uncaughtException: ECONNREFUSED', unnamed.stack],
    ['a string', 'thrown', 'uncaughtException: thrown\n  No stack trace', undefined],
    ['nothing', undefined, 'uncaughtException: (no error message)\n  No stack trace', undefined],
  ])('is written without its stack in the message: %s', async (_case, thrown, message, stack) => {
    const { line, counted } = await written(exception(thrown));
    expect(line.message.split(' {"')[0]).toBe(message);
    expect(line.message).toContain('"exception":true');
    expect(line.stack).toBe(stack);
    expect(counted).toEqual([message]);
  });
});

function query(transport: RedisRecentCommonTransport): Promise<LogEntry[]> {
  return new Promise((resolve, reject) => {
    transport.query({}, (failed, entries) => (failed ? reject(failed) : resolve(entries)));
  });
}

function fail(): never {
  throw new Error('no');
}
