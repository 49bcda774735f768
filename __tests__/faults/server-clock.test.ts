import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createClient } from 'redis';
import { describeWithClock, ServerClock } from '../support/redis/server-clock';
import { RedisServer } from '../support/redis/servers';

const HOUR = 3600;

describeWithClock('server clock', () => {
  let clock: ServerClock;
  let server: RedisServer;
  const client = () => createClient({ url: server.url, RESP: 2 });
  let redis: ReturnType<typeof client>;

  beforeAll(async () => {
    clock = ServerClock.create();
    server = await RedisServer.start({ env: clock.env });
    redis = client();
    redis.on('error', () => undefined);
    await redis.connect();
  });
  beforeEach(() => clock.set(0));
  afterAll(async () => {
    redis.destroy();
    await server.stop();
    clock.remove();
  });

  /** Expects `TIME`, alone and in a script, to be this many seconds ahead of the machine. */
  async function expectAhead(seconds: number): Promise<void> {
    const asked = Date.now() / 1000;
    const times = [await redis.sendCommand(['TIME']), await redis.eval("return redis.call('TIME')")] as string[][];
    for (const [time] of times) expect(Math.abs(Number(time) - asked - seconds)).toBeLessThan(10);
  }

  it('shows the time of the machine until it is moved', () => expectAhead(0));

  it('moves on and back while the server runs and answers on the same connection', async () => {
    const id = await redis.sendCommand(['CLIENT', 'ID']);
    clock.advance(HOUR);
    await expectAhead(HOUR);
    clock.advance(-600);
    await expectAhead(HOUR - 600);
    clock.advance(3 * HOUR);
    await expectAhead(4 * HOUR - 600);
    clock.set(-HOUR);
    await expectAhead(-HOUR);
    expect(await redis.sendCommand(['CLIENT', 'ID'])).toBe(id);
  });

  it('expires keys by the time that it shows', async () => {
    await redis.set('key', 'value', { EX: 2 * HOUR });
    clock.advance(HOUR);
    expect(await redis.get('key')).toBe('value');
    clock.advance(HOUR + 1);
    expect(await redis.get('key')).toBeNull();
  });

  it('leaves the monotonic clock alone', () => {
    clock.set(HOUR);
    const program = 'console.log(Date.now() / 1000, Number(process.hrtime.bigint()) / 1e9)';
    const output = execFileSync(process.execPath, ['-e', program], { env: { ...process.env, ...clock.env } });
    const [time, monotonic] = String(output).split(' ').map(Number) as [number, number];
    expect(Math.abs(time - Date.now() / 1000 - HOUR)).toBeLessThan(10);
    expect(Math.abs(monotonic - Number(process.hrtime.bigint()) / 1e9)).toBeLessThan(10);
  });

  it('keeps its offset if the server restarts', async () => {
    clock.set(HOUR);
    await server.kill();
    await server.start();
    await redis.ping();
    await expectAhead(HOUR);
  });

  it('moves only servers with its environment', async () => {
    clock.set(HOUR);
    const other = await RedisServer.start();
    try {
      const [time] = (await other.command(['TIME'])) as string[];
      expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(10);
    } finally {
      await other.stop();
    }
  });

  it('removes its folder', () => {
    const second = ServerClock.create();
    const dir = dirname(second.env['SERVER_CLOCK_FILE'] as string);
    expect(existsSync(dir)).toBe(true);
    second.remove();
    expect(existsSync(dir)).toBe(false);
  });
});
