import { fit, textWidth, visible, visibleJson } from '../../src/cli/terminal/text';
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
  ])('is its number of terminal columns: %j takes %d', (text, width) => {
    expect(textWidth(text)).toBe(width);
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
    ['👩‍👩‍👧 family', 5, '…'],
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
