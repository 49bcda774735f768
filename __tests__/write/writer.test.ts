import type { Connection } from '../../src/redis/connection';
import { destinationKeys } from '../../src/redis/keys';
import { openConnection } from '../../src/redis/open';
import type { Batch } from '../../src/write/batch';
import type { WriteSettings } from '../../src/write/codec';
import { Producer } from '../../src/write/producer';
import { ServerTime } from '../../src/write/server-time';
import { type WriteResult, Writer } from '../../src/write/writer';
import { clearOfTheTurn } from '../support/hours';
import { describeWithClock, ServerClock } from '../support/redis/server-clock';
import { RedisServer } from '../support/redis/servers';
import { StoredLog } from '../support/redis/stored-log';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let connection: Connection;
let logs = 0;

beforeAll(async () => {
  await clearOfTheTurn();
  workspace = await Workspace.open();
  connection = openConnection({ url: workspace.writerUrl }, true);
});
afterAll(async () => {
  connection.release();
  await workspace.close();
});

type Result = Omit<WriteResult, 'touchedIn'>;

/** The outcome of a batch that was written, with nothing late or lost. */
const WRITTEN: Result = { isApplied: true, late: 0, lost: 0, part: 0 };

/** A group of one message and minute, without a sample. */
const PLAIN = { flagged: 1, samples: [], minutes: [] };

/** Replaces the defaults: the shared connection, a producer with a random id, a new name. */
interface Setup extends Partial<WriteSettings> {
  readonly through?: Connection;
  readonly producer?: Producer;
  readonly name?: string;
}

/** A writer and its batches, numbered as a transport numbers them. */
class Source {
  readonly name: string;
  readonly #writer: Writer;
  readonly #producer: Producer;

  constructor({ through = connection, producer = new Producer(), name = `app${++logs}`, ...settings }: Setup = {}) {
    const { prefix } = workspace;
    const all = { prefix, hashTag: false, recentLimit: 100, commonLimit: 10_000, ttlSeconds: 0, ...settings };
    this.name = name;
    this.#writer = new Writer(through, all, new ServerTime(), producer);
    this.#producer = producer;
  }

  batch(logged: number): Batch {
    const messages = [{ message: 'hello', count: logged }];
    const groups = [{ ...new ServerTime().begin(Date.now()), messages, ...PLAIN }];
    const number = this.#producer.nextNumber();
    const empty = { numbered: 0, lines: [], late: 0, infos: [], touchedIn: 0 };
    return { name: this.name, severity: 'info', number, logged, groups, ...empty };
  }

  async write(what: number | Batch): Promise<Result> {
    const { touchedIn: _, ...result } = await this.#writer.write(typeof what === 'number' ? this.batch(what) : what);
    return result;
  }
}

async function counted(name: string): Promise<number> {
  return (await new StoredLog(workspace.redis, workspace.prefix, name).current()).hello ?? 0;
}

/** Deletes a destination, as an eviction or a restart without data does. */
async function lose(name: string): Promise<void> {
  await workspace.redis.del(Object.values(destinationKeys({ prefix: workspace.prefix, hashTag: false }, name, 'info')));
}

/** A connection that loses the replies of the write script while `losesReplies` is set. */
class Lossy implements Connection {
  expectReplies = () => () => undefined;
  readonly isCluster = false;
  readonly heldMs = 0;
  losesReplies = false;

  constructor(private readonly to = connection) {}

  async run(...args: Parameters<Connection['run']>): Promise<unknown> {
    const reply = await this.to.run(...args);
    if (this.losesReplies) throw new Error('the reply is lost');
    return reply;
  }

  acquire(): void {}

  release(): void {}
}

let clock: ServerClock;
let server: RedisServer;
/** To a server whose clock is moved. */
let moved: Connection;

async function openMovedServer(): Promise<void> {
  clock = ServerClock.create();
  server = await RedisServer.start({ env: clock.env });
  moved = openConnection({ url: server.url }, true);
}

/** Half of the hour is left, for what is to happen in one hour. */
async function beginHalfPast(): Promise<void> {
  clock.set(1800 - (Math.floor(Date.now() / 1000) % 3600));
  await server.command(['FLUSHALL']);
}

async function closeMovedServer(): Promise<void> {
  moved.release();
  await server.stop();
  clock.remove();
}

