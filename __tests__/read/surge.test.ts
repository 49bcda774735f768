import {
  type LoggerOverview,
  logCommon,
  type MessageChange,
  OptionsError,
  RecentCommonReader,
  type SeverityChanges,
  surgeScore,
} from '../../src';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { CLIENT_KINDS } from '../support/redis/client-kinds';
import { type Deployments, deploymentsForTests } from '../support/redis/deployments';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer } from '../support/redis/servers';
import type { Counts } from '../support/redis/stored-log';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';
import { ageSeen, storeSeen } from '../support/writers/seen';

/** A count high enough for a message to be fading, however little of the hour has passed. */
const VERY_MANY = 1e12;

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(async () => {
  name = `app${++loggers}`;
  await clearOfTheTurn();
});
afterAll(() => workspace.close());

/** Stores counts of two hours for a logger, dated back by some hours. */
async function store(
  current: Counts,
  previous: Counts,
  hours: { ago?: number; previousAgo?: number; severity?: string } = {},
): Promise<void> {
  const { ago = 0, previousAgo = ago + 1, severity = 'info' } = hours;
  const key = workspace.key(`common:${name}:${severity}`);
  const windows = [
    { counts: current, at: key, hour: `${key}:start`, hoursAgo: ago },
    { counts: previous, at: `${key}:last`, hour: `${key}:pstart`, hoursAgo: previousAgo },
  ];
  for (const { counts, at, hour, hoursAgo } of windows) {
    const members = Object.entries(counts).map(([value, score]) => ({ value, score }));
    if (members.length === 0) continue;
    await workspace.redis.zAdd(at, members);
    await workspace.redis.set(hour, isoHour(hoursAgo));
  }
  if (ago > 1) return;
  const of = (counts: Counts): string[] => Object.keys(counts);
  const [now, before] = ago === 0 ? [of(current), previousAgo === 1 ? of(previous) : []] : [[], of(current)];
  await storeSeen(workspace.redis, key, now, before);
}

const changes = (limit?: number): Promise<MessageChange[]> => workspace.reader.changes(name, 'info', { limit });

/** The status of each message, the most surprising first. */
async function statuses(): Promise<[string, string | null][]> {
  return (await changes()).map(({ message, status }) => [message, status]);
}

describe('surgeScore', () => {
  it.each([
    [1, 0, 0.01, 0.14],
    [20, 0, 0.5, 1.58],
    [30, 3, 1, 1.62],
    [200, 500, 0.033, 2.99],
    [10_500, 10_000, 1, 0.07],
    [13_000, 10_000, 1, 0.38],
    [2500, 1000, 1, 1.31],
    [0, 1000, 0.2, -4.39],
  ])(
    'for a count of %d, with %d the hour before and %d of this hour past, is %d',
    (count, previous, elapsed, score) => {
      expect(surgeScore(count, previous, elapsed)).toBeCloseTo(score, 2);
    },
  );

  it('is the number of doublings, or of halvings below 0, if counts are large', () => {
    for (const doublings of [-3, -1, 0, 1, 4]) {
      expect(surgeScore(2 ** doublings * 1e9, 2e9, 0.5)).toBeCloseTo(doublings, 6);
    }
  });

  it('is 0 if nothing was logged or expected, and never infinite', () => {
    expect(surgeScore(0, 0, 0.5)).toBe(0);
    expect(surgeScore(0, 1e15, 0)).toBe(0);
    expect(surgeScore(1e15, 0, 0)).toBeLessThan(50);
    expect(surgeScore(0, 1e15, 1)).toBeGreaterThan(-50);
  });
});

