import type { Page } from 'playwright-core';
import { clearOfTheTurn } from '../support/hours';
import { boundingBox, contrast, describeWithBrowser, type Look, openTab, REFRESH_MS } from '../support/viewers/browser';
import { logCounts, makeDashboard, Site } from '../support/viewers/dashboard';
import { Workspace } from '../support/workspace';

jest.setTimeout(60_000);

describeWithBrowser('the layout of the page', () => {
  const browser = openTab({ bypassCSP: true, expected: /status of 503/ });
  let workspace: Workspace;
  let site: Site;
  let isAway: boolean;
  let page: Page;

  /** Logs something of each kind that the page shows. */
  beforeAll(async () => {
    await clearOfTheTurn();
    workspace = await Workspace.open();
    await logCounts(workspace, 'app', { info: { 'mail sent': 40_000 }, error: { timeout: 10 } }, 1);
    await logCounts(workspace, 'app', {
      info: { 'user <number> signed in': 90, 'mail sent': 1 },
      error: { timeout: 5_000_000, [`boom\n\u001b[31m${'x'.repeat(5000)}`]: 2 },
      warning: { slow: 3 },
    });
    const board = makeDashboard(workspace, { refreshMs: REFRESH_MS, title: 'Logs', environment: 'test' });
    site = await Site.open((request, response) => {
      if (!isAway || !request.url?.includes('format=parts')) return board.node(request, response);
      response.writeHead(503).end(JSON.stringify({ error: 'Redis does not answer.' }));
    });
  });
  beforeEach(() => {
    isAway = false;
    page = browser.tab.page;
  });
  afterAll(async () => {
    await site.close();
    await workspace.close();
  });

  const open = (look: Look): Promise<void> => browser.tab.goto(`${site.url}/?name=app`, look);
  const openDetails = (within: string): Promise<void> =>
    page.evaluate(`for (const each of document.querySelectorAll('${within} details')) each.open = true`);

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 320],
    ['dark', 320],
  ] as const)('has no fault that axe-core finds, in %s at %i px', async (colorScheme, width) => {
    await open({ colorScheme, width });
    await openDetails('td');
    await page.locator('#loggers summary').click();
    await browser.tab.refresh();
    expect(await browser.tab.violations()).toEqual([]);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(width);
  });

  it.each(['light', 'dark'] as const)(
    'has no fault that axe-core finds while it is out of date, in %s',
    async (look) => {
      await open({ colorScheme: look });
      await openDetails('td');
      isAway = true;
      await browser.tab.refresh();
      expect(await page.locator('main').getAttribute('class')).toBe('stale');
      expect(await browser.tab.violations()).toEqual([]);
    },
  );

  it.each(['light', 'dark'] as const)('has a placeholder with a contrast of 4.5 to 1 at least, in %s', async (look) => {
    await open({ colorScheme: look });
    const colours = await page.evaluate<Record<string, string>>(`(() => {
      const filter = document.querySelector('#filter');
      const { color, opacity } = getComputedStyle(filter, '::placeholder');
      return { color, opacity, background: getComputedStyle(filter).backgroundColor };
    })()`);
    expect(colours.opacity).toBe('1');
    expect(contrast(colours.color as string, colours.background as string)).toBeGreaterThanOrEqual(4.5);
    expect(contrast('rgb(0, 0, 0)', 'rgb(255, 255, 255)')).toBe(21);
  });

  it('marks what is chosen also where the system has all colours replaced', async () => {
    await open({});
    await page.locator('#loggers summary').click();
    await page.emulateMedia({ forcedColors: 'active' });
    const marks = await page.evaluate<Record<string, string[]>>(`(() => {
      const look = (each) => getComputedStyle(each).outlineStyle;
      const all = [...document.querySelectorAll('.tile, .choice, .menu li a')];
      const looks = (isChosen) => [...new Set(all.filter((each) => each.hasAttribute('aria-current') === isChosen).map(look))];
      return { chosen: looks(true), others: looks(false) };
    })()`);
    await page.emulateMedia({ forcedColors: null });
    expect(marks).toEqual({ chosen: ['solid'], others: ['none'] });
  });

  it('shows whatever has the focus, at 360 px', async () => {
    await open({ width: 360, height: 740 });
    await openDetails('td');
    const focused = new Map<number, string>();
    for (;;) {
      await page.keyboard.press('Tab');
      const [index, label, isSeen] = await page.evaluate<[number, string, boolean]>(`(() => {
        const element = document.activeElement;
        const { x, y, width, height } = element.getClientRects()[0] ?? new DOMRect();
        const found = document.elementFromPoint(x + width / 2, y + height / 2);
        const label = element.textContent || element.placeholder;
        return [[...document.querySelectorAll('body *')].indexOf(element), label, width > 2 && height > 2 && element.contains(found)];
      })()`);
      if (index < 0 || focused.has(index)) break;
      focused.set(index, label);
      expect([label, isSeen]).toEqual([label, true]);
    }
    const labels = [...focused.values()];
    expect(labels).toEqual(
      expect.arrayContaining(['Pause', '↓ This hour', 'Hour before', 'Filter messages and lines', 'Filter']),
    );
  });

  it.each([320, 360])('has the two orders of a list side by side above it, at %i px', async (width) => {
    await open({ width, height: 740 });
    const orders = page.locator('#frequent th a');
    const row = await boundingBox(page.locator('#frequent tbody tr').first());
    const [now, last] = [await boundingBox(orders.nth(0)), await boundingBox(orders.nth(1))];
    expect(Math.abs(now.x - row.x)).toBeLessThanOrEqual(1);
    expect(Math.abs(now.y - last.y)).toBeLessThanOrEqual(1);
    expect(now.x + now.width).toBeLessThan(last.x);
    expect(last.x + last.width).toBeLessThanOrEqual(row.x + row.width);
    expect(now.y + now.height).toBeLessThanOrEqual(row.y);
    await orders.nth(1).click();
    await page.waitForURL(/sort=previous/);
    expect(await browser.tab.text('#frequent h2')).toBe('Most frequent in the hour before');
    await orders.nth(0).click();
    await page.waitForURL((url) => !url.searchParams.has('sort'));
  });

  it.each([320, 360, 768, 1280, 2560])('has no texts or controls that overlap, at %i px', async (width) => {
    await open({ width, height: 740 });
    expect(await browser.tab.overlaps()).toEqual([]);
    await openDetails('table.changes td');
    expect(await browser.tab.overlaps()).toEqual([]);
  });

  it('has an overlap that is found if a rule of its style causes one', async () => {
    await open({});
    await page.evaluate("document.styleSheets[0].insertRule('#frequent h2 { margin-bottom: -60px !important }')");
    expect(await browser.tab.overlaps()).not.toEqual([]);
  });
});