describe('destination that Redis loses', () => {
  it('is reported once by the next batch, with the exact number of log calls', async () => {
    const source = new Source();
    for (const logged of [3, 1, 4]) expect(await source.write(logged)).toEqual(WRITTEN);
    await lose(source.name);
    expect(await source.write(2)).toEqual({ ...WRITTEN, lost: 8 });
    expect(await source.write(5)).toEqual(WRITTEN);
    expect(await counted(source.name)).toBe(7);
  });

  it('is reported again if it is lost again', async () => {
    const source = new Source();
    await source.write(3);
    await lose(source.name);
    expect(await source.write(2)).toEqual({ ...WRITTEN, lost: 3 });
    await source.write(4);
    await lose(source.name);
    expect(await source.write(1)).toEqual({ ...WRITTEN, lost: 6 });
    await lose(source.name);
    expect(await source.write(1)).toEqual({ ...WRITTEN, lost: 1 });
    expect(await source.write(1)).toEqual(WRITTEN);
    expect(await counted(source.name)).toBe(2);
  });

  it('is reported by each of its writers, with its own log calls', async () => {
    const first = new Source();
    const second = new Source({ name: first.name });
    await first.write(3);
    await second.write(5);
    await lose(first.name);
    expect(await second.write(1)).toEqual({ ...WRITTEN, lost: 5 });
    expect(await first.write(1)).toEqual({ ...WRITTEN, lost: 3 });
  });

  it('is reported without late calls, which were in no window', async () => {
    const source = new Source();
    await source.write(1);
    const groups = [1, 5].map((ago) => {
      const { at, ...begun } = new ServerTime().begin(Date.now());
      return { ...begun, at: at - ago * 3_600_000, messages: [{ message: 'hello', count: 100 * ago }], ...PLAIN };
    });
    expect(await source.write({ ...source.batch(600), groups })).toEqual({ ...WRITTEN, late: 500 });
    await lose(source.name);
    expect(await source.write(1)).toEqual({ ...WRITTEN, lost: 101 });
  });

  it('is reported once if the reply of the next batch is lost', async () => {
    const through = new Lossy();
    const source = new Source({ through });
    await source.write(3);
    await lose(source.name);
    const batch = source.batch(2);
    through.losesReplies = true;
    await expect(source.write(batch)).rejects.toThrow('the reply is lost');
    through.losesReplies = false;
    expect(await source.write(batch)).toEqual({ isApplied: false, late: 0, lost: 3, part: 0 });
    expect(await source.write(1)).toEqual(WRITTEN);
    expect(await counted(source.name)).toBe(3);
  });

  it('is reported without an unacknowledged batch, which is applied again', async () => {
    const through = new Lossy();
    const source = new Source({ through });
    await source.write(3);
    const batch = source.batch(2);
    through.losesReplies = true;
    await expect(source.write(batch)).rejects.toThrow('the reply is lost');
    through.losesReplies = false;
    await lose(source.name);
    expect(await source.write(batch)).toEqual({ ...WRITTEN, lost: 3 });
    expect(await counted(source.name)).toBe(2);
  });

  it('is reported if it was to expire later', async () => {
    const source = new Source({ ttlSeconds: 3600 });
    await source.write(3);
    await lose(source.name);
    expect(await source.write(2)).toEqual({ ...WRITTEN, lost: 3 });
  });
});

describeWithClock('destination with ttlSeconds', () => {
  beforeAll(openMovedServer);
  beforeEach(beginHalfPast);
  afterAll(closeMovedServer);

  it('is not reported as lost once it has expired', async () => {
    const source = new Source({ through: moved, ttlSeconds: 600 });
    await source.write(3);
    clock.advance(600);
    expect(await source.write(2)).toEqual(WRITTEN);
    await server.command(['FLUSHALL']);
    expect(await source.write(1)).toEqual({ ...WRITTEN, lost: 2 });
  });

  it('is not reported as lost if its last batch was applied long before the reply came', async () => {
    const through = new Lossy(moved);
    const source = new Source({ through, ttlSeconds: 600 });
    const batch = source.batch(10);
    through.losesReplies = true;
    await expect(source.write(batch)).rejects.toThrow('the reply is lost');
    through.losesReplies = false;
    clock.advance(300);
    expect(await source.write(batch)).toEqual({ ...WRITTEN, isApplied: false });
    clock.advance(300);
    expect(await source.write(1)).toEqual(WRITTEN);
  });
});

describe('batch whose reply was lost', () => {
  it('is a duplicate when it is sent again, and counts once', async () => {
    const through = new Lossy();
    const source = new Source({ through });
    await source.write(3);
    const batch = source.batch(2);
    through.losesReplies = true;
    for (let tries = 0; tries < 3; tries++) await expect(source.write(batch)).rejects.toThrow('the reply is lost');
    through.losesReplies = false;
    expect(await source.write(batch)).toEqual({ ...WRITTEN, isApplied: false });
    expect(await source.write(1)).toEqual(WRITTEN);
    expect(await counted(source.name)).toBe(6);
  });
});

describe('two producers with one id', () => {
  async function writeInTurns(firsts: readonly number[], seconds: readonly number[]): Promise<number> {
    const id = `copied ${++logs}`;
    const first = new Source({ producer: new Producer(id) });
    const second = new Source({ producer: new Producer(id), name: first.name });
    for (let turn = 0; turn < Math.max(firsts.length, seconds.length); turn++) {
      for (const [source, logged] of [
        [first, firsts[turn]],
        [second, seconds[turn]],
      ] as const) {
        if (logged) expect(await source.write(logged)).toEqual(WRITTEN);
      }
    }
    return counted(first.name);
  }

  it.each([
    ['the first is ahead', [1, 1, 1], [0, 0, 1, 1, 1], 6],
    ['the first writes more', [9, 1, 1], [1, 1, 1], 14],
    ['the first writes less', [1, 1, 1], [9, 1, 1], 14],
    ['both write as much', [1, 1, 1], [1, 1, 1], 6],
  ])('count exactly (%s)', async (_case, firsts, seconds, total) => {
    expect(await writeInTurns(firsts, seconds)).toBe(total);
  });
});

