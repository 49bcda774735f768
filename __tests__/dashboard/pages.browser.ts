import { clearOfTheTurn } from '../support/hours';
import { boundingBox, describeWithBrowser, openTab, REFRESH_MS } from '../support/viewers/browser';
import { ask, logCounts, makeDashboard, Site, textIn } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { logErrors, watchersForTests } from '../support/watching';
import { Workspace } from '../support/workspace';

jest.setTimeout(120_000);

/** The addresses of the three kinds of page. */
const PAGES = { start: '', logger: '?name=checkout', message: '?name=checkout&of=error&message=refused' };
const KINDS = Object.keys(PAGES) as (keyof typeof PAGES)[];

describeWithBrowser('the pages of all loggers, of one, and of a message', () => {
  const browser = openTab({ bypassCSP: true });
  const scriptless = openTab({ javaScriptEnabled: false, isInRealTime: true });
  let workspace: Workspace;
  let site: Site;

  beforeAll(async () => {
    await clearOfTheTurn(90_000);
    workspace = await Workspace.open();
    await logCounts(workspace, 'checkout', { info: { placed: 200 }, error: { timeout: 10 } }, 1);
    await logCounts(workspace, 'checkout', { info: { placed: 40 }, error: { timeout: 90, refused: 3 } });
    await logCounts(workspace, 'mailer', { info: { drained: 20 } }, 1);
    await logCounts(workspace, 'mailer', { info: { drained: 20 } });
    const transport = workspace.transport({ name: 'checkout' });
    const more = { orderId: 7, customer: { id: 'c-1' }, err: new TypeError('no price') };
    transport.log({ level: 'error', message: 'refused', ...more });
    transport.log({ level: 'critical', message: `${'x'.repeat(400)} <script>window.hacked=1</script>` });
    await transport.flush();
    site = await Site.open(makeDashboard(workspace, { refreshMs: REFRESH_MS, environment: 'test' }).node);
  });
  afterAll(async () => {
    await site.close();
    await workspace.close();
  });

  const { watch, oldLogger } = watchersForTests(() => workspace);
  const openAll = (): Promise<void> =>
    browser.tab.page.evaluate(`for (const each of document.querySelectorAll('main details')) each.open = true`);
  const focusedText = (): Promise<string> => browser.tab.page.evaluate('document.activeElement.textContent');

  it.each(KINDS.flatMap((kind) => (['light', 'dark'] as const).map((theme) => [kind, theme] as const)))(
    'have no fault that axe-core finds: %s, in %s',
    async (kind, colorScheme) => {
      await browser.tab.goto(`${site.url}/${PAGES[kind]}`, { colorScheme });
      await openAll();
      await browser.tab.page.keyboard.press('?');
      await browser.tab.refresh();
      expect(await browser.tab.violations()).toEqual([]);
    },
  );

  it.each(KINDS)(
    'have nothing wider than the screen and no overlaps at 320, 768, 1280 and 2560 px: %s',
    async (kind) => {
      await browser.tab.goto(`${site.url}/${PAGES[kind]}`);
      await openAll();
      for (const width of [320, 768, 1280, 2560]) {
        await browser.tab.page.setViewportSize({ width, height: 800 });
        expect(await browser.tab.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect([width, await browser.tab.overlaps()]).toEqual([width, []]);
      }
    },
  );

  it('lead from the first card to a stack by the keyboard alone', async () => {
    const { page } = browser.tab;
    await browser.tab.goto(site.url);
    await page.keyboard.press('j');
    expect(await focusedText()).toBe('checkout');
    await page.keyboard.press('Enter');
    await page.waitForURL(/name=checkout/);
    for (let i = 0; i < 4; i++) await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await focusedText()).toContain('refused');
    await page.keyboard.press('Enter');
    expect(await page.locator('#changes .stack').first().isVisible()).toBe(true);
    expect(await browser.tab.text('#changes .stack')).toContain('TypeError: no price');
    await page.keyboard.press('/');
    await page.keyboard.type('placed');
    await page.keyboard.press('Enter');
    await browser.tab.settled();
    expect(new URL(page.url()).searchParams.get('filter')).toBe('placed');
    expect(await browser.tab.messages('lines')).toEqual([expect.stringContaining('placed')]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('p');
    expect(await browser.tab.text('#pause')).toBe('Resume');
    await page.keyboard.press('?');
    expect(await page.locator('#help').getAttribute('open')).toBe('');
    await page.keyboard.press('Escape');
    expect(await page.locator('#help').getAttribute('open')).toBeNull();
  });

  it('say in the title of the tab what is new, and keep on saying it', async () => {
    await browser.tab.goto(site.url);
    await browser.tab.refresh();
    expect(await browser.tab.page.title()).toMatch(/^\d new, \d surging · Logs$/);
  });

  it('show 25 lines on a phone, and all when asked', async () => {
    const lines = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`line ${i}`, 1]));
    await logCounts(workspace, 'long', { info: lines });
    await browser.tab.goto(`${site.url}/?name=long`, { width: 360, height: 740 });
    const rows = browser.tab.page.locator('table.lines tbody tr:visible');
    expect(await rows.count()).toBe(25);
    await browser.tab.page.getByRole('link', { name: 'All 40 lines' }).click();
    await browser.tab.page.waitForURL(/lines=all/);
    expect(await rows.count()).toBe(40);
  });

  it('show minutes, windows, variants and a sample without a script', async () => {
    const board = makeDashboard(workspace);
    await logCounts(workspace, 'orders', { error: { 'order 17 lost': 2, 'order 18 lost': 1 } });
    const start = await (await ask(board)).text();
    expect(textIn(start)).toMatch(/checkout.*new critical/);
    const rows = await (await ask(board, '?name=orders&window=5')).text();
    expect(textIn(rows)).toContain('3 log calls in the last 5 minutes');
    expect(textIn(rows)).toContain('2 variants2 order 17 lost1 order 18 lost');
    const [, link] = /href="([^"]*message=[^"]*)"/.exec(rows) ?? [];
    expect(new URLSearchParams(textIn(link as string)).get('message')).toBe('order <number> lost');
    const message = await (await ask(board, textIn(link as string))).text();
    expect(message).toMatch(/<svg class="chart"[^>]*role="img" aria-label="Log calls by minute: 3 in 60 minutes/);
    expect(textIn(message)).toContain('order <number> lost');
    expect(textIn(message)).toContain('Before thatnot within a week');
    const known = await (await ask(board, '?name=checkout&of=error&message=timeout')).text();
    expect(textIn(known)).toContain('Before that1 hour earlier');
    expect(textIn(known)).not.toContain('Told by watchers');
    expect(message.match(/<table class="lines"/g)).toHaveLength(1);
    const exact = await (await ask(board, '?name=orders&group=message')).text();
    expect(textIn(exact)).not.toContain('variants');
  });

  it('lead from the first card to a stack, a filter and another window in a browser that runs no script', async () => {
    const { page } = scriptless.tab;
    await scriptless.tab.goto(site.url);
    await page.locator('.card').first().getByRole('link', { name: 'checkout' }).click();
    const row = page.locator('#changes tr', { hasText: 'refused' });
    await row.locator('summary').first().click();
    expect(await row.locator('.stack').isVisible()).toBe(true);
    await row.getByRole('link', { name: 'All about this message' }).click();
    expect(await page.locator('svg.chart').isVisible()).toBe(true);
    expect(await page.locator('#lines tbody tr').count()).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'All messages' }).click();
    await page.getByRole('link', { name: '15 minutes' }).click();
    await page.locator('#filter').fill('TIMEOUT');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(new URL(page.url()).searchParams.get('filter')).toBe('TIMEOUT');
    const found = await page.locator('#lines td.message').allTextContents();
    expect([found.length > 0, found.filter((text) => !text.includes('timeout'))]).toEqual([true, []]);
    expect(await page.locator('#pause').isVisible()).toBe(false);
  });

  it('say on the page of a message what watchers have told of it, group by group', async () => {
    const transport = await oldLogger('told');
    const { watcher } = watch({ names: ['told'], group: 'default' });
    watch({ names: ['told'], group: 'idle', on: ['silent'] });
    const board = makeDashboard(workspace, { watchers: ['default', 'idle', 'none'] });
    const read = async (): Promise<string> =>
      textIn(await (await ask(board, '?name=told&of=error&message=order+<number>+lost')).text());
    await logErrors(transport, 'order 17 lost');
    await until(async () => /Told by watchersnew \d/.test(await read()));
    expect(await read()).toMatch(/Told by watchersnew \d\d:\d\d:\d\dTold by watchers idlenothing within a week/);
    expect(await read()).not.toContain('none');
    await watcher.close();
    const watchKey = workspace.key('alarms:{default}:watch');
    await workspace.redis.hSet(watchKey, 'tended', String(Date.now() - 120_000));
    expect(await read()).toMatch(/Told by watchersnew \d\d:\d\d:\d\d; none is watching/);
  });

  it('use a wide screen: what changed and what is most frequent stand side by side at 2560 px', async () => {
    await browser.tab.goto(`${site.url}/?name=checkout`, { width: 2560 });
    const { page } = browser.tab;
    const [changes, frequent] = [
      await boundingBox(page.locator('#changes')),
      await boundingBox(page.locator('#frequent')),
    ];
    expect(frequent.y).toBe(changes.y);
    expect(frequent.x).toBeGreaterThan(changes.x + changes.width);
  });
});
