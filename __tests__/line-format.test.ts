import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import {
  asctime,
  formatPlainText,
  formatText,
  lineFormatter,
  parseLine,
  parseParts,
  parseText,
} from '../src/line-format';
import { itWith } from './support/requirements';

const itWithPython = itWith('python');

/** One instant on each day of 2028, a leap year, each at a different time of day. */
const instants = Array.from({ length: 366 }, (_, day) => Date.UTC(2028, 0, 1) + day * 86_400_000 + day * 237_000);

describe('asctime', () => {
  itWithPython('equals time.asctime() of Python on every day of a year', () => {
    const program = 'import sys, time\nfor line in sys.stdin: print(time.asctime(time.localtime(int(line))))';
    const input = instants.map((instant) => instant / 1000).join('\n');
    const { stdout } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8' });
    expect(instants.map(asctime)).toEqual(stdout.trimEnd().split('\n'));
  });

  it('pads the day with a space and the time with zeros, in 24 characters', () => {
    expect(asctime(new Date(2026, 5, 9, 8, 5, 0).getTime())).toBe('Tue Jun  9 08:05:00 2026');
    expect(asctime(new Date(2026, 10, 23, 19, 9, 50).getTime())).toBe('Mon Nov 23 19:09:50 2026');
    for (const instant of instants) expect(asctime(instant)).toHaveLength(24);
  });
});

describe('lineFormatter', () => {
  it('gives each line its own time, whatever the time of the line before', () => {
    const formatLine = lineFormatter('asctime');
    const begin = Date.UTC(2026, 5, 9, 8, 5, 0);
    for (const after of [0, 999, 1000, 61_000, 1999, -1, 0]) {
      expect(formatLine(begin + after, 'hello')).toBe(`${asctime(begin + after)} hello`);
    }
  });

  it.each([Number.NaN, Infinity, 8.64e15 + 1])('never throws, whatever a mocked clock says: %p', (time) => {
    for (const format of ['iso', 'asctime'] as const) expect(lineFormatter(format)(time, 'hello')).toMatch(/ hello$/);
  });
});

describe('parseLine', () => {
  it('gives back the time, to the second with asctime, and the text of each line that is formatted', () => {
    const [formatIso, formatAsctime] = [lineFormatter('iso'), lineFormatter('asctime')];
    for (const instant of instants) {
      expect(parseLine(formatIso(instant + 123, 'hello'))).toEqual({
        time: new Date(instant + 123),
        isToSecond: false,
        text: 'hello',
      });
      expect(parseLine(formatAsctime(instant + 123, ''))).toEqual({
        time: new Date(instant),
        isToSecond: true,
        text: '',
      });
    }
  });

  it.each(['', 'hello', '2026-11-23 hello', 'Mon Nov 23 19:09:50 2026'])('finds no time in %j', (line) => {
    const { time, text } = parseLine(line);
    expect([time.getTime(), text]).toEqual([Number.NaN, line]);
  });
});

describe('parseText', () => {
  it.each([
    ['hello', { id: 7, of: { kind: 'order' } }],
    ['hello {"not": json}', { id: 7 }],
    ['', { id: 7, text: ' {"a":1}' }],
  ])('gives back the message %j and the metadata %j of a text that is formatted', (message, metadata) => {
    expect(parseText(formatText(message, JSON.stringify(metadata)))).toEqual({ ...metadata, message });
  });

  it('gives all fields of a log call that was written as JSON', () => {
    const fields = { level: 'info', message: 'hello', id: 7 };
    expect(parseText(JSON.stringify(fields))).toEqual(fields);
  });

  it.each(['', 'hello', 'hello {}', '{"id":7}', 'hello {"id":7} and more', 'hello {"id":'])(
    'gives nothing for %j',
    (text) => {
      expect(parseText(text)).toEqual({});
    },
  );
});

describe('parseParts', () => {
  /** Texts of the pieces that matter. */
  const pieces = fc.constantFrom(
    '\n',
    ' ',
    '\t',
    ' {}',
    ' {"a":1}',
    '{"level":1,"message":2}',
    '}',
    '{',
    '"',
    '\\\\',
    'x',
    '\n    at y',
  );
  const text = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
  const metadata = fc
    .dictionary(text, fc.oneof(text, fc.jsonValue()), { minKeys: 1 })
    .map((fields) => JSON.stringify(fields));
  const stack = text.map((rest) => `Error: x${rest}`);

  it('gives back every message, and takes nothing in it for metadata or a stack', () => {
    fc.assert(
      fc.property(text, (message) => {
        const parts = parseParts(formatPlainText(message));
        expect(parts.message).toBe(message);
        expect(parts.stack).toBeUndefined();
        if (!parts.isPlain) expect(parseText(message)).toEqual({});
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back the message, metadata and stack of every text', () => {
    fc.assert(
      fc.property(text, metadata, fc.option(stack, { nil: undefined }), (message, json, trace) => {
        const parts = parseParts(formatText(message, json, trace));
        expect(parts).toEqual({ message: `${message} ${json}`, isPlain: false, ...(trace && { stack: trace }) });
        expect(parseText(parts.message)).toEqual({ ...JSON.parse(json), message });
      }),
      { numRuns: 500 },
    );
  });
});
