import { createClient } from 'redis';
import { runProgram } from '../support/program';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { StoredLog, total } from '../support/redis/stored-log';
import { repeatedAtTheTurn } from '../support/turn';

/** Bytes that an outage may add to the memory of a program: with one logger name, and with ten thousand. */
const MOST_BYTES = 40_000_000;
const MOST_BYTES_OF_MANY = 80_000_000;
/** The heap of the program, in MB. Ten thousand logger names are all written to at once when Redis comes up. */
const HEAP = 128;
const HEAP_OF_MANY = 1024;

/** The output of a program that logged while Redis was absent, and then waited until all was written. */
interface Outage {
  readonly stats: Record<'logged' | 'written' | 'pending' | 'dropped' | 'other', number>;
  /** Heap and buffers in use after a collection: before the first log call, after the last, and when all was written. */
  readonly bytes: readonly [number, number, number];
  readonly warnings: readonly string[];
}

/**
 * Runs a program that makes this many log calls, in turns of the event loop, while Redis is absent. Redis comes up once
 * they are made.
 *
 * @param call - the code that makes log call number `i`
 */
async function logThroughOutage(
  calls: number,
  call: string,
  check: (outage: Outage, log: (name: string) => StoredLog) => Promise<void>,
  heap = HEAP,
): Promise<void> {
  const port = await freePort();
  const program = `
    const transport = openTransport({ name: ({ service }) => service, closeTimeoutMs: 600_000 });
    const logger = winston.createLogger({ transports: [transport] });
    const warnings = [];
    transport.on('warn', (warning) => warnings.push(warning.message));
    const used = () => {
      gc();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const bytes = [used()];
    let i = 0;
    const logOn = () => {
      for (const end = Math.min(i + 10_000, ${calls}); i < end; i++) { ${call} }
      if (i < ${calls}) return setImmediate(logOn);
      bytes.push(used());
      if (transport.stats().written > 0) throw new Error('Redis was not absent');
      console.log('logged');
      transport.flush().then(() => {
        bytes.push(used());
        console.log(JSON.stringify({ stats: transport.stats(), bytes, warnings }));
        return transport.close();
      });
    };
    logOn();`;
  let starting: Promise<RedisServer> | undefined;
  const env = {
    URL: `redis://127.0.0.1:${port}`,
    PREFIX: '',
    NODE_OPTIONS: `--expose-gc --max-old-space-size=${heap}`,
  };
  const { code, stdout, stderr } = await runProgram(program, env, () => (starting = RedisServer.start({ port })));
  const server = await starting;
  try {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const client = await createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2 }).connect();
    try {
      const outage = JSON.parse(stdout.split('\n')[1] as string) as Outage;
      const [before, during, after] = outage.bytes;
      process.stdout.write(`${calls} calls: ${during - before} bytes during the outage, ${after - before} after it\n`);
      await check(outage, (name) => new StoredLog(client, '', name));
    } finally {
      client.destroy();
    }
  } finally {
    await server?.stop();
  }
}

function expectBounded({ bytes, warnings, stats }: Outage, logged: number, most = MOST_BYTES): void {
  const [before, during, after] = bytes;
  expect(stats).toMatchObject({ logged, written: logged, pending: 0, dropped: 0 });
  expect(during - before).toBeLessThan(most);
  expect(after - before).toBeLessThan(most);
  expect(warnings).toEqual([
    expect.stringContaining('cannot write to Redis for'),
    expect.stringContaining('Redis can be written to again after'),
  ]);
}

