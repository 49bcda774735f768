import type { Page } from 'playwright-core';
import { clearOfTheTurn } from '../support/hours';
import { contrast, describeWithBrowser, openTab, REFRESH_MS } from '../support/viewers/browser';
import { logCounts, makeDashboard, Site } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

jest.setTimeout(300_000);

const TYPING_MS = 250;

/** The addresses of the three kinds of page. */
const PAGES = {
  start: '?',
  logger: '?name=checkout&filter=e',
  message: '?name=checkout&of=error&message=order+<number>+lost',
};
const KINDS = Object.keys(PAGES) as (keyof typeof PAGES)[];

/** What is opened of a page: nothing, all that unfolds in it, or one of the menus in its bar. */
const STATES = { 'as it is': '', unfolded: 'main details', 'with its menu open': '#loggers' } as const;

/** The start page has no menu. */
function listStates(kind: keyof typeof PAGES): (keyof typeof STATES)[] {
  const states = Object.keys(STATES) as (keyof typeof STATES)[];
  return kind === 'start' ? states.slice(0, -1) : states;
}

/** A control of the page, as the document has it. */
interface Control {
  readonly kind: string;
  readonly label: string;
  readonly href: string;
}

/** Everything in the document that the keyboard should reach, in its order. */
const CONTROLS = `[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
  .filter((each) => each.tabIndex >= 0 && each.checkVisibility())`;

