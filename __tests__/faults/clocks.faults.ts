import { createClient } from 'redis';
import { RedisRecentCommonTransport } from '../../src';
import { describeWithClock, ServerClock } from '../support/redis/server-clock';
import { RedisServer } from '../support/redis/servers';
import { type Counts, sum, total } from '../support/redis/stored-log';
import { describeWith } from '../support/requirements';
import { until } from '../support/wait';
import { expectExact } from '../support/writers/balance';
import { FaultWriter } from '../support/writers/fault-writer';
import { TurningHours } from '../support/writers/turning-hours';

const HOUR_MS = 3_600_000;
const HOUR_S = 3600;
/** A busy machine may take long. */
const CLOSE_TIMEOUT_MS = 30_000;

let clock: ServerClock;
let server: RedisServer;
let redis: ReturnType<typeof createClient>;
let hours: TurningHours;
let now: () => number;

async function open(): Promise<void> {
  now = Date.now;
  clock = ServerClock.create();
  server = await RedisServer.start({ env: clock.env });
  redis = createClient({ url: server.url, RESP: 2 });
  await redis.connect();
}

async function close(): Promise<void> {
  redis.destroy();
  await server.stop();
  clock.remove();
}

/** Starts in the middle of an hour, so that the hour does not turn by itself. */
async function begin(): Promise<void> {
  await redis.flushAll();
  hours = new TurningHours(clock, redis, 'app');
  hours.setIntoHour(HOUR_S / 2);
}

const logTo = (transport: RedisRecentCommonTransport, i: number): void =>
  transport.log({ level: 'info', message: `message ${i % 10}` });

describeWithClock('writers with wrong clocks', () => {
  beforeAll(open);
  beforeEach(begin);
  afterEach(async () => {
    Date.now = now;
    server.signal('SIGCONT');
    await FaultWriter.killAll();
  });
  afterAll(close);

  it('count in the hour of the server, beside one whose clock is right', async () => {
    const offsets = [-2 * HOUR_MS, 0, 2 * HOUR_MS];
    const connection = { url: server.url };
    const writers = await Promise.all(offsets.map((clockOffsetMs) => FaultWriter.start({ connection, clockOffsetMs })));
    await Promise.all(writers.map((writer) => writer.acknowledged(300)));
    const reports = await Promise.all(writers.map((writer) => writer.end()));
    expect(await expectExact(reports, redis)).toMatchObject({ late: 0, lost: 0 });
    const { start, pstart, last } = await hours.windows();
    expect({ start, pstart, last }).toEqual({ start: await hours.hour(), pstart: null, last: {} });
  });

  it('lose nothing, and nothing is late, if their clocks are set ahead and back while they write', async () => {
    const transport = new RedisRecentCommonTransport({ url: server.url, closeTimeoutMs: CLOSE_TIMEOUT_MS });
    let calls = 0;
    const log = (): void => {
      for (let i = 0; i < 100; i++) logTo(transport, calls++);
    };
    let offset = 0;
    Date.now = () => now() + offset;
    log();
    await transport.flush();
    for (const step of [HOUR_MS, -2 * HOUR_MS]) {
      server.signal('SIGSTOP');
      log();
      offset += step;
      log();
      server.signal('SIGCONT');
      await transport.flush();
    }
    const { current, last, start, pstart } = await hours.windows();
    expect(total(current)).toBe(500);
    expect({ start, pstart, last }).toEqual({ start: await hours.hour(), pstart: null, last: {} });
    expect(transport.stats()).toMatchObject({ logged: 500, written: 500, late: 0, lost: 0, dropped: 0 });
    await transport.close();
  });
});

describeWith('server clock', 'paused writes')('server clock under eight transports', () => {
  let transports: RedisRecentCommonTransport[];
  let logged: Counts;
  let timer: NodeJS.Timeout;

  beforeAll(open);
  beforeEach(async () => {
    await begin();
    logged = {};
    let calls = 0;
    const options = { url: server.url, lingerMs: 1, closeTimeoutMs: CLOSE_TIMEOUT_MS };
    transports = Array.from({ length: 8 }, () => new RedisRecentCommonTransport(options));
    timer = setInterval(() => {
      for (const transport of transports) {
        logged[`message ${calls % 10}`] = (logged[`message ${calls % 10}`] ?? 0) + 1;
        logTo(transport, calls++);
      }
    }, 5);
    await allWrite();
  });
  afterEach(async () => {
    clearInterval(timer);
    await Promise.all(transports.map((transport) => transport.close()));
  });
  afterAll(close);

  /** Waits until each transport has written a log call that was made after this began. */
  async function allWrite(): Promise<void> {
    const targets = transports.map((transport) => transport.stats().logged + 1);
    await until(() => transports.every((transport, i) => transport.stats().written >= (targets[i] as number)));
  }

  /** Expects that each log call is in the windows or has left them, and that none is reported late or lost. */
  async function expectAllCounted(): Promise<void> {
    clearInterval(timer);
    await Promise.all(transports.map((transport) => transport.flush()));
    const { current, last } = await hours.windows();
    expect(sum(sum(current, last), hours.left)).toEqual(logged);
    for (const transport of transports) {
      expect(transport.stats()).toMatchObject({ pending: 0, late: 0, lost: 0, dropped: 0, retries: 0 });
    }
  }

  it('rotates once when it passes the hour, and each hour has its total', async () => {
    for (let turn = 0; turn < 3; turn++) {
      const { before, after } = await hours.step(HOUR_S, allWrite);
      expect(after).toMatchObject({ last: before.current, start: await hours.hour(), pstart: before.start });
      expect(total(after.current)).toBeGreaterThan(0);
    }
    await expectAllCounted();
  });

  it('counts on in the later hour if it is set back over the hour by ten minutes', async () => {
    hours.setIntoHour(HOUR_S + 300);
    await allWrite();
    const { before, after } = await hours.step(-600, allWrite);
    expect(after).toMatchObject({ last: before.last, start: before.start, pstart: before.pstart });
    expect(after.start).not.toBe(await hours.hour());
    await expectAllCounted();
  });

  it('counts in the right hour again after it was set ahead by three hours and back', async () => {
    const on = await hours.step(3 * HOUR_S, allWrite);
    expect(on.after).toMatchObject({ last: on.before.current, start: await hours.hour(), pstart: on.before.start });
    const back = await hours.step(-3 * HOUR_S, allWrite);
    expect(back.after).toMatchObject({ last: back.before.current, start: on.before.start, pstart: on.after.start });
    const next = await hours.step(HOUR_S, allWrite);
    expect(next.after).toMatchObject({ last: next.before.current, start: await hours.hour(), pstart: on.before.start });
    await expectAllCounted();
  });
});