describeWithServer('outage', () => {
  it('takes bounded memory, and loses none of ten million log calls with two hundred messages', async () => {
    const messages = Array.from({ length: 200 }, (_, i) => [`message ${i}`, 50_000]);
    await repeatedAtTheTurn(() =>
      logThroughOutage(10_000_000, "logger.info('message ' + (i % 200), { service: 'app' });", async (outage, log) => {
        expectBounded(outage, 10_000_000);
        expect(outage.stats.other).toBe(0);
        expect(await log('app').current()).toEqual(Object.fromEntries(messages));
        expect(await log('app').seq()).toBe(10_000_000);
        expect((await log('app').texts())[0]).toBe('message 199 {"service":"app"}');
      }),
    );
  }, 600_000);

  it('takes bounded memory, and loses none of a million log calls with different messages', async () => {
    await repeatedAtTheTurn(() =>
      logThroughOutage(1_000_000, "logger.info('message ' + i, { service: 'app' });", async (outage, log) => {
        expectBounded(outage, 1_000_000);
        const counts = await log('app').current();
        expect(total(counts)).toBe(1_000_000);
        expect(Object.keys(counts).length).toBeLessThanOrEqual(10_001);
        expect(counts['<other>']).toBeGreaterThanOrEqual(990_000);
        expect(await log('app').texts()).toEqual(
          Array.from({ length: 100 }, (_, i) => `message ${999_999 - i} {"service":"app"}`),
        );
      }),
    );
  }, 600_000);

  it('takes bounded memory, and loses none of two million log calls to ten thousand logger names', async () => {
    await repeatedAtTheTurn(() =>
      logThroughOutage(
        2_000_000,
        "logger.info('message ' + (i % 7), { service: 'app' + (i % 10_000) });",
        async (outage, log) => {
          expectBounded(outage, 2_000_000, MOST_BYTES_OF_MANY);
          for (let i = 0; i < 10_000; i++) {
            const there = log(`app${i}`);
            expect([total(await there.current()), await there.seq()]).toEqual([200, 200]);
          }
        },
        HEAP_OF_MANY,
      ),
    );
  }, 600_000);
});

describe('burst of a million log calls with few messages', () => {
  it('is counted exactly, and takes less than 10 MB of memory', async () => {
    const server = await RedisServer.start();
    const program = `
      const transport = openTransport({ closeTimeoutMs: 60_000 });
      const logger = winston.createLogger({ transports: [transport] });
      const used = () => { gc(); return process.memoryUsage().heapUsed; };
      logger.info('message 0');
      transport.flush().then(() => {
        const before = used();
        const began = performance.now();
        let i = 1;
        const logOn = () => {
          for (const end = Math.min(i + 10_000, 1_000_000); i < end; i++) logger.info('message ' + (i % 20));
          if (i < 1_000_000) return setImmediate(logOn);
          const tookMs = performance.now() - began;
          const during = used() - before;
          transport.flush().then(() => console.log(JSON.stringify({ tookMs, during, after: used() - before })));
        };
        logOn();
      });`;
    try {
      const { stdout } = await runProgram(program, { URL: server.url, PREFIX: '', NODE_OPTIONS: '--expose-gc' });
      process.stdout.write(`a burst of a million: ${stdout}`);
      const { during, after } = JSON.parse(stdout) as Record<'during' | 'after', number>;
      expect(during).toBeLessThan(10_000_000);
      expect(after).toBeLessThan(10_000_000);
      const client = await createClient({ url: server.url, RESP: 2 }).connect();
      const log = new StoredLog(client, '', 'app');
      const expected = Array.from({ length: 20 }, (_, i) => [`message ${i}`, 50_000]);
      expect(await log.current()).toEqual(Object.fromEntries(expected));
      expect(await log.seq()).toBe(1_000_000);
      client.destroy();
    } finally {
      await server.stop();
    }
  }, 120_000);
});

describe('message of 600 MB', () => {
  it('is cut, marked with an ellipsis, and not kept', async () => {
    const server = await RedisServer.start();
    const program = `
      const transport = openTransport({ closeTimeoutMs: 60_000 });
      const logger = winston.createLogger({ transports: [transport], format: winston.format.simple() });
      const used = () => { gc(); return process.memoryUsage().heapUsed; };
      const before = used();
      logger.info('é'.repeat(300_000_000));
      logger.info('the last');
      setImmediate(async () => {
        const during = used() - before;
        await transport.flush();
        console.log(JSON.stringify({ during, after: used() - before }));
      });`;
    try {
      const env = { URL: server.url, PREFIX: '', NODE_OPTIONS: '--expose-gc' };
      const { code, stdout, stderr } = await runProgram(program, env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      process.stdout.write(`a message of 600 MB: ${stdout}`);
      const { during, after } = JSON.parse(stdout) as Record<'during' | 'after', number>;
      expect(Math.max(during, after)).toBeLessThan(10_000_000);
      const client = await createClient({ url: server.url, RESP: 2 }).connect();
      const log = new StoredLog(client, '', 'app');
      expect(await log.current()).toEqual({ [`${'é'.repeat(510)}…`]: 1, 'the last': 1 });
      expect((await log.texts())[1]).toMatch(/^é+…$/);
      client.destroy();
    } finally {
      await server.stop();
    }
  }, 120_000);
});