describeWithBrowser('every control of the page by the keyboard', () => {
  const browser = openTab();
  let workspace: Workspace;
  let site: Site;
  let page: Page;

  beforeAll(async () => {
    await clearOfTheTurn(120_000);
    workspace = await Workspace.open();
    await logCounts(workspace, 'checkout', { info: { placed: 200 }, error: { timeout: 10 } }, 1);
    await logCounts(workspace, 'checkout', { error: { timeout: 90, 'order 17 lost': 3, 'order 18 lost': 1 } });
    await logCounts(workspace, 'mailer', { info: { drained: 20 } });
    const transport = workspace.transport({ name: 'checkout' });
    for (const order of [19, 20]) {
      transport.log({ level: 'error', message: `order ${order} lost`, orderId: 7, err: new TypeError('no price') });
    }
    transport.log({ level: 'critical', message: `refused ${'x'.repeat(400)}` });
    await transport.flush();
    const environments = { production: workspace.reader, staging: workspace.reader };
    site = await Site.open(makeDashboard(workspace, { reader: undefined, environments, refreshMs: REFRESH_MS }).node);
    page = browser.tab.page;
  });
  afterAll(async () => {
    await site.close();
    await workspace.close();
  });

  async function open(kind: keyof typeof PAGES, state: keyof typeof STATES, width = 1280): Promise<void> {
    await browser.tab.goto(`${site.url}/${PAGES[kind]}`, { width });
    const opened = STATES[state];
    if (opened) await page.evaluate(`for (const each of document.querySelectorAll('${opened}')) each.open = true`);
    await page.evaluate('isSamePage = true');
  }

  /** Numbers the controls that can be seen, and returns them. */
  const controls = (): Promise<Control[]> =>
    page.evaluate<Control[]>(`(numbered = ${CONTROLS}).map((each) => ({
      kind: each.localName, label: (each.textContent || each.placeholder).slice(0, 40), href: each.href ?? '',
    }))`);
  const focus = (index: number): Promise<void> => page.evaluate(`numbered[${index}].focus({ preventScroll: true })`);
  const focused = (): Promise<number> => page.evaluate('numbered.indexOf(document.activeElement)');
  const isOpen = (): Promise<boolean> => page.evaluate('document.activeElement.parentElement.open');
  const text = (): Promise<string> => page.evaluate('document.activeElement.textContent');

  /** The controls that a key goes through until it leaves the page or begins anew. The focus of each must be seen. */
  async function walk(key: string, order: number[] = []): Promise<number[]> {
    for (;;) {
      await page.keyboard.press(key);
      const at = await focused();
      if (at < 0 || order.includes(at)) return order;
      order.push(at);
      const look = await page.evaluate<Record<string, string | boolean>>(`(() => {
        const element = document.activeElement;
        const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
        const { x, y, width, height } = element.getClientRects()[0];
        const found = document.elementFromPoint(x + width / 2, y + height / 2);
        const background = getComputedStyle(document.querySelector('section, header')).backgroundColor;
        return { outlineStyle, outlineWidth, outlineColor, background, isSeen: element.contains(found) };
      })()`);
      const ratio = contrast(look['outlineColor'] as string, look['background'] as string);
      const { outlineStyle, outlineWidth, isSeen } = look;
      expect([at, outlineStyle, outlineWidth, isSeen, ratio >= 3]).toEqual([at, 'solid', '2px', true, true]);
    }
  }

  it.each(KINDS.flatMap((kind) => [320, 1280].map((width) => [kind, width] as const)))(
    'is reached by Tab and by Shift+Tab, in the order of the document, and its focus can be seen: %s, at %i px',
    async (kind, width) => {
      for (const state of listStates(kind)) {
        await open(kind, state, width);
        const all = await controls();
        expect(all.length).toBeGreaterThan(10);
        // A menu closes when it is left, and so it is entered by what opens it.
        const first = state === 'with its menu open' ? all.findIndex(({ label }) => label.startsWith('Logger ')) : 0;
        if (first > 0) await focus(first);
        expect(await walk('Tab', first > 0 ? [first] : [])).toEqual([...all.keys()].slice(first));
        const left = await controls();
        await focus(left.length - 1);
        expect(await walk('Shift+Tab', [left.length - 1])).toEqual([...left.keys()].reverse());
      }
    },
  );

  /** Does what a control is for, by the keyboard, and sees that it has happened. */
  async function use({ kind, href }: Control): Promise<void> {
    const id = await page.evaluate<string>('document.activeElement.id');
    if (id === 'refresh' || (await text()) === 'Filter') return expectFetch();
    if (id === 'pause') return expectPause();
    if (id === 'filter') return expectFilter();
    if (kind === 'summary') return expectToggle();
    if (kind === 'a') return expectPage(href);
    throw new Error(`nobody knows what this ${kind} does`);
  }

  async function expectFetch(): Promise<void> {
    const before = await browser.tab.asked();
    await page.keyboard.press('Enter');
    await until(async () => (await browser.tab.asked()) > before);
    await browser.tab.settled();
  }

  async function expectPause(): Promise<void> {
    await page.keyboard.press('Enter');
    expect(await text()).toBe('Resume');
    await page.keyboard.press('Space');
    expect(await text()).toBe('Pause');
    await browser.tab.settled();
  }

  async function expectFilter(): Promise<void> {
    await page.keyboard.press('End');
    await page.keyboard.type('rror');
    await browser.tab.pass(TYPING_MS);
    await browser.tab.settled();
    expect(new URL(page.url()).searchParams.get('filter')).toMatch(/rror$/);
  }

  async function expectToggle(): Promise<void> {
    const before = await isOpen();
    await page.keyboard.press('Enter');
    expect(await isOpen()).toBe(!before);
    await page.keyboard.press('Space');
    expect(await isOpen()).toBe(before);
  }

  async function expectPage(href: string): Promise<void> {
    await page.keyboard.press('Enter');
    await until(async () => {
      const isSame = await page.evaluate("typeof isSamePage !== 'undefined'").catch(() => true);
      return !isSame && page.url() === href;
    });
  }

  it.each(KINDS)('does by Enter or Space what it is for: %s', async (kind) => {
    const used = new Set<string>();
    for (const state of listStates(kind)) {
      await open(kind, state);
      const all = await controls();
      for (const [i, control] of all.entries()) {
        const id = JSON.stringify(control);
        if (used.has(id)) continue;
        used.add(id);
        await open(kind, state);
        await controls();
        if (i > 0) await focus(i - 1);
        await page.keyboard.press('Tab');
        expect([control.label, await focused()]).toEqual([control.label, i]);
        await use(control);
      }
    }
    console.log(`${kind}: ${used.size} controls`);
  });

  it.each(KINDS)('has keys that need no Tab: %s', async (kind) => {
    await open(kind, 'as it is');
    const row = (): Promise<number> =>
      page.evaluate(
        `[...document.querySelectorAll('.card, tbody tr')].findIndex((each) => each.contains(document.activeElement))`,
      );
    const id = (): Promise<string> => page.evaluate('document.activeElement.id');
    await page.keyboard.press('/');
    expect(await id()).toBe('filter');
    await page.keyboard.type('?jp');
    expect(await page.getByRole('searchbox').inputValue()).toBe('?jp');
    await page.keyboard.press('Escape');
    expect(await id()).toBe('');
    const rows: number[] = [];
    for (const key of ['j', 'j', 'k', 'k', 'j']) {
      await page.keyboard.press(key);
      rows.push(await row());
    }
    expect(rows).toEqual([0, 1, 0, 0, 1]);
    await page.keyboard.press('?');
    expect(await page.locator('#help li').first().isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect([await page.locator('#help li').first().isVisible(), await row()]).toEqual([false, 1]);
    for (const label of ['Resume', 'Pause']) {
      await page.keyboard.press('p');
      expect(await browser.tab.text('#pause')).toBe(label);
    }
    await browser.tab.settled();
    const href = await page.evaluate<string | undefined>('document.activeElement.href');
    await (href === undefined ? expectToggle() : expectPage(href));
  });

  it('includes the button that shows lines which are held back', async () => {
    await open('logger', 'as it is');
    await page.evaluate("document.querySelector('#lines').lastElementChild.scrollIntoView({ block: 'end' })");
    await page.setViewportSize({ width: 1280, height: 200 });
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await logCounts(workspace, 'checkout', { error: { 'one more': 1 } });
    await browser.tab.refresh();
    const at = (await controls()).findIndex(({ label }) => label === '1 new line ↑');
    await focus(at - 1);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(at);
    await page.keyboard.press('Enter');
    expect((await browser.tab.messages('lines'))[0]).toBe('one more');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Latest lines');
  });
});
