import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import winston from 'winston';
import { RedisRecentCommonTransport, type TransportOptions } from '../../src';
import { type Ended, runProgram } from '../support/program';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { type Counts, StoredLog, total } from '../support/redis/stored-log';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

const operations = readFileSync(resolve(__dirname, '../../docs/operations.md'), 'utf8');

/**
 * Prints, when a program ends, how long it took since `start()`, and how much of that it waited for a busy machine; both in
 * milliseconds.
 */
const STOPWATCH = `
  const start = () => {
    let [began, last, waited] = [performance.now(), performance.now(), 0];
    const tick = () => {
      const now = performance.now();
      waited += Math.max(0, now - last - 120);
      last = now;
    };
    setInterval(tick, 100).unref();
    process.on('exit', () => {
      tick();
      console.log([performance.now() - began, waited].join());
    });
  };
`;

/** Expects that a program with a stopwatch took this long, and not much longer. */
function expectDuration({ stdout }: Ended, ms: number): void {
  const [tookMs, waitedMs] = stdout.split(',').map(Number) as [number, number];
  expect(tookMs).toBeGreaterThan(ms - 50);
  expect(tookMs - waitedMs).toBeLessThan(ms + 700);
}

/** A logger that logs rounds of ten messages, each once. Whole batches have whole rounds. */
const PROGRAM = `
  const connection = { url: undefined, redis: { url: process.env.URL, name: process.env.NAME } };
  const transport = openTransport({ ...connection, name: process.env.NAME, closeTimeoutMs: Number(process.env.CLOSE) });
  const logger = winston.createLogger({ transports: [transport] });
  const logRounds = (rounds) => {
    for (let i = 0; i < 10 * rounds; i++) logger.info('message ' + (i % 10));
  };
`;

