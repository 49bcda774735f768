import fc from 'fast-check';
import { createParameterizer, parameterize } from '../../src';
import { toKey } from '../../src/record/grouping/key';
import { anyCharacter } from '../support/any-character';
import { effort } from '../support/effort';
import { readLabelledMessages } from '../support/labelled-messages';

const MAX_BYTES = 1024;
const HOSTILE_LENGTH = 65_536;

/** Pieces that the rules look for: in random sequences of them the rules meet. */
const PIECES = [
  ...Array.from('    \n\t"\'`<>()[]{}=:,./\\|@#-_~%*!?07afé\u001b\ud800'),
  ...':: 17 404 1.5e3 0x1f xy 订单 10.0.0.1 host.example.com /var/log/x C:\\x a@b.com http://a.b/c'.split(' '),
  ...'12:30:05 2024-01-02 Nov AM ms s KB bytes user for from invalid status GET HTTP/1.1 msg level ann'.split(' '),
  ...'<number> <host> <name> <text> <value> <path> <time> <email> \u001b[31m'.split(' '),
  ...'code P2002 errno E11000 ENOTFOUND null true : Error: and files EUR /: [slug] .... ---- 1h 2m MB at [::1]:80'.split(
    ' ',
  ),
  ...'deadbeef aBcDeFgHiJkLmN cus_ \u0661 \uff11 "k": k8s= v1.2.3-rc.1 aa:bb:cc:dd:ee:ff (3:17) GMT+0200'.split(' '),
  ...'exited (1) signal 9 said 23505 40P01 returned failed ERROR rc=1 TLS alert closed 1006 severity ./a.ts:3:4'.split(
    ' ',
  ),
  ...'Mon Sunday of May March Europe/Berlin req/s per minute */5 * *.ts src/**/*.{a,b} s:* >=18 US$ 3M rows'.split(' '),
  '550 5.1.1 ',
  ' 421-4.7.0',
  'failed [23505]',
  'pulling a:1.2-b',
  'GET:/a?b=1',
  'user null ',
  '(null)',
  ' -> undefined',
  '3 children were ',
  '2.1.2024, 15:04',
  'to Bob <a@b.com>',
  '[0, 100)',
  '(1;5]',
  '[) ',
  '[===> ] 4%',
  '█████░░',
  '⠋ ',
  '<Buffer 68 65>',
  'Map(1) { <text> => 1 }',
  '{\n',
  '\n}',
  'Failed:\n',
  '\nat x',
  'invalid user ',
  ' from <host>',
  '<<email>>',
  '<time> - -',
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: anyCharacter, maxLength: 3 }));
const text = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(' ')),
  fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 400 }))
    .map(([pieces, times]) => pieces.join('').repeat(times)),
);

const repeated = (part: string): string => part.repeat(Math.ceil(HOSTILE_LENGTH / part.length));

const drawFrom = (unit: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(unit)), minLength: length, maxLength: length });
const digits = drawFrom('0123456789', 41);
const hexadecimal = drawFrom('0123456789abcdef', 64);
/** The text with other digits for each 0, and other hexadecimal digits for each f. */
const filled = (...forms: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...forms), digits, hexadecimal)
    .map(([form, ten, sixteen]) =>
      Array.from(form, (character, i) =>
        character === '0' ? ten[i % ten.length] : character === 'f' ? sixteen[i] : character,
      ),
    )
    .map((characters) => characters.join(''));

