import type { LineText } from '../../src/record/line-text';
import { type LogInfo, readMessage, toLineText } from '../../src/record/log-call';
import type { Batch } from '../../src/write/batch';
import { Destination, Pending, type PendingOptions } from '../../src/write/pending';
import { ServerTime } from '../../src/write/server-time';

const time = Date.now();
let lastNumber = 0;

function createPending(options: Partial<PendingOptions> = {}): Pending {
  const formats = {
    formatLine: (_time: number, text: LineText) => String(text),
    formatMessage: (message: string) => message,
    nextNumber: () => ++lastNumber,
  };
  return new Pending({ recentLimit: 100, maxPending: 10_000, ...formats, ...options });
}

function createDestination(name: string, serverTime = new ServerTime()): Destination {
  return new Destination(name, 'info', serverTime);
}

type LogCall = [time: number, message: string | undefined, text: LineText, info?: LogInfo | undefined];

interface Difference {
  readonly time?: number;
  readonly message?: undefined;
  readonly text?: string;
  readonly info?: LogInfo;
}

const call = (message: string, { text = message, info, ...more }: Difference = {}): LogCall => [
  more.time ?? time,
  'message' in more ? undefined : message,
  text,
  info,
];

const listCounts = (batches: readonly Batch[]): [string, number][] =>
  batches.flatMap(({ groups }) =>
    groups.flatMap(({ messages }) => messages.map(({ message, count }) => [message, count] as [string, number])),
  );

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

// A minute or an hour that turns in between would begin another group.
beforeEach(() => jest.spyOn(Date, 'now').mockReturnValue(time));
afterEach(() => jest.restoreAllMocks());

