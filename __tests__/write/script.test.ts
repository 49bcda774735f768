import { createClient } from 'redis';
import { ISO_HOUR } from '../../src/redis/hour';
import { destinationKeys } from '../../src/redis/keys';
import type { Batch } from '../../src/write/batch';
import { decodeReply, encodeBatch, encodeKeys, type WriteReply, type WriteSettings } from '../../src/write/codec';
import { WRITE } from '../../src/write/script';
import { ServerTime } from '../../src/write/server-time';
import { clearOfTheTurn, isoHour } from '../support/hours';
import { describeWithServer } from '../support/redis/servers';
import { itWith } from '../support/requirements';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

const HOUR_MS = 3_600_000;

let workspace: Workspace;
/** Has the rights of a transport. */
let client: ReturnType<typeof createClient>;
let logger = 0;

beforeAll(async () => {
  await clearOfTheTurn();
  workspace = await Workspace.open();
  client = createClient({ url: workspace.writerUrl, RESP: 2 });
  await client.connect();
});
afterAll(async () => {
  client.destroy();
  await workspace.close();
});

type Counts = Record<string, number>;
/** A number of seconds, less what a busy machine may have taken since. */
const about = (seconds: number): unknown => expect.closeTo(seconds, -2);
type Setup = Partial<Batch> & { writer?: string; ago?: Record<number, Counts>; settings?: Partial<WriteSettings> };

/** One destination that only the script writes to. */
class Target {
  readonly name = `app${++logger}`;
  readonly keys = destinationKeys({ prefix: workspace.prefix, hashTag: false }, this.name, 'info');
  #number = 0;

  async write({ writer = 'writer', ago = {}, settings = {}, ...batch }: Setup): Promise<WriteReply> {
    const serverTime = new ServerTime();
    const now = serverTime.stamp();
    const groups = Object.entries(ago).map(([hours, messages]) => ({
      at: now.at - Number(hours) * HOUR_MS,
      lead: now.lead,
      stood: 0,
      messages: Object.entries(messages).map(([message, count]) => ({ message, count })),
      flagged: Object.keys(messages).length,
      samples: [],
      minutes: [],
    }));
    const whole = {
      name: this.name,
      severity: 'info',
      number: ++this.#number,
      logged: 0,
      numbered: batch.logged ?? 0,
      lines: [],
      infos: [],
      late: 0,
      touchedIn: 0,
      groups,
    };
    const all = { prefix: '', hashTag: false, recentLimit: 100, commonLimit: 10_000, ttlSeconds: 0, ...settings };
    const reply = await client.eval(WRITE.source, {
      keys: encodeKeys(this.keys, all, { asksFirst: true, hasSamples: false }),
      arguments: encodeBatch({ ...whole, ...batch }, all, { writer, asksFirst: true, now, serverTime }),
    });
    return decodeReply(reply);
  }

  async counts(key: 'common' | 'last'): Promise<Counts> {
    const members = await workspace.redis.zRangeWithScores(this.keys[key], 0, -1);
    return Object.fromEntries(members.map(({ value, score }) => [value, score]));
  }

  async get(key: 'start' | 'pstart' | 'seq'): Promise<string | null> {
    return workspace.redis.get(this.keys[key]);
  }

  /** Dates the counts so far to another hour. */
  async setStart(start: string): Promise<void> {
    await workspace.redis.set(this.keys.start, start);
  }
}

