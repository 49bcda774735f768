import { createClient } from 'redis';
import { OptionsError, RecentCommonWatcher, type RedisScripter, type WatcherOptions } from '../../src';
import { until } from '../support/wait';
import { alarmMessages, logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
});
beforeEach(() => {
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

const { atEnd, watch, oldLogger } = watchersForTests(() => workspace);

const onAlarm = (): void => undefined;

describe('option of a watcher', () => {
  it.each([
    ['on', { on: [] }, "'new', 'returned'"],
    ['on', { on: ['neu'] }, "'new', 'returned'"],
    ['severities', { severities: 'error' }, 'an array of severities'],
    ['severities', { severities: ['a:b'] }, 'without a colon'],
    ['names', { names: [''] }, '1 to 128 bytes'],
    ['cooldownMs', { cooldownMs: 1 }, 'from 1000'],
    ['digestAbove', { digestAbove: 1.5 }, 'whole number'],
    ['pollMs', { pollMs: 0 }, 'from 100'],
    ['group', { group: '{x}' }, 'no { or }'],
    ['onAlarm', { onAlarm: undefined }, 'a function'],
    ['cooldown', { cooldown: 1000 }, 'cooldownMs'],
    ['digestabove', { digestabove: 1 }, 'digestAbove'],
    ['host', { host: 'redis' }, 'redis: { socket: { host } }'],
  ])('is refused with what is expected: %s, given %j', (option, options, expected) => {
    const make = () => new RecentCommonWatcher({ onAlarm, ...options } as unknown as WatcherOptions);
    expect(make).toThrow(OptionsError);
    expect(make).toThrow(expect.objectContaining({ option, expected: expect.stringContaining(expected) }));
  });
});

describe('new message', () => {
  it('is told once, whichever of several watchers leads, with all that is known of it', async () => {
    const transport = await oldLogger(name);
    const watched = [watch({ names: [name] }), watch({ names: [name] }), watch({ names: [name] })];
    await until(() => watched.some(({ watcher }) => watcher.stats().isLeading));
    await logErrors(transport, 'payment 17 refused', 'payment 18 refused');
    const told = () => watched.flatMap(({ alarms }) => alarms);
    await until(() => told().length);
    await logErrors(transport, 'payment 19 refused', 'disk full');
    await until(() => told().length > 1);
    expect(told()).toEqual([
      expect.objectContaining({
        kind: 'new',
        name,
        severity: 'error',
        message: 'payment <number> refused',
        expected: 0,
        id: expect.stringMatching(/^[\w-]{22}$/),
        firstSeen: expect.any(Date),
        at: expect.any(Date),
        sample: expect.objectContaining({ message: expect.stringMatching(/^payment 1[78] refused$/) }),
      }),
      expect.objectContaining({ message: 'disk full', count: 1 }),
    ]);
    expect(watched.filter(({ watcher }) => watcher.stats().isLeading)).toHaveLength(1);
    expect(watched.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('is told by each group of watchers, and only of the names and severities that are watched', async () => {
    const [transport, other] = [await oldLogger(name), await oldLogger(`${name}-other`)];
    const here = watch({ group: 'here', names: [name] });
    const there = watch({ group: 'there', names: [name, `${name}-other`], severities: ['fatal', 'error'] });
    await logErrors(other, 'not watched here');
    transport.log({ level: 'warn', message: 'not watched at all' });
    await logErrors(transport, 'watched');
    const messages = (alarms: readonly object[]) => alarms.map((alarm) => (alarm as { message: string }).message);
    await until(() => here.alarms.length === 1 && there.alarms.length === 2);
    expect(messages(here.alarms)).toEqual(['watched']);
    expect(messages(there.alarms).sort()).toEqual(['not watched here', 'watched']);
    expect(here.alarms[0]?.id).toBe(
      there.alarms.find((alarm) => 'message' in alarm && alarm.message === 'watched')?.id,
    );
  });

  it('is not told of a logger that has only just begun', async () => {
    const transport = workspace.transport({ name });
    const old = await oldLogger(`${name}-old`);
    const { alarms, watcher } = watch({ names: [name, `${name}-old`] });
    await logErrors(transport, 'first', 'second');
    await until(() => watcher.stats().looks > 0);
    await logErrors(transport, 'third');
    await logErrors(old, 'told');
    await until(() => alarms.length);
    expect(alarms).toMatchObject([{ message: 'told' }]);
  });

  it('that was logged while nobody watched is told once by whoever watches next', async () => {
    const transport = await oldLogger(name);
    const first = watch({ names: [name] });
    await until(() => first.watcher.stats().isLeading);
    await first.watcher.close();
    await logErrors(transport, 'meanwhile');
    const second = watch({ names: [name] });
    await until(() => second.alarms.length);
    await second.watcher.close();
    const third = watch({ names: [name] });
    await until(() => third.watcher.stats().looks > 0);
    await logErrors(transport, 'later');
    await until(() => third.alarms.length);
    expect([...first.alarms, ...second.alarms, ...third.alarms]).toMatchObject([
      { message: 'meanwhile' },
      { message: 'later' },
    ]);
  });

  it.each([
    '__proto__',
    'constructor',
    '<script>alert(1)</script> \u0007\u202e "quoted" {}',
    `${'long '.repeat(2000)}end`,
    '%s %d 0 1 2 \n next line',
  ])('is told whatever its text is: %j', async (message) => {
    const transport = await oldLogger(name);
    const { alarms } = watch({ names: [name] });
    await logErrors(transport, message);
    await until(() => alarms.length);
    expect(alarms).toMatchObject([{ kind: 'new', count: 1 }]);
    expect(Object.getPrototypeOf(alarms[0])).toBe(Object.prototype);
  });
});

describe('time between two looks', () => {
  it('is pollMs also if that is longer than the lease, which is kept meanwhile', async () => {
    const transport = await oldLogger(name);
    const seldom = watch({ names: [name], group: 'seldom', pollMs: 60_000 });
    await until(() => seldom.watcher.stats().looks);
    const often = watch({ names: [name], group: 'often' });
    // The lease is renewed every second.
    for (const message of ['first', 'second', 'third']) {
      await logErrors(transport, message);
      await until(() => often.alarms.some((alarm) => 'message' in alarm && alarm.message === message));
      await workspace.redis.del(workspace.key('alarms:{seldom}:lease'));
      await until(() => workspace.redis.exists(workspace.key('alarms:{seldom}:lease')));
    }
    expect(seldom.alarms).toEqual([]);
    expect(seldom.watcher.stats().isLeading).toBe(true);
  });
});

describe('alarm that cannot be told', () => {
  it.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['never settles', () => new Promise(() => undefined)],
  ])('is told again with the same id if onAlarm %s, with a warning', async (_, fail) => {
    const transport = await oldLogger(name);
    const ids: string[] = [];
    const { watcher, warnings } = watch({
      names: [name],
      alarmTimeoutMs: 100,
      onAlarm: ({ id }) => (ids.push(id) === 1 ? fail() : undefined),
    });
    await logErrors(transport, 'told twice');
    await until(() => watcher.stats().told === 1);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(watcher.stats()).toMatchObject({ raised: 1, failures: 1, givenUp: 0 });
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('is told again')]);
  });

  it('is given up after maxAttempts tries, counted and warned of', async () => {
    const transport = await oldLogger(name);
    const ids: string[] = [];
    const { watcher, warnings } = watch({
      names: [name],
      maxAttempts: 2,
      onAlarm: ({ id }) => Promise.reject(new Error(`no ${ids.push(id)}`)),
    });
    await logErrors(transport, 'never told');
    await until(() => watcher.stats().givenUp);
    expect(ids).toHaveLength(2);
    expect(warnings.at(-1)?.message).toMatch(/given up after 2 tries: no 2/);
    expect(
      await workspace.redis.exists(
        [...Array(loggers + 20)].map((__, i) => workspace.key(`alarms:{group-${i}}:pending`)),
      ),
    ).toBe(0);
  });

  it('is told by another watcher, with the same id, if the one that tells it closes', async () => {
    const transport = await oldLogger(name);
    const ids: string[] = [];
    const hanging = () => new Promise(() => undefined);
    const first = watch({ names: [name], closeTimeoutMs: 0, onAlarm: ({ id }) => ids.push(id) && hanging() });
    await logErrors(transport, 'handed over');
    await until(() => ids.length);
    await first.watcher.close();
    const second = watch({ names: [name] });
    await until(() => second.alarms.length);
    expect(second.alarms[0]?.id).toBe(ids[0]);
  });
});

describe('Redis that has lost what watchers had written last, as after a failover', () => {
  it('has an alarm told again, with the same id, by the watcher that could not tell it', async () => {
    const transport = await oldLogger(name);
    const [ids, key] = [[] as string[], (part: string) => workspace.key(`alarms:{forgetful}:${part}`)];
    let before: Record<string, string> = {};
    const onAlarm = async ({ id }: { readonly id: string }): Promise<void> => {
      if (ids.push(id) > 1) return;
      const loss = workspace.redis.multi().del([key('watch'), key('told'), key('pending'), key('due')]);
      await loss.hSet(key('watch'), before).exec();
      throw new Error('no');
    };
    const { watcher } = watch({ names: [name], group: 'forgetful', onAlarm });
    await until(() => watcher.stats().isLeading);
    before = await workspace.redis.hGetAll(key('watch'));
    await logErrors(transport, 'told in spite of that');
    await until(() => watcher.stats().told === 1);
    expect(ids).toEqual([ids[0], ids[0]]);
  });
});

/** A client of this Redis, the replies to which fail as told, or come later. */
async function failingClient(fail: (keys: readonly string[]) => boolean | Promise<boolean>): Promise<RedisScripter> {
  const client = await createClient({ url: workspace.url, RESP: 2 }).connect();
  atEnd(() => client.destroy());
  const lose = async (keys: readonly string[], reply: unknown): Promise<unknown> => {
    if (await fail(keys)) throw new Error('the connection was cut');
    return reply;
  };
  return {
    evalSha: async (sha1, options) => lose(options.keys, await client.evalSha(sha1, options)),
    eval: async (source, options) => lose(options.keys, await client.eval(source, options)),
    on: (event, listener) => client.on(event, listener),
  };
}

describe('alarm of which the watcher has not heard whether Redis has it', () => {
  it('is told at once, and once', async () => {
    const transport = await oldLogger(name);
    let raises = 0;
    const client = await failingClient((keys) => keys[2]?.endsWith(':told') === true && raises++ === 0);
    const { alarms } = watch({ names: [name], client, alarmTimeoutMs: 500_000 });
    await logErrors(transport, 'first');
    await until(() => alarms.length === 1);
    await logErrors(transport, 'second');
    await until(() => alarms.length === 2);
    expect(alarms).toMatchObject([{ message: 'first' }, { message: 'second' }]);
    expect(raises).toBeGreaterThan(1);
  });
});

describe('logger that cannot be read, as on a node that is down', () => {
  it('holds up no other, is told of later, and is warned of once when that begins and once when it is over', async () => {
    const others = Array.from({ length: 10 }, (_, i) => `${name}-${i}`);
    const transports = await Promise.all([name, ...others].map((each) => oldLogger(each)));
    let isDown = true;
    const client = await failingClient((keys) => isDown && keys[0] === workspace.key(`common:${name}:error`));
    const { alarms, watcher, warnings } = watch({ names: [name, ...others], client });
    for (const transport of transports) await logErrors(transport, 'new');
    await until(() => alarms.length === others.length);
    const { looks } = watcher.stats();
    await until(() => watcher.stats().looks > looks + 2);
    isDown = false;
    await until(() => alarms.length > others.length);
    expect(alarms.at(-1)).toMatchObject({ name });
    await until(() => warnings.length === 2);
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('cannot watch: the connection was cut'),
      expect.stringContaining('can be asked again'),
    ]);
  });
});