describe('pending', () => {
  it('makes one batch of many calls, with counts and the newest lines, oldest first', () => {
    const pending = createPending({ recentLimit: 3 });
    const destination = createDestination('app');
    for (let i = 0; i < 10; i++) pending.add(destination, ...call(`line ${i % 2}`, { text: `text ${i}` }));
    expect(pending.draw(destination)).toEqual([
      {
        name: 'app',
        severity: 'info',
        number: expect.any(Number),
        logged: 10,
        numbered: 10,
        lines: ['text 7', 'text 8', 'text 9'],
        late: 0,
        groups: [
          {
            at: expect.any(Number),
            lead: expect.any(Number),
            stood: 0,
            messages: [
              { message: 'line 0', count: 5 },
              { message: 'line 1', count: 5 },
            ],
            flagged: 2,
            samples: [],
            minutes: [],
          },
        ],
        touchedIn: 0,
        infos: [],
      },
    ]);
    expect(pending.draw(destination)).toEqual([]);
  });

  describe('after a draw', () => {
    const taken = (info: LogInfo): LogCall => {
      const message = readMessage(info);
      return [time, message, toLineText(info, message, false)];
    };

    it('keeps metadata as it was at the log call', () => {
      const pending = createPending();
      const destination = createDestination('app');
      pending.draw(destination);
      const info = { level: 'info', message: 'hello', user: 'u1', order: 7, tags: undefined, list: null as unknown };
      pending.add(destination, ...taken(info));
      info.list = [1];
      pending.add(destination, ...taken(info));
      Object.assign(info, { message: 'bye', user: 'u2', order: 8 });
      (info.list as number[]).push(2);
      expect(pending.draw(destination)[0]?.lines).toEqual([
        'hello {"user":"u1","order":7,"list":null}',
        'hello {"user":"u1","order":7,"list":[1]}',
      ]);
    });

    it('gives each of the lines that follow one another its own metadata, whether that is the same or not', () => {
      const pending = createPending();
      const destination = createDestination('app');
      const logged = [
        [{ name: 'a', id: 1 }, '{"name":"a","id":1}'],
        [{ name: 'a', id: 1 }, '{"name":"a","id":1}'],
        [{ name: 'a', id: 1, more: true }, '{"name":"a","id":1,"more":true}'],
        [{ name: 'a', id: 1 }, '{"name":"a","id":1}'],
        [{ id: 1, name: 'a' }, '{"id":1,"name":"a"}'],
        [{ id: '1', name: 'a' }, '{"id":"1","name":"a"}'],
        [{ id: null, name: 'a' }, '{"id":null,"name":"a"}'],
        [{ id: undefined, name: 'a' }, '{"name":"a"}'],
        [{ id: Number.NaN, name: 'a' }, '{"id":null,"name":"a"}'],
        [{ id: Number.NaN, title: 'a' }, '{"id":null,"title":"a"}'],
        [Object.create({ id: 7 }, { name: { value: 'a', enumerable: true } }) as object, '{"name":"a"}'],
        [{ name: 'a' }, '{"name":"a"}'],
        [{ name: 'a', timestamp: new Date().toISOString() }, '{"name":"a"}'],
        [{ name: 'a', timestamp: '2020-01-01T00:00:00Z' }, '{"name":"a","timestamp":"2020-01-01T00:00:00Z"}'],
      ] as const;
      pending.draw(destination);
      for (const [metadata] of logged) {
        const info = Object.assign(metadata, { level: 'info', message: 'hello' });
        const text = toLineText(info, 'hello', false, destination.texts.at(-1));
        pending.add(destination, time, 'hello', text);
      }
      expect(pending.draw(destination)[0]?.lines).toEqual(logged.map(([, json]) => `hello ${json}`));
    });

    it.each([false, true])('has room for a hundred lines again once they are written (held up: %s)', (isHeldUp) => {
      const pending = createPending();
      const destination = createDestination('app');
      const metadata = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i]));
      pending.draw(destination);
      for (let round = 0; round < 100; round++) {
        for (let i = 0; i < 100; i++) pending.add(destination, ...taken({ message: 'hello', ...metadata }));
        if (isHeldUp) pending.holdUp(destination, []);
        const batches = pending.draw(destination);
        expect(sum(batches.map(({ lines }) => lines.length))).toBe(100);
        for (const batch of batches) pending.release(destination, batch);
      }
    });
  });

  it('cuts new messages into batches of at most 166, and others into batches of a thousand, numbered in order', () => {
    const pending = createPending();
    const destination = createDestination('app');
    const minute = destination.groups.toMinute(time);
    const draw = (): Batch[] => {
      for (let i = 0; i < 1300; i++) pending.add(destination, ...call(`message ${i}`));
      return pending.draw(destination);
    };
    const fresh = draw();
    expect(fresh.map(({ logged, numbered }) => [logged, numbered])).toEqual([...Array(7).fill([166, 0]), [138, 1300]]);
    for (const { groups } of fresh) destination.touched.settle({ groups }, minute);
    const known = draw();
    expect(known.map(({ logged, numbered, touchedIn }) => [logged, numbered, touchedIn])).toEqual([
      [1000, 0, minute],
      [300, 1300, minute],
    ]);
    expect(sum(known.flatMap(({ groups }) => groups.map(({ flagged }) => flagged)))).toBe(0);
    const batches = [...fresh, ...known];
    const numbers = batches.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    expect(listCounts(known)).toHaveLength(1300);
    expect(known.flatMap(({ lines }) => lines)).toHaveLength(100);
  });

  it('cuts new messages of each of which a line is kept into batches of at most 142', () => {
    const samples = { severities: new Set(['error']), format: (): string => 'line' };
    const pending = createPending({ samples });
    const destination = new Destination('app', 'error', new ServerTime());
    for (let i = 0; i < 250; i++) pending.add(destination, ...call(`message ${i}`));
    const batches = pending.draw(destination);
    expect(batches.map(({ groups }) => groups.map((group) => [group.flagged, group.samples.length]))).toEqual([
      [[142, 142]],
      [[108, 108]],
    ]);
  });

  it('flags all messages again once Redis is in another minute', () => {
    const pending = createPending();
    const destination = createDestination('app');
    const settle = (message: string, touchedIn: number): void => {
      pending.add(destination, ...call(message));
      for (const batch of pending.draw(destination)) destination.touched.settle(batch, touchedIn);
    };
    const drawOne = (message: string): number | undefined => {
      pending.add(destination, ...call(message));
      return pending.draw(destination)[0]?.groups[0]?.flagged;
    };
    const minute = destination.groups.toMinute(time);
    settle('old', minute - 1);
    expect(drawOne('old')).toBe(1);
    settle('old', minute);
    expect(drawOne('old')).toBe(0);
    settle('new', minute);
    expect([drawOne('old'), drawOne('new'), drawOne('other')]).toEqual([0, 0, 1]);
  });

  it('keeps a line of each message once an hour, for the severities that ask for it', () => {
    const format = (_time: number, text: LineText): string => `sample of ${text.toString()}`;
    const pending = createPending({ samples: { severities: new Set(['error']), format } });
    const severities = ['error', 'info'].map((severity) => new Destination('app', severity, new ServerTime()));
    const drawSamples = (destination: Destination, hours = 0): string[] => {
      const later = { time: time + hours * 3_600_000 };
      pending.add(destination, ...call('boom', { text: 'first', ...later }));
      pending.add(destination, ...call('boom', { text: 'second', ...later }));
      return pending.draw(destination).flatMap(({ groups }) => groups.flatMap(({ samples }) => samples));
    };
    const [errors, infos] = severities as [Destination, Destination];
    expect(drawSamples(infos)).toEqual([]);
    expect(drawSamples(errors)).toEqual(['sample of first']);
    expect(drawSamples(errors)).toEqual([]);
    expect(drawSamples(errors, 1)).toEqual(['sample of first']);
    expect(drawSamples(errors, 1)).toEqual([]);
    errors.touched.settle({ groups: [] }, 0, true);
    expect(drawSamples(errors, 1)).toEqual(['sample of first']);
  });

  it('counts messages together that are the same without colours', () => {
    const pending = createPending({ formatMessage: (message) => message.replace('!', '') });
    const destination = createDestination('app');
    for (const message of ['a!', 'a', 'b']) pending.add(destination, ...call(message));
    expect(pending.draw(destination)[0]?.groups[0]?.messages).toEqual([
      { message: 'a', count: 2 },
      { message: 'b', count: 1 },
    ]);
  });

  it('counts long messages apart that differ in a single character, wherever it is', () => {
    const pending = createPending();
    const destination = createDestination('app');
    const messages = Array.from({ length: 600 }, (_, i) => `${'a'.repeat(i)}b${'a'.repeat(599 - i)}`);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 3 * messages.length; i++) {
        pending.add(destination, ...call((messages[i % messages.length] as string).slice()));
      }
      const counts = listCounts(pending.draw(destination));
      expect(new Map(counts)).toEqual(new Map(messages.map((message) => [message, 3])));
    }
  });

  it('cuts long texts into batches of at most 163,840 characters', () => {
    const pending = createPending();
    const destination = createDestination('app');
    for (let i = 0; i < 100; i++)
      pending.add(destination, ...call(`${i} ${'x'.repeat(1000)}`, { text: 'y'.repeat(50_000) }));
    const batches = pending.draw(destination);
    expect(batches.length).toBeGreaterThan(1);
    for (const { lines, groups } of batches) {
      const texts = [...lines, ...groups.flatMap(({ messages }) => messages.map(({ message }) => message))];
      expect(sum(texts.map(({ length }) => length))).toBeLessThanOrEqual(160 * 1024);
    }
    expect(sum(batches.map(({ logged }) => logged))).toBe(100);
  });

  it('counts new messages under <other> while maxPending distinct ones wait or are in flight', () => {
    const pending = createPending({ maxPending: 2 });
    const [a, b] = [createDestination('a'), createDestination('b')];
    pending.add(a, ...call('one'));
    pending.add(b, ...call('two'));
    const batches = pending.draw(a);
    pending.add(b, ...call('three'));
    pending.add(b, ...call('two'));
    pending.add(b, ...call('four'));
    expect(pending.other).toBe(2);
    for (const batch of batches) pending.release(a, batch);
    const rest = pending.draw(b);
    expect(listCounts(rest)).toEqual([
      ['two', 2],
      ['<other>', 2],
    ]);
    for (const batch of rest) pending.release(b, batch);
    pending.add(b, ...call('five'));
    expect(listCounts(pending.draw(b))).toEqual([['five', 1]]);
    expect(pending.other).toBe(2);
  });

  it('keeps at most 8 MB of lines over all destinations, those in flight included', () => {
    const pending = createPending();
    const text = 'x'.repeat(8000);
    let kept = 0;
    for (let i = 0; i < 200; i++) {
      const destination = createDestination(`app${i}`);
      for (let line = 0; line < 100; line++) pending.add(destination, ...call('hello', { text }));
      const batches = pending.draw(destination);
      kept += sum(batches.flatMap(({ lines }) => lines.map(({ length }) => length)));
      expect(sum(batches.map(({ logged }) => logged))).toBe(100);
    }
    expect(kept).toBeGreaterThan(7 * 1024 * 1024);
    expect(kept).toBeLessThan(8 * 1024 * 1024);
  });

  it('makes a batch even of calls that leave neither a line nor a count', () => {
    const pending = createPending();
    const full = createDestination('full');
    for (let line = 0; line < 2; line++)
      pending.add(full, ...call('hello', { text: 'x'.repeat(4 * 1024 * 1024 - 64) }));
    pending.draw(full);
    const destination = createDestination('app');
    pending.add(destination, ...call('', { message: undefined, text: 'hello' }));
    expect(pending.draw(destination)).toMatchObject([{ logged: 1, lines: [], groups: [] }]);
  });

  it('keeps at most maxPending infos for the logged event, over all destinations', () => {
    const pending = createPending({ maxPending: 3 });
    const [a, b] = [createDestination('a'), createDestination('b')];
    const add = (destination: Destination, message: number): void =>
      pending.add(destination, ...call('hello', { info: { message } }));
    for (let i = 0; i < 2; i++) add(a, i);
    const batches = pending.draw(a);
    for (let i = 2; i < 5; i++) add(b, i);
    expect(batches[0]?.infos).toEqual([{ message: 0 }, { message: 1 }]);
    expect(pending.draw(b)[0]?.infos).toEqual([{ message: 2 }]);
    for (const batch of batches) pending.release(a, batch);
    for (let i = 5; i < 10; i++) add(a, i);
    expect(pending.draw(a)[0]?.infos).toEqual([{ message: 5 }, { message: 6 }]);
  });
});