describeWithServer('end of a program', () => {
  let workspace: Workspace;
  let programs = 0;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  interface Outcome extends Ended {
    readonly counts: Counts;
    readonly seq: number;
    readonly lines: number;
  }

  async function run(program: string, url = workspace.url, closeTimeoutMs = 20_000): Promise<Outcome> {
    const name = `app${++programs}`;
    const env = { URL: url, PREFIX: workspace.prefix, NAME: name, CLOSE: String(closeTimeoutMs) };
    const ended = await runProgram(PROGRAM + program, env);
    // By then Redis has run what the program had sent.
    await until(async () => (await workspace.redis.clientList()).every((client) => client.name !== name));
    const log = new StoredLog(workspace.redis, workspace.prefix, name);
    return { ...ended, counts: await log.current(), seq: await log.seq(), lines: (await log.texts()).length };
  }

  /** Expects this many whole rounds, and as many lines. */
  function expectRounds({ counts, seq, lines }: Outcome, rounds: number): void {
    const messages = rounds === 0 ? [] : Array.from({ length: 10 }, (_, i) => [`message ${i}`, rounds]);
    expect(counts).toEqual(Object.fromEntries(messages));
    expect({ seq, lines }).toEqual({ seq: 10 * rounds, lines: Math.min(100, 10 * rounds) });
  }

  describe('by process.exit()', () => {
    it('loses the log calls right before it whole, and keeps flushed ones', async () => {
      const ended = await run('logRounds(20); transport.flush().then(() => { logRounds(30); process.exit(3); });');
      expect(ended.code).toBe(3);
      expectRounds(ended, 20);
    });

    it('leaves whole batches at any moment', async () => {
      const program = (afterMs: number): string => `
        const log = () => logRounds(5);
        setInterval(log, 1);
        transport.once('logged', () => setTimeout(() => process.exit(), ${afterMs}));
        log();`;
      for (const ended of await Promise.all([0, 10].map((afterMs) => run(program(afterMs))))) {
        const rounds = ended.counts['message 0'] ?? 0;
        expect(rounds).toBeGreaterThan(0);
        expectRounds(ended, rounds);
      }
    });

    it('leaves each batch whole or not at all if Redis hangs and the last one is sent in part', async () => {
      const [, pid] = /process_id:(\d+)/.exec(await workspace.redis.info('server')) ?? [];
      const names = Array.from({ length: 20 }, (_, i) => `hanging${i}`);
      await run(`
        const large = openTransport({ ...connection, name: ({ service }) => service, recentLimit: 1000 });
        const largeLogger = winston.createLogger({ transports: [large] });
        largeLogger.info('connects');
        large.flush().then(() => {
          process.kill(${pid}, 'SIGSTOP');
          for (const service of ${JSON.stringify(names)}) {
            for (let i = 0; i < 300; i++) largeLogger.info(i + '€'.repeat(2700), { service });
          }
          setTimeout(() => process.exit(), 1000);
        });
        process.on('exit', () => process.kill(${pid}, 'SIGCONT'));`);
      const found = await Promise.all(
        names.map(async (name) => {
          const log = new StoredLog(workspace.redis, workspace.prefix, name);
          return [total(await log.current()), await log.seq(), (await log.texts()).length];
        }),
      );
      expect(
        found.every(([first, ...rest]) => [0, 300].includes(first as number) && rest.every((n) => n === first)),
      ).toBe(true);
      expect(new Set(found.map(String)).size).toBe(2);
    });
  });

  describe('by SIGTERM', () => {
    const [, recipe] = /```js\n(process\.once\('SIGTERM'.*?)```/s.exec(operations) ?? [];
    const serve = 'setInterval(() => undefined, 1000);';

    it('has every log call in Redis with the documented handler', async () => {
      const ended = await run(`${serve}${recipe} logRounds(50); process.kill(process.pid, 'SIGTERM'); logRounds(50);`);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expectRounds(ended, 100);
    });

    it('takes closeTimeoutMs with the documented handler if Redis is gone', async () => {
      const program = `${serve}${recipe}${STOPWATCH} logRounds(50);
        start();
        process.kill(process.pid, 'SIGTERM');`;
      const ended = await run(program, `redis://127.0.0.1:${await freePort()}`, 1000);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expectDuration(ended, 1000);
    });

    it('keeps flushed log calls and loses the rest whole without a handler', async () => {
      const ended = await run(`${serve} logRounds(20);
        transport.flush().then(() => { logRounds(30); process.kill(process.pid, 'SIGTERM'); });`);
      expect(ended.code).toBeNull();
      expectRounds(ended, 20);
    });
  });

  it('takes closeTimeoutMs after an uncaught exception if Redis is gone', async () => {
    const program = `${STOPWATCH}
      const handling = openTransport({ handleExceptions: true, closeTimeoutMs: 500 });
      winston.createLogger({ transports: [handling] });
      setImmediate(() => { start(); throw new Error('boom'); });`;
    const ended = await run(program, `redis://127.0.0.1:${await freePort()}`);
    expect(ended.code).toBe(1);
    expectDuration(ended, 500);
  });

  it('keeps the lines logged before logger.end(), and winston reports those logged after it', async () => {
    const ended = await run(`
      logger.on('error', (error) => console.log(error.code));
      logRounds(20);
      logger.end();
      logger.info('too late');
      logger.on('finish', () => {
        transport.log({ level: 'info', message: 'past the logger' });
        logger.info('too late');
      });`);
    expect(ended).toMatchObject({ code: 0, stdout: 'ERR_STREAM_WRITE_AFTER_END\n'.repeat(2), stderr: '' });
    const { 'past the logger': past, ...counts } = ended.counts;
    expect(past).toBe(1);
    expectRounds({ ...ended, counts, seq: ended.seq - 1 }, 20);
  });
});

describeWithServer('transport', () => {
  it('is piped again after winston unpiped it for an error, and misses nothing', async () => {
    const workspace = await Workspace.open();
    const { logger, transport } = workspace.logger({ name: 'unpiped' });
    const errors = jest.fn();
    logger.on('error', errors);
    try {
      for (let round = 0; round < 3; round++) {
        logger.info('hello');
        transport.emit('error', new Error('by hand'));
        logger.info('hello');
        if (round === 1) await transport.flush();
      }
      await transport.flush();
      expect(errors).toHaveBeenCalledTimes(3);
      expect((await workspace.reader.common('unpiped', 'info')).total).toBe(6);
      expect(transport.stats()).toMatchObject({ logged: 6, written: 6 });
    } finally {
      await workspace.close();
    }
  });
});

/** A Redis that cannot be written to. */
interface Trouble {
  readonly options: TransportOptions;
  readonly end: () => Promise<void>;
}

async function goneRedis(): Promise<Trouble> {
  return { options: { url: `redis://127.0.0.1:${await freePort()}` }, end: async () => undefined };
}

async function hungRedis(): Promise<Trouble> {
  const server = await RedisServer.start();
  server.signal('SIGSTOP');
  return { options: { url: server.url }, end: () => server.stop() };
}

