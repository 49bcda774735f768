import { createClient } from 'redis';
import {
  type ChangedLogger,
  type ChangedLoggers,
  type LogInfo,
  OptionsError,
  RedisRecentCommonTransport,
} from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';
import { Workspace } from '../support/workspace';
import { seedLogCommon } from '../support/writers/seed';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Longer than a cursor reaches back. */
const LATER = 5;

/** Names with their severities; those with new messages are marked. */
function listed({ loggers }: ChangedLoggers): string[] {
  return loggers.map(({ name, severity, hasNewMessages }) => `${name} ${severity}${hasNewMessages ? ' new' : ''}`);
}

describeWithClock('what has changed since a moment', () => {
  const timed = redisWithClock();
  let transport: RedisRecentCommonTransport;

  beforeEach(async () => {
    await timed.server.command(['FLUSHALL']);
    timed.clock.set(0);
    transport = new RedisRecentCommonTransport({ url: timed.server.url, name: 'shop' });
  });
  afterEach(() => transport.close());

  const log = async (level: string, message: string): Promise<void> => {
    transport.log({ level, message });
    await transport.flush();
  };
  /** Later, and with a transport that does not take its own clock for one that stood still. */
  const pass = async (seconds: number): Promise<void> => {
    await transport.close();
    timed.clock.advance(seconds);
    transport = new RedisRecentCommonTransport({ url: timed.server.url, name: 'shop' });
  };

  it('is each logger that was written to, the last one first, and whether a message was new there', async () => {
    await log('error', 'boom');
    await log('info', 'hello');
    await pass(LATER);
    const { cursor } = await timed.reader.changedSince();
    await pass(LATER);
    await log('error', 'boom');
    expect(listed(await timed.reader.changedSince(cursor))).toEqual(['shop error']);
    await log('error', 'bang');
    await pass(1);
    await log('info', 'hello');
    const later = await timed.reader.changedSince(cursor);
    expect(listed(later)).toEqual(['shop info', 'shop error new']);
    await pass(LATER);
    const { cursor: quiet } = await timed.reader.changedSince(later.cursor);
    expect(listed(await timed.reader.changedSince(quiet))).toEqual([]);
  });

  it('is every known logger without a cursor, each as if a message were new there', async () => {
    await log('error', 'boom');
    await log('info', 'hello');
    await pass(LATER);
    await log('info', 'hello');
    const { loggers } = await timed.reader.changedSince();
    expect(loggers.map(({ severity, hasNewMessages }) => [severity, hasNewMessages])).toEqual([
      ['info', true],
      ['error', true],
    ]);
    expect(loggers[0]?.lastSeen).toEqual((await timed.reader.names())[0]?.lastSeen);
  });

  it('has no new message for one that comes back after some hours, and one for one that comes back after a day', async () => {
    await log('error', 'boom');
    await pass(3 * HOUR);
    const { cursor } = await timed.reader.changedSince();
    await log('error', 'boom');
    expect(listed(await timed.reader.changedSince(cursor))).toEqual(['shop error']);
    await pass(DAY + HOUR);
    await log('error', 'boom');
    expect(listed(await timed.reader.changedSince(cursor))).toEqual(['shop error new']);
  });

  it('has a logger again whose last note is of the second of the cursor, since it may have gone on in that second', async () => {
    await log('error', 'boom');
    const { cursor } = await timed.reader.changedSince();
    await log('error', 'boom');
    expect(listed(await timed.reader.changedSince(cursor))).toEqual(['shop error']);
  });

  it('is everything if the clock of Redis was set back, whatever was noted before', async () => {
    await log('error', 'boom');
    await log('info', 'hello');
    const { cursor } = await timed.reader.changedSince();
    timed.clock.advance(-HOUR);
    expect(listed(await timed.reader.changedSince(cursor))).toEqual(['shop info new', 'shop error new']);
  });

  it('is not known of what the Python functions of the book write: only the answer without a cursor has their loggers', async () => {
    const redis: ReturnType<typeof createClient> = createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
    await log('info', 'hello');
    await pass(LATER);
    const { cursor } = await timed.reader.changedSince();
    await pass(LATER);
    await seedLogCommon(redis, 'shop', 'theirs');
    redis.destroy();
    expect(listed(await timed.reader.changedSince(cursor))).toEqual([]);
    expect(listed(await timed.reader.changedSince())).toEqual(['shop info new']);
    expect((await timed.reader.recent('shop', 'info', { limit: 1 }))[0]?.message).toBe('theirs');
  });
});

describe('what has changed since a moment, beside writers', () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open();
  });
  afterAll(() => workspace.close());

  it('misses no new message of several writers that log at once, however often it is asked', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `racing${i}`);
    const name = (info: LogInfo): string => String(info.app);
    const options = { lingerMs: 0, name, closeTimeoutMs: 60_000 };
    const transports = [workspace.transport(options), workspace.transport(options)];
    const expected: string[] = [];
    const found = new Set<string>();
    let { cursor } = await workspace.reader.changedSince();
    const look = async (): Promise<void> => {
      const answer = await workspace.reader.changedSince(cursor);
      cursor = answer.cursor;
      const isNews = ({ hasNewMessages }: ChangedLogger): boolean => hasNewMessages;
      for (const { name } of answer.loggers.filter(isNews)) {
        const { messages } = await workspace.reader.common(name, 'info');
        for (const { message } of messages) found.add(`${name} ${message}`);
      }
    };
    for (let round = 0; round < 10; round++) {
      for (const name of names) {
        const message = `message ${'abcdefghij'[round]}`;
        expected.push(`${name} ${message}`);
        transports[round % 2]?.log({ level: 'info', message, app: name });
      }
      await Promise.all([...transports.map((transport) => transport.flush()), look()]);
    }
    await look();
    expect([...found].sort()).toEqual(expected.sort());
  });

  it.each(['', 'now', '-1', '1.5', 7])('refuses a cursor that is none: %j', async (cursor) => {
    await expect(workspace.reader.changedSince(cursor as string)).rejects.toBeInstanceOf(OptionsError);
  });
});
