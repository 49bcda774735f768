import { getEventListeners } from 'node:events';
import { createClient } from 'redis';
import {
  type FollowedLines,
  type FollowOptions,
  logRecent,
  OptionsError,
  RecentCommonReader,
  type RecentLine,
  RedisRecentCommonTransport,
  type RedisScripter,
} from '../../src';
import { runProgram } from '../support/program';
import { makeUser, NOT_PERMITTED, userRules } from '../support/redis/acl';
import { CLIENT_KINDS } from '../support/redis/client-kinds';
import { type Deployments, deploymentsForTests } from '../support/redis/deployments';
import { FaultProxy } from '../support/redis/proxy';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** A pause between two looks that only an abort can end in time. */
const LONG_MS = 60_000;
const AT_ONCE_MS = 5000;

type Told = RecentLine | { readonly missed: number };

let workspace: Workspace;
let loggers = 0;
let name: string;
let ended: AbortController;
let writer: ReturnType<Workspace['logger']> | undefined;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
  ended = new AbortController();
  writer = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
  ended.abort();
});
afterAll(() => workspace.close());

/** Follows with short pauses, until the test ends. */
function follow(options: FollowOptions = {}, reader = workspace.reader): FollowedLines {
  return reader.follow(name, 'info', { intervalMs: 10, signal: ended.signal, ...options });
}