describe('flood of new messages', () => {
  const words = (count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) =>
        `failed ${String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26), 97 + Math.floor(i / 676))}`,
    );

  it('is told as digestAbove alarms, and the others of that minute wait for one digest', async () => {
    const transport = await oldLogger(name);
    const { alarms, watcher } = watch({ names: [name], digestAbove: 3 });
    await logErrors(transport, ...words(50));
    await until(() => watcher.stats().raised === 50);
    await until(() => alarms.length === 3);
    const group = (await workspace.redis.keys(workspace.key('alarms:*:due'))).at(-1) as string;
    const due = await workspace.redis.zRangeWithScores(group, 0, -1);
    expect(new Set(due.map(({ score }) => score)).size).toBe(1);
    // The minute is over.
    await workspace.redis.zAdd(
      group,
      due.map(({ value }) => ({ value, score: 1 })),
    );
    await until(() => alarms.length > 3);
    const [, , , digest] = alarms;
    expect(digest).toMatchObject({ kind: 'digest', count: 47 });
    const all = alarms.flatMap((alarm) => (alarm.kind === 'digest' ? alarm.alarms : [alarm]));
    expect(new Set(all.map(({ message }) => message))).toEqual(new Set(words(50)));
    await until(() => watcher.stats().told === 50);
    const [last] = words(50).slice(-1) as [string];
    const groups = [/\{(.*)\}/.exec(group)?.[1] as string];
    await until(async () => (await workspace.reader.told(name, 'error', [last], { groups }))[0]?.alarms.length);
  });
});