describe('batch', () => {
  it('is written with its lines, their number, its counts and the hour', async () => {
    const target = new Target();
    const reply = await target.write({ lines: ['old', 'new'], logged: 5, ago: { 0: { hello: 5 } } });
    expect(reply).toMatchObject({ isApplied: true, previous: 0, start: isoHour(), late: 0 });
    expect(await workspace.redis.lRange(target.keys.recent, 0, -1)).toEqual(['new', 'old']);
    expect(await target.get('seq')).toBe('5');
    expect(await target.counts('common')).toEqual({ hello: 5 });
    expect(await target.get('start')).toBe(isoHour());
    expect(await target.get('pstart')).toBeNull();
  });

  it('is answered as a duplicate and changes nothing if it was applied before', async () => {
    const target = new Target();
    await target.write({ number: 7, lines: ['line'], logged: 1, ago: { 0: { hello: 1 } } });
    for (const number of [7, 6]) {
      const reply = await target.write({ number, lines: ['line'], logged: 1, ago: { 0: { hello: 1 } } });
      expect(reply).toMatchObject({ isApplied: false, previous: 7, start: isoHour(), late: 0 });
    }
    expect(await target.counts('common')).toEqual({ hello: 1 });
    expect(await target.get('seq')).toBe('1');
    expect(await workspace.redis.lLen(target.keys.recent)).toBe(1);
  });

  it('reports its late calls again if it is sent again', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 }, 1: { hello: 1 } } });
    const late = { number: 2, ago: { 0: { hello: 1 }, 5: { hello: 4 } } };
    expect(await target.write(late)).toMatchObject({ isApplied: true, previous: 1, start: isoHour(), late: 4 });
    expect(await target.write(late)).toMatchObject({ isApplied: false, previous: 2, start: isoHour(), late: 4 });
    expect(await target.write({ ...late, number: 1 })).toMatchObject({
      isApplied: false,
      previous: 2,
      start: isoHour(),
    });
    expect(await target.counts('common')).toEqual({ hello: 2 });
  });

  it('is applied after a gap in the numbers, and beside the numbers of another writer', async () => {
    const target = new Target();
    await target.write({ number: 1, ago: { 0: { hello: 1 } } });
    expect(await target.write({ number: 9, ago: { 0: { hello: 1 } } })).toMatchObject({
      isApplied: true,
      previous: 1,
      start: isoHour(),
      late: 0,
    });
    expect(await target.write({ number: 1, writer: 'other', ago: { 0: { hello: 1 } } })).toMatchObject({
      isApplied: true,
      previous: 0,
      start: isoHour(),
      late: 0,
    });
    expect(await target.counts('common')).toEqual({ hello: 3 });
  });

  it.each([1, 100])('leaves exactly recentLimit lines (%i)', async (recentLimit) => {
    const target = new Target();
    for (const n of [1, 2]) {
      const lines = Array.from({ length: recentLimit }, (_, i) => `${n}-${i}`);
      await target.write({ lines, logged: recentLimit, settings: { recentLimit } });
    }
    const list = await workspace.redis.lRange(target.keys.recent, 0, -1);
    expect(list).toHaveLength(recentLimit);
    expect(list[0]).toBe(`2-${recentLimit - 1}`);
  });

  it.each([
    ['recent', 'zset'],
    ['seq', 'list'],
    ['common', 'list'],
    ['start', 'list'],
    ['last', 'list'],
    ['pstart', 'list'],
    ['writers', 'list'],
  ] as const)('is refused whole if %s holds a %s', async (key, type) => {
    const target = new Target();
    await target.write({ lines: ['line'], logged: 1, ago: { 0: { hello: 1 } } });
    await workspace.redis.del(target.keys[key]);
    if (type === 'zset') await workspace.redis.zAdd(target.keys[key], { value: 'junk', score: 1 });
    else await workspace.redis.rPush(target.keys[key], 'junk');
    const before = await dump(target);
    const write = target.write({ lines: ['line'], logged: 1, ago: { 0: { hello: 1 } } });
    await expect(write).rejects.toThrow(`WRONGTYPE ${target.keys[key]} holds a ${type}`);
    expect(await dump(target)).toEqual(before);
  });

  it('is refused whole if seq holds no number', async () => {
    const target = new Target();
    await workspace.redis.set(target.keys.seq, 'junk');
    await expect(target.write({ logged: 1, ago: { 0: { hello: 1 } } })).rejects.toThrow('holds no number');
    expect(await target.counts('common')).toEqual({});
  });

  it('renews the expiry of all keys of its destination together', async () => {
    const target = new Target();
    const settings = { ttlSeconds: 7200 };
    await target.write({ lines: ['line'], logged: 1, ago: { 0: { hello: 1 } }, settings: { ttlSeconds: 60 } });
    await target.setStart(isoHour(1));
    await target.write({ lines: ['line'], logged: 1, ago: { 0: { hello: 1 } }, settings });
    // Nothing is kept as samples without any, or under the key on which commands are tried.
    const { samples, scratch, ...keys } = target.keys;
    for (const key of [samples, scratch]) expect(await workspace.redis.ttl(key)).toBe(-2);
    const expiries = await Promise.all(Object.values(keys).map((key) => workspace.redis.ttl(key)));
    expect(expiries).toEqual(Array(10).fill(about(7200)));
  });

  it('leaves the keys of lines and counts without an expiry by default, and gives their time to those beside them', async () => {
    const target = new Target();
    await target.write({ lines: ['line'], logged: 1, ago: { 0: { hello: 1 } } });
    const { recent, seq, common, start, writers, minutes, pulse, seen } = target.keys;
    const expiries = [recent, seq, common, start, writers, minutes, pulse, seen].map((key) => workspace.redis.ttl(key));
    expect(await Promise.all(expiries)).toEqual([
      ...Array(5).fill(-1),
      ...[3, 2, 169].map((hours) => about(hours * 3600)),
    ]);
  });

  it.each([
    ['for ever before a time', 0, 600, -1],
    ['a time before for ever', 600, 0, -1],
    ['a long time before a short one', 7200, 600, 7200],
    ['a short time before a long one', 600, 7200, 7200],
  ])('keeps what the writer promises that promises most (%s), until that writer has stopped', async (...row) => {
    const [, first, second, most] = row;
    const target = new Target();
    const write = async (writer: string, ttlSeconds: number): Promise<number[]> => {
      await target.write({ writer, lines: ['line'], logged: 1, ago: { 0: { hello: 1 } }, settings: { ttlSeconds } });
      const { recent, seq, common, start, writers } = target.keys;
      return Promise.all([recent, seq, common, start, writers].map((key) => workspace.redis.ttl(key)));
    };
    const passHour = async (): Promise<void> => {
      await target.setStart(isoHour(1));
      const promises = await workspace.redis.hGet(target.keys.writers, 'ttl');
      if (promises) await workspace.redis.hSet(target.keys.writers, 'ttl', isoHour(1) + promises.slice(19));
    };
    await write('one', first);
    expect(await write('other', second)).toEqual(Array(5).fill(about(most)));
    await passHour();
    const [least, other] = first === most || first === 0 ? [second, 'other'] : [first, 'one'];
    expect(await write(other as string, least as number)).toEqual(Array(5).fill(about(most)));
    await passHour();
    expect(await write(other as string, least as number)).toEqual(Array(5).fill(about(600)));
  });

  it('keeps what a program without any promise wrote, until that has stopped', async () => {
    const target = new Target();
    await workspace.redis.set(target.keys.start, isoHour(1));
    await target.write({ ago: { 0: { hello: 1 } }, settings: { ttlSeconds: 60 } });
    expect(await workspace.redis.ttl(target.keys.common)).toBe(-1);
  });
});

