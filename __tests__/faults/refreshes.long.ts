import type { RedisRecentCommonTransport } from '../../src';
import { describeWithBrowser, openTab, REFRESH_MS } from '../support/viewers/browser';
import { logCounts, makeDashboard, Site, toQuery } from '../support/viewers/dashboard';
import { Workspace } from '../support/workspace';

/** As many as in two hours, one every five seconds. */
const REFRESHES = 1440;
/** After so many, tables and lists are as long as they get. */
const WARM = 240;
const MESSAGES = 60;
const LOGGERS = 12;

describeWithBrowser(`page that was refreshed ${REFRESHES} times`, () => {
  const browser = openTab({ isInRealTime: true });
  let workspace: Workspace;
  let site: Site;
  let transports: RedisRecentCommonTransport[];

  beforeAll(async () => {
    workspace = await Workspace.openOnOwnServer();
    for (let i = 0; i < LOGGERS; i++) {
      await logCounts(workspace, `app${i}`, { info: { usual: 30 }, error: { timeout: 3 } }, 1);
    }
    transports = [0, 1, 2].map((i) => workspace.transport({ name: `app${i}` }));
    site = await Site.open(makeDashboard(workspace, { refreshMs: REFRESH_MS }).node);
  });
  afterAll(async () => {
    await site.close();
    await workspace.close();
  });

  /** Something else is shown each time: other counts, other lines, a run of equal ones, an error with metadata and a stack. */
  async function log(round: number): Promise<void> {
    const transport = transports[round % 3] as RedisRecentCommonTransport;
    for (let i = 0; i < 1 + (round % 4); i++) {
      transport.log({
        level: 'error',
        message: `step ${'abcdefghij'[round % 10]} of job ${(7 * round + i) % MESSAGES} failed`,
      });
      transport.log({ level: 'info', message: 'usual' });
    }
    transport.log({
      level: 'error',
      message: 'no price',
      round,
      customer: { id: round },
      err: new TypeError('no price'),
    });
    await transport.flush();
  }

  it.each([
    ['start', {}],
    ['logger', { name: 'app0' }],
    ['message', { name: 'app0', of: 'error', message: 'no price' }],
  ])(
    'has no more nodes, listeners and memory than after 240 times, and shows what is new to the last: %s page',
    async (_, query) => {
      const { tab } = browser;
      await tab.goto(`${site.url}/${toQuery(query)}`);
      let warm = await tab.footprint();
      for (let round = 1; round <= REFRESHES; round++) {
        await log(round);
        // What lies open stays so.
        if (round === WARM / 2)
          await tab.page.evaluate(`for (const each of document.querySelectorAll('main details')) each.open = true`);
        await tab.page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
        await tab.settled();
        if (round === WARM) warm = await tab.footprint();
      }
      const end = await tab.footprint();
      console.log(`${JSON.stringify(warm)} after ${WARM} refreshes, ${JSON.stringify(end)} after ${REFRESHES}`);
      expect(end.nodes).toBeLessThan(1.1 * warm.nodes);
      expect(end.listeners).toBeLessThanOrEqual(warm.listeners);
      expect(end.heap).toBeLessThan(1.1 * warm.heap);
      if ('name' in query) expect(await tab.text('#lines')).toContain(`${REFRESHES - (REFRESHES % 3)}`);
    },
    600_000,
  );
});
