import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseInvocation, type TailArguments } from '../../src/cli/arguments/invocation';
import { FakeSink, runCli } from '../support/viewers/cli';

const { version } = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8'));

const GLOBALS = {
  url: 'redis://localhost:6379',
  urlSource: '--url',
  prefix: '',
  isCluster: false,
  isJson: false,
  color: 'auto',
};
const TOP = {
  ...GLOBALS,
  command: 'top',
  groupBy: 'pattern',
  sort: 'surge',
  window: 'current',
  isOnce: false,
  isWhole: false,
};

const tail = (...args: string[]): TailArguments => parseInvocation(['tail', ...args], {}) as TailArguments;

describe('command line', () => {
  it.each([
    [[], {}],
    [['top'], {}],
    [['shop'], { name: 'shop' }],
    [['top', 'shop'], { name: 'shop' }],
    [['-u', 'redis://other', 'shop'], { name: 'shop', url: 'redis://other' }],
    [['shop', '--url=redis://other', '--prefix', 'a:'], { name: 'shop', url: 'redis://other', prefix: 'a:' }],
    [['top', 'tail'], { name: 'tail' }],
    [['--', 'ls'], { name: 'ls' }],
    [['top', '--', '-n'], { name: '-n' }],
    [['top', '--', '--watch'], { name: '--watch' }],
    [['-n', '5', '--sort', 'count'], { limit: 5, sort: 'count' }],
    [['-l', 'warn,ERROR', '-l', 'crit'], { severities: ['warning', 'error', 'critical'] }],
    [['-l', 'audit, error,error'], { severities: ['audit', 'error'] }],
    [['-w'], { watchSeconds: 2 }],
    [['--watch', 'shop'], { watchSeconds: 2, name: 'shop' }],
    [['-w', '5', 'shop'], { watchSeconds: 5, name: 'shop' }],
    [['shop', '--watch', '0.5'], { watchSeconds: 0.5, name: 'shop' }],
    [['-w5'], { watchSeconds: 5 }],
    [['-w=0.5'], { watchSeconds: 0.5 }],
    [['--watch=60'], { watchSeconds: 60 }],
    [['--no-trunc'], { isWhole: true }],
    [['--json', '--cluster', '--color=never'], { isJson: true, isCluster: true, color: 'never' }],
  ])('parses the arguments of top: %j gives %j', (args, expected) => {
    expect(parseInvocation(args, {})).toEqual({ ...TOP, ...expected });
  });

  it.each([
    [{}, 'redis://localhost:6379'],
    [{ REDIS_URL: '' }, 'redis://localhost:6379'],
    [{ REDIS_URL: ' ' }, 'redis://localhost:6379'],
    [{ REDIS_URL: 'redis://env' }, 'redis://env'],
  ])('takes the URL from --url, then from REDIS_URL, then localhost: env %j gives %s', (env, url) => {
    expect(parseInvocation([], env)).toMatchObject({ url });
    expect(parseInvocation(['-u', 'redis://given'], env)).toMatchObject({ url: 'redis://given' });
  });

  it('gives tail its defaults and what it says', () => {
    const defaults = {
      isFollowing: false,
      limit: 100,
      hasTimestamps: false,
      output: 'default',
      include: [],
      exclude: [],
      grep: [],
    };
    expect(tail()).toEqual({ ...GLOBALS, command: 'tail', ...defaults });
    expect(tail('shop', '-ft', '-n', '0', '-o', 'raw')).toMatchObject({
      name: 'shop',
      isFollowing: true,
      hasTimestamps: true,
      limit: 0,
      output: 'raw',
    });
    expect(tail('--json').output).toBe('json');
  });

  it.each([
    ['90s', 90],
    ['10m', 600],
    ['1.5h', 5400],
    ['1d2h', 93_600],
    ['1500ms', 1.5],
    ['1w', 604_800],
    ['1w1d', 691_200],
    ['now', 0],
  ])('takes --since as a duration before now: %s', (text, seconds) => {
    const { since, limit } = tail('--since', text);
    expect(Math.abs(Date.now() - seconds * 1000 - (since as Date).getTime())).toBeLessThan(5000);
    expect(limit).toBe(Infinity);
  });

  it('takes --since as an ISO 8601 time, a local one if it has no zone', () => {
    expect(tail('-s', '2026-11-24T12:00:00Z').since).toEqual(new Date(Date.UTC(2026, 10, 24, 12)));
    expect(tail('-s', '2026-11-24T12:00').since).toEqual(new Date(2026, 10, 24, 12));
    expect(tail('-s', '2026-11-24').since).toEqual(new Date(2026, 10, 24));
    expect(tail('-s', '2026-11').since).toEqual(new Date(2026, 10, 1));
    expect(tail('-s', '1h', '-n', '5').limit).toBe(5);
  });

  it.each([0, 1, -1])('takes --since as a time of day, when it last was: %i minutes from now', (minutes) => {
    const at = new Date(Date.now() + minutes * 60_000);
    const time = tail('--since', at.toTimeString().slice(0, 5)).since as Date;
    expect(time.toTimeString().slice(0, 5)).toBe(at.toTimeString().slice(0, 5));
    expect(time.getTime()).toBeLessThanOrEqual(Date.now());
    expect(Date.now() - time.getTime()).toBeLessThan(26 * 3_600_000);
  });

  it.each([
    ['2026-11-24 12:00Z', '2026-11-24T12:00:00.000Z'],
    ['2026-11-24 12:00:07.25Z', '2026-11-24T12:00:07.250Z'],
    ['2026-11-24t12:00:07.123456z', '2026-11-24T12:00:07.123Z'],
    ['2026-11-24T12:00+05:30', '2026-11-24T06:30:00.000Z'],
    ['2026-11-24T12:00-0330', '2026-11-24T15:30:00.000Z'],
    ['2028-02-29T00:00Z', '2028-02-29T00:00:00.000Z'],
    ['1795521600', '2026-11-24T12:00:00.000Z'],
    ['1795521600.5', '2026-11-24T12:00:00.500Z'],
  ])('takes --since as a time: %s is %s', (text, time) => {
    expect(tail('--since', text).since?.toISOString()).toBe(time);
  });

  it.each([
    '24:00',
    '12:60',
    '2026-02-30',
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-00-10',
    '2026-11-00',
    '2026-02-30T12:00Z',
    '2026-11-24T25:00',
    '2026-11-24T24:00Z',
    '2026-11-24T12:60',
    '2026-11-24T12:00:60',
    '2026-11-24T12:00+24:00',
    '2026-11-24T12',
    '2026-11-24T12:00Z+01:00',
    '10',
    '1795521600000',
    '',
    '99999999999w',
  ])('refuses --since with a time that does not exist or is none: %j', (text) => {
    expect(() => tail('--since', text)).toThrow('--since takes a duration');
  });

  it.each([
    ['time', 'timeout', true],
    ['TIME', 'timeout', false],
    ['/^time/', 'timeout', true],
    ['/OUT$/i', 'timeout', true],
    ['/out/ ', 'timeout', false],
    ['a.c', 'abc', false],
  ])('matches --include as text or as a /pattern/: %s in %j is %s', (text, message, isFound) => {
    const [matches] = tail('-i', text).include;
    expect([matches?.(message), matches?.(message)]).toEqual([isFound, isFound]);
  });
});

