import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());

interface Written {
  readonly lines: string[];
  readonly counts: Record<string, number>;
}

/** Calls `log` of a new transport once. Returns the lines and counts in Redis. */
async function written(info: Record<string, unknown>): Promise<Written> {
  const name = `app${++loggers}`;
  const transport = workspace.transport({ name });
  transport.log({ level: 'info', ...info });
  await transport.flush();
  return read(name);
}

async function read(name: string): Promise<Written> {
  const lines = await workspace.reader.recent(name, 'info');
  const { messages } = await workspace.reader.common(name, 'info');
  return {
    lines: lines.map(({ message }) => message),
    counts: Object.fromEntries(messages.map(({ message, count }) => [message, count])),
  };
}

const circular: Record<string, unknown> = { id: 7 };
circular.self = circular;

describe('message that is not a string', () => {
  it.each([
    ['a number', 42, '42'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a boolean', false, 'false'],
    ['a BigInt', 12n, '12'],
    ['a symbol', Symbol('token'), 'Symbol(token)'],
    ['an object', { user: 7, roles: ['a'] }, '{"user":7,"roles":["a"]}'],
    ['an array', [1, 'a'], '[1,"a"]'],
    ['a circular object', circular, '{"id":7,"self":"[Circular]"}'],
    ['an object that holds a BigInt', { big: 10n ** 20n }, '{"big":"100000000000000000000"}'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])('is written and counted as text: %s', async (_case, message, text) => {
    expect(await written({ message })).toEqual({ lines: [text], counts: { [text]: 1 } });
  });

  it.each([
    ['an object with a getter that throws', throwingGetter()],
    ['an object whose toJSON throws', { toJSON: fail }],
    ['a proxy that throws', new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail })],
  ])('is written as unreadable, and counted: %s', async (_case, message) => {
    const { lines, counts } = await written({ message });
    expect(lines).toEqual([expect.stringContaining('cannot be read')]);
    expect(Object.values(counts)).toEqual([1]);
  });
});

describe('logger', () => {
  it('writes every value that is logged as a message, and never throws', async () => {
    const name = `app${++loggers}`;
    const { logger, transport } = workspace.logger({ name });
    const junk = [42, undefined, null, 12n, new Error('boo'), { user: 7 }, circular, 'x'.repeat(10_000_000), '\ud800'];
    for (const message of junk) expect(() => logger.info(message as string)).not.toThrow();
    logger.info('hello', circular);
    await transport.flush();
    expect(transport.stats()).toMatchObject({ written: junk.length + 1, dropped: 0 });
    expect((await read(name)).lines).toHaveLength(junk.length + 1);
  });
});

describe('metadata', () => {
  it.each([
    ['a circular object', { circular }, ' {"circular":{"id":7,"self":"[Circular]"}}'],
    ['a BigInt', { big: 1n }, ' {"big":"1"}'],
    ['undefined', { nothing: undefined }, ''],
    ['a function', { run: fail }, ''],
    ['a key called __proto__', JSON.parse('{"__proto__": 1}'), ' {"__proto__":1}'],
  ])('stands in the line as JSON, and not in the count: %s', async (_case, metadata, text) => {
    const info = Object.defineProperties(
      { message: 'hello', level: 'info' },
      Object.getOwnPropertyDescriptors(metadata),
    );
    const name = `app${++loggers}`;
    const transport = workspace.transport({ name });
    transport.log(info);
    await transport.flush();
    expect(await read(name)).toEqual({ lines: [`hello${text}`], counts: { hello: 1 } });
  });

  it('is abbreviated in the line if it is deep or long', async () => {
    let deep: object = {};
    for (let i = 0; i < 1000; i++) deep = { deep };
    const { lines } = await written({ message: 'hello', deep, list: Array.from({ length: 100_000 }, () => 1) });
    expect(lines[0]).toContain('"[Object]"');
    expect(lines[0]).toContain('items not stringified"');
  });

  it('has a note in place of a field that cannot be read', async () => {
    const name = `app${++loggers}`;
    const transport = workspace.transport({ name });
    transport.log({
      level: 'info',
      message: 'hello',
      get user() {
        return fail();
      },
      id: 7,
    });
    await transport.flush();
    const { lines, counts } = await read(name);
    expect(lines).toEqual(['hello {"user":"[unreadable: cannot be read]","id":7}']);
    expect(counts).toEqual({ hello: 1 });
  });

  it('is written with its values at the time of the log call', async () => {
    const name = `app${++loggers}`;
    const { logger, transport } = workspace.logger({ name });
    const order = { state: 'open' };
    logger.info('order', { order });
    order.state = 'closed';
    await transport.flush();
    expect((await read(name)).lines).toEqual(['order {"order":{"state":"open"}}']);
  });
});

describe('text', () => {
  it.each([
    ['an empty string', ''],
    ['with NUL', 'a\u0000b'],
    ['with line breaks', 'a\r\nb\nc'],
    ['of emoji', '👩‍👩‍👧 ok'],
    ['with a byte order mark', '\ufeffhello'],
    ['called __proto__', '__proto__'],
    ['called constructor', 'constructor'],
    ['like a reply of Redis', '*1\r\n$4\r\nPING\r\n'],
    ['with its own time', 'Tue Nov 24 10:00:00 2026 hello'],
  ])('is written and counted unchanged: %s', async (_case, message) => {
    const { lines, counts } = await written({ message });
    expect(lines).toEqual([message]);
    expect(Object.entries(counts)).toEqual([[message, 1]]);
  });

  it('has a lone surrogate replaced by U+FFFD', async () => {
    const { lines, counts } = await written({ message: 'a\ud800b' });
    expect(lines).toEqual(['a\ufffdb']);
    expect(counts).toEqual({ 'a\ufffdb': 1 });
  });

  it.each([
    ['one-byte', 'x'],
    ['two-byte', 'é'],
    ['three-byte', '€'],
    ['four-byte', '😀'],
  ])('is cut between characters and marked with an ellipsis: 10 MB of %s characters', async (_case, character) => {
    const { lines, counts } = await written({
      message: character.repeat((10 * 1024 * 1024) / Buffer.byteLength(character)),
    });
    const [message] = Object.keys(counts) as [string];
    for (const [text, most] of [
      [lines[0] as string, 8192 - 25],
      [message, 1024],
    ] as const) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
      expect(Buffer.byteLength(text)).toBeGreaterThan(most - 8);
      expect(text.endsWith(`${character}…`)).toBe(true);
      expect(text).not.toContain('\ufffd');
    }
  });

  it.each([
    ['1,024 bytes', 'x'.repeat(1024), 'x'.repeat(1024)],
    ['1,025 bytes', 'x'.repeat(1025), `${'x'.repeat(1021)}…`],
    ['1,026 bytes in 513 characters', 'é'.repeat(513), `${'é'.repeat(510)}…`],
  ])('is counted whole up to 1,024 bytes and cut beyond: %s', async (_case, message, member) => {
    expect(Object.keys((await written({ message })).counts)).toEqual([member]);
  });
});

function fail(): never {
  throw new Error('cannot be read');
}

function throwingGetter(): object {
  return Object.defineProperty({}, 'name', { get: fail, enumerable: true });
}
