import { type CommonKey, createParameterizer, RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { redisWithClock } from '../support/redis/redis-with-clock';
import { describeWithClock } from '../support/redis/server-clock';

/** Ten minutes past twelve. */
const BEGINNING = Date.UTC(2026, 10, 24, 12, 10) / 1000;
const EARLIER = createParameterizer();
const LATER = createParameterizer({ rules: [{ pattern: /\bTenant \w+/, name: 'tenant' }] });

describeWithClock('rules by which messages are grouped', () => {
  const timed = redisWithClock();
  let names = 0;
  let name: string;

  beforeEach(() => {
    name = `app${++names}`;
    timed.clock.show(BEGINNING);
  });

  const log = async (commonKey: CommonKey | undefined, ...messages: string[]): Promise<void> => {
    const options: TransportOptions = { url: timed.server.url, name, commonKey };
    const transport = new RedisRecentCommonTransport(options);
    for (const message of messages) transport.log({ level: 'info', message });
    await transport.close();
  };
  const pass = (minutes: number): void => timed.clock.advance(60 * minutes);
  const status = async (key: string): Promise<string | undefined> =>
    (await timed.reader.changes(name, 'info')).find(({ message }) => message === key)?.status;

  it('call no message new for an hour after they have changed, and then again', async () => {
    await log(EARLIER, 'Tenant Acme failed', 'worker started');
    pass(60);
    await log(EARLIER, 'worker started', 'cart emptied');
    expect(await status('cart emptied')).toBe('new');
    pass(60);
    await log(LATER, 'Tenant Acme failed', 'worker started');
    expect(await status('<tenant> failed')).toBe('unknown');
    pass(40);
    await log(LATER, 'disk full');
    expect(await status('disk full')).toBe('unknown');
    pass(25);
    await log(LATER, 'Tenant Acme failed', 'order refused');
    expect(await status('order refused')).toBe('new');
    expect(await status('<tenant> failed')).toBe('steady');
  });

  it('may be of two versions at once: each settles for an hour of its own, and no more', async () => {
    await log(EARLIER, 'worker started');
    pass(60);
    await log(LATER, 'worker started');
    pass(70);
    for (const [message, commonKey] of [
      ['cart emptied', EARLIER],
      ['disk full', LATER],
      ['order refused', EARLIER],
      ['Tenant Acme failed', LATER],
    ] as const) {
      await log(commonKey, 'worker started', message);
      expect(await status(commonKey(message))).toBe('new');
    }
  });

  it('settle for an hour if messages were counted as they are before', async () => {
    await log(undefined, 'user 1 failed', 'worker started');
    pass(60);
    await log('pattern', 'user 2 failed', 'worker started');
    expect(await status('user <number> failed')).toBe('unknown');
  });

  it('are none for messages that are counted as they are', async () => {
    await log('pattern', 'worker started');
    pass(60);
    await log('message', 'worker started', 'user 2 failed');
    expect(await status('user 2 failed')).toBe('new');
  });
});
