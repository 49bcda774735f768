import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { createClient } from 'redis';
import { type DeliveryWarning, RedisRecentCommonTransport } from '../../src';
import { advanceOwnClock, setOwnClock } from '../support/own-clock';
import { describeWithClock, ServerClock } from '../support/redis/server-clock';
import { freePort, RedisServer } from '../support/redis/servers';
import { total } from '../support/redis/stored-log';
import { until } from '../support/wait';
import { TurningHours } from '../support/writers/turning-hours';

const HOUR_S = 3600;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describeWithClock('hour of a log call', () => {
  const now = Date.now;
  let clock: ServerClock;
  let server: RedisServer;
  let redis: ReturnType<typeof createClient>;
  let hours: TurningHours;
  let transport: RedisRecentCommonTransport;
  let warnings: string[];
  /** How far the clock of the process is ahead of the clock of the machine. */
  let offset = 0;

  beforeAll(async () => {
    clock = ServerClock.create();
    server = await RedisServer.start({ env: clock.env });
    redis = createClient({ url: server.url, RESP: 2 });
    await redis.connect();
  });
  beforeEach(async () => {
    await redis.flushAll();
    hours = new TurningHours(clock, redis, 'app');
    hours.setIntoHour(HOUR_S / 2);
    offset = 0;
    Date.now = () => now() + offset;
    transport = new RedisRecentCommonTransport({ url: server.url });
    warnings = [];
    transport.on('warn', ({ message }: DeliveryWarning) => warnings.push(message));
  });
  afterEach(async () => {
    server.signal('SIGCONT');
    await transport.close();
    Date.now = now;
    setOwnClock();
  });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
    clock.remove();
  });

  function log(calls: number): void {
    for (let i = 0; i < calls; i++) transport.log({ level: 'info', message: 'hello' });
  }

  /** Holds up Redis: it has had one log call and told its time, another is under way, and further ones have to wait for that. */
  async function holdUp(): Promise<void> {
    log(1);
    await transport.flush();
    server.signal('SIGSTOP');
    log(1);
    await turn();
    await turn();
  }

  /** Sets the clock of the process to this many milliseconds before its hour turns. */
  function setBeforeTurn(ms: number): void {
    offset = HOUR_MS - (now() % HOUR_MS) - ms;
  }

  /** The process is suspended: only the clocks that show the time of day go on. */
  function suspend(seconds: number): void {
    offset += seconds * 1000;
    clock.advance(seconds);
  }

  /** All clocks go on. */
  function pass(seconds: number): void {
    suspend(seconds);
    advanceOwnClock(seconds * 1000);
  }

  /** Expects this many log calls in each hour, with none late, unless given, and none lost or dropped. */
  async function expectWindows(expected: { current: number; last?: number; late?: number }): Promise<void> {
    server.signal('SIGCONT');
    await transport.flush();
    const { current, last } = await hours.windows();
    const { late, lost, dropped } = transport.stats();
    expect({ current: total(current), last: total(last), late, lost, dropped }).toEqual({
      last: 0,
      late: 0,
      lost: 0,
      dropped: 0,
      ...expected,
    });
  }

  it('is that of Redis if the clock of the process passes its own full hour while calls wait', async () => {
    setBeforeTurn(500);
    await holdUp();
    log(40);
    await until(() => Date.now() % HOUR_MS < HOUR_MS / 2);
    log(60);
    await expectWindows({ current: 102 });
  });

  it.each([
    ['ahead by 25 minutes', 25 * MINUTE_MS],
    ['back by a day', -24 * HOUR_MS],
  ])('is that of Redis if its hour turns while calls wait, with the clock of the process %s', async (_, by) => {
    hours.setIntoHour(HOUR_S - 30);
    offset = by;
    await holdUp();
    for (let i = 0; i < 10; i++) {
      log(1);
      await sleep(10);
    }
    pass(31);
    log(60);
    await expectWindows({ current: 60, last: 12 });
  });

  it.each([
    ['set ahead by three hours', [3 * HOUR_MS]],
    ['set back by three hours', [-3 * HOUR_MS]],
    ['set ahead by 40 minutes and back by two hours', [40 * MINUTE_MS, -2 * HOUR_MS]],
  ])('is that of Redis if the clock of the process is %s while calls wait', async (_, steps) => {
    await holdUp();
    log(10);
    for (const step of steps) {
      offset += step;
      log(10);
    }
    await expectWindows({ current: 12 + 10 * steps.length });
  });

  it('is that of Redis if Redis is absent at first and the clock is set ahead and back meanwhile', async () => {
    const port = await freePort();
    await transport.close();
    transport = new RedisRecentCommonTransport({ url: `redis://127.0.0.1:${port}` });
    for (const step of [0, 3 * HOUR_MS, -7 * HOUR_MS, 30 * MINUTE_MS]) {
      offset += step;
      log(10);
    }
    await until(() => transport.stats().retries > 0);
    const absent = await RedisServer.start({ port, env: clock.env });
    try {
      await transport.flush();
      expect(await absent.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('40');
      expect(transport.stats()).toMatchObject({ written: 40, late: 0 });
    } finally {
      await transport.close();
      await absent.stop();
    }
  });

  it('is the hour before for calls that waited while the process was suspended, and this hour for later ones', async () => {
    await holdUp();
    log(40);
    suspend(HOUR_S);
    log(60);
    // The one that was under way is not counted before Redis goes on.
    await expectWindows({ current: 61, last: 41 });
  });

  it('is the hour before for calls that waited through a suspension, if the clock of the process was set ahead before them', async () => {
    log(1);
    await transport.flush();
    offset += HOUR_MS;
    await redis.set('common:app:info', 'junk');
    log(40);
    await until(() => transport.stats().retries === 1);
    transport.log({ level: 'error', message: 'hello' });
    await until(() => transport.stats().written === 2);
    suspend(HOUR_S);
    await redis.del('common:app:info');
    await expectWindows({ current: 0, last: 40 });
  });

  it('is the hour before for calls that waited if no clock of the process went on either', async () => {
    log(1);
    await transport.flush();
    await redis.set('common:app:info:last', 'junk');
    log(40);
    await until(() => transport.stats().retries === 1);
    await sleep(1000);
    clock.advance(HOUR_S);
    await redis.del('common:app:info:last');
    await expectWindows({ current: 0, last: 41 });
    log(60);
    await expectWindows({ current: 60, last: 41 });
  });

  it('is this hour for a call after the clock of Redis was set ahead', async () => {
    log(40);
    await transport.flush();
    clock.advance(HOUR_S);
    log(60);
    await expectWindows({ current: 60, last: 40 });
  });

  it('is reported as late if it has left both windows', async () => {
    await holdUp();
    log(10);
    suspend(HOUR_S);
    log(20);
    suspend(HOUR_S);
    log(30);
    suspend(HOUR_S);
    log(40);
    await expectWindows({ current: 41, last: 30, late: 30 });
    expect(warnings).toEqual([expect.stringContaining('30 log calls of app:info came too late to be counted')]);
  });
});