describe('changes', () => {
  it('gives the count, the expected count, the score and the status of each message', async () => {
    await store(
      { arrived: 3, multiplied: 1000, stayed: 6 },
      { multiplied: 10, stayed: 10, vanished: VERY_MANY, rare: 1 },
    );
    const told = await changes();
    const byMessage = Object.fromEntries(told.map((change) => [change.message, change]));
    expect(byMessage).toMatchObject({
      arrived: { count: 3, previous: 0, expected: 0, status: 'new' },
      multiplied: { count: 1000, previous: 10, status: 'surging' },
      stayed: { count: 6, previous: 10, status: 'steady' },
      vanished: { count: 0, previous: VERY_MANY, status: 'fading' },
      rare: { count: 0, previous: 1, status: 'steady' },
    });
    const elapsed = (byMessage['vanished'] as MessageChange).expected / VERY_MANY;
    const passed = (Date.now() % 3_600_000) / 3_600_000;
    expect(Math.abs(elapsed - passed)).toBeLessThan(0.01);
    for (const { count, previous, expected, score } of told) {
      expect(expected).toBeCloseTo(elapsed * previous, 6);
      expect(score).toBeCloseTo(surgeScore(count, previous, elapsed), 6);
    }
  });

  it('puts new and surging messages first, by score, then fading ones, then the others', async () => {
    await store(
      { 'new, few': 2, 'new, many': 90_000, surging: 30_000, 'surging more': 400_000, steady: 5, 'steady, more': 9 },
      {
        surging: 10,
        'surging more': 10,
        fading: VERY_MANY,
        'fading more': 10 * VERY_MANY,
        steady: 1,
        'steady, more': 1,
      },
    );
    expect(await statuses()).toEqual([
      ['surging more', 'surging'],
      ['new, many', 'new'],
      ['surging', 'surging'],
      ['new, few', 'new'],
      ['fading more', 'fading'],
      ['fading', 'fading'],
      ['steady, more', 'steady'],
      ['steady', 'steady'],
    ]);
  });

  it('orders messages of the same score by count, then by text', async () => {
    await store({ b: 5, a: 5, c: 6 }, {});
    expect((await changes()).map(({ message }) => message)).toEqual(['c', 'a', 'b']);
  });

  it('gives the most surprising messages, up to its limit', async () => {
    await store({ arrived: 3, multiplied: 1000, stayed: 6 }, { multiplied: 10, stayed: 10 });
    expect((await changes(2)).map(({ message }) => message)).toEqual(['multiplied', 'arrived']);
    expect(await changes(100)).toHaveLength(3);
  });

  it.each([0, -1, 1.5, Number.NaN, '1' as unknown as number])('refuses a limit of %p', async (limit) => {
    await expect(changes(limit)).rejects.toBeInstanceOf(OptionsError);
    await expect(changes(limit)).rejects.toMatchObject({ option: 'limit' });
  });

  it('gives neither score nor status if nothing was logged in the hour before, and nothing is known of the week', async () => {
    await store({ hello: 100 }, {});
    await workspace.redis.del(workspace.key(`common:${name}:info:seen`));
    expect(await changes()).toMatchObject([
      { message: 'hello', count: 100, previous: 0, expected: 0, score: null, status: 'unknown' },
    ]);
  });

  it('compares with no window older than the hour before', async () => {
    await store({ hello: 100 }, { hello: 1, old: 7 }, { previousAgo: 2 });
    expect(await changes()).toMatchObject([
      { message: 'hello', count: 100, previous: 0, expected: 0, score: null, status: 'new' },
    ]);
  });

  it("takes a quiet logger's counts as those of the hour before", async () => {
    await store({ hello: VERY_MANY }, { older: 5 }, { ago: 1 });
    expect(await changes()).toMatchObject([{ message: 'hello', count: 0, previous: VERY_MANY, status: 'fading' }]);
  });

  it('is empty for a logger that has been quiet for hours or never logged', async () => {
    expect(await changes()).toEqual([]);
    await store({ hello: 5 }, { older: 5 }, { ago: 2 });
    expect(await changes()).toEqual([]);
  });

  it('gives the counts of a transport, before and after it rotates', async () => {
    const { logger, transport } = workspace.logger({ name });
    for (let i = 0; i < 4; i++) logger.info('hello');
    await transport.flush();
    await workspace.redis.set(workspace.key(`common:${name}:info:start`), isoHour(1));
    expect(await changes()).toMatchObject([{ message: 'hello', count: 0, previous: 4 }]);
    logger.info('hello');
    logger.info('world');
    await transport.flush();
    // The logger began only just now, so nothing is new.
    expect(await changes()).toMatchObject([
      { message: 'hello', count: 1, previous: 4, status: 'unknown' },
      { message: 'world', count: 1, previous: 0, status: 'unknown' },
    ]);
  });

  it('writes nothing', async () => {
    await changes();
    expect(await workspace.redis.keys(workspace.key(`*:${name}:*`))).toEqual([]);
  });
});