async function refusingRedis(): Promise<Trouble> {
  const server = await RedisServer.start({ args: ['--requirepass', 'right'] });
  return { options: { redis: { url: server.url, password: 'wrong' } }, end: () => server.stop() };
}

/** A Redis whose queue of connections is full: the kernel answers no attempt to connect. */
async function silentRedis(): Promise<Trouble> {
  const server = await RedisServer.start({ args: ['--tcp-backlog', '1'] });
  server.signal('SIGSTOP');
  const sockets: Socket[] = [];
  for (let isAnswered = true; isAnswered; ) {
    const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    isAnswered = await Promise.race([once(socket, 'connect').then(() => true), sleep(500, false)]);
  }
  const end = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await server.stop();
  };
  return { options: { url: server.url }, end };
}

/** Compares with a timer of the same length, which is late as well on a busy machine. */
async function msLaterThanTimer(ms: number, work: Promise<unknown>): Promise<number> {
  const timer = sleep(ms).then(() => performance.now());
  await work;
  const ended = performance.now();
  return ended - (await timer);
}

describeWithServer('unresponsive Redis', () => {
  async function closeOrEnd(how: 'close' | 'end', options: TransportOptions): Promise<number> {
    const transport = new RedisRecentCommonTransport({ ...options, closeTimeoutMs: 600 });
    const logger = winston.createLogger({ transports: [transport] });
    for (let i = 0; i < 100; i++) logger.info('hello');
    const late = await msLaterThanTimer(600, how === 'close' ? transport.close() : once(logger.end(), 'finish'));
    expect(transport.stats()).toMatchObject({ logged: 100, pending: 100, connected: false });
    return late;
  }

  it.each([
    ['is gone', goneRedis],
    ['hangs', hungRedis],
    ['refuses the password', refusingRedis],
    ['does not answer an attempt to connect', silentRedis],
  ])('holds up close() and the end of a logger for closeTimeoutMs if it %s', async (_case, open) => {
    const { options, end } = await open();
    try {
      for (const late of await Promise.all((['close', 'end'] as const).map((how) => closeOrEnd(how, options)))) {
        expect(late).toBeGreaterThan(-100);
        // An attempt to connect would hold it up for 1400 ms more.
        expect(late).toBeLessThan(1200);
      }
    } finally {
      await end();
    }
  });

  it('holds up the end of a logger for closeTimeoutMs if it hangs after it has answered', async () => {
    const server = await RedisServer.start();
    const transport = new RedisRecentCommonTransport({ url: server.url, closeTimeoutMs: 2000 });
    const logger = winston.createLogger({ transports: [transport] });
    try {
      logger.info('hello');
      await until(() => transport.stats().written === 1);
      server.signal('SIGSTOP');
      logger.info('hello');
      expect(Math.abs(await msLaterThanTimer(2000, once(logger.end(), 'finish')))).toBeLessThan(800);
      server.signal('SIGCONT');
      await until(() => transport.stats().pending === 0);
      expect(await server.command(['ZSCORE', 'common:app:info', 'hello'])).toBe('2');
    } finally {
      await transport.close();
      await server.stop();
    }
  });

  it('holds up the end of a program for closeTimeoutMs, or for up to two seconds if that is longer, if it answers no attempt to connect', async () => {
    const { options, end } = await silentRedis();
    const program = (closing: string, closeTimeoutMs: number | undefined): string => `${STOPWATCH}
      const transport = openTransport({ closeTimeoutMs: ${closeTimeoutMs} });
      const logger = winston.createLogger({ transports: [transport] });
      start();
      logger.info('hello');
      ${closing}`;
    const cases = [
      ['logger.end();', 1000, 1000],
      ['transport.close();', 3000, 3000],
      ['logger.end();', undefined, 5000],
      ['', 1000, 2000],
      ['', undefined, 5000],
      // A retry after close hardly holds up a program that has otherwise ended.
      ['transport.close(); setTimeout(() => undefined, 1200);', 500, 1200],
    ] as const;
    try {
      const env = { URL: options.url as string, PREFIX: '' };
      const ended = await Promise.all(cases.map(([closing, timeout]) => runProgram(program(closing, timeout), env)));
      expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(cases.map(() => ({ code: 0, stderr: '' })));
      cases.forEach(([, , ms], i) => expectDuration(ended[i] as Ended, ms));
    } finally {
      await end();
    }
  }, 60_000);
});