describe('rotation', () => {
  it('moves the counts of an earlier hour to last, and that hour to pstart', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { old: 3 } } });
    await target.setStart(isoHour(2));
    await target.write({ ago: { 0: { new: 1 } } });
    expect(await target.counts('common')).toEqual({ new: 1 });
    expect(await target.counts('last')).toEqual({ old: 3 });
    expect([await target.get('start'), await target.get('pstart')]).toEqual([isoHour(), isoHour(2)]);
  });

  it('replaces the counts in last', async () => {
    const target = new Target();
    await workspace.redis.zAdd(target.keys.last, { value: 'ancient', score: 1 });
    await target.write({ ago: { 0: { old: 3 } } });
    await target.setStart(isoHour(1));
    await target.write({ ago: { 0: { new: 1 } } });
    expect(await target.counts('last')).toEqual({ old: 3 });
  });

  it('empties last if the counts of the earlier hour are gone', async () => {
    const target = new Target();
    await workspace.redis.zAdd(target.keys.last, { value: 'ancient', score: 1 });
    await target.setStart(isoHour(1));
    await target.write({ ago: { 0: { new: 1 } } });
    expect(await target.counts('last')).toEqual({});
    expect(await target.get('pstart')).toBe(isoHour(1));
  });

  it('happens if start lies three hours ahead, after a clock was wrong', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { old: 1 } } });
    const ahead = isoHour(-3);
    await target.setStart(ahead);
    await target.write({ ago: { 0: { new: 1 } } });
    expect([await target.get('start'), await target.get('pstart')]).toEqual([isoHour(), ahead]);
    expect(await target.counts('common')).toEqual({ new: 1 });
  });

  it('does not happen if start lies one hour ahead, after a small step of the clock', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 } } });
    await target.setStart(isoHour(-1));
    await target.write({ ago: { 0: { hello: 1 } } });
    expect(await target.get('start')).toBe(isoHour(-1));
    expect(await target.counts('common')).toEqual({ hello: 2 });
  });

  it('replaces a start that is not an hour', async () => {
    const target = new Target();
    await target.setStart('yesterday');
    await target.write({ ago: { 0: { hello: 1 } } });
    expect(await target.get('start')).toBe(isoHour());
    expect(await target.counts('common')).toEqual({ hello: 1 });
  });

  it('forgets writers that wrote nothing in either window, and no others', async () => {
    const target = new Target();
    for (const [writer, ago] of [
      ['idle', 3],
      ['slow', 1],
      ['busy', 0],
    ] as const) {
      await target.write({ writer, ago: { 0: { hello: 1 } } });
      await workspace.redis.hSet(target.keys.writers, writer, `5 ${isoHour(ago)} 0`);
    }
    await target.setStart(isoHour(1));
    await workspace.redis.set(target.keys.pstart, isoHour(2));
    await target.write({ writer: 'busy', number: 6, ago: { 0: { hello: 1 } } });
    expect(Object.keys(await workspace.redis.hGetAll(target.keys.writers)).sort()).toEqual(['busy', 'slow']);
  });
});

