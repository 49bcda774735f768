import type { Page } from 'playwright-core';
import { RecentCommonReader } from '../../src';
import { clearOfTheTurn } from '../support/hours';
import { MINUTE_MS, repeatedAtTheTurn } from '../support/turn';
import { describeWithBrowser, openTab, REFRESH_MS } from '../support/viewers/browser';
import { logCounts, makeDashboard, Site, toQuery } from '../support/viewers/dashboard';
import { HOSTILE_NAMES, HOSTILE_TEXTS } from '../support/viewers/hostile';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** A pause in typing after which the page filters. */
const TYPING_MS = 250;

jest.setTimeout(60_000);

describeWithBrowser('the page in a browser', () => {
  const browser = openTab({ timezoneId: 'Asia/Kolkata' });
  let workspace: Workspace;
  let site: Site;
  let loggers = 0;
  let name: string;
  let page: Page;

  beforeAll(async () => {
    workspace = await Workspace.open();
    const options = { refreshMs: REFRESH_MS, title: 'Logs', environment: 'test' };
    site = await Site.open(makeDashboard(workspace, options).node);
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    name = `app${++loggers}`;
    page = browser.tab.page;
  });
  afterAll(async () => {
    await site.close();
    await workspace.close();
  });

  const open = (): Promise<void> => browser.tab.goto(`${site.url}/logs${toQuery({ name })}`);
  const log = (counts: Parameters<typeof logCounts>[2]): Promise<void> => logCounts(workspace, name, counts);
  const lines = (): Promise<string[]> => browser.tab.messages('lines');
  const focused = (property: string): Promise<string> => page.evaluate(`document.activeElement?.${property}`);

  it('changes to what the server would send', async () => {
    const markup = `(() => {
      for (const each of document.querySelectorAll('.fresh')) each.removeAttribute('class');
      return document.querySelector('main').innerHTML.replaceAll(' class=""', '');
    })()`;
    await repeatedAtTheTurn(async () => {
      name = `app${++loggers}`;
      await log({ info: { one: 1 } });
      await open();
      await log({ info: { 'two <script>x</script>': 1 }, error: { [`three\n${'x'.repeat(500)}`]: 1 } });
      await browser.tab.refresh();
      expect(await lines()).toHaveLength(3);
      const changed = await page.evaluate(markup);
      await page.reload();
      expect(changed).toBe(await page.evaluate(markup));
    }, MINUTE_MS);
  });

  it('filters lines while the user types, keeps the focus, and puts the filter into the address', async () => {
    await log({ info: { 'Order placed': 1, 'mail sent': 2 } });
    await open();
    await page.getByRole('searchbox').fill('ORDER');
    await browser.tab.pass(TYPING_MS);
    await browser.tab.settled();
    expect(await lines()).toEqual(['Order placed']);
    expect(new URL(page.url()).searchParams.get('filter')).toBe('ORDER');
    await browser.tab.refresh();
    expect(await page.getByRole('searchbox').inputValue()).toBe('ORDER');
    expect(await focused('id')).toBe('filter');
    await page.getByRole('searchbox').fill('');
    await browser.tab.pass(TYPING_MS);
    await browser.tab.settled();
    expect(await lines()).toEqual([expect.stringMatching(/^×2 since .* mail sent$/), 'Order placed']);
    expect(new URL(page.url()).searchParams.has('filter')).toBe(false);
  });

  it('leads to a severity and to another logger', async () => {
    await log({ info: { hello: 1 }, error: { failed: 1 } });
    await logCounts(workspace, `${name} <b>`, { info: { other: 1 } });
    await open();
    await page.getByRole('link', { name: /^error/ }).click();
    await page.waitForURL(/severity=error/);
    expect(await lines()).toEqual(['failed']);
    await page.locator('#loggers summary').click();
    await page.getByRole('link', { name: `${name} <b>` }).click();
    await page.waitForURL((url) => url.searchParams.get('name') === `${name} <b>`);
    expect(await lines()).toEqual(['other']);
  });

  it('opens its menu by the keyboard, and closes it by Escape, which gives the focus back', async () => {
    await log({ info: { hello: 1 } });
    await open();
    const menu = page.locator('#loggers');
    await menu.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await menu.getAttribute('open')).toBe('');
    await page.keyboard.press('Tab');
    expect(await focused('localName')).toBe('a');
    await page.keyboard.press('Escape');
    expect(await menu.getAttribute('open')).toBeNull();
    expect(await focused('localName')).toBe('summary');
  });

  it('closes its menu by a click elsewhere, but not by a click in it or by a refresh', async () => {
    await log({ info: { hello: 1 } });
    await open();
    const menu = page.locator('#loggers');
    const isOpen = (): Promise<boolean> => menu.evaluate((element) => element.hasAttribute('open'));
    await menu.locator('summary').click();
    await menu.locator('ul').click({ position: { x: 1, y: 1 } });
    await browser.tab.refresh();
    expect(await isOpen()).toBe(true);
    await page.locator('#lines h2').click();
    expect(await isOpen()).toBe(false);
  });

  it('shows local time, and UTC in a tooltip', async () => {
    await log({ info: { hello: 1 } });
    await open();
    const time = page.locator('table.lines time');
    const utc = (await time.getAttribute('title')) as string;
    const date = new Date(`${utc.slice(0, 19).replace(' ', 'T')}Z`);
    const local = date.toLocaleTimeString('en-GB', { timeZone: 'Asia/Kolkata' });
    expect(await time.textContent()).toContain(local);
    await browser.tab.refresh();
    expect(await time.textContent()).toContain(local);
    expect(await page.locator('.utc').first().isVisible()).toBe(false);
  });

  it('is refreshed at an address with a password', async () => {
    await log({ info: { hello: 1 } });
    await browser.tab.goto(`${site.url.replace('//', '//operator:secret@')}/?name=${name}`);
    await log({ info: { two: 1 } });
    await browser.tab.refresh();
    expect(await lines()).toEqual(['two', 'hello']);
  });

  it('fills by itself once something is logged for the first time', async () => {
    const keyPrefix = `${workspace.prefix}first:`;
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix });
    const empty = await Site.open(makeDashboard(workspace, { reader, refreshMs: REFRESH_MS }).node);
    await browser.tab.goto(empty.url);
    expect(await browser.tab.text('#status')).toBe('Nothing has been logged yet');
    const transport = workspace.transport({ name: 'first', keyPrefix });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    await until(async () => {
      await browser.tab.refresh();
      return (await page.locator('.card').count()) === 1;
    });
    expect(await browser.tab.text('.card')).toContain('first');
    expect(await browser.tab.text('#status')).toBe('Nothing new or surging');
    await empty.close();
    reader.close();
  });

  it('shows hostile texts and executes nothing of them', async () => {
    const texts = HOSTILE_TEXTS.map(({ text }) => text);
    await log({ error: Object.fromEntries(texts.map((text) => [text, 1])) });
    await workspace.redis.lPush(workspace.key(`recent:${name}:error`), texts);
    await open();
    await log({ error: { done: 1 } });
    await browser.tab.refresh();
    expect((await lines())[0]).toBe('done');
    await page.evaluate(`for (const each of document.querySelectorAll('table.lines details')) each.open = true`);
    expect(await page.evaluate(`Object.hasOwn(window, 'hacked')`)).toBe(false);
    expect(await page.locator('main img, main iframe, main script, main b b').count()).toBe(0);
    expect(await page.evaluate(`document.documentElement.scrollWidth`)).toBe(1280);
    const shown = (await lines()).join('\n');
    for (const text of ['<script>window.hacked=1</script>', "' onmouseover='window.hacked=1", '&lt;b&gt; &amp;amp;']) {
      expect(shown).toContain(text);
    }
  });

  it('shows the logger with a hostile name and executes nothing of it', async () => {
    await Promise.all(HOSTILE_NAMES.map(({ text }) => logCounts(workspace, text, { info: { hello: 1 } })));
    for (const { text } of HOSTILE_NAMES) {
      await page.goto(`${site.url}/${toQuery({ name: text })}`, { waitUntil: 'domcontentloaded' });
      const outcome = await page.evaluate(`({
        lines: [...document.querySelectorAll('table.lines td:last-child')].map((cell) => cell.textContent),
        isHacked: Object.hasOwn(window, 'hacked'),
      })`);
      expect(outcome).toEqual({ lines: ['hello'], isHacked: false });
    }
  });
});