describe('what watchers have told', () => {
  it('is known by kind and time, unless it was muted or given up, and so is when they last looked', async () => {
    const transport = await oldLogger(name);
    const { watcher } = watch({
      names: [name],
      group: 'tellers',
      maxAttempts: 1,
      onAlarm: (alarm) => ('message' in alarm && alarm.message === 'given up' ? Promise.reject(new Error('no')) : null),
    });
    await watcher.mute('muted', 60_000);
    const began = Date.now();
    await logErrors(transport, 'muted', 'given up', 'order 17 refused');
    const told = (...keys: string[]) => workspace.reader.told(name, 'error', keys, { groups: ['tellers', 'nobody'] });
    await until(async () => (await told('order <number> refused'))[0]?.alarms.length && watcher.stats().givenUp);
    const [tellers, nobody] = await told('muted', 'given up', 'order <number> refused');
    expect(tellers).toEqual({
      group: 'tellers',
      watchedAt: expect.any(Date),
      alarms: [{ kind: 'new', at: expect.any(Date) }],
    });
    for (const at of [tellers?.watchedAt, tellers?.alarms[0]?.at])
      expect(Math.abs(Number(at) - began)).toBeLessThan(60_000);
    expect(nobody).toEqual({ group: 'nobody', watchedAt: null, alarms: [] });
    // What was given up is taken back after that is counted.
    await until(async () => (await told('muted', 'given up'))[0]?.alarms.length === 0);
  });

  it.each([
    ['messages', ['app', 'error', 'a text']],
    ['severity', ['app', 'a:b', []]],
    ['groups', ['app', 'error', [], { groups: 'default' }]],
    ['groups', ['app', 'error', [], { groups: ['{x}'] }]],
    ['group', ['app', 'error', [], { group: 'x' }]],
  ])('is not asked for with a wrong argument: %s, in %j', async (option, args) => {
    const told = workspace.reader.told.bind(workspace.reader) as (...all: unknown[]) => Promise<unknown>;
    await expect(told(...args)).rejects.toThrow(expect.objectContaining({ name: 'OptionsError', option }));
  });
});

