/** Starts a Chromium from the PATH and shows pages in it, whose time passes only when a test lets it. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { describeWith, findBrowser } from '../requirements';
import { until } from '../wait';

/** Time between two refreshes of the pages in the tests: the shortest that a dashboard takes. */
export const REFRESH_MS = 1000;

/** A busy machine takes its time to start a browser. */
const LAUNCH_TIMEOUT_MS = 120_000;

/** The folder of pictures for people to look at, which Git ignores. */
const PICTURES = resolve(__dirname, '../../../coverage/pictures');

/** A fault that axe-core finds. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Pairs of texts or controls that overlap. */
const OVERLAPS = `(() => {
  const boxes = [];
  const isSeen = (element) =>
    !element || (element.checkVisibility() && getComputedStyle(element).clipPath === 'none' && isSeen(element.parentElement));
  const add = (node, rects) => {
    for (const { left, right, top, bottom } of rects) boxes.push({ node, left, right, top, bottom });
  };
  for (const control of document.querySelectorAll('button, input, svg, .badge, .tile')) add(control, control.getClientRects());
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const range = document.createRange();
    range.selectNodeContents(node);
    if (node.data.trim() !== '' && isSeen(node.parentElement)) add(node, range.getClientRects());
  }
  const isOver = (a, b) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1 &&
    !a.node.contains(b.node) && !b.node.contains(a.node);
  const label = ({ node }) => node.data ?? node.outerHTML;
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => isOver(a, b)).map((b) => [label(a), label(b)]));
})()`;

/** `describe` for tests with a browser. */
export const describeWithBrowser = describeWith('browser');

function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser() as string,
    args: ['--no-sandbox'],
    timeout: LAUNCH_TIMEOUT_MS,
  });
}

/** The contrast of two opaque colours, by the formula of WCAG 2. */
export function contrast(...colours: [string, string]): number {
  const [light = 0, dark = 0] = colours
    .map((colour) => {
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    })
    .sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Position and size of an element, which must be visible. */
export async function boundingBox(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (!box) throw new Error(`${String(element)} cannot be seen`);
  return box;
}

/** Counts what the page fetches, and what of that has been answered or given up. */
const COUNT_FETCHES = `{
  const real = fetch;
  asked = answered = 0;
  fetch = (...of) => {
    asked++;
    return real(...of).finally(() => answered++);
  };
}`;

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** How a tab is opened. */
interface TabOptions extends BrowserContextOptions {
  /** Whether its time passes as it really does: it refreshes by itself. */
  readonly isInRealTime?: boolean;
}

/** A page in a profile of its own. Its time stands still, so that it refreshes only when a test makes time pass. */
export class Tab {
  readonly page: Page;
  #complaints: string[] = [];

  private constructor(page: Page) {
    page.on('console', (message) => this.#complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      this.#complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    this.page = page;
  }

  static async open(browser: Browser, { isInRealTime, ...options }: TabOptions = {}): Promise<Tab> {
    const tab = new Tab(await browser.newPage(options));
    await tab.page.addInitScript(COUNT_FETCHES);
    if (isInRealTime) return tab;
    await tab.page.clock.install();
    await tab.page.clock.pauseAt(Date.now() + 1000);
    return tab;
  }

  async goto(url: string, { width = 1280, height = 800, colorScheme = 'light' }: Look = {}): Promise<void> {
    await this.page.setViewportSize({ width, height });
    await this.page.emulateMedia({ colorScheme });
    await this.page.goto(url);
  }

  /** Lets time pass on the page. */
  pass(ms: number): Promise<void> {
    return this.page.clock.runFor(ms);
  }

  /** Lets time pass on the page as it really does, until an action has ended. */
  async inRealTime(action: () => Promise<unknown>): Promise<void> {
    await this.page.clock.resume();
    await action();
    await this.page.clock.pauseAt((await this.page.evaluate<number>('Date.now()')) + 60_000);
  }

  /** How often the page has fetched something. */
  asked(): Promise<number> {
    return this.page.evaluate('asked');
  }

  /** Waits until all that the page fetched is answered or given up, and the page has done what it does then. */
  async settled(): Promise<void> {
    await until(() => this.page.evaluate('asked === answered'));
    await this.page.evaluate(`fetch(location.origin + '/?asset=style').then((response) => response.text())`);
  }

  /** Lets time pass until the page refreshes by itself, and waits until it has. */
  async refresh(): Promise<void> {
    const before = await this.asked();
    await until(async () => {
      await this.pass(REFRESH_MS);
      return (await this.asked()) > before;
    });
    await this.settled();
  }

  /** Errors and whatever was written to the console since the last call, such as violations of the page's policy. */
  takeComplaints(): string[] {
    const complaints = this.#complaints;
    this.#complaints = [];
    return complaints;
  }

  /** The text of the first element that a selector finds, as it is in the document. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).first().textContent()) ?? '';
  }

  /** The text of the last cell in each row of a table, by its class. */
  messages(table: string): Promise<string[]> {
    return this.page.locator(`table.${table} tbody td:last-child`).allTextContents();
  }

  /** The faults that axe-core finds: of each rule its name, the first element and why. The page must bypass its policy. */
  async violations(): Promise<unknown[]> {
    await this.page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    let isRunning = true;
    const found = this.page.evaluate<Violation[]>('axe.run().then((found) => found.violations)');
    const violations = found.finally(() => (isRunning = false));
    // It waits for timers of the page between its steps.
    while (isRunning) await this.pass(10);
    return (await violations).map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]);
  }

  /** The nodes of all documents and the bytes of the heap, once all garbage has gone. */
  async footprint(): Promise<{ readonly nodes: number; readonly listeners: number; readonly heap: number }> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('HeapProfiler.enable');
    // What finalizers let go is garbage of the next round.
    for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners: listeners } = await session.send('Memory.getDOMCounters');
    const { usedSize: heap } = await session.send('Runtime.getHeapUsage');
    await session.detach();
    return { nodes, listeners, heap };
  }

  /** Pairs of texts or controls that overlap. */
  overlaps(): Promise<[string, string][]> {
    return this.page.evaluate(OVERLAPS);
  }

  /** Writes a picture of the page: its first `height` pixels, or what is in sight. */
  async picture(name: string, height?: number): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    const width = this.page.viewportSize()?.width as number;
    const clip = height === undefined ? {} : { fullPage: true, clip: { x: 0, y: 0, width, height } };
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), ...clip });
  }
}

/** The tab of a suite, in which each test opens the page it wants. */
interface OpenTab {
  readonly tab: Tab;
}

/**
 * Gives a suite a browser with one tab, and fails a test in which the page complains of anything.
 *
 * @param expected - complaints that are no fault
 */
export function openTab({ expected, ...options }: TabOptions & { expected?: RegExp } = {}): OpenTab {
  let browser: Browser;
  let tab: Tab;

  beforeAll(async () => {
    browser = await launchBrowser();
    tab = await Tab.open(browser, options);
  }, LAUNCH_TIMEOUT_MS);
  afterEach(() => {
    expect(tab.takeComplaints().filter((complaint) => !expected?.test(complaint))).toEqual([]);
  });
  afterAll(() => browser.close());

  return {
    get tab() {
      return tab;
    },
  };
}
