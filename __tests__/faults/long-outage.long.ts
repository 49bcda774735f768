import { createClient } from 'redis';
import { runProgram } from '../support/program';
import { describeWithServer, freePort, RedisServer } from '../support/redis/servers';
import { StoredLog, total } from '../support/redis/stored-log';
import { repeatedAtTheTurn } from '../support/turn';

const NAMES = 10_000;
const DAY_HOURS = 24;
/** After which hours the program measures its memory. */
const MEASURED = [2 * DAY_HOURS, 7 * DAY_HOURS, 14 * DAY_HOURS];
const HOURS = 14 * DAY_HOURS;
/** Bytes that each name may take. */
const MOST_BYTES = 10_000;

/** Logs once an hour to each name while Redis is absent. Both clocks of the process jump from hour to hour. */
const PROGRAM = `
  const { clock } = require('./src/clock');
  const { setTimeout: sleep } = require('node:timers/promises');
  const real = { now: clock.now, date: Date.now };
  let passedMs = 0;
  clock.now = () => real.now() + passedMs;
  Date.now = () => real.date() + passedMs;
  const transport = openTransport({ name: ({ service }) => service, closeTimeoutMs: 600_000, maxPending: 1_000_000 });
  const names = Array.from({ length: ${NAMES} }, (_, i) => 'app' + i);
  const used = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const main = async () => {
    const before = used();
    const bytes = [];
    for (let hour = 1; hour <= ${HOURS}; hour++) {
      for (const service of names) transport.log({ level: 'info', message: 'hello', service });
      await sleep(10);
      if (${JSON.stringify(MEASURED)}.includes(hour)) bytes.push(used() - before);
      if (hour < ${HOURS}) passedMs += 3_600_000;
    }
    console.log('logged');
    await transport.flush();
    console.log(JSON.stringify({ bytes, stats: transport.stats() }));
    await transport.close();
  };
  void main();`;

describeWithServer('outage of two weeks with a log call an hour to each of ten thousand names', () => {
  it('takes about as much memory as one of two days, counts the newest hours and reports the others as late', async () => {
    await repeatedAtTheTurn(async () => {
      const port = await freePort();
      let starting: Promise<RedisServer> | undefined;
      const env = {
        URL: `redis://127.0.0.1:${port}`,
        PREFIX: '',
        NODE_OPTIONS: '--expose-gc --max-old-space-size=512',
      };
      const { code, stdout, stderr } = await runProgram(PROGRAM, env, () => (starting = RedisServer.start({ port })));
      const server = await starting;
      const client = await createClient({ url: env.URL, RESP: 2 }).connect();
      try {
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        const { bytes, stats } = JSON.parse(stdout.split('\n')[1] as string);
        const [twoDays, , twoWeeks] = bytes as [number, number, number];
        process.stdout.write(`bytes after ${MEASURED.join(', ')} hours: ${bytes.join(', ')}\n`);
        expect(twoWeeks).toBeLessThan(NAMES * MOST_BYTES);
        expect(twoWeeks).toBeLessThan(1.5 * twoDays);
        // What was logged before the first try is written first, alone: of that, an hour counts until it leaves the windows.
        const late = NAMES * (HOURS - 3);
        expect(stats).toMatchObject({ written: NAMES * HOURS, dropped: 0, other: 0, late, lost: 0 });
        for (const name of ['app0', `app${NAMES - 1}`]) {
          const log = new StoredLog(client, '', name);
          expect([total(await log.current()), total(await log.last())]).toEqual([1, 1]);
        }
      } finally {
        client.destroy();
        await server?.stop();
      }
    });
  }, 600_000);
});
