import { execFileSync } from 'node:child_process';
import { isoHour } from '../support/hours';
import { describeWithServer } from '../support/redis/servers';
import { repeatedAtTheTurn } from '../support/turn';
import { SiteProcess, tableRows } from '../support/viewers/dashboard';
import { Workspace } from '../support/workspace';

const LOGGERS = 10;
/** The most messages that a window counts by default. */
const MESSAGES = 10_000;
const ROUNDS = 15;

/** Runs in a process of its own, since the code under test runs at half the speed in the process of the tests. */
const SERVER = `
  const { createServer } = require('node:http');
  const { RecentCommonReader } = require('./src');
  const { createDashboard } = require('./src/dashboard');
  const reader = new RecentCommonReader({ url: process.env.URL, keyPrefix: process.env.PREFIX });
  const server = createServer(createDashboard({ reader, authorize: 'public' }).node);
  server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
`;

describeWithServer(`the page of ${LOGGERS} loggers with ${MESSAGES} different messages each in both hours`, () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
  });
  afterAll(() => workspace.close());

  /** Writes the counts as transports would leave them, without the time that these would take. */
  async function fill(): Promise<void> {
    const { redis } = workspace;
    for (let logger = 0; logger < LOGGERS; logger++) {
      const common = workspace.key(`common:app${logger}:info`);
      const hours = [
        [common, 3],
        [`${common}:last`, 7],
      ] as const;
      for (const [key, step] of hours) {
        const counts = Array.from({ length: MESSAGES }, (_, i) => {
          return { value: `customer ${i} is not in the index of shop ${logger}`, score: 1 + ((i * step) % 97) };
        });
        await redis.zAdd(key, counts);
      }
      await redis.mSet({ [`${common}:start`]: isoHour(), [`${common}:pstart`]: isoHour(1) });
      await redis.zAdd(workspace.key('known'), { value: `info:app${logger}`, score: Math.floor(Date.now() / 1000) });
    }
  }

  async function measureMs(work: () => unknown): Promise<number> {
    const began = performance.now();
    await work();
    return Math.round((performance.now() - began) * 10) / 10;
  }

  async function measure(address: URL): Promise<void> {
    const { port } = new URL(workspace.url);
    const rounds: { page: number; redisCli: number }[] = [];
    for (let i = 0; i <= ROUNDS; i++) {
      let response: Response | undefined;
      // fetch resolves once the headers have come.
      const page = await measureMs(async () => (response = await fetch(`${address.href}?name=app${i % LOGGERS}`)));
      const redisCli = await measureMs(() => execFileSync('redis-cli', ['-p', port, 'PING']));
      const html = (await response?.text()) as string;
      expect(tableRows(html, 'frequent')).toHaveLength(10);
      expect(tableRows(html, 'changes').length).toBeGreaterThanOrEqual(40);
      rounds.push({ page, redisCli });
    }
    const [first, ...others] = rounds;
    const median = (kind: 'page' | 'redisCli'): number | undefined =>
      others.map((round) => round[kind]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
    console.log(
      `First byte of the page: ${first?.page} ms in a new process, then ${median('page')} ms at the median of ` +
        `${ROUNDS}; redis-cli PING: ${median('redisCli')} ms`,
    );
  }

  it(
    'shows as many changes and frequent messages as any other, and prints how soon its first byte comes',
    () =>
      repeatedAtTheTurn(async () => {
        await fill();
        const site = await SiteProcess.start(['-e', SERVER], { URL: workspace.url, PREFIX: workspace.prefix });
        try {
          await measure(site.address);
        } finally {
          await site.end();
        }
      }),
    120_000,
  );
});