describe('changes with counts in <other>', () => {
  it('calls no message new or surging that <other> may have held the hour before', async () => {
    await store({ few: 3, many: 1000 }, { '<other>': VERY_MANY });
    expect(Object.fromEntries(await statuses())).toEqual({ few: 'unknown', many: 'unknown', '<other>': 'unknown' });
  });

  it('calls a message surging, not new, if it is more frequent than <other> was', async () => {
    await store({ many: 100_000 }, { '<other>': 50 });
    expect((await statuses())[0]).toEqual(['many', 'surging']);
  });

  it('calls no message fading or steady that <other> may hold now', async () => {
    await store({ stayed: 6, '<other>': 1000 * VERY_MANY }, { stayed: 10, gone: VERY_MANY });
    expect(Object.fromEntries(await statuses())).toEqual({ stayed: 'unknown', gone: 'unknown', '<other>': 'unknown' });
  });

  it('gives a message its status if <other> is too small to matter', async () => {
    await store({ stayed: 6, '<other>': 1 }, { stayed: 10, gone: VERY_MANY, '<other>': 1 });
    expect(await statuses()).toEqual([
      ['gone', 'fading'],
      ['stayed', 'steady'],
      ['<other>', 'unknown'],
    ]);
  });

  it('gives <other> itself a score and no status', async () => {
    await store({ many: 1e9, '<other>': 1e6 }, { many: 1, '<other>': 1 });
    const [many, other] = await changes();
    expect(many).toMatchObject({ message: 'many', status: 'surging' });
    expect(other).toMatchObject({ message: '<other>', count: 1e6, previous: 1, status: 'unknown' });
    expect(other?.score).toBeGreaterThan(10);
  });

  it('calls a message surging that a transport moved into <other> the hour before', async () => {
    const { logger, transport } = workspace.logger({ name, commonLimit: 3 });
    for (const message of 'aaaabbbbcdef') logger.info(message);
    await transport.flush();
    await workspace.redis.set(workspace.key(`common:${name}:info:start`), isoHour(1));
    await ageSeen(workspace.redis, workspace.key(`common:${name}:info`), 1);
    for (let i = 0; i < 1000; i++) logger.info('f');
    await transport.flush();
    expect((await statuses())[0]).toEqual(['f', 'surging']);
    expect((await changes()).reduce((sum, { previous }) => sum + previous, 0)).toBe(12);
  });
});

describe('changes of a severity that was silent in the hour before', () => {
  /** Also puts the severity into the index, as a writer does. */
  async function storeKnown(severity: string, current: Counts, previous: Counts, ago = 0): Promise<void> {
    await store(current, previous, { severity, ago });
    const member = { value: `${severity}:${name}`, score: Math.floor(Date.now() / 1000) };
    await workspace.redis.zAdd(workspace.key('known'), member);
  }

  const critical = (hasBaseline?: boolean): Promise<MessageChange[]> =>
    workspace.reader.changes(name, 'critical', { hasBaseline });
  const asNew = { message: 'on fire', count: 30, previous: 0, expected: 0, score: 2, status: 'new' };

  it('calls its messages new if another severity of the logger logged something then', async () => {
    await storeKnown('critical', { 'on fire': 30 }, {});
    await storeKnown('audit', {}, { 'user added': 1 });
    expect(await critical()).toMatchObject([asNew]);
  });

  it('takes what another severity last logged an hour ago for that hour', async () => {
    await storeKnown('critical', { 'on fire': 30 }, {});
    await storeKnown('info', { hello: 1 }, {}, 1);
    expect(await critical()).toMatchObject([asNew]);
  });

  it('has no score if the other severities logged only this hour or before that hour', async () => {
    await storeKnown('critical', { 'on fire': 30 }, {});
    await storeKnown('info', { hello: 1 }, {});
    await storeKnown('error', { hello: 1 }, { hello: 1 }, 2);
    expect(await critical()).toMatchObject([{ message: 'on fire', score: null, status: 'new' }]);
  });

  it('has no score if only another logger logged something then', async () => {
    await storeKnown('critical', { 'on fire': 30 }, {});
    const other = name;
    name = `${name}-other`;
    await storeKnown('info', {}, { hello: 1 });
    name = other;
    expect(await critical()).toMatchObject([{ message: 'on fire', score: null, status: 'new' }]);
  });

  it('gives <other> a score and no status', async () => {
    await storeKnown('critical', { '<other>': 500, 'on fire': 30 }, {});
    await storeKnown('info', {}, { hello: 1 });
    expect(await critical()).toMatchObject([asNew, { message: '<other>', count: 500, status: 'unknown' }]);
  });

  it('believes a caller who knows whether the logger logged anything then', async () => {
    await storeKnown('critical', { 'on fire': 30 }, {});
    expect(await critical(true)).toMatchObject([asNew]);
    await storeKnown('info', {}, { hello: 1 });
    expect(await critical(false)).toMatchObject([{ score: null, status: 'new' }]);
  });

  it('refuses a hasBaseline that is neither true nor false', async () => {
    const refused = critical('yes' as unknown as boolean);
    await expect(refused).rejects.toMatchObject({ name: 'OptionsError', option: 'hasBaseline' });
  });
});