describe('writers that have stopped', () => {
  const STOPPED = 3000;
  const FILL = "for i = 1, ARGV[1] do redis.call('HSET', KEYS[1], 'stopped' .. i, '5 ' .. ARGV[2] .. ' 0 1 0') end";

  it('are forgotten a few at a time by each new writer, also if another program rotates', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 } } });
    await workspace.redis.set(target.keys.pstart, isoHour(1));
    await workspace.redis.eval(FILL, { keys: [target.keys.writers], arguments: [String(STOPPED), isoHour(3)] });
    const size = (): Promise<number> => workspace.redis.hLen(target.keys.writers);
    let before = await size();
    for (let i = 0; i < 5; i++) {
      await target.write({ writer: `new${i}`, ago: { 0: { hello: 1 } } });
      const after = await size();
      expect(after).toBeLessThan(before);
      expect(before - after).toBeLessThan(500);
      before = after;
    }
  });

  it('are kept as long as their hour is not older than pstart', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 } } });
    await workspace.redis.set(target.keys.pstart, isoHour(3));
    await workspace.redis.eval(FILL, { keys: [target.keys.writers], arguments: ['50', isoHour(3)] });
    for (let i = 0; i < 5; i++) await target.write({ writer: `new${i}`, ago: { 0: { hello: 1 } } });
    expect(await workspace.redis.hLen(target.keys.writers)).toBe(56);
  });
});

describe('lowered commonLimit', () => {
  it('takes the rarest messages out of a window a few at a time, and keeps the total', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 } } });
    const fill = "for i = 2, ARGV[1] do redis.call('ZADD', KEYS[1], i, i) end";
    await workspace.redis.eval(fill, { keys: [target.keys.common], arguments: ['3000'] });
    const total = async (): Promise<number> => Object.values(await target.counts('common')).reduce((a, b) => a + b, 0);
    let [size, sum] = [3000, await total()];
    while (size > 10) {
      await target.write({ logged: 1, ago: { 0: { other: 1 } }, settings: { commonLimit: 10 } });
      const now = await workspace.redis.zCard(target.keys.common);
      expect(size - now).toBeLessThanOrEqual(500);
      expect(now).toBeLessThan(size);
      expect(await total()).toBe(++sum);
      size = now;
    }
  });
});

describeWithServer('rotation over a hundred thousand members', () => {
  itWith('freed objects')('frees them in the background', async () => {
    const large = await Workspace.openOnOwnServer();
    const lazyfreed = async (): Promise<number> =>
      Number(/lazyfreed_objects:(\d+)/.exec(await large.redis.info('memory'))?.[1]);
    try {
      const { logger, transport } = large.logger();
      logger.info('hello');
      await transport.flush();
      await large.redis.set(large.key('common:app:info:start'), isoHour(1));
      const fill = "for i = 1, 100000 do redis.call('ZADD', KEYS[1], i, i) end";
      await large.redis.eval(fill, { keys: [large.key('common:app:info:last')], arguments: [] });
      const before = await lazyfreed();
      logger.info('hello');
      await transport.flush();
      expect(await large.redis.zRangeWithScores(large.key('common:app:info:last'), 0, -1)).toEqual([
        { value: 'hello', score: 1 },
      ]);
      await until(async () => (await lazyfreed()) > before);
    } finally {
      await large.close();
    }
  });
});

describe('counts of an earlier hour', () => {
  it('go to last if it holds that hour', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 } } });
    await target.setStart(isoHour(1));
    const reply = await target.write({ logged: 3, ago: { 0: { hello: 1 }, 1: { hello: 2 } } });
    expect(reply).toMatchObject({ isApplied: true, previous: 1, start: isoHour(), late: 0 });
    expect(await target.counts('common')).toEqual({ hello: 1 });
    expect(await target.counts('last')).toEqual({ hello: 3 });
  });

  it('begin last if it is empty', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { new: 1 }, 1: { old: 2 } } });
    expect(await target.counts('last')).toEqual({ old: 2 });
    expect(await target.get('pstart')).toBe(isoHour(1));
  });

  it('replace the counts of a still earlier hour in last', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { ancient: 5 } } });
    await target.setStart(isoHour(4));
    await target.write({ ago: { 0: { new: 1 }, 1: { old: 2 } } });
    expect(await target.counts('last')).toEqual({ old: 2 });
    expect(await target.get('pstart')).toBe(isoHour(1));
  });

  it('are reported as late and not counted if they are older than both windows', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { hello: 1 }, 1: { hello: 1 } } });
    const reply = await target.write({ ago: { 1: { hello: 1 }, 2: { hello: 4 }, 3: { other: 5 } } });
    expect(reply).toMatchObject({ isApplied: true, previous: 1, start: isoHour(), late: 9 });
    expect(await target.counts('common')).toEqual({ hello: 1 });
    expect(await target.counts('last')).toEqual({ hello: 2 });
  });
});

