import { renderFrame } from '../../src/cli/live/frame';
import { type Key, press } from '../../src/cli/live/keys';
import type { TopRow } from '../../src/cli/live/rows';
import { firstState, resize, type State, withSnapshot } from '../../src/cli/live/state';
import { UNICODE_MARKS } from '../../src/cli/terminal/sparkline';
import { createStyle } from '../../src/cli/terminal/style';
import { textWidth } from '../../src/cli/terminal/text';

const NOW = new Date('2026-11-24T12:41:07Z');
const plain = createStyle(false);
const LOOK = { style: plain, plain, marks: UNICODE_MARKS };

function row(message: string, count: number, more: Partial<TopRow> = {}): TopRow {
  const minutes = Array.from({ length: 60 }, (_, i) => (i === 59 ? count : 0));
  const sighting = { firstSeen: new Date(NOW.getTime() - 90_000), lastSeen: NOW, gapHours: null };
  const change = { count, previous: 0, expected: 0, score: 1, status: 'new', sample: null } as const;
  return { id: message, name: 'shop', severity: 'error', message, ...change, minutes, ...sighting, ...more };
}

const ROWS = [
  row('a new one', 20),
  row('a steady one', 500, { status: 'steady', score: 0, lastSeen: new Date(NOW.getTime() - 60_000) }),
  row('a critical one', 2, { severity: 'critical', score: 0.2 }),
  row('one that fades', 1, { name: 'api', status: 'fading', score: -2 }),
];

const read = (state: State, rows: readonly TopRow[] = ROWS): State =>
  withSnapshot(state, { ...state.question, rows, unread: 0, isMostlyUnique: false, now: NOW, readAt: NOW });

const start = (columns = 80, rows = 24): State =>
  read(firstState({ window: 'current', groupBy: 'pattern' }, 'urgency', { columns, rows }));

/** Types the letters of a text, or a key by its name in angle brackets. */
function type(state: State, keys: string): State {
  return (keys.match(/<[^>]+>|./gsu) ?? []).reduce((now, each) => {
    const [, ctrl, name] = /^<(C-)?(.+)>$/.exec(each) ?? [];
    const key: Key = name
      ? { name: name as string, text: undefined, ctrl: ctrl !== undefined }
      : { name: each === ' ' ? 'space' : /[a-z]/.test(each) ? each : undefined, text: each, ctrl: false };
    return press(now, key);
  }, state);
}

const messages = ({ shown }: State): string[] => shown.map(({ message }) => message);
const lines = (state: State): readonly string[] => renderFrame(state, LOOK).lines;