describe('muted message', () => {
  it('is not told, also by another watcher of the group and with other values, and others are', async () => {
    const transport = await oldLogger(name);
    const muting = watch({ names: [name] });
    await muting.watcher.mute('payment 17 refused', 60_000);
    await muting.watcher.mute('disk*full', 60_000);
    await muting.watcher.close();
    const { alarms, watcher } = watch({ names: [name] });
    await logErrors(transport, 'payment 18 refused', 'disk sda is full', 'other');
    await until(() => watcher.stats().muted === 2 && alarms.length);
    await watcher.mute('payment 17 refused', 0);
    await logErrors(transport, 'payment 19 refused', 'last');
    await until(() => alarms.length === 2);
    expect(new Set(alarmMessages(alarms))).toEqual(new Set(['last', 'other']));
  });

  it('is not told if it is logged after it was muted, also by a watcher that was about to look', async () => {
    const transport = await oldLogger(name);
    let isHeld = false;
    let go = (): void => undefined;
    const untilMuted = new Promise<void>((resolve) => {
      go = resolve;
    });
    const client = await failingClient(async (keys) => {
      if (!isHeld && keys[0]?.endsWith(':lease')) {
        isHeld = true;
        await untilMuted;
      }
      return false;
    });
    const { alarms, watcher } = watch({ names: [name], client });
    await until(() => isHeld);
    await watcher.mute('muted', 60_000);
    await logErrors(transport, 'muted');
    go();
    await until(() => watcher.stats().muted || alarms.length);
    expect(alarms).toEqual([]);
  });

  it('is refused without a pattern or a time, and beyond a hundred patterns', async () => {
    const { watcher } = watch();
    await expect(watcher.mute('', 1)).rejects.toThrow('pattern');
    await expect(watcher.mute('x', -1)).rejects.toThrow('ms');
    for (let i = 0; i < 100; i++) await watcher.mute(`*${i}`, 60_000);
    await expect(watcher.mute('one more', 60_000)).rejects.toThrow('at most 100');
  });
});

describe('keys of a watcher', () => {
  it('expire, each of them', async () => {
    const transport = await oldLogger(name);
    const { watcher } = watch({
      names: [name],
      group: 'expiring',
      onAlarm: (alarm) => ('message' in alarm && alarm.message === 'kept' ? Promise.reject(new Error('kept')) : null),
    });
    await watcher.mute('x', 60_000);
    await logErrors(transport, 'kept', 'told');
    await until(() => watcher.stats().failures);
    const list = (): Promise<string[]> => workspace.redis.keys(workspace.key('alarms:{expiring}:*'));
    await until(async () => (await list()).length === 7);
    const keys = await list();
    for (const key of keys) expect(await workspace.redis.pTTL(key)).toBeGreaterThan(0);
  });
});