describe('writers with one producer', () => {
  it('begin with what Redis has of a destination, report no loss of that, and leave one entry there', async () => {
    const producer = new Producer();
    const first = new Source({ producer });
    await first.write(3);
    const second = new Source({ producer, name: first.name });
    expect(await second.write(2)).toEqual(WRITTEN);
    await lose(first.name);
    expect(await second.write(1)).toEqual({ ...WRITTEN, lost: 2 });
    const { writers } = destinationKeys({ prefix: workspace.prefix, hashTag: false }, first.name, 'info');
    expect(await workspace.redis.hKeys(writers)).toEqual([producer.id]);
  });

  it('take the new id when one of them finds theirs used, count exactly and report no loss', async () => {
    const producer = new Producer();
    const [here, there] = [new Source({ producer }), new Source({ producer })];
    for (const source of [here, there]) await source.write(3);
    const copy = new Source({ producer: new Producer(producer.id), name: here.name });
    const batch = here.batch(2);
    await copy.write(1);
    const { id } = producer;
    expect(await here.write(batch)).toEqual(WRITTEN);
    expect(producer.id).not.toBe(id);
    expect(await there.write(4)).toEqual(WRITTEN);
    expect([await counted(here.name), await counted(there.name)]).toEqual([6, 7]);
  });

  it('send a batch whose reply was lost under its old id after another has renewed that', async () => {
    const producer = new Producer();
    const through = new Lossy();
    const source = new Source({ producer, through });
    const batch = source.batch(2);
    through.losesReplies = true;
    await expect(source.write(batch)).rejects.toThrow('the reply is lost');
    through.losesReplies = false;
    producer.renew(producer.id);
    expect(await source.write(batch)).toEqual({ ...WRITTEN, isApplied: false });
    expect(await source.write(1)).toEqual(WRITTEN);
    expect(await counted(source.name)).toBe(3);
  });
});

describeWithClock('writer, as hours pass', () => {
  beforeAll(openMovedServer);
  beforeEach(beginHalfPast);
  afterAll(closeMovedServer);

  it('reports no loss after it was idle until Redis forgot it', async () => {
    const idle = new Source({ through: moved });
    const busy = new Source({ through: moved, name: idle.name });
    const { writers } = destinationKeys({ prefix: workspace.prefix, hashTag: false }, idle.name, 'info');
    await idle.write(3);
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(3600);
      await busy.write(1);
    }
    expect(await server.command(['HLEN', writers])).toBe(1);
    expect(await idle.write(2)).toEqual(WRITTEN);
  });

  it('is still known two hours later, so that a batch sent again is a duplicate', async () => {
    const idle = new Source({ through: moved });
    const busy = new Source({ through: moved, name: idle.name });
    const batch = idle.batch(3);
    await idle.write(batch);
    for (let hour = 0; hour < 2; hour++) {
      clock.advance(3600);
      await busy.write(1);
    }
    expect(await idle.write(batch)).toEqual({ ...WRITTEN, isApplied: false });
  });

  it('reports the loss of counts in the two windows, and not of counts that left them', async () => {
    const source = new Source({ through: moved });
    for (const logged of [3, 5, 7]) {
      expect(await source.write(logged)).toEqual(WRITTEN);
      clock.advance(3600);
    }
    clock.advance(-3600);
    await server.command(['FLUSHALL']);
    expect(await source.write(2)).toEqual({ ...WRITTEN, lost: 12 });
    expect(await source.write(1)).toEqual(WRITTEN);
  });

  it('reports the counts since a first loss if Redis loses them in the same hour', async () => {
    const source = new Source({ through: moved });
    for (const logged of [3, 5]) {
      await source.write(logged);
      clock.advance(3600);
    }
    await source.write(7);
    for (const [logged, lost] of [
      [2, 12],
      [1, 2],
    ] as const) {
      await server.command(['FLUSHALL']);
      expect(await source.write(logged)).toEqual({ ...WRITTEN, lost });
    }
  });

  it('reports the counts since a first loss if Redis loses them hours later', async () => {
    const source = new Source({ through: moved });
    await source.write(3);
    await server.command(['FLUSHALL']);
    clock.advance(3600);
    expect(await source.write(5)).toEqual({ ...WRITTEN, lost: 3 });
    clock.advance(3600);
    await source.write(7);
    await server.command(['FLUSHALL']);
    expect(await source.write(1)).toEqual({ ...WRITTEN, lost: 12 });
    clock.advance(3 * 3600);
    expect(await source.write(1)).toEqual(WRITTEN);
  });
});
