import { isoHour } from '../support/hours';
import { runProgram } from '../support/program';
import { describeWithServer } from '../support/redis/servers';
import { Workspace } from '../support/workspace';

/** The most messages that a window counts by default. */
const MESSAGES = 10_000;
const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'];
const LINES = 100;
const ROUNDS = 7;

/** What is asked at once in a round: the list of loggers comes with each page. */
const REQUESTS = {
  page: ['', 'severity=info', 'severity=error', 'sort=previous'],
  filter: ['filter=order', 'filter=9'],
  changes: ['format=json', 'format=json&filter=1', 'format=json&severity=info', 'format=json&severity=error'],
  refresh: ['format=parts', 'format=parts&filter=1', 'format=parts&severity=info', 'format=parts&severity=error'],
  line: ['line=none'],
};

/** In a process of its own: the process of the tests is busy, and runs the code at half the speed. */
const PROGRAM = `
  const { RecentCommonReader } = require('./src');
  const { createDashboard } = require('./src/dashboard');
  const reader = new RecentCommonReader({ url: process.env.URL, keyPrefix: process.env.PREFIX });
  const dashboard = createDashboard({ reader, authorize: 'public' });
  const ask = (query) => dashboard.fetch(new Request('http://logs.example/?name=shop&' + query));
  const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
  // Time of the processor, not of the clock: other processes of a busy machine do not count.
  let last, longest, isWatching;
  function watch() {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    longest = Math.max(longest, (user + system) / 1000);
    if (isWatching) setImmediate(watch);
  }
  async function measure(queries) {
    last = process.cpuUsage();
    isWatching = true;
    setImmediate(watch);
    await pause();
    longest = 0;
    const answers = await Promise.all(queries.map(ask));
    if (answers.some(({ status }) => status !== 200 && status !== 404)) throw new Error('no page');
    await pause();
    isWatching = false;
    await new Promise((resolve) => setImmediate(resolve));
    return longest;
  }
  async function main() {
    const found = {};
    for (const [what, queries] of Object.entries(${JSON.stringify(REQUESTS)})) {
      found[what] = [];
      for (let round = 0; round <= ${ROUNDS}; round++) found[what].push(await measure(queries));
    }
    console.log(JSON.stringify(found));
    reader.close();
  }
  void main();
`;

describeWithServer(
  `the page of a logger with ${MESSAGES} messages in both hours of ${SEVERITIES.length} severities`,
  () => {
    let workspace: Workspace;

    beforeAll(async () => {
      workspace = await Workspace.openOnOwnServer();
    });
    afterAll(() => workspace.close());

    async function fill(severity: string): Promise<void> {
      const { redis } = workspace;
      const common = workspace.key(`common:shop:${severity}`);
      for (const [key, step] of [
        [common, 3],
        [`${common}:last`, 7],
      ] as const) {
        const counts = Array.from({ length: MESSAGES }, (_, i) => ({
          value: `order ${i} is not here`,
          score: 1 + ((i * step) % 97),
        }));
        await redis.zAdd(key, counts);
      }
      const lines = Array.from(
        { length: LINES },
        (_, i) => `${new Date(Date.now() - i).toISOString()} order ${i} is not here`,
      );
      await redis.rPush(workspace.key(`recent:shop:${severity}`), lines);
      await redis.mSet({ [`${common}:start`]: isoHour(), [`${common}:pstart`]: isoHour(1) });
      await redis.zAdd(workspace.key('known'), { value: `${severity}:shop`, score: Math.floor(Date.now() / 1000) });
    }

    it('is shown in several views at once, and tells how long a turn of the event loop takes the processor at most', async () => {
      for (const severity of SEVERITIES) await fill(severity);
      const { stdout, stderr } = await runProgram(PROGRAM, { URL: workspace.url, PREFIX: workspace.prefix });
      expect(stderr).toBe('');
      const found: Record<string, number[]> = JSON.parse(stdout);
      for (const [what, [first, ...longest]] of Object.entries(found)) {
        console.log(
          `${what}: ${first?.toFixed(1)} ms at first, then ${longest.map((ms) => ms.toFixed(1)).join(', ')} ms`,
        );
        expect(longest).toHaveLength(ROUNDS);
      }
    });
  },
);