/** Values of each kind, in the forms that logs have. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  number: filled('0', '00', '-000', '00000', '0.00', '0,000', '0000000000'),
  UUID: filled('ffffffff-ffff-ffff-ffff-ffffffffffff'),
  'IPv4 address': filled('00.0.0.0', '000.00.00.0:0000', '00.0.0.0/00'),
  'IPv6 address': filled('2001:db8::0:0d:0', 'fe80::fff0:ff', '::0', '2001:db8:f:f:ff:fff:00:00', '::ffff:00.0.0.0'),
  'MAC address': filled('ff:ff:ff:ff:ff:0f', 'ff-ff-ff-ff-ff-0f', '00:00:00:00:00:00', '00-00-00-00-00-00'),
  duration: filled('0ms', '00 ms', '0.0s', '00m00s', '0h 00m', '0 minutes', '000µs', '0d', 'PT00M', '0 hrs'),
  size: filled('000B', '0.0 KB', '00MiB', '0,000 bytes', '0kb', '00 GB', '000M'),
  date: filled(
    '0000-00-00',
    '0000-00-00T00:00:00.000Z',
    '00/00/0000',
    'May 00 00:00:00',
    '00:00:00',
    '00000000T000000Z',
  ),
  version: filled('0.0', 'v0.00.0', '00.0.0-rc.0', '0.0.0+f'),
  hash: filled(
    '0fffffff',
    'fffffff0ffff',
    '0fffffffffffffff',
    `0${'f'.repeat(31)}`,
    '0000000d',
    '0e00000',
    '00000000e00',
  ),
  'joined id': filled('ord_0d', 'job-00s', 'x_0h-00m', 'user:0d:cart', 'a:00:0m', 'item_f0f:00'),
};
/** Where a value may stand, shown by a star. */
const SURROUNDINGS = [
  '* / a * b / * left / left * / (*) / [*] / {*} / <*> / "*" / \'*\' / a `*` b / x=* / x=* y=2 / x="*" / x:* / x: *',
  'x: *, y: 2 / {"x":*,"y":2} / { x: * } / {"x":"*"} / see *. / see *, then / see *: then / see *; ok / see *! / ok *?',
  'a (*) b / a [*] b / a|*|b / of * (3) / from * to * / #* / no. *... / * - * / - * / -> * / [x: *] / (x=*) / *, * / *件',
  'on *\n    at run (a.js:1:2) / Failed:\n* / \u001b[31m*\u001b[39m ok',
].flatMap((each) => each.split(' / '));
const value = fc.oneof(...Object.values(VALUES));
/** What stands between the values and words of a log line. */
const GLUE = [
  ' ',
  ' ',
  ' ',
  ', ',
  ': ',
  ':',
  '=',
  '-',
  '_',
  '/',
  '|',
  '.',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '@',
  '->',
  '',
];
const logLine = fc
  .array(fc.tuple(fc.oneof(value, fc.constantFrom(...PIECES)), fc.constantFrom(...GLUE)), { maxLength: 9 })
  .map((parts) => parts.flat().join(''));
const anyText = fc.oneof(text, logLine);

/** The text with other digits in the place of its digits. */
function renumber(text: string, seed: string): string {
  return text.replace(/\d/g, (_, at: number) => seed[at % seed.length] as string);
}

/** Numbers that rules tell from others of their length. */
const TELLING = '2 17 404 137 999 1006 4001 1045 1999 2024 23505 3221225477'.split(' ');
/** Messages that differ from one another in their digits. */
function listRenumbered(message: string, seed: string): string[] {
  const telling = [0, 1, 2].map((n) =>
    message.replace(/\d+/g, (number, at: number) => {
      const alike = TELLING.filter(({ length }) => length === number.length);
      return alike[(at + n) % alike.length] ?? number;
    }),
  );
  return [message, renumber(message, seed), ...telling, renumber(message, `${seed}7`)];
}
const labelled = (['known', 'aside', 'kinds', 'kinds aside'] as const).flatMap((part) =>
  readLabelledMessages(part).map(({ message }) => message),
);

