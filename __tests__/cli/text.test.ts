import { spawnSync } from 'node:child_process';
import { fit, textWidth, visible, visibleJson, wrap } from '../../src/cli/terminal/text';
import { itWith } from '../support/requirements';
import { HIDING, HOSTILE_NAMES, HOSTILE_TEXTS, readBack } from '../support/viewers/hostile';

const HOSTILE = [...HOSTILE_TEXTS, ...HOSTILE_NAMES].map(({ title, text }) => [title, text] as const);

describe('visible text', () => {
  it.each([
    ['plain', 'user 17: a\\b "c"', 'user 17: a\\b "c"'],
    ['line ends and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['a sequence of ANSI', '\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['C1 and DEL', '\u009b2J\u007f', '\\x9b2J\\x7f'],
    ['an override of direction', 'a\u202eb\u2066c\u061cd', 'a\\u202eb\\u2066c\\u061cd'],
    ['what has no width', 'a\u200bb\u00adc\u2060d\ufeffe\u{e0041}', 'a\\u200bb\\xadc\\u2060d\\ufeffe\\udb40\\udc41'],
    [
      'joiners of other scripts and of signs',
      'می\u200cخواهم 👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3',
      'می\u200cخواهم 👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3',
    ],
    [
      'joiners that join nothing',
      'adm\u200din \u200c👩\u200d\u200d1\ufe0f',
      'adm\\u200din \\u200c👩\u200d\\u200d1\\ufe0f',
    ],
    [
      'blanks of Braille and Hangul, and marks without a sign',
      '\u2800\u3164\u115f\u034f\u2061',
      '\\u2800\\u3164\\u115f\\u034f\\u2061',
    ],
    ['separators', 'a\u2028b\u2029', 'a\\u2028b\\u2029'],
    ['halves of a character', 'a\ud83db\udca9', 'a\\ud83db\\udca9'],
    ['a whole one', '💩', '💩'],
  ])('escapes what a terminal would hide or obey, and nothing else: %s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it.each(HOSTILE)('holds every character, and nothing that a terminal obeys: %s', (_, text) => {
    expect(visible(text)).not.toMatch(HIDING);
    expect(visible(text)).not.toMatch(/[\t\n]/);
    expect(readBack(text, visible(text))).toBe(text);
  });

  it('has only its escapes painted', () => {
    expect(visible('a\u0007b', (escape) => `<${escape}>`)).toBe('a<\\x07>b');
  });
});

describe('visible JSON', () => {
  it.each(HOSTILE)('parses to the same value, and holds nothing that a terminal obeys: %s', (_, text) => {
    const shown = visibleJson({ message: text });
    expect(shown).not.toMatch(HIDING);
    expect(JSON.parse(shown)).toEqual({ message: text });
  });
});

describe('width of a text', () => {
  it.each([
    ['', 0],
    ['hello', 5],
    ['支払い', 6],
    ['ＷＩＤＥ', 8],
    ['결제', 4],
    ['a\u0301\u0302b', 2],
    ['می\u200cخواهم', 7],
    ['🚨', 2],
    ['⚠️', 2],
    ['🇩🇪', 2],
    ['×▒█░·…', 6],
    ['👩‍👩‍👧', 2],
    ['👍🏽', 2],
    ['👩🏽‍🚒 x', 4],
    ['❤️‍🔥', 2],
    ['1️⃣#️⃣', 4],
    ['☰☷', 4],
    ['\u{17000}\u{18df2}', 4],
    ['\u{1aff0}\u{1b2fb}', 4],
    ['\u{1f200}\u{1f265}', 4],
    ['🇩', 1],
    ['हिन्दी', 5],
    ['கொ', 2],
  ])('is its number of terminal columns: %j takes %d', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

/** Prints for each range of characters that its Unicode knows how wide they are: W for two columns, N for one. */
const PYTHON = `
import unicodedata
def kind(code):
    character = chr(code)
    if unicodedata.category(character) in ('Cn', 'Cs', 'Co', 'Cc', 'Cf', 'Mn', 'Me'): return '-'
    return 'W' if unicodedata.east_asian_width(character) in 'WF' else 'N'
start = 0
for code in range(1, 0x110001):
    if code == 0x110000 or kind(code) != kind(start):
        print(start, code - 1, kind(start))
        start = code
`;

describe('width of a character', () => {
  itWith('python')('is what another table of Unicode says, but for what became wide with Unicode 16', () => {
    const ranges = spawnSync('python3', ['-c', PYTHON], { encoding: 'utf8' }).stdout.trim().split('\n');
    const different: number[] = [];
    for (const [from, to, kind] of ranges.map((range) => range.split(' ')) as [string, string, string][]) {
      // A look at each character of the long ranges would take seconds.
      const step = Number(to) - Number(from) > 256 ? 13 : 1;
      for (let code = Number(from); kind !== '-' && code <= Number(to); code += step) {
        if (textWidth(String.fromCodePoint(code)) !== (kind === 'W' ? 2 : 1)) different.push(code);
      }
    }
    /** Symbols of the Book of Changes, and vowels of Hangul, which take no column beside a consonant. */
    const known = [
      [0x1160, 0x11ff],
      [0x2630, 0x2637],
      [0x268a, 0x268f],
      [0x4dc0, 0x4dff],
      [0x1d300, 0x1d376],
    ] as const;
    expect(ranges.length).toBeGreaterThan(1000);
    expect(different.filter((code) => !known.some(([from, to]) => code >= from && code <= to))).toEqual([]);
  });
});

describe('wrapped text', () => {
  it.each([
    ['hello', 5, ['hello']],
    ['hello world', 5, ['hello', ' worl', 'd']],
    ['支払い', 4, ['支払', 'い']],
    ['a\u001bb', 4, ['a', '\\x1b', 'b']],
    ['', 5, ['']],
    ['a\u200bb', 4, ['a\\u2', '00bb']],
    ['👍🏽🏽🏽', 4, ['👍🏽🏽🏽']],
    ['🏽🏽🏽', 4, ['🏽🏽', '🏽']],
  ])('is broken into lines of its columns: %j in %d', (text, columns, lines) => {
    expect(wrap(text, columns)).toEqual(lines);
  });

  it('ends in an ellipsis after the most lines', () => {
    expect(wrap('abcdefghij', 3, 2)).toEqual(['abc', 'de…']);
  });
});

describe('cut text', () => {
  it.each([
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['hello', 1, '…'],
    ['支払い', 6, '支払い'],
    ['支払い', 5, '支払…'],
    ['支払い', 4, '支…'],
    ['a\u0301b\u0301c\u0301', 2, 'a\u0301…'],
    ['ab\u001b[2J', 6, 'ab…'],
    ['ab\u001b[2J', 7, 'ab\\x1b…'],
    ['👩‍👩‍👧 family', 5, '👩‍👩‍👧 f…'],
  ])('fits its columns, and ends in an ellipsis if something is left out: %j in %d', (text, columns, shown) => {
    expect(fit(text, columns)).toBe(shown);
  });

  it.each(HOSTILE)('fits its columns, and begins as the text does: %s', (_, text) => {
    for (const columns of [1, 2, 10, 79]) {
      const shown = fit(text, columns);
      expect(textWidth(shown)).toBeLessThanOrEqual(columns);
      expect(shown).not.toMatch(HIDING);
      if (shown !== visible(text)) expect(visible(text).startsWith(shown.replace(/…$/, ''))).toBe(true);
    }
  });

  it('has its escapes painted', () => {
    expect(fit('a\u0007bcdef', 7, (escape) => `<${escape}>`)).toBe('a<\\x07>b…');
  });
});
