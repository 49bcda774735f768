import winston from 'winston';
import type { LogEntry, RecentLine, RedisRecentCommonTransport } from '../../src';
import { Workspace } from '../support/workspace';

const { align, cli, colorize, combine, padLevels, simple, splat, timestamp } = winston.format;

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

interface Written {
  readonly line: RecentLine;
  readonly entry: LogEntry;
  readonly counted: readonly string[];
}

/** What is in Redis after one log call of a new logger. */
async function written(message: string, metadata: object, format = splat()): Promise<Written> {
  const name = `app${++loggers}`;
  const transport = workspace.transport({ name, url: workspace.url });
  winston.createLogger({ format, transports: [transport] }).info(message, metadata);
  const entry = await query(transport);
  const [line] = (await workspace.reader.recent(name, 'info')) as [RecentLine];
  const { messages } = await workspace.reader.common(name, 'info');
  return { line, entry, counted: messages.map((each) => each.message) };
}

function query(transport: RedisRecentCommonTransport): Promise<LogEntry> {
  return new Promise((resolve, reject) => {
    transport.query({}, (failed, [entry]) => (failed ? reject(failed) : resolve(entry as LogEntry)));
  });
}

/** What winston's File transport writes with `json()`, and reads back. */
function asJson(message: string, metadata: object): Record<string, unknown> {
  const info = { level: 'info', message, ...metadata };
  const formatted = winston.format.json().transform(info, {}) as unknown as Record<symbol, string>;
  return JSON.parse(formatted[Symbol.for('message')] as string);
}

class Money {
  constructor(readonly cents: number) {}
  toJSON(): string {
    return `${this.cents} ct`;
  }
}
const circular: Record<string, unknown> = { id: 7 };
circular.self = { of: [circular] };
const shared = { a: 1 };

describe('metadata of every kind', () => {
  it.each<[string, object]>([
    ['numbers', { a: 1, b: -0, c: 1e300, d: Number.NaN, e: Infinity }],
    ['a BigInt', { a: 10n ** 30n, b: [1n] }],
    ['what JSON leaves out', { a: undefined, b: Symbol('b'), c: () => 1, d: [undefined, Symbol('d'), () => 1] }],
    ['texts', { a: '', b: 'x {"y":1}\n"\\', c: '\ud800', d: '\u2028', 'e {': 'f {' }],
    ['dates', { a: new Date(0), b: new Date(Number.NaN) }],
    ['collections', { a: new Map([[1, 2]]), b: new Set([1]), c: new WeakMap(), d: Promise.resolve(1) }],
    [
      'bytes',
      {
        a: Buffer.from('abc'),
        b: new Uint8Array(3),
        c: new Float64Array([0.5]),
        d: new ArrayBuffer(2),
        e: new DataView(new ArrayBuffer(1)),
      },
    ],
    ['a class with toJSON', { a: new Money(7), b: [new Money(8)], c: new URL('http://localhost/'), d: /x/ }],
    ['boxed values', { a: Object('x'), b: Object(1), c: Object(false) }],
    ['objects without a prototype', { a: Object.assign(Object.create(null), { b: 1 }) }],
    ['circular objects', { circular }],
    ['shared objects', { a: shared, b: shared, c: [shared, shared] }],
    ['an array with holes', { a: Object.assign([1], { 2: 3 }) }],
    ['a proxy', { a: new Proxy({ b: 1 }, {}) }],
    ['level and message further down', { a: { level: 'x', message: 'y', timestamp: 'z' } }],
    ["a timestamp of the application's own", { timestamp: '2020-01-01T00:00:00.000Z' }],
    ['a timestamp that is no time', { timestamp: { seconds: 1 } }],
    ['a key called __proto__', JSON.parse('{"a":{"__proto__":{"b":1}}}')],
    ['a field called stack', { stack: 'web', errorStack: 1 }],
  ])("is read back as from winston's File transport: %s", async (_case, metadata) => {
    const { entry } = await written('hello', metadata);
    expect(entry).toEqual({ timestamp: entry.timestamp, ...asJson('hello', metadata) });
  });

  it.each<[string, () => object, RegExp]>([
    [
      'a getter that throws',
      () => ({
        a: {
          get b() {
            return fail();
          },
          c: 1,
        },
      }),
      /^hello \{"a":\{"b":"\[unreadable: no\]","c":1\}\}$/,
    ],
    ['a toJSON that throws', () => ({ a: { toJSON: fail }, b: 1 }), /^hello \{"a":"\[unreadable: no\]","b":1\}$/],
    [
      'a proxy that throws',
      () => ({ a: new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail }), b: 1 }),
      /^hello \{"a":"\[unreadable: no\]","b":1\}$/,
    ],
  ])('has a note in place of what cannot be read: %s', async (_case, make, text) => {
    expect((await written('hello', make())).line.message).toMatch(text);
  });

  it.each<[string, () => object]>([
    ['eight objects nested by sharing', () => share(8)],
    ['a hundred objects nested by sharing', () => share(100)],
    ['a wide object', () => Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]))],
    ['a long array', () => ({ list: Array.from({ length: 1_000_000 }, () => ({ a: 1 })) })],
    ['a sparse array', () => ({ list: Object.assign([1], { length: 1e9 }) })],
    ['a deep object', () => Array.from({ length: 10_000 }).reduce<object>((inner) => ({ inner }), {})],
    ['long texts', () => ({ a: 'é'.repeat(1e6), b: '"'.repeat(1e6), ['k'.repeat(1e6)]: 1 })],
    ['many bytes', () => ({ a: Buffer.alloc(1e7), b: new Uint8Array(1e7) })],
  ])('is abbreviated to what a line has room for, and stays JSON: %s', async (_case, make) => {
    const { line, entry } = await written('hello', make());
    expect(Buffer.byteLength(line.message)).toBeLessThanOrEqual(8192 - 25);
    expect(entry.message).toBe('hello');
    expect(Object.keys(entry).length).toBeGreaterThan(3);
  });

  it('does not have the time of the call', async () => {
    for (const format of [
      timestamp(),
      timestamp({ format: 'YYYY-MM-DD HH:mm:ss' }),
      timestamp({ format: () => String(new Date()) }),
    ]) {
      expect((await written('hello', {}, format)).line.message).toBe('hello');
    }
  });
});

describe('colours and alignment', () => {
  it.each([
    ['colorize({ all: true })', colorize({ all: true })],
    ['align()', align()],
    ['padLevels()', padLevels()],
    ['cli()', cli({ all: true })],
    ['all of them', combine(align(), padLevels(), colorize({ all: true }), simple())],
  ])('are neither counted nor written: %s', async (_case, format) => {
    const { line, counted } = await written('hello  world', { id: 7 }, format);
    expect(line.message).toBe('hello  world {"id":7}');
    expect(counted).toEqual(['hello  world']);
  });
});

/** Objects of which each has the next ten times. */
function share(depth: number): object {
  let object: object = { end: true };
  for (let i = 0; i < depth; i++) object = Object.fromEntries(Array.from('abcdefghij', (key) => [key, object]));
  return object;
}

function fail(): never {
  throw new Error('no');
}