describe('compare', () => {
  const compare = (...severities: string[]): Promise<SeverityChanges[]> => workspace.reader.compare(name, severities);

  it('gives the changes of several severities, in the order asked for, with the time of each read', async () => {
    await store({ hello: 6 }, { hello: VERY_MANY });
    await store({ timeout: 3 }, {}, { severity: 'error' });
    const [error, debug, info] = (await compare('error', 'debug', 'info')) as [
      SeverityChanges,
      SeverityChanges,
      SeverityChanges,
    ];
    expect(error).toMatchObject({ severity: 'error', changes: [{ message: 'timeout', count: 3, status: 'new' }] });
    expect(debug).toMatchObject({ severity: 'debug', changes: [] });
    expect(info).toMatchObject({ severity: 'info', changes: [{ message: 'hello', count: 6, status: 'fading' }] });
    for (const { start, elapsed } of [error, debug, info]) {
      expect(start).toEqual(new Date(`${isoHour()}Z`));
      expect(Math.abs(elapsed - (Date.now() - start.getTime()) / 3_600_000)).toBeLessThan(0.01);
    }
    expect(info.changes[0]?.expected).toBeCloseTo(info.elapsed * VERY_MANY, 0);
  });

  it('refuses a severity that is not in an array', async () => {
    const refused = workspace.reader.compare(name, 'info' as unknown as string[]);
    await expect(refused).rejects.toMatchObject({ name: 'OptionsError', option: 'severities' });
  });

  it('is empty for no severities', async () => {
    expect(await compare()).toEqual([]);
  });
});

describe('overview', () => {
  let space: Workspace;
  const overview = (): Promise<LoggerOverview[]> => space.reader.overview({ minutes: false });
  const log = (logger: string, severity: string): Promise<void> =>
    logCommon(space.redis, logger, 'hello', severity, { keyPrefix: space.prefix });
  const setCount = (window: string, message: string, count: number): Promise<unknown> =>
    space.redis.zAdd(space.key(window), { value: message, score: count });

  beforeEach(async () => {
    space = await Workspace.open();
  });
  afterEach(() => space.close());

  it('gives the count of each logger and severity beside the hour before', async () => {
    await log('web', 'error');
    await log('a:b', 'info');
    await setCount('common:web:error', 'hello', 30);
    await setCount('common:web:error', '<other>', 2 ** 52 - 29);
    await setCount('common:web:error:last', 'hello', 8);
    await setCount('common:web:error:last', 'world', 2);
    await space.redis.set(space.key('common:web:error:pstart'), isoHour(1));
    const told = await overview();
    expect(told).toHaveLength(2);
    const web = told.find(({ severity }) => severity === 'error') as LoggerOverview;
    const { elapsed, score, expected, ...others } = web;
    const start = new Date(`${isoHour()}Z`);
    const counts = { count: 2 ** 52 + 1, previous: 10, messages: 4, status: 'surging' };
    expect(others).toEqual({ name: 'web', severity: 'error', lastSeen: expect.any(Date), start, ...counts });
    expect(Math.abs(elapsed - (Date.now() - start.getTime()) / 3_600_000)).toBeLessThan(0.01);
    expect(expected).toBeCloseTo(elapsed * 10, 6);
    expect(score).toBeCloseTo(surgeScore(2 ** 52 + 1, 10, elapsed), 6);
    const unknown = { expected: 0, score: null, status: 'unknown' };
    expect(told.find(({ severity }) => severity === 'info')).toMatchObject({
      name: 'a:b',
      start,
      count: 1,
      previous: 0,
      ...unknown,
    });
  });

  it('calls a severity new that logged nothing in the hour before if its logger did', async () => {
    await log('web', 'info');
    await log('web', 'critical');
    await log('mail', 'info');
    await space.redis.set(space.key('common:web:info:start'), isoHour(1));
    const told = await overview();
    const web = { name: 'web', count: 1, score: surgeScore(1, 0, 0), status: 'new' };
    expect(told.find(({ severity }) => severity === 'critical')).toMatchObject(web);
    expect(told.find(({ name: logger }) => logger === 'mail')).toMatchObject({ score: null, status: 'unknown' });
  });

  it('gives the logger last written to first', async () => {
    for (const logger of ['a', 'b', 'c']) await log(logger, 'info');
    const seen = Math.floor(Date.now() / 1000);
    const times = { a: seen - 20, b: seen, c: seen - 7200 };
    const members = Object.entries(times).map(([logger, score]) => ({ value: `info:${logger}`, score }));
    await space.redis.zAdd(space.key('known'), members);
    expect((await overview()).map(({ name: logger, lastSeen }) => [logger, lastSeen.getTime() / 1000])).toEqual([
      ['b', times.b],
      ['a', times.a],
      ['c', times.c],
    ]);
  });

  it('counts nothing for a logger that has been quiet for hours', async () => {
    await log('app', 'info');
    await space.redis.set(space.key('common:app:info:start'), isoHour(5));
    expect(await overview()).toMatchObject([{ count: 0, previous: 0, expected: 0, score: null, status: 'unknown' }]);
  });

  it("takes a quiet logger's counts as those of the hour before", async () => {
    await log('app', 'info');
    await setCount('common:app:info', 'hello', VERY_MANY);
    await space.redis.set(space.key('common:app:info:start'), isoHour(1));
    expect(await overview()).toMatchObject([{ count: 0, previous: VERY_MANY, status: 'fading' }]);
  });

  it('is empty if nothing was logged', async () => {
    expect(await overview()).toEqual([]);
  });
});