/** The next results, fewer only if it ends. */
async function take(lines: FollowedLines, count: number): Promise<Told[]> {
  const taken: Told[] = [];
  while (taken.length < count) {
    const { value, done } = await lines.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

const numbersIn = (told: readonly Told[]): (number | string)[] =>
  told.map((each) => ('missed' in each ? `${each.missed} missed` : each.seq));
const messagesIn = (told: readonly Told[]): string[] =>
  told.map((each) => ('missed' in each ? `${each.missed} missed` : each.message));
const from = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const linesFrom = (first: number, last: number): string[] => from(first, last).map((i) => `line ${i}`);

async function log(...messages: string[]): Promise<void> {
  writer ??= workspace.logger({ name });
  for (const message of messages) writer.logger.info(message);
  await writer.transport.flush();
}

/** Writes lines without numbers, as another program does. */
async function push(...lines: string[]): Promise<void> {
  for (const line of lines) await workspace.redis.lPush(workspace.key(`recent:${name}:info`), line);
}

/** A line as other programs write it, dated back by some seconds. */
const formatLine = (message: string, agoSeconds = 0): string =>
  `${new Date(Date.now() - 1000 * agoSeconds).toISOString()} ${message}`;

/** A reader, and how often Redis has answered it. */
function watched(): { reader: RecentCommonReader; answers: () => number } {
  let answers = 0;
  const told = <T>(reply: Promise<T>): Promise<T> => reply.finally(() => answers++);
  const client: RedisScripter = {
    evalSha: (sha1, script) => told(workspace.redis.evalSha(sha1, script)),
    eval: (source, script) => told(workspace.redis.eval(source, script)),
    on: (event, listener) => workspace.redis.on(event, listener),
  };
  return { reader: new RecentCommonReader({ client, keyPrefix: workspace.prefix }), answers: () => answers };
}

/** Starts to follow, and waits until it has seen the lines that are there already. */
async function begin(options: FollowOptions = {}): Promise<{ lines: FollowedLines; first: Promise<Told[]> }> {
  const { reader, answers } = watched();
  const lines = follow(options, reader);
  const first = take(lines, 1);
  // The script is sent twice if Redis does not know it yet.
  await until(() => answers() > 2);
  return { lines, first };
}

describe('follow', () => {
  it('reads again at once after a wait() of plain JavaScript that returns no promise', async () => {
    await log('old');
    expect(await take(follow({ after: 0, wait: (() => undefined) as never }), 1)).toMatchObject([{ message: 'old' }]);
    const { lines, first } = await begin({ wait: (() => undefined) as never });
    await log('new');
    expect(await first).toMatchObject([{ message: 'new' }]);
    await lines.return();
  });

  it('gives the lines logged after it has begun, oldest first', async () => {
    await log('old 1', 'old 2');
    const { lines, first } = await begin();
    await log('a', 'b');
    await log('c');
    const told = [...(await first), ...(await take(lines, 2))];
    expect(told).toEqual(
      ['a', 'b', 'c'].map((message, i) => ({ seq: 3 + i, message, name, severity: 'info', time: expect.any(Date) })),
    );
  });

  it('gives each line of many bursts once, with increasing numbers', async () => {
    const lines = follow({ after: 0 });
    const told = take(lines, 98);
    for (let i = 0; i < 14; i++) await log(...linesFrom(7 * i + 1, 7 * i + 7));
    expect(numbersIn(await told)).toEqual(from(1, 98));
    expect(messagesIn(await told)).toEqual(linesFrom(1, 98));
  });

  it('goes on after the number of a line seen before', async () => {
    await log(...linesFrom(1, 8));
    const newest = (await workspace.reader.recent(name, 'info', { limit: 3 }))[2]?.seq as number;
    expect(messagesIn(await take(follow({ after: newest }), 2))).toEqual(['line 7', 'line 8']);
    const lines = follow({ after: 8 });
    await log('line 9');
    expect(messagesIn(await take(lines, 1))).toEqual(['line 9']);
  });

  it('gives the whole list if the number of the line seen before is not reached any more', async () => {
    await log(...linesFrom(1, 120));
    expect(numbersIn(await take(follow({ after: 5000 }), 101))).toEqual(['20 missed', ...from(21, 120)]);
  });

  it('says how many lines it missed if more were logged than the list keeps', async () => {
    await log(...linesFrom(1, 250));
    expect(numbersIn(await take(follow({ after: 0 }), 101))).toEqual(['150 missed', ...from(151, 250)]);
  });

  it('says how many lines it missed after those it had read, if its loop takes long', async () => {
    await log(...linesFrom(1, 3));
    const lines = follow({ after: 0 });
    const told = await take(lines, 1);
    await log(...linesFrom(4, 250));
    told.push(...(await take(lines, 103)));
    expect(numbersIn(told)).toEqual([1, 2, 3, '147 missed', ...from(151, 250)]);
  });

  it('misses no line of the list if one message is repeated within a second', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
    await log('hello');
    const lines = follow({ after: 0 });
    const told = await take(lines, 1);
    await log(...Array<string>(250).fill('hello'));
    told.push(...(await take(lines, 101)));
    expect(numbersIn(told)).toEqual([1, '150 missed', ...from(152, 251)]);
  });

  it('waits for the first line of a new logger', async () => {
    const { first } = await begin();
    await log('first');
    expect(messagesIn(await first)).toEqual(['first']);
  });
});

describe('follow over lines without numbers, from other programs', () => {
  it('gives them if there are no others', async () => {
    await push(formatLine('old'));
    const { lines, first } = await begin();
    await push(formatLine('a'), formatLine('b'));
    await push(formatLine('c'));
    expect(messagesIn([...(await first), ...(await take(lines, 2))])).toEqual(['a', 'b', 'c']);
  });

  it('gives them and numbered lines in their order, each once', async () => {
    await log(...linesFrom(1, 3));
    const lines = follow({ after: 0 });
    const told = await take(lines, 3);
    for (let i = 4; i <= 20; i += 4) {
      await log(`line ${i}`);
      await push(formatLine(`line ${i + 1}`), formatLine(`line ${i + 2}`));
      if (i % 8 === 0) told.push(...(await take(lines, 3)));
      await log(`line ${i + 3}`);
    }
    told.push(...(await take(lines, 23 - told.length)));
    expect(messagesIn(told)).toEqual(linesFrom(1, 23));
  });

  it('gives them if the clock of their program is behind', async () => {
    await log('line 1');
    const lines = follow({ after: 0 });
    const told = await take(lines, 1);
    await push(formatLine('line 2', 3));
    await push(formatLine('line 3', 2));
    await log('line 4');
    told.push(...(await take(lines, 3)));
    expect(messagesIn(told)).toEqual(linesFrom(1, 4));
  });

  it('gives them if they begin with no time', async () => {
    const { lines, first } = await begin();
    await push('started', 'stopped');
    const told = [...(await first), ...(await take(lines, 1))];
    expect(messagesIn(told)).toEqual(['started', 'stopped']);
    expect((told[0] as RecentLine).time.getTime()).toBeNaN();
  });
});

describe('end of follow', () => {
  /** Aborts, and expects the end at once, with no listener left. */
  async function end(next: Promise<unknown>): Promise<void> {
    const began = performance.now();
    ended.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
    expect(getEventListeners(ended.signal, 'abort')).toEqual([]);
  }

  it('comes at once if the signal is aborted during a pause, and leaves no listener', async () => {
    await log('line 1');
    const lines = follow({ after: 0, intervalMs: LONG_MS });
    await take(lines, 1);
    const next = lines.next();
    await until(() => getEventListeners(ended.signal, 'abort').length === 1);
    await end(next);
  });

  it('comes at once if the loop aborts before the newest line', async () => {
    await log(...linesFrom(1, 3));
    const told: Told[] = [];
    const began = performance.now();
    for await (const line of follow({ after: 0, intervalMs: LONG_MS })) {
      told.push(line);
      if (told.length === 2) ended.abort();
    }
    expect(messagesIn(told)).toEqual(linesFrom(1, 2));
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  });

  it('comes at once if the loop aborts at the newest line', async () => {
    await log('line 1');
    const began = performance.now();
    for await (const _ of follow({ after: 0, intervalMs: LONG_MS })) ended.abort();
    expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
  });

  it('comes before the first look if the signal is already aborted', async () => {
    const { reader, answers } = watched();
    ended.abort();
    expect(await follow({ after: 0 }, reader).next()).toEqual({ done: true, value: undefined });
    expect(answers()).toBe(0);
  });

  it('comes if the loop is left, after which nothing listens or reads', async () => {
    await log(...linesFrom(1, 3));
    const { reader, answers } = watched();
    const lines = follow({ after: 0 }, reader);
    for await (const _ of lines) break;
    expect(await lines.next()).toEqual({ done: true, value: undefined });
    expect(getEventListeners(ended.signal, 'abort')).toEqual([]);
    const before = answers();
    const { first } = await begin();
    await log('line 4');
    await first;
    expect(answers()).toBe(before);
  });

  it('takes at most one listener, however often follow looks', async () => {
    const { reader, answers } = watched();
    const next = follow({}, reader).next();
    for (let looks = 0; looks < 20; looks++) {
      const before = answers();
      await until(() => answers() > before);
      expect(getEventListeners(ended.signal, 'abort').length).toBeLessThanOrEqual(1);
    }
    await end(next);
  });
});

describe('options of follow', () => {
  it.each<[string, FollowOptions]>([
    ['intervalMs', { intervalMs: 9 }],
    ['intervalMs', { intervalMs: 3_600_001 }],
    ['intervalMs', { intervalMs: 10.5 }],
    ['intervalMs', { intervalMs: '500' as unknown as number }],
    ['after', { after: -1 }],
    ['after', { after: 1.5 }],
    ['after', { after: Number.NaN }],
    ['signal', { signal: {} as AbortSignal }],
  ])('throw an OptionsError at the call if invalid: %s in %p', (option, options) => {
    const call = (): FollowedLines => workspace.reader.follow(name, 'info', options);
    expect(call).toThrow(OptionsError);
    expect(call).toThrow(expect.objectContaining({ option }));
  });

  it.each([
    ['name', '', 'info'],
    ['severity', 'app', 'a:b'],
  ])('throw an OptionsError at the call if no key can hold the %s', (option, logger, severity) => {
    expect(() => workspace.reader.follow(logger, severity)).toThrow(expect.objectContaining({ option }));
  });

  it('are accepted at both ends of their ranges', () => {
    for (const intervalMs of [10, 3_600_000]) expect(() => follow({ intervalMs })).not.toThrow();
    for (const after of [0, Number.MAX_SAFE_INTEGER]) expect(() => follow({ after })).not.toThrow();
  });
});

describe('follow refused by Redis', () => {
  it('throws if its key holds no list', async () => {
    await workspace.redis.set(workspace.key(`recent:${name}:info`), 'junk');
    await expect(follow().next()).rejects.toThrow('WRONGTYPE');
    expect(getEventListeners(ended.signal, 'abort')).toEqual([]);
  });
});

describeWithServer('follow refused by Redis', () => {
  let server: RedisServer;
  let admin: ReturnType<typeof createClient>;

  const urlWith = (password: string): string => `redis://:${password}@127.0.0.1:${server.port}`;
  const followAt = (url: string): FollowedLines => follow({ after: 0 }, new RecentCommonReader({ url }));

  beforeAll(async () => {
    server = await RedisServer.start({ args: ['--requirepass', 'secret'] });
    admin = createClient({ url: urlWith('secret'), RESP: 2 });
    await admin.connect();
  });
  afterAll(async () => {
    admin.destroy();
    await server.stop();
  });

  it('throws if the password is wrong, without showing it', async () => {
    const error: Error = await followAt(urlWith('wrong'))
      .next()
      .then(
        () => new Error('it did not throw'),
        (reason) => reason,
      );
    expect(error.message).toMatch(/^WRONGPASS|^ERR invalid password/);
    expect(`${error.stack}`).not.toContain(':wrong@');
  });

  it('throws if the password is missing', () => expect(followAt(server.url).next()).rejects.toThrow('NOAUTH'));

  itWith('users')('throws if a right is missing', async () => {
    const rules = userRules('reader').filter((rule) => rule !== '+lrange');
    await expect(followAt(await makeUser(admin, server.url, rules)).next()).rejects.toThrow(NOT_PERMITTED);
  });

  itWith('users')('throws and ends if a right is taken away', async () => {
    const url = await makeUser(admin, server.url, userRules('reader'));
    await logRecent(admin, name, 'line 1');
    const lines = followAt(url);
    expect(messagesIn(await take(lines, 1))).toEqual(['line 1']);
    await admin.sendCommand(['ACL', 'SETUSER', new URL(url).username, '-get']);
    await expect(lines.next()).rejects.toThrow(NOT_PERMITTED);
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });
});

describeWithServer('follow during an outage', () => {
  let server: RedisServer;
  let close: () => unknown;

  beforeEach(() => {
    close = () => undefined;
  });
  afterEach(async () => {
    ended.abort();
    close();
    await server.stop();
  });

  /** How a reader reaches Redis. */
  const WAYS: Record<string, (url: string) => Promise<RecentCommonReader>> = {
    'over a connection of its own': async (url) => {
      const reader = new RecentCommonReader({ url });
      close = () => reader.close();
      return reader;
    },
    'over a client that is passed in': async (url) => {
      const client = createClient({ url, RESP: 2 });
      client.on('error', () => undefined);
      await client.connect();
      close = () => client.destroy();
      return new RecentCommonReader({ client });
    },
  };

  async function logTo(messages: readonly string[], recentLimit = 100): Promise<void> {
    const transport = new RedisRecentCommonTransport({ url: server.url, name, recentLimit });
    for (const message of messages) transport.log({ level: 'info', message });
    await transport.close();
  }

  /** How often the list was read since the server started. */
  async function looks(): Promise<number> {
    const stats = String(await server.command(['INFO', 'commandstats']));
    return Number(/cmdstat_lrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  }

  it('waits for a Redis that is not there yet', async () => {
    const port = await freePort();
    const first = take(follow({}, await WAYS['over a connection of its own']?.(`redis://127.0.0.1:${port}`)), 2);
    const refused = createClient({ url: `redis://127.0.0.1:${port}`, socket: { reconnectStrategy: false } });
    await expect(refused.on('error', () => undefined).connect()).rejects.toThrow('ECONNREFUSED');
    server = await RedisServer.start({ port });
    await until(async () => (await looks()) > 0);
    await logTo(linesFrom(1, 2));
    expect(messagesIn(await first)).toEqual(linesFrom(1, 2));
  });

  describe.each(Object.entries(WAYS))('%s', (_, open) => {
    it('goes on after a restart with the data, and gives no line twice', async () => {
      server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      const lines = follow({ after: 0 }, await open(server.url));
      await logTo(linesFrom(1, 5));
      const told = await take(lines, 5);
      const next = take(lines, 5);
      await server.kill();
      await server.start();
      await logTo(linesFrom(6, 10));
      told.push(...(await next));
      expect(messagesIn(told)).toEqual(linesFrom(1, 10));
      expect(numbersIn(told)).toEqual(from(1, 10));
    });

    it('goes on after a restart without the data, and gives the new lines', async () => {
      server = await RedisServer.start();
      const lines = follow({ after: 0 }, await open(server.url));
      await logTo(linesFrom(1, 5));
      const told = await take(lines, 5);
      const next = take(lines, 3);
      await server.kill();
      await server.start();
      await logTo(linesFrom(6, 8));
      told.push(...(await next));
      expect(messagesIn(told)).toEqual(linesFrom(1, 8));
      expect(numbersIn(told)).toEqual([...from(1, 5), ...from(1, 3)]);
    });
  });

  it.each([
    ['the last 4 lines', 4],
    ['the last 300 lines, more than it remembers', 300],
  ])('goes on after a restart without %s, and gives no line twice', async (_, lost) => {
    server = await RedisServer.start();
    const lines = follow({ after: 0 }, await WAYS['over a connection of its own']?.(server.url));
    // Lost lines cannot be told from older ones of the same second.
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 60_000);
    await logTo(linesFrom(1, 300), 1000);
    jest.restoreAllMocks();
    await server.command(['SAVE']);
    await logTo(linesFrom(301, 300 + lost), 1000);
    const told = await take(lines, 300 + lost);
    const next = take(lines, 3);
    await server.kill();
    await server.start();
    await logTo(linesFrom(301 + lost, 303 + lost), 1000);
    told.push(...(await next));
    expect(messagesIn(told)).toEqual(linesFrom(1, 303 + lost));
    expect(numbersIn(told)).toEqual([...from(1, 300 + lost), ...from(301, 303)]);
  });

  it('waits for an answer, and ends at once when it is aborted', async () => {
    server = await RedisServer.start();
    const proxy = await FaultProxy.start(server.port);
    try {
      const lines = follow({ after: 0 }, await WAYS['over a connection of its own']?.(proxy.url));
      await logTo(['line 1']);
      await take(lines, 1);
      proxy.holdReplies();
      const next = lines.next();
      await until(() => proxy.heldBytes > 0);
      const began = performance.now();
      ended.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      expect(performance.now() - began).toBeLessThan(AT_ONCE_MS);
      expect(getEventListeners(ended.signal, 'abort')).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });

  it('goes on after lost replies, and gives no line twice', async () => {
    server = await RedisServer.start();
    const proxy = await FaultProxy.start(server.port);
    try {
      const lines = follow({ after: 0 }, await WAYS['over a connection of its own']?.(proxy.url));
      const told = take(lines, 40);
      // Then a reply of ten lines takes longer than seeing that it was sent.
      proxy.throttle(1000);
      for (let i = 0; i < 4; i++) {
        await logTo(linesFrom(10 * i + 1, 10 * i + 10));
        const before = await looks();
        await until(async () => (await looks()) > before);
        proxy.cut('rst');
      }
      proxy.throttle(0);
      expect(messagesIn(await told)).toEqual(linesFrom(1, 40));
    } finally {
      await proxy.stop();
    }
  });
});

describeWithServer('program that follows', () => {
  it('runs on while it follows, and ends by itself once that is aborted', async () => {
    const program = `
      const { RecentCommonReader } = require('./src');
      const reader = new RecentCommonReader({ url: process.env.URL, keyPrefix: process.env.PREFIX });
      const ended = new AbortController();
      const follow = async () => {
        for await (const { message } of reader.follow(process.env.NAME, 'info', { after: 0, signal: ended.signal })) {
          console.log(message);
          if (message === 'last') ended.abort();
        }
      };
      follow().then(() => console.log('ended'));
      console.log('follows');
    `;
    const env = { URL: workspace.url, PREFIX: workspace.prefix, NAME: name };
    const ending = runProgram(program, env, () => void log('first', 'last'));
    expect(await ending).toEqual({ code: 0, stdout: 'follows\nfirst\nlast\nended\n', stderr: '' });
  });
});

describeWithServer('follow with each client', () => {
  const deploy = deploymentsForTests();
  let deployments: Deployments;

  beforeAll(async () => {
    deployments = await deploy();
  });

  it.each(CLIENT_KINDS)('gives new lines over $title', async ({ connect }) => {
    const { client, close } = await connect(deployments);
    const options = { keyPrefix: workspace.prefix };
    const lines = follow({}, new RecentCommonReader({ client, ...options }));
    try {
      await logRecent(client, name, 'old', 'info', options);
      const told = take(lines, 3);
      // Lines logged before the first look are not new.
      for (let i = 1; !(await settled(told)); i++) await logRecent(client, name, `line ${i}`, 'info', options);
      const [first, ...others] = (await told) as RecentLine[];
      const { seq } = first as RecentLine;
      expect(numbersIn(others)).toEqual([seq + 1, seq + 2]);
      expect(messagesIn(await told)).toEqual(linesFrom(seq - 1, seq + 1));
    } finally {
      ended.abort();
      await close();
    }
  });
});

/** Whether a promise is settled by the next turn of the event loop. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await new Promise(setImmediate);
  return isSettled;
}