describe('list of the interactive top', () => {
  it('says below the list, and of a message, since when it surges', () => {
    const surge = row('one that surges', 90, { status: 'surging', surgingSince: new Date('2026-11-24T12:35:00Z') });
    const state = read(start(), [surge]);
    const clock = new Date('2026-11-24T12:35:00Z').toTimeString().slice(0, 5);
    expect(lines(state).at(-3)).toContain(` · surging since ${clock}, 6 min ago · last at `);
    expect(lines(type(state, '<return>'))).toContain(`SURGING since ${clock}, 6 min ago`);
  });

  it('begins with what came up, the gravest first, and ends with what is steady', () => {
    expect(messages(start())).toEqual(['a critical one', 'a new one', 'one that fades', 'a steady one']);
  });

  it.each([
    ['s', ['a steady one', 'a new one', 'a critical one', 'one that fades']],
    ['ss', ['a critical one', 'a new one', 'one that fades', 'a steady one']],
    ['sss', ['a critical one', 'a new one', 'one that fades', 'a steady one']],
    ['/one NEW error', ['a new one']],
    ['/NEW', ['a critical one', 'a new one']],
    ['/api', ['one that fades']],
    ['/critx<backspace>', ['a critical one']],
    ['/new<C-u>steady', ['a steady one']],
    ['/new<return>', ['a critical one', 'a new one']],
    ['/new<escape>', ['a critical one', 'a new one', 'one that fades', 'a steady one']],
    ['/new<return><escape>', ['a critical one', 'a new one', 'one that fades', 'a steady one']],
    ['/<paste-start>steady<return><paste-end>', ['a steady one']],
    ['/one\u3000\u00a0NEW', ['a critical one', 'a new one']],
    ['/one\u200d', []],
    ['<paste-start>/api<paste-end>', ['a critical one', 'a new one', 'one that fades', 'a steady one']],
  ])('is sorted and filtered by keys: %j', (keys, expected) => {
    expect(messages(type(start(), keys))).toEqual(expected);
  });

  it.each([
    ['<down><down>', 2],
    ['jjjjjjj', 3],
    ['jjk', 1],
    ['<end><up>', 2],
    ['<end><home>', 0],
    ['<pagedown>', 3],
    ['<pagedown><pageup>', 0],
  ])('has one selected row, moved by keys: %j', (keys, selected) => {
    expect(type(start(), keys).selected).toBe(selected);
  });

  it('keeps the selected row selected when rows change, and the first place when that was never left', () => {
    const news = [row('more critical', 9, { severity: 'critical', score: 3 }), ...ROWS];
    const moved = read(type(start(), 'j'), news);
    expect(moved.shown[moved.selected]?.message).toBe('a new one');
    expect(read(start(), news).selected).toBe(0);
    expect(read(type(start(), '<end>'), [row('alone', 1)]).selected).toBe(0);
  });

  it('scrolls as little as it needs to keep the selected row in sight, also in a smaller terminal', () => {
    const many = Array.from({ length: 100 }, (_, i) => row(`message ${100 + i}`, 1));
    const state = type(read(start(80, 24), many), '<down>'.repeat(20));
    expect([state.first, state.selected]).toEqual([4, 20]);
    const smaller = resize(state, { columns: 80, rows: 13 });
    expect([smaller.first, smaller.selected]).toEqual([15, 20]);
    expect(lines(smaller).filter((line) => line.includes('message 1'))).toHaveLength(7);
  });

  it.each([
    ['1', { minutes: 5 }],
    ['2', { minutes: 15 }],
    ['23', 'current'],
  ])('asks for another window by a key: %j', (keys, window) => {
    expect(type(start(), keys).question).toEqual({ window, groupBy: 'pattern' });
  });

  it('says which window it shows, and that it reads another', () => {
    expect(lines(type(start(), '1'))[0]).toMatch(
      /^\d\d:\d\d:\d\d · this hour · reading · by urgency · grouped · UTC\S*$/,
    );
    expect(lines(read(type(start(), '1')))[0]).toMatch(/ · last 5 min · by urgency · grouped · UTC\S*$/);
  });

  it('groups messages or shows each by a key, and keeps the selected one', () => {
    const state = type(start(), 'jg');
    expect(state.question.groupBy).toBe('message');
    expect(lines(read(state))[0]).toMatch(/ · each message · UTC\S*$/);
    expect(lines(read(state))[4]).toMatch(/^> .*a new one/);
  });

  it('is paused and goes on by the space bar', () => {
    expect(lines(type(start(), ' '))[0]).toMatch(/^PAUSED · this hour/);
    expect(type(start(), '  ').isPaused).toBe(false);
  });

  it.each(['q', '<C-c>', '/filter<C-c>', '<return><C-c>', '?<C-c>', '<return>qq', '?qq'])(
    'ends by %j, and not by what leads there',
    (keys) => {
      expect(type(start(), keys).hasEnded).toBe(true);
      expect(type(start(), keys.replace(/(<C-c>|q)$/, '')).hasEnded).toBe(false);
    },
  );

  it.each([
    [80, 24],
    [160, 50],
    [40, 10],
    [20, 5],
    [20, 1],
    [400, 100],
  ])('has as many lines as a terminal of %i columns and %i rows, and none is wider', (columns, rows) => {
    const wide = row(`wide 日本語 ${'long '.repeat(100)}`, 12_345, {
      name: 'a-logger-with-a-long-name',
      severity: 'notice',
    });
    for (const keys of ['', '<end>', '/no such row', '<return>', '?', '/wide 日本<return><return>']) {
      const shown = lines(type(read(start(columns, rows), [...ROWS, wide]), keys));
      if (!/return|\?/.test(keys)) expect(shown).toHaveLength(rows);
      expect(shown.length).toBeLessThanOrEqual(rows);
      expect(shown.filter((line) => textWidth(line) > columns)).toEqual([]);
    }
  });
});