describeWithServer('overview over many loggers', () => {
  const LOGGERS = 80;
  let space: Workspace;

  beforeAll(async () => {
    space = await Workspace.openOnOwnServer();
    const options = { keyPrefix: space.prefix };
    for (let i = 0; i < LOGGERS; i++)
      await logCommon(space.redis, `app${i % 40}`, 'hello', i < 40 ? 'info' : 'error', options);
  });
  afterAll(() => space.close());

  /** How often Redis has run each command since its statistics were last reset. */
  async function commands(): Promise<Record<string, number>> {
    const stats = await space.redis.info('commandstats');
    return Object.fromEntries(
      [...stats.matchAll(/cmdstat_(\S+?):calls=(\d+)/g)].map(([, name, calls]) => [name, Number(calls)]),
    );
  }

  it('runs one script per logger and one for the index, with read commands only', async () => {
    await space.redis.scriptFlush();
    for (const sources of [2, 0]) {
      await space.redis.configResetStat();
      expect(await space.reader.overview()).toHaveLength(LOGGERS);
      const { evalsha, eval: evals = 0, ...others } = await commands();
      expect({ evalsha, evals }).toEqual({ evalsha: LOGGERS + 1, evals: sources });
      const known = ['time', 'get', 'zcount', 'zrangebyscore', 'zrevrange', 'info', 'config', 'hello', 'auth'];
      // Up to version 6 there is no second word.
      const first = Object.keys(others).map((command) => command.split('|')[0] as string);
      expect(first.filter((command) => !known.includes(command))).toEqual([]);
    }
  });

  it('waits for fewer than six round trips in all', async () => {
    const proxy = await FaultProxy.start(Number(new URL(space.url).port));
    const reader = new RecentCommonReader({ url: proxy.url, keyPrefix: space.prefix });
    try {
      await reader.names();
      const roundTripMs = 400;
      proxy.delay(roundTripMs / 2);
      // A busy machine may take its time, but not each time.
      await until(async () => {
        const began = performance.now();
        expect(await reader.overview()).toHaveLength(LOGGERS);
        return (performance.now() - began) / roundTripMs < 6;
      });
    } finally {
      reader.close();
      await proxy.stop();
    }
  });
});

describeWithServer('changes and overview with each client', () => {
  const deploy = deploymentsForTests();
  let deployments: Deployments;

  beforeAll(async () => {
    deployments = await deploy();
  });
  beforeEach(clearOfTheTurn);

  it.each(CLIENT_KINDS)(
    'see all loggers over $title, even after the server has forgotten the scripts',
    async (kind) => {
      const { client, close } = await kind.connect(deployments);
      const options = { keyPrefix: `${workspace.prefix}${name}:` };
      const reader = new RecentCommonReader({ client, ...options });
      const names = Array.from({ length: 12 }, (_, i) => `app${i}`);
      try {
        for (const each of names) await logCommon(client, each, `hello from ${each}`, 'info', options);
        await deployments[kind.deployment].flushScripts();
        const told = await reader.overview();
        expect(told.map((each) => each.name).sort()).toEqual([...names].sort());
        for (const each of told)
          expect(each).toMatchObject({ severity: 'info', count: 1, previous: 0, status: 'unknown' });
        for (const each of names) {
          expect(await reader.changes(each, 'info')).toMatchObject([{ message: `hello from ${each}`, count: 1 }]);
        }
      } finally {
        await close();
      }
    },
  );
});