describe('command line that is not understood', () => {
  it.each([
    [['--frobnicate'], "Unknown option '--frobnicate'"],
    [['ls', '--follow'], "Unknown option '--follow'"],
    [['tail', '-w'], "Unknown option '--watch'"],
    [['serve', '-n', '3'], "Unknown option '-n'"],
    [['-u'], "Option '-u, --url <value>' argument missing"],
    [['tail', '--follow=yes'], "Option '-f, --follow' does not take an argument"],
    [['tial', 'shop'], 'top takes one logger name, got 2: tial shop'],
    [['ls', 'shop'], 'ls takes no logger name, got shop'],
    [['serve', 'shop'], 'serve takes no logger name, got shop'],
    [['-n', '0'], "--limit takes a whole number from 1, got '0'"],
    [['-n', '1e3'], "--limit takes a whole number from 1, got '1e3'"],
    [['tail', '-n', '-1'], "Option '-n' argument is ambiguous\n"],
    [['tail', '-o', 'raw', '--json'], '--json does not go with --output raw'],
    [['tail', '-n', 'all'], "--tail takes a whole number from 0, got 'all'"],
    [['--sort', 'name'], "--sort takes one of surge, count, got 'name'"],
    [['--watch=0'], "--watch takes seconds from 0.1 to 3600, got '0'"],
    [['-wn'], "--watch takes seconds from 0.1 to 3600, got 'n'"],
    [['--color', 'red'], "--color takes one of auto, always, never, got 'red'"],
    [['tail', '-o', 'xml'], "--output takes one of default, raw, json, got 'xml'"],
    [['tail', '-s', 'yesterday'], '--since takes a duration'],
    [['tail', '-s', '2026-13-01'], '--since takes a duration'],
    [['tail', '-i', '/(/'], '--include: Invalid regular expression'],
    [['serve', '-p', '65536'], "--port takes a whole number from 0 to 65535, got '65536'"],
    [['-l', 'a:b'], '--level: expected a severity without a colon'],
    [['-l', 'info,'], '--level: expected a string of 1 to 128 bytes'],
    [['--no-trunc', '-w'], '--no-trunc does not go with --watch'],
    [['-u', 'http://localhost'], '--url must be a URL that begins with redis://, rediss:// or unix://'],
    [['-u', 'localhost:6379'], '--url must be a URL that begins with redis://'],
    [['-u', ''], '--url must be a URL that begins with redis://'],
    [['--cluster', '-u', 'redis://localhost/3'], '--url must be a URL of a host, without a database, with --cluster'],
  ])('ends with code 2 and says why: %j', async (args, why) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toContain(`winston-redis-recent-common: ${why}`);
    expect(stderr).toMatch(/\nTry winston-redis-recent-common --help\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('is quoted with its control characters escaped', async () => {
    const { stderr } = await runCli(['ls', 'a\u001b[2Jb']);
    expect(stderr).toContain('got a\\x1b[2Jb');
  });
});

describe('help and version', () => {
  it.each([
    [['--help'], 'Usage: winston-redis-recent-common [command] [logger] [options]'],
    [['top', '-h'], 'Usage: winston-redis-recent-common [top] [logger] [options]'],
    [['-h', 'tail'], 'Usage: winston-redis-recent-common tail [logger] [options]'],
    [['ls', '--help', '--color', 'red'], 'Usage: winston-redis-recent-common ls [options]'],
    [['serve', '-h'], 'Usage: winston-redis-recent-common serve [options]'],
  ])('prints the usage of the program or the command, in lines of at most 80 columns: %j', async (args, usage) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stdout.split('\n')[0]).toBe(usage);
    expect(stdout).toContain('-u, --url <url>');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('ends with the exit codes, of which 3 is of watch alone', async () => {
    const [top, watch] = await Promise.all(['top', 'watch'].map((command) => runCli([command, '--help'])));
    expect(top?.stdout).toMatch(/was not\nunderstood\.\n$/);
    expect(watch?.stdout).toMatch(/was not\nunderstood, 3 with --fail-on if there is no verdict\.\n$/);
  });

  it.each([['--version'], ['-V'], ['ls -V']])('prints the version: %s', async (args) => {
    const stdout = new FakeSink();
    expect(await runCli(args.split(' '), { stdout })).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('password in a command line', () => {
  const PASSWORDS = [
    'tulip daffodil',
    'tulip\ndaffodil',
    'tulip@daffodil',
    'tulip/daffodil',
    '12?daffodil',
    '12#daffodil',
    '12 daffodil',
    'tulip%daffodil',
  ];

  it.each(PASSWORDS)('is not shown, wherever its URL stands: %j', async (password) => {
    const url = `redis://user:${password}@127.0.0.1:1`;
    const split = url.split(' ');
    for (const args of [
      ['-u', url],
      ['-n', url],
      ['-l', url],
      ['ls', url],
      ['ls', '-u', ...split],
      ['tail', '-s', url],
      ['--color', url],
      ['top', 'a', ...split],
      ['serve', '--port', url],
    ]) {
      const { stderr, stdout, code } = await runCli(args);
      expect(code).not.toBe(0);
      expect(stderr + stdout).not.toMatch(
        /tulip|daffodil|12/.exec(password)?.[0] === '12' ? /daffodil|:12\D/ : /tulip|daffodil/,
      );
    }
  });
});

describe('argument with an @ after a URL', () => {
  const url = 'redis://127.0.0.1:1';

  it.each([
    [['-u', url, 'shop', 'tulip@daffodil']],
    [['--url', url, 'tulip@daffodil']],
    [['tail', `-u${url}`, '@daffodil', '-f']],
    [['tail', '-n', url, 'tulip@daffodil']],
    [['ls', `--url=${url}`, 'a', '-x', 'tulip@daffodil']],
  ])('is taken for a part of its password, and not shown: %j', async (args) => {
    const { code, stderr, stdout } = await runCli(args);
    expect(stderr).toContain('a URL with a blank must be quoted');
    expect(stderr + stdout).not.toMatch(/daffodil|127/);
    expect(code).toBe(2);
  });

  it.each([
    [['@scope/shop', '-u', url]],
    [['-u', url, 'tail', '@scope/shop']],
    [['-u', url, '--', 'ann@example.com']],
    [['tail', '-u', url, 'shop', '-i', 'ann@example.com']],
    [['tail', '-u', url, '--include=ann@example.com']],
    [['-u', 'redis://user:word@127.0.0.1:1', 'ann@example.com']],
  ])('is what it says if the URL is whole: %j', async (args) => {
    const { code, stderr } = await runCli(args);
    expect(stderr).toContain(`cannot read from ${url}: connect ECONNREFUSED`);
    expect(code).toBe(1);
  });
});
