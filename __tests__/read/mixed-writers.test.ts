import { createClient } from 'redis';
import { type MessageChange, RedisRecentCommonTransport } from '../../src';
import { clearOfTheTurn } from '../support/hours';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';
import { logEarlier } from '../support/writers/earlier-writer';
import { seedLogCommon } from '../support/writers/seed';

type Client = ReturnType<typeof createClient>;

const MINUTE = 60;

/** Those who keep nothing beside lines and counts. */
const OTHERS: Record<string, (redis: Client, name: string, messages: readonly string[]) => Promise<void>> = {
  'the Python functions of the book': async (redis, name, messages) => {
    for (const message of messages) await seedLogCommon(redis, name, message);
  },
  'an earlier version': logEarlier,
};

describeWithClock('logger that this version shares', () => {
  let redis: Client;
  let names = 0;
  let name: string;

  afterAll(() => redis.destroy());
  const timed = redisWithClock();
  beforeAll(async () => {
    redis = createClient({ url: timed.server.url, RESP: 2 });
    await redis.connect();
  });

  /** What this version logs, by a transport that begins anew: its own clock does not move with that of the server. */
  const log = async (...messages: string[]): Promise<void> => {
    const transport = new RedisRecentCommonTransport({ url: timed.server.url, name });
    for (const message of messages) transport.log({ level: 'info', message });
    await transport.close();
  };
  const change = async (message: string, minutes?: number): Promise<MessageChange | undefined> => {
    const window = minutes === undefined ? 'current' : { minutes };
    return (await timed.reader.changes(name, 'info', { window })).find((each) => each.message === message);
  };

  /** The logger is older than each window when the other one begins, at the time of the machine. */
  beforeEach(async () => {
    await clearOfTheTurn();
    name = `app${++names}`;
    timed.clock.set(-130 * MINUTE);
    await log('usual', 'usual');
    timed.clock.set(0);
    await log('usual');
  });

  describe.each(Object.keys(OTHERS))('with %s', (title) => {
    const logOther = (...messages: string[]): Promise<void> =>
      (OTHERS[title] as (typeof OTHERS)[string])(redis, name, messages);

    it('has every log call of both counted once', async () => {
      await logOther('theirs', 'usual', 'theirs');
      await log('theirs', 'usual');
      await logOther('theirs');
      expect(await timed.reader.common(name, 'info')).toMatchObject({
        total: 7,
        messages: [
          { message: 'theirs', count: 4 },
          { message: 'usual', count: 3 },
        ],
      });
      expect((await timed.reader.recent(name, 'info', { limit: 1 }))[0]?.message).toBe('theirs');
    });

    it('has the minutes of the hour as unknown once the other has logged, and never as zero', async () => {
      const running = async (): Promise<number | null | undefined> =>
        (await timed.reader.minutes(name, 'info')).counts.at(-1);
      expect(await running()).toBe(1);
      await logOther('theirs');
      expect(await running()).toBeNull();
      await log('usual');
      expect(await running()).toBeNull();
    });

    it('has no message as new that the other counted, before and after this version logs it too', async () => {
      await logOther('theirs');
      expect(await change('theirs')).toMatchObject({ count: 1, status: 'unknown', gapHours: null });
      expect(await change('theirs', 5)).not.toMatchObject({ status: 'new' });
      await log('theirs', 'ours');
      expect(await change('theirs')).toMatchObject({ count: 2, status: 'unknown', gapHours: null });
      expect(await change('theirs', 5)).not.toMatchObject({ status: 'new' });
      expect(await change('ours')).toMatchObject({ count: 1, status: 'new' });
    });

    it('has a message in the memory of a week from its first log call of this version on', async () => {
      const readSeen = async (): Promise<number | null> => redis.zScore(`common:${name}:info:seen`, 'theirs');
      await logOther('theirs');
      expect(await readSeen()).toBeNull();
      await log('theirs');
      expect(await readSeen()).not.toBeNull();
      timed.clock.set(3 * 60 * MINUTE);
      await log('usual', 'theirs');
      expect((await change('theirs'))?.status).not.toBe('new');
    });
  });
});
