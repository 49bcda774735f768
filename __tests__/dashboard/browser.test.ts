import type { Browser } from 'playwright-core';
import { RecentCommonReader } from '../../src';
import type { Dashboard } from '../../src/dashboard';
import { clearOfTheTurn } from '../support/hours';
import { describeWithServer, RedisServer } from '../support/redis/servers';
import {
  boundingBox,
  contrast,
  describeWithBrowser,
  LAUNCH_TIMEOUT_MS,
  launchBrowser,
  Tab,
} from '../support/viewers/browser';
import { logCounts, makeDashboard, Site, toQuery } from '../support/viewers/dashboard';
import { HOSTILE_NAMES, HOSTILE_TEXTS } from '../support/viewers/hostile';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** The shortest there is. */
const refreshMs = 1000;

jest.setTimeout(60_000);

describeWithBrowser('the page in a browser', () => {
  let browser: Browser;
  let workspace: Workspace;
  let board: Dashboard;
  let site: Site;
  let tab: Tab | undefined;
  let loggers = 0;
  let name: string;

  beforeAll(async () => {
    workspace = await Workspace.open();
    board = makeDashboard(workspace, { refreshMs, title: 'Logs', environment: 'test' });
    site = await Site.open(board.node);
    browser = await launchBrowser();
  }, LAUNCH_TIMEOUT_MS);
  beforeEach(async () => {
    await clearOfTheTurn();
    name = `app${++loggers}`;
  });
  afterEach(async () => {
    const complaints = tab?.complaints ?? [];
    await tab?.close();
    tab = undefined;
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await site.close();
    await workspace.close();
  });

  async function open(more = '', options: Parameters<typeof Tab.open>[2] = {}): Promise<Tab> {
    tab = await Tab.open(browser, `${site.url}/logs${toQuery({ name })}${more}`, options);
    return tab;
  }

  const log = (severity: string, message: string, count = 1): Promise<void> =>
    logCounts(workspace, name, { [severity]: { [message]: count } });

  /** Something of each kind that the page shows. */
  async function logMuch(where = workspace): Promise<void> {
    await logCounts(where, name, { info: { 'mail sent': 40_000 }, error: { timeout: 10 } }, 1);
    await logCounts(where, name, {
      info: { 'user <id> signed in': 90, 'mail sent': 1 },
      error: { timeout: 5_000_000, [`boom\n\u001b[31m${'x'.repeat(5000)}`]: 2 },
      warning: { slow: 3 },
    });
  }

  it('changes to what the server would send', async () => {
    await log('info', 'one');
    await open();
    await log('info', 'two <script>x</script>');
    await log('error', `three\n${'x'.repeat(500)}`);
    await until(async () => (await tab?.messages('lines'))?.length === 3);
    const markup = `(() => {
      for (const each of document.querySelectorAll('.fresh')) each.removeAttribute('class');
      return document.querySelector('main').innerHTML.replaceAll(' class=""', '');
    })()`;
    const changed = await tab?.page.evaluate(markup);
    await tab?.page.reload();
    expect(changed).toBe(await tab?.page.evaluate(markup));
  });

  it('filters as one types, and the address has it', async () => {
    await logCounts(workspace, name, { info: { 'Order placed': 1, 'mail sent': 2 } });
    const { page } = await open();
    await page.getByRole('searchbox').fill('ORDER');
    await until(async () => (await tab?.messages('lines'))?.length === 1);
    expect(await tab?.messages('lines')).toEqual(['Order placed']);
    expect(new URL(page.url()).searchParams.get('filter')).toBe('ORDER');
    await tab?.refreshed(2);
    expect(await page.getByRole('searchbox').inputValue()).toBe('ORDER');
    expect(await page.evaluate(`document.activeElement?.id`)).toBe('filter');
    await page.getByRole('searchbox').fill('');
    await until(async () => (await tab?.messages('lines'))?.length === 3);
    expect(new URL(page.url()).searchParams.has('filter')).toBe(false);
  });

  it('leads to a severity and to another logger', async () => {
    await logCounts(workspace, name, { info: { hello: 1 }, error: { failed: 1 } });
    await logCounts(workspace, `${name} <b>`, { info: { other: 1 } });
    const { page } = await open();
    await page.getByRole('link', { name: /^error/ }).click();
    await page.waitForURL(/severity=error/);
    expect(await tab?.messages('lines')).toEqual(['failed']);
    await page.locator('#loggers summary').click();
    await page.getByRole('link', { name: `${name} <b>` }).click();
    await page.waitForURL((url) => url.searchParams.get('name') === `${name} <b>`);
    expect(await tab?.messages('lines')).toEqual(['other']);
  });

  it('can be used with the keyboard: the menu closes with Escape, and the focus comes back', async () => {
    await log('info', 'hello');
    const { page } = await open();
    const menu = page.locator('#loggers');
    await menu.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await menu.getAttribute('open')).toBe('');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(`document.activeElement?.localName`)).toBe('a');
    await page.keyboard.press('Escape');
    expect(await menu.getAttribute('open')).toBeNull();
    expect(await page.evaluate(`document.activeElement?.localName`)).toBe('summary');
  });

  it('closes its menu by a click elsewhere and by Escape, and by no click in it', async () => {
    await log('info', 'hello');
    const { page } = await open();
    const menu = page.locator('#loggers');
    const isOpen = (): Promise<boolean> => menu.evaluate((element) => element.hasAttribute('open'));
    await menu.locator('summary').click();
    await menu.locator('ul').click({ position: { x: 1, y: 1 } });
    await tab?.refreshed();
    expect(await isOpen()).toBe(true);
    await page.locator('#lines h2').click();
    expect(await isOpen()).toBe(false);
    await menu.locator('summary').click();
    await page.keyboard.press('Escape');
    expect(await isOpen()).toBe(false);
  });

  it('shows local time, with UTC beside it for who asks', async () => {
    await log('info', 'hello');
    const { page } = await open('', { timezoneId: 'Asia/Kolkata' });
    const time = page.locator('table.lines time');
    const utc = (await time.getAttribute('title')) as string;
    const local = new Date(`${utc.slice(0, 19).replace(' ', 'T')}Z`).toLocaleTimeString('en-GB', {
      timeZone: 'Asia/Kolkata',
    });
    expect(await time.textContent()).toContain(local);
    await tab?.refreshed();
    expect(await time.textContent()).toContain(local);
    expect(await page.locator('.utc').first().isVisible()).toBe(false);
  });

  it('works where the address has a password in it', async () => {
    await log('info', 'hello');
    const url = site.url.replace('//', '//operator:secret@');
    tab = await Tab.open(browser, `${url}/?name=${name}`);
    await log('info', 'two');
    await until(async () => (await tab?.messages('lines'))?.length === 2);
  });

  it('fills by itself once something is logged for the first time', async () => {
    const keyPrefix = `${workspace.prefix}first:`;
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix });
    const empty = await Site.open(makeDashboard(workspace, { reader, refreshMs }).node);
    tab = await Tab.open(browser, empty.url);
    expect(await tab.text('#status')).toBe('Nothing has been logged yet');
    const transport = workspace.transport({ name: 'first', keyPrefix });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    await until(async () => (await tab?.messages('lines'))?.[0] === 'hello');
    expect(await tab.text('#status')).toBe('First hour: nothing to compare with yet');
    await tab.page.locator('#loggers summary').click();
    await tab.close();
    await empty.close();
    reader.close();
  });

  it('says that it may no longer be seen where that is so', async () => {
    let isAllowed = true;
    const guarded = await Site.open(makeDashboard(workspace, { refreshMs, authorize: () => isAllowed }).node);
    await log('info', 'hello');
    const own = await Tab.open(browser, `${guarded.url}/?name=${name}`);
    isAllowed = false;
    await until(async () => (await own.text('#status')).startsWith('You may no longer see this log.'));
    isAllowed = true;
    await until(async () => (await own.text('#status')) === 'First hour: nothing to compare with yet');
    await own.close();
    await guarded.close();
  });

  it('executes nothing of what was logged, and shows it', async () => {
    for (const { text } of HOSTILE_TEXTS) {
      await logCounts(workspace, name, { error: { [text]: 1 } });
      await workspace.redis.lPush(workspace.key(`recent:${name}:error`), text);
    }
    for (const { text } of HOSTILE_NAMES) await logCounts(workspace, text, { info: { hello: 1 } });
    const { page } = await open();
    await log('error', 'done');
    await until(async () => (await tab?.messages('lines'))?.[0] === 'done');
    for (const summary of await page.locator('table.lines details > summary').all()) await summary.click();
    expect(await page.evaluate(`Object.hasOwn(window, 'hacked')`)).toBe(false);
    expect(await page.locator('main img, main iframe, main script, main b b').count()).toBe(0);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(1280);
    const shown = (await tab?.messages('lines'))?.join('\n') as string;
    for (const text of ['<script>window.hacked=1</script>', "' onmouseover='window.hacked=1", '&lt;b&gt; &amp;amp;']) {
      expect(shown).toContain(text);
    }
    for (const { text } of HOSTILE_NAMES) {
      await page.goto(`${site.url}/${toQuery({ name: text })}`);
      expect(await tab?.messages('lines')).toEqual(['hello']);
      expect(await page.evaluate(`Object.hasOwn(window, 'hacked')`)).toBe(false);
    }
  }, 90_000);

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 320],
    ['dark', 320],
  ] as const)('has nothing that axe-core finds at fault, in %s at %i px', async (colorScheme, width) => {
    await logMuch();
    const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
    const { page } = await open('', options);
    for (const summary of await page.locator('td summary').all()) await summary.click();
    await page.locator('#loggers summary').click();
    await tab?.refreshed();
    expect(await tab?.violations()).toEqual([]);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(width);
  });

  it.each(['light', 'dark'] as const)('has a placeholder that can be read, in %s', async (colorScheme) => {
    await log('info', 'hello');
    const { page } = await open('', { colorScheme });
    const colours = await page.evaluate<Record<string, string>>(`(() => {
      const filter = document.querySelector('#filter');
      const { color, opacity } = getComputedStyle(filter, '::placeholder');
      return { color, opacity, background: getComputedStyle(filter).backgroundColor };
    })()`);
    expect(colours.opacity).toBe('1');
    expect(contrast(colours.color as string, colours.background as string)).toBeGreaterThanOrEqual(4.5);
    expect(contrast('rgb(0, 0, 0)', 'rgb(255, 255, 255)')).toBe(21);
  });

  it('shows whatever has the focus, at 360 px', async () => {
    await logMuch();
    const { page } = await open('', { viewport: { width: 360, height: 740 } });
    await page.evaluate(`for (const each of document.querySelectorAll('td details')) each.open = true`);
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
    expect(labels).toEqual(expect.arrayContaining(['Pause', '↓ This hour', 'Last hour', 'Filter lines', 'Filter']));
  });

  it.each([320, 360])('has the two orders of a list in a row above it, at %i px', async (width) => {
    await logMuch();
    const { page } = await open('', { viewport: { width, height: 740 } });
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
    expect(await tab?.text('#frequent h2')).toBe('Most frequent last hour');
    await orders.nth(0).click();
    await page.waitForURL((url) => !url.searchParams.has('sort'));
  });

  it.each([320, 360, 768, 1280, 1720])('has nothing that lies over something else, at %i px', async (width) => {
    await logMuch();
    const { page } = await open('', { viewport: { width, height: 740 } });
    expect(await tab?.overlaps()).toEqual([]);
    for (const summary of await page.locator('table.changes td summary').all()) await summary.click();
    expect(await tab?.overlaps()).toEqual([]);
    // A rule, since a refresh would take an attribute away.
    await page.evaluate("document.styleSheets[0].insertRule('#frequent h2 { margin-bottom: -30px !important }')");
    expect(await tab?.overlaps()).not.toEqual([]);
  });

  describeWithServer('on a Redis that is killed and started again', () => {
    let server: RedisServer;
    let away: Workspace;
    let reader: RecentCommonReader;
    let own: Site;

    beforeEach(async () => {
      server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      away = await Workspace.open(server.url);
      // A server forgets its users when it is killed.
      reader = new RecentCommonReader({ url: server.url, keyPrefix: away.prefix });
      own = await Site.open(makeDashboard(away, { reader, refreshMs }).node);
    });
    afterEach(async () => {
      await own.close();
      reader.close();
      await server.kill();
      await server.start();
      await away.close();
      await server.stop();
    });

    /** Its complaints are looked at by the tests. */
    async function openUntilKilled(options: Parameters<typeof Tab.open>[2] = {}): Promise<Tab> {
      const view = await Tab.open(browser, own.url, options);
      await server.kill();
      await until(async () => (await view.text('#status')).startsWith('Redis does not answer'));
      return view;
    }

    it('says so, keeps what it has, and goes on by itself', async () => {
      const transport = away.transport({ name, url: server.url });
      transport.log({ level: 'info', message: 'before' });
      await transport.flush();
      const view = await openUntilKilled();
      expect(await view.text('#status')).toMatch(
        /^Redis does not answer \(\w+\)\. Shown is the state of .*\d\d:\d\d:\d\d\. Trying again\.$/,
      );
      expect(await view.messages('lines')).toEqual(['before']);
      expect(await view.page.locator('main').getAttribute('class')).toBe('stale');
      await view.page.setViewportSize({ width: 900, height: 500 });
      await view.picture('redis-away');
      transport.log({ level: 'info', message: 'after' });
      await server.start();
      await until(async () => (await view.messages('lines')).length === 2, 40_000);
      expect(await view.messages('lines')).toEqual(['after', 'before']);
      expect(await view.page.locator('main').getAttribute('class')).toBe('');
      expect(view.complaints.filter((each) => !/status of 503/.test(each))).toEqual([]);
      await view.close();
    }, 90_000);

    it.each(['light', 'dark'] as const)('has nothing that axe-core finds at fault, in %s', async (colorScheme) => {
      await logMuch(away);
      const view = await openUntilKilled({ colorScheme, bypassCSP: true });
      for (const summary of await view.page.locator('td summary').all()) await summary.click();
      expect(await view.page.locator('main').getAttribute('class')).toBe('stale');
      expect(await view.violations()).toEqual([]);
      await view.close();
    });
  });
});