describe('parameterize, for random texts,', () => {
  it('gives the key that the rules give, whatever messages with other digits came before', () => {
    const glued = fc
      .tuple(fc.constantFrom(...labelled), fc.constantFrom(...PIECES), fc.nat(), fc.nat(8))
      .map(([message, piece, at, cut]) => {
        const start = at % (message.length + 1);
        return message.slice(0, start) + piece + message.slice(start + cut);
      });
    const line = fc.oneof(fc.constantFrom(...labelled), glued, anyText);
    fc.assert(
      fc.property(line, digits, (message, seed) => {
        const messages = listRenumbered(message, seed);
        expect(messages.map(parameterize)).toEqual(messages.map((each) => toKey(each)));
      }),
      { numRuns: effort({ quick: 2000, full: 100_000 }) },
    );
  });

  it.each(Object.entries(VALUES))('gives one key whatever the digits of a %s are, in any surrounding', (_, kind) => {
    fc.assert(
      fc.property(kind, fc.constantFrom(...SURROUNDINGS), digits, (one, surrounding, seed) => {
        const [key, other] = [one, renumber(one, seed)].map((each) => parameterize(surrounding.replaceAll('*', each)));
        expect(other).toBe(key);
      }),
      { numRuns: effort({ quick: 400, full: 4000 }) },
    );
  });

  it('has no key for a single UUID, address or hash', () => {
    const ids = ['UUID', 'IPv4 address', 'IPv6 address', 'MAC address', 'joined id', 'hash'];
    fc.assert(
      fc.property(fc.oneof(...ids.map((id) => VALUES[id] as fc.Arbitrary<string>)), (id) => {
        expect(parameterize(`lost ${id} again`)).toMatch(/^lost (?:[a-z]+:)?<(?:host|number|value)>(?::cart)? again$/);
      }),
      { numRuns: effort({ quick: 400, full: 4000 }) },
    );
  });

  it.each(['0:\u001b[31m/aa:bb:cc:dd:ee:ff 000B/0000-00-00', '-1.5=status  404', '\u001b ⠋  40P01'])(
    'leaves the key of %j unchanged',
    (odd) => {
      const key = parameterize(odd);
      expect(parameterize(key)).toBe(key);
    },
  );

  it('leaves its own keys unchanged', () => {
    fc.assert(
      fc.property(anyText, (message) => {
        const key = parameterize(message);
        expect(parameterize(key)).toBe(key);
      }),
      { numRuns: effort({ quick: 200, full: 20_000 }) },
    );
  });

  it('gives one well-formed line of at most 1 KB', () => {
    fc.assert(
      fc.property(anyText, (message) => {
        const key = parameterize(message);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(MAX_BYTES);
        expect(key.isWellFormed()).toBe(true);
        expect(key).not.toMatch(/[\r\n]/);
      }),
      { numRuns: effort({ quick: 200, full: 20_000 }) },
    );
  });

  it('gives the same key each time, also without a memory of messages', () => {
    fc.assert(
      fc.property(anyText, (message) => {
        const fresh = createParameterizer();
        const keys = [parameterize(message), parameterize(message), parameterize(message), fresh(message)];
        expect(new Set(keys).size).toBe(1);
      }),
    );
  });

  it('ignores text after the first 1,024 characters', () => {
    fc.assert(
      fc.property(text, fc.string({ unit: anyCharacter }), (message, more) => {
        const head = `${message.replace(/\s/g, ' ')}${'x '.repeat(MAX_BYTES)}`;
        expect(parameterize(head + more)).toBe(parameterize(head));
      }),
    );
  });

  it.each([
    ...PIECES,
    '\r\n',
    '\u001b[',
    '\'"`',
    '([{<',
    '<a',
    'a=b{',
    'a=b(',
    '1,',
    '1:11 ',
    'GET a ',
    'a://',
    'Jan 1 ',
  ])('gives a key of at most 1 KB, which it leaves unchanged, for 64 KB of %j', (part) => {
    for (const message of [repeated(part), `${repeated(part)}\n!`, `x${repeated(part)}`]) {
      const key = parameterize(message);
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(MAX_BYTES);
      expect(parameterize(key)).toBe(key);
    }
  });
});
