import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { describeWith, findBrowser } from '../requirements';

/** A busy machine takes its time to start a browser. */
export const LAUNCH_TIMEOUT_MS = 120_000;

/** Where pictures of pages are written for people to look at. Git ignores it. */
export const PICTURES = resolve(__dirname, '../../../coverage/pictures');

/** What axe-core says of a page. */
interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Texts and controls of a page that lie over one another, two by two. */
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

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findBrowser() as string,
    args: ['--no-sandbox'],
    timeout: LAUNCH_TIMEOUT_MS,
  });
}

/** Of two colours without transparency, as the WCAG measure it. */
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

/** Where on the page an element is, which is to be seen. */
export async function boundingBox(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (!box) throw new Error(`${String(element)} cannot be seen`);
  return box;
}

/** A page in a profile of its own. What it complains of is kept. */
export class Tab {
  readonly page: Page;
  /** Errors, and whatever was written to the console; what the policy of a page forbids is among it. */
  readonly complaints: readonly string[];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    this.page = page;
    this.complaints = complaints;
    this.#context = context;
  }

  /** Opens an address. */
  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const tab = new Tab(context, await context.newPage());
    await tab.page.goto(url);
    return tab;
  }

  /** The text of the element that a selector finds, as it is in the document. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).first().textContent()) ?? '';
  }

  /** The text of the last cell in each row of a table, by its class. */
  messages(table: string): Promise<string[]> {
    return this.page.locator(`table.${table} tbody td:last-child`).allTextContents();
  }

  /** Waits until the page has asked so many times for what is new, and was answered. */
  async refreshed(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) await this.page.waitForResponse(/format=parts/);
  }

  /** What axe-core finds at fault: of each rule its name, the first element and why. The page must bypass its policy. */
  async violations(): Promise<unknown[]> {
    await this.page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const violations = await this.page.evaluate<Violation[]>('axe.run().then((found) => found.violations)');
    return violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]);
  }

  /** Texts and controls that lie over one another, two by two. */
  overlaps(): Promise<[string, string][]> {
    return this.page.evaluate(OVERLAPS);
  }

  /** Writes a picture of the page, down to so many pixels, or of what is in sight. */
  async picture(name: string, height?: number): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    const width = this.page.viewportSize()?.width as number;
    const clip = height === undefined ? {} : { fullPage: true, clip: { x: 0, y: 0, width, height } };
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), ...clip });
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