describe('message of the interactive top', () => {
  const sample = { time: NOW, message: 'a critical one {"user":17}', stack: 'Error: why\n    at here (file.js:1:2)' };
  const opened = (keys = ''): State =>
    type(read(start(), [row('a critical one', 30, { severity: 'critical', sample })]), `<return>${keys}`);

  it('shows when it was seen, its minutes on an axis, and a line with its stack', () => {
    const text = lines(opened()).join('\n');
    expect(text).toMatch(/NEW since \d\d:\d\d:37, 1 min ago\n30 this hour, 0 expected \(new\), 0 before/);
    expect(text).toMatch(
      /first seen: \d\d:\d\d:37, 1 min ago\nlast seen: \d\d:41, this minute\nbefore that: not within a week/,
    );
    expect(text).toMatch(/ {4}30 \| +█\n( {7}\| +█\n){1} {5}0 \|▁{59}█\n {8}\d\d:42 +\d\d:41/);
    expect(text).toMatch(
      /kept line, the first of its hour\n\d\d:\d\d:07 {2}a critical one \{"user":17}\n {4}Error: why\n {8}at here \(file.js:1:2\)/,
    );
  });

  it.each([
    [40, 12],
    [80, 16],
    [80, 24],
    [160, 50],
  ])('has when it began and the stack in sight at %i columns and %i rows, also with many variants', (columns, rows) => {
    const variants = Array.from({ length: 10 }, (_, i) => ({ message: `variant ${i}`, count: 1 }));
    const many = row('<num> of a pattern that is long', 10, { variants, variantCount: 10, sample });
    for (const each of [row('one', 3, { sample }), many]) {
      const text = lines(type(read(start(columns, rows), [each]), '<return>')).join('\n');
      expect(text).toMatch(/NEW since \d\d:\d\d:37/);
      expect(text.match(/Error: why\n {8}at here/g)).toHaveLength(1);
    }
  });

  it.each([
    [26, '26 hours earlier'],
    [1, '1 hour earlier'],
    [null, 'not known'],
  ])('says when it was seen before its last hour, %p hours earlier, as %p', (gapHours, text) => {
    const seen = row('a known one', 1, { gapHours, firstSeen: new Date(NOW.getTime() - 27 * 3_600_000) });
    expect(lines(type(read(start(), [seen]), '<return>'))).toContain(`before that: ${text}`);
  });

  it('stays what it is while the list changes, and says so when it is gone', () => {
    const state = read(opened(), [row('another', 1)]);
    expect(lines(state).join('\n')).toContain('not logged this hour: this is what was last read');
    expect(lines(state)[1]).toBe('a critical one');
  });

  it('shows the messages behind a pattern, the most frequent first, and how many there are', () => {
    const variants = [
      { message: 'order 17 failed', count: 10 },
      { message: 'order 4 failed', count: 2 },
    ];
    const pattern = row('order <num> failed', 15, { variants, variantCount: 5, keys: ['order <num> failed'], sample });
    const text = lines(type(read(start(), [pattern]), '<return>')).join('\n');
    expect(text).toContain('5 messages of this pattern\n  10  order 17 failed\n   2  order 4 failed\n  and 3 more');
    expect(text).toContain('kept line, the first of its hour with one of the variants\n');
    const grown = row('order <num> <value>', 16, { id: 'other', keys: ['order <num> lost', 'order <num> failed'] });
    expect(lines(read(type(read(start(), [pattern]), '<return>'), [grown]))[1]).toBe('order <num> <value>');
  });

  it('is scrolled by keys no further than to its end', () => {
    const state = resize(opened('<end>'), { columns: 80, rows: 10 });
    const { scroll, lines: shown } = renderFrame(state, LOOK);
    expect(shown.at(-2)).toMatch(/a critical one \{"user":17}/);
    expect(renderFrame({ ...state, scroll: scroll - 1 }, LOOK).lines.at(-1)).toContain('PageDown: 1 more line');
  });

  it.each(['<escape>', 'q', '<left>', '<return>', '?qq', '?<escape><escape>'])('is left for the list by %j', (keys) => {
    expect(opened(keys).view).toBe('list');
    expect(opened(keys).hasEnded).toBe(false);
  });
});

describe('help of the interactive top', () => {
  it.each([20, 40, 80])('has all its words in a terminal of %i columns', (columns) => {
    const help = lines(type(start(columns, 200), '?'));
    expect(help.filter((line) => textWidth(line) > columns)).toEqual([]);
    const words = help.slice(0, -1).join(' ').split(/\s+/).join(' ');
    expect(words).toMatch(/Enter:? its minutes, when it was seen, a line of it with the stack Esc, q:? back/);
    expect(words).toMatch(/ \/:? filter by words in logger, severity, status or message; Esc ends it s:? sort/);
  });

  it('lists every key, and is left for where it was opened', () => {
    const text = lines(type(start(), '?')).join('\n');
    for (const key of ['Enter', 'Esc', '/', 's ', '1, 2, 3', 'space', 'q, Ctrl-C']) expect(text).toContain(key);
    expect(type(start(), '??').view).toBe('list');
    expect(type(start(), '<return>??').view).toBe('message');
  });
});
