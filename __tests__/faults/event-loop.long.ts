import { isoHour } from '../support/hours';
import { runProgram } from '../support/program';
import { describeWithServer } from '../support/redis/servers';
import { Workspace } from '../support/workspace';

/** The most messages that a window counts by default. */
const MESSAGES = 10_000;
const SEVERITIES = ['debug', 'info', 'warning', 'error', 'critical'];
const ROUNDS = 7;

/** In a process of its own: the process of the tests is busy, and runs the code at half the speed. */
const PROGRAM = `
  const { RecentCommonReader } = require('./src');
  const { createDashboard } = require('./src/dashboard');
  const { monitorEventLoopDelay } = require('node:perf_hooks');
  const reader = new RecentCommonReader({ url: process.env.URL, keyPrefix: process.env.PREFIX });
  const dashboard = createDashboard({ reader, authorize: 'public' });
  const ask = (i) => dashboard.fetch(new Request('http://logs.example/?name=shop&format=json&filter=' + i));
  async function main() {
    const longest = [];
    for (let round = 0; round <= ${ROUNDS}; round++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      await new Promise((resolve) => setTimeout(resolve, 20));
      const answers = await Promise.all(Array.from({ length: 4 }, (_, i) => ask(i)));
      await new Promise((resolve) => setTimeout(resolve, 20));
      delay.disable();
      if (answers.some(({ status }) => status !== 200)) throw new Error('no page');
      longest.push(delay.max / 1e6);
    }
    console.log(JSON.stringify(longest.slice(1)));
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
      await redis.mSet({ [`${common}:start`]: isoHour(), [`${common}:pstart`]: isoHour(1) });
      await redis.zAdd(workspace.key('known'), { value: `${severity}:shop`, score: Math.floor(Date.now() / 1000) });
    }

    it('is shown in four views at once, and tells for how long each round holds the event loop', async () => {
      for (const severity of SEVERITIES) await fill(severity);
      const { stdout, stderr } = await runProgram(PROGRAM, { URL: workspace.url, PREFIX: workspace.prefix });
      expect(stderr).toBe('');
      const longest: number[] = JSON.parse(stdout);
      console.log(`longest turns of the event loop: ${longest.map((ms) => ms.toFixed(1)).join(', ')} ms`);
      expect(longest).toHaveLength(ROUNDS);
    });
  },
);