describe('full window', () => {
  const settings = { commonLimit: 4 };

  it("moves the rarest messages' counts to <other>, and keeps the total", async () => {
    const target = new Target();
    await target.write({ settings, ago: { 0: { a: 10, b: 5, c: 2, d: 1 } } });
    await target.write({ settings, ago: { 0: { e: 7 } } });
    expect(await target.counts('common')).toEqual({ a: 10, b: 5, e: 7, '<other>': 3 });
  });

  it('goes on counting the messages that it holds', async () => {
    const target = new Target();
    await target.write({ settings, ago: { 0: { a: 10, b: 5, c: 2, d: 1 } } });
    await target.write({ settings, ago: { 0: { a: 1, d: 1 } } });
    expect(await target.counts('common')).toEqual({ a: 11, b: 5, c: 2, d: 2 });
  });

  it('takes in a message that becomes frequent', async () => {
    const target = new Target();
    await target.write({ settings, ago: { 0: { a: 10, b: 9, c: 8, d: 7 } } });
    await target.write({ settings, ago: { 0: { rare: 1 } } });
    await target.write({ settings, ago: { 0: { rising: 50 } } });
    expect(await target.counts('common')).toMatchObject({ rising: 50, '<other>': 16 });
  });

  it.each([1, 7, 100, 999])('never exceeds its limit with batches of %i messages', async (size) => {
    const target = new Target();
    const commonLimit = 50;
    let written = 0;
    for (; written < 300; written += size) {
      const counts = Object.fromEntries(Array.from({ length: size }, (_, i) => [`message ${written + i}`, 1]));
      await target.write({ settings: { commonLimit }, ago: { 0: counts } });
      expect(await workspace.redis.zCard(target.keys.common)).toBeLessThanOrEqual(commonLimit);
    }
    const total = Object.values(await target.counts('common')).reduce((sum, count) => sum + count, 0);
    expect(total).toBe(written);
  });

  it('keeps its limit in last, too', async () => {
    const target = new Target();
    const counts = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`message ${i}`, 1]));
    await target.write({ settings, ago: { 1: counts } });
    expect(await target.counts('last')).toMatchObject({ '<other>': 17 });
  });

  it('shrinks if the limit is lowered', async () => {
    const target = new Target();
    await target.write({ ago: { 0: { a: 4, b: 3, c: 2, d: 1, e: 1, f: 1 } } });
    await target.write({ settings: { commonLimit: 3 }, ago: { 0: { a: 1 } } });
    expect(await target.counts('common')).toEqual({ a: 5, b: 3, '<other>': 5 });
  });
});

describe('hour in Lua', () => {
  it('equals the hour in JavaScript at 10,000 random instants from 1970 to 2100', async () => {
    const last = Date.UTC(2100, 11, 31, 23, 59, 59) / 1000;
    const seconds = Array.from({ length: 10_000 }, () => Math.floor(Math.random() * last));
    seconds.push(
      0,
      last,
      Date.UTC(2000, 1, 29) / 1000,
      Date.UTC(2100, 1, 28, 23, 59, 59) / 1000,
      Date.UTC(2100, 2, 1) / 1000,
    );
    const script = `${ISO_HOUR}
      local hours = {}
      for i, epoch in ipairs(ARGV) do hours[i] = iso_hour(tonumber(epoch)) end
      return hours`;
    const hours = await workspace.redis.eval(script, { keys: [], arguments: seconds.map(String) });
    expect(hours).toEqual(seconds.map((second) => `${new Date(second * 1000).toISOString().slice(0, 13)}:00:00`));
  });
});

async function dump(target: Target): Promise<unknown[]> {
  const { redis } = workspace;
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    none: async () => undefined,
    string: (key) => redis.get(key),
    list: (key) => redis.lRange(key, 0, -1),
    zset: (key) => redis.zRangeWithScores(key, 0, -1),
    hash: (key) => redis.hGetAll(key),
  };
  return Promise.all(Object.values(target.keys).map(async (key) => readers[await redis.type(key)]?.(key)));
}
