import fc from 'fast-check';
import { parameterize } from '../../src/record/parameterize';
import { effort } from '../support/effort';

const MAX_BYTES = 1024;
const HOSTILE_LENGTH = 65_536;

/** Pieces that the rules look for: in random sequences of them the rules meet. */
const PIECES = [
  ...Array.from('    \n\t"\'`<>()[]{}=:,./\\|@#-_~%*!?07afé\u001b\ud800'),
  ...':: 17 404 1.5e3 0x1f xy 订单 10.0.0.1 host.example.com /var/log/x C:\\x a@b.com http://a.b/c'.split(' '),
  ...'12:30:05 2024-01-02 Nov AM ms s KB bytes user for from invalid status GET HTTP/1.1 msg level ann'.split(' '),
  ...'<number> <host> <name> <text> <value> \u001b[31m'.split(' '),
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 }));
const text = fc.oneof(
  fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(' ')),
  fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 400 }))
    .map(([pieces, times]) => pieces.join('').repeat(times)),
);

const repeated = (part: string): string => part.repeat(Math.ceil(HOSTILE_LENGTH / part.length));

describe('parameterize', () => {
  it.each([
    ['user 17 failed', 'user <number> failed'],
    ['offset -27, ratio 97.5%, mask 0xffe0, rank #3', 'offset <number>, ratio <number>, mask <number>, rank <number>'],
    ['iar 00106570 dear 0245a4d0', 'iar <number> dear <number>'],
    ['moved 1.5e-7 at 3.60GHz', 'moved <number> at <number>'],
    ['job 550e8400-e29b-41d4-a716-446655440000 done', 'job <id> done'],
    ['Deleting block blk_-1046472716157313227', 'Deleting block <id>'],
    ['card 00:11:43:e3:ba:c3, bus 0000:00:1e.0', 'card <id>, bus <id>'],
    ['storage442 is full', '<id> is full'],
    ['cleanup.ts:17 threw Event@7317849d', 'cleanup.ts:<number> threw Event@<number>'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'connect ECONNREFUSED <host>'],
    ['from /10.251.73.220:54106 to db-2/10.0.0.7:8030', 'from <host> to <host>'],
    ['listening on ::1 and fe80::1%eth0', 'listening on <host>'],
    ['proxy.cse.example.edu:5070 close', '<host> close'],
    ['rev 195-154-37-122.rev.example.eu refused', 'rev <host> refused'],
    ['wrote /var/log/a.log to ./tmp/x and C:\\Temp\\y.dll', 'wrote <path> to <path>'],
    ['at run (src/index.js:10:5)', 'at run (<path>:<number>)'],
    ['GET https://api.example.com/v1/users?id=17.', 'GET <url>.'],
    ['sent to ann@example.com', 'sent to <email>'],
    ['2026-11-24T15:31:07.000Z up', '<time> up'],
    ['at Sat Jun 18 02:08:10 2005', 'at <time>'],
    ['[10/Oct/2000:13:55:36 -0700] up', '[<time>] up'],
    ['took 12ms, then 1.2 s, 3 minutes or 00:02', 'took <time>, then <time> or <time>'],
    ['size 388.0 B of 13.2 KB, 2364 bytes', 'size <size> of <size>'],
    ["Cannot find module 'express'", 'Cannot find module <text>'],
    ['lock "View Lock" of `main`', 'lock <text> of <text>'],
    ['uid=0 ws=null tag="View Lock" at=Rect(0, 0 - 7, 12)', 'uid=<value> ws=<value> tag=<value> at=<value>'],
    ['logname= user=root', 'logname= user=<value>'],
    ['session opened for user ann by (uid=0)', 'session opened for user <name> by (uid=<value>)'],
    ['Failed password for ann from 10.0.0.1 port 22 ssh2', 'Failed password for <name> from <host> port <number> ssh2'],
    ['Invalid user 0101 from 10.0.0.1', 'Invalid user <name> from <host>'],
    ['failed for an1 an2 an3, an4', 'failed for <id>'],
    ['gave up on blk_17: retry 3.', 'gave up on <id>: retry <number>.'],
    ['moved x_<id>7', 'moved x_<id><number>'],
  ])('puts placeholders for the parts of %j that vary', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it.each([
    ['GET /users/17 404 12.3 ms - 512', 'GET <path> 404 <time> - <number>'],
    ['"POST /a/1?b=2 HTTP/1.1" 201 2326', '"POST <path> HTTP/1.1" 201 <number>'],
    ['failed with status code 503 after 503 tries', 'failed with status code 503 after <number> try'],
    ['status=404 method=GET path=/users/17', 'status=404 method=GET path=<value>'],
    ['{"status":404,"id":17,"state":"paid","by":"ann"}', '{"status":404,"id":<number>,"state":"paid","by":<text>}'],
    ['level=info msg="user created" user=17', 'level=info msg="user created" user=<value>'],
    ['java.net.NoRouteToHostException: No route', 'java.net.NoRouteToHostException: No route'],
    ['utf-8, sha256 and HTTP/1.1 over ipv6', 'utf-8, sha256 and HTTP/1.1 over ipv6'],
    ['read/write of TCP/IP, N/A', 'read/write of TCP/IP, N/A'],
    ["can't open the user's file", "can't open the user's file"],
    ["can't open the users' file", "can't open the users' file"],
    ['Invalid user credentials', 'Invalid user credentials'],
    ['waiting for user input', 'waiting for user input'],
    ['заказ 17 оплачен', 'заказ <number> оплачен'],
    ['订单17已完成', '订单<number>已完成'],
  ])('keeps the parts of %j that say what happened', (message, key) => {
    expect(parameterize(message)).toBe(key);
  });

  it.each([
    ['the unit of a size', 'free 388.0 B', 'free 13.2 KB'],
    ['the format of a duration', 'lifetime <1 sec', 'lifetime 00:02'],
    ['the letters of a hexadecimal number', 'lr:00206158', 'lr:4422882c'],
    ['a sign', 'exit -1', 'exit 1'],
    ['a host, by name or address', 'from 10.0.0.1', 'from a.example.com'],
    ['the length of a list', 'delete blk_1', 'delete blk_2 blk_3 blk_4'],
    ['the kind of a value', 'ws=null', 'ws=WorkSource{10113}'],
    ['the number of blanks', 'rhost=a  user=b', 'rhost=a user=b'],
  ])('gives one key to messages that differ in %s', (_, one, other) => {
    expect(parameterize(one)).toBe(parameterize(other));
  });

  it('takes the first line with text, without colour codes', () => {
    const stack = '\n\u001b[31m\u001b[39m\n \t\n  \u001b[31mError\u001b[39m: order 17\n    at run (/app/a.js:1:2)\n';
    expect(parameterize(stack)).toBe('Error: order <number>');
    expect(parameterize('order 17\r\nfailed')).toBe('order <number>');
  });

  it('gives an empty key to a message without text', () => {
    expect(['', ' \n\t\r\n', '\u001b[31m\u001b[0m'].map(parameterize)).toEqual(['', '', '']);
  });

  it('cuts a long key at a blank, so that no token is cut in two', () => {
    expect(parameterize(`a ${'1f2x,b '.repeat(500)}`)).toMatch(/^a (<id>,b )+<id>,b$/);
    expect(parameterize(`${'word '.repeat(204)}wordy 17`)).toBe('word '.repeat(204).trimEnd());
  });

  it('cuts a long text without blanks between characters', () => {
    expect(parameterize('订'.repeat(2000))).toBe('订'.repeat(341));
    expect(parameterize(`a${'😀'.repeat(2000)}`)).toBe(`a${'😀'.repeat(255)}`);
  });

  it('leaves its own keys unchanged, for random texts', () => {
    fc.assert(
      fc.property(text, (message) => {
        const key = parameterize(message);
        expect(parameterize(key)).toBe(key);
      }),
      { numRuns: effort({ quick: 200, full: 2000 }) },
    );
  });

  it('gives one well-formed line of at most 1 KB, for random texts', () => {
    fc.assert(
      fc.property(text, (message) => {
        const key = parameterize(message);
        expect(Buffer.byteLength(key)).toBeLessThanOrEqual(MAX_BYTES);
        expect(key.isWellFormed()).toBe(true);
        expect(key).not.toMatch(/[\r\n]/);
      }),
      { numRuns: effort({ quick: 200, full: 2000 }) },
    );
  });

  it('ignores text after the first 1,024 characters, for random texts', () => {
    fc.assert(
      fc.property(text, fc.string({ unit: 'binary' }), (message, more) => {
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
