import { ASCII_MARKS, barsWithin, chart, sparkline, UNICODE_MARKS } from '../../src/cli/terminal/sparkline';
import { wantsColor, wantsUnicode } from '../../src/cli/terminal/style';

const minutes = (...last: (number | null)[]): (number | null)[] => [
  ...Array<null>(60 - last.length).fill(null),
  ...last,
];

describe('sparkline', () => {
  it.each([
    [[0, 1, 2, 4, 7], '▁▂▃▅█'],
    [[0, 0, 0], '▁▁▁'],
    [[1000, 1], '█▂'],
    [[5, null, 5], '█ █'],
  ])('shows counts by minute, the greatest as a full bar and unknown ones blank: %j', (last, bars) => {
    expect(sparkline(minutes(...last), 60, UNICODE_MARKS)).toBe(bars.padStart(60));
  });

  it('sums the minutes of a bar', () => {
    expect(sparkline(minutes(1, 1, 1, 0, 0, 0, 2, 2, 3), 20, UNICODE_MARKS).trim()).toBe('▄▁█');
  });

  it('is of ASCII where there is nothing else', () => {
    expect(sparkline(minutes(0, 1, 2, 4, 7), 60, ASCII_MARKS).trim()).toBe('_.:=#');
  });

  it.each([
    [200, 60],
    [59, 30],
    [16, 15],
    [11, 10],
    [3, 1],
  ])('has as many bars as fit %d columns and share an hour evenly', (columns, bars) => {
    expect(barsWithin(columns)).toBe(bars);
  });
});

describe('chart', () => {
  it('shows bars over several rows, and the count of a full one', () => {
    expect(chart(minutes(0, 7, 14), { bars: 60, rows: 2 }, UNICODE_MARKS)).toEqual({
      rows: ['  █'.padStart(60), '▁██'.padStart(60)],
      most: 14,
    });
  });
});

describe('signs of a terminal', () => {
  it.each([
    [{}, true],
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'en_US.utf8', LC_ALL: '' }, true],
    [{ LANG: 'C' }, false],
    [{ LC_ALL: 'POSIX', LANG: 'de_DE.UTF-8' }, false],
    [{ TERM: 'linux', LANG: 'de_DE.UTF-8' }, false],
  ])('are of Unicode unless its kind or the locale has none: %j', (env, isUnicode) => {
    expect(wantsUnicode(env)).toBe(isUnicode);
  });
});

describe('colours', () => {
  it.each([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', false, { FORCE_COLOR: '1' }, true],
    ['auto', false, { FORCE_COLOR: 'true', NO_COLOR: '1' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', false, { FORCE_COLOR: '' }, false],
    ['never', true, { FORCE_COLOR: '1' }, false],
    ['always', false, { NO_COLOR: '1', FORCE_COLOR: '0' }, true],
  ] as const)(
    'are used as asked for, then by FORCE_COLOR, then by NO_COLOR and the terminal: %s, %s, %j',
    (color, hasEscapes, env, isColored) => {
      expect(wantsColor(color, hasEscapes, env)).toBe(isColored);
    },
  );
});
