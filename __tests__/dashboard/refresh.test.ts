import type { RequestListener } from 'node:http';
import type { Browser, Page, Request } from 'playwright-core';
import type { Dashboard } from '../../src/dashboard';
import { clearOfTheTurn } from '../support/hours';
import { describeWithBrowser, LAUNCH_TIMEOUT_MS, launchBrowser, Tab } from '../support/viewers/browser';
import { ask, logCounts, makeDashboard, Site, toQuery } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** The shortest there is. */
const refreshMs = 1000;
/** The longest there is, for a page that is refreshed only where it is asked to. */
const neverMs = 3_600_000;
/** How long an answer may take. */
const lateMs = 15_000;
/** What a browser says of answers that are no success. */
const OF_FAILURE = /Failed to load resource/;

jest.setTimeout(60_000);

describeWithBrowser('a page that is refreshed', () => {
  let browser: Browser;
  let workspace: Workspace;
  let board: Dashboard;
  let site: Site;
  let patient: Site;
  let tab: Tab;
  let loggers = 0;
  let name: string;
  /** What refreshes are answered with. */
  let answerRefresh: RequestListener;
  /** What else is asked for than the page and what it needs. */
  let strays: string[];
  /** Lets the answers go that were held. */
  let release: (() => void)[];

  beforeAll(async () => {
    workspace = await Workspace.open();
    board = makeDashboard(workspace, { refreshMs });
    site = await Site.open(answer);
    const { node } = makeDashboard(workspace, { refreshMs: neverMs });
    patient = await Site.open((request, response) => {
      (request.url?.includes('format=parts') ? answer : node)(request, response);
    });
    browser = await launchBrowser();
  }, LAUNCH_TIMEOUT_MS);
  beforeEach(async () => {
    await clearOfTheTurn();
    name = `app${++loggers}`;
    answerRefresh = board.node;
    [strays, release] = [[], []];
  });
  afterEach(async () => {
    const complaints = tab.complaints.filter((each) => !OF_FAILURE.test(each));
    await tab.close();
    expect(complaints).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await site.close();
    await patient.close();
    await workspace.close();
  });

  function answer(...[request, response]: Parameters<RequestListener>): void {
    const url = request.url as string;
    if (!url.startsWith('/?')) strays.push(url);
    (url.includes('format=parts') ? answerRefresh : board.node)(request, response);
  }

  /** Answers what is so when it is asked, once it is let go. */
  const hold: RequestListener = async (request, response) => {
    const held = await ask(board, (request.url as string).slice(1));
    const body = await held.text();
    release.push(() => response.writeHead(held.status, Object.fromEntries(held.headers)).end(body));
  };

  const refuse: RequestListener = (_request, response) => {
    response.writeHead(503).end(JSON.stringify({ error: 'Redis does not answer.' }));
  };

  async function open(shown = site): Promise<Page> {
    tab = await Tab.open(browser, `${shown.url}/${toQuery({ name })}`);
    return tab.page;
  }

  /** Opens a page whose time stands still until it is made to pass. It counts what it asks for. */
  async function openOutOfTime(): Promise<Page> {
    const page = await open();
    await page.clock.install();
    await page.reload();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.evaluate(`{ const real = fetch; asked = 0; fetch = (...of) => { asked++; return real(...of); } }`);
    return page;
  }

  const log = (severity: string, message: string, count = 1): Promise<void> =>
    logCounts(workspace, name, { [severity]: { [message]: count } });

  const clickRefresh = (): Promise<void> => tab.page.getByRole('link', { name: 'Refresh' }).click();
  const clickPause = (): Promise<void> => tab.page.getByRole('button', { name: 'Pause' }).click();
  const clickResume = (): Promise<void> => tab.page.getByRole('button', { name: 'Resume' }).click();
  const selected = (): Promise<string> => tab.page.evaluate('String(getSelection())');
  const deselect = (): Promise<void> => tab.page.evaluate('getSelection().removeAllRanges()');
  const focusedRow = (): Promise<string> =>
    tab.page.evaluate(`document.activeElement.closest('tr')?.textContent ?? ''`);
  const isStale = (): Promise<boolean> => tab.page.locator('main.stale').isVisible();

  /** Waits until the lines are these, the newest first. */
  async function lines(...messages: string[]): Promise<void> {
    await until(async () => JSON.stringify(await tab.messages('lines')) === JSON.stringify(messages));
  }

  /** Waits until a request is answered or given up, and the page has done what it does then. */
  async function ended(request: Request): Promise<void> {
    await (await request.response())?.finished();
    await tab.page.evaluate(`fetch(location.origin + '/?asset=style').then((answer) => answer.text())`);
  }

  /** Asks for a refresh whose answer is held, and gives its request. */
  async function refreshHeld(): Promise<Request> {
    answerRefresh = hold;
    const earlier = release.length;
    const [request] = await Promise.all([tab.page.waitForRequest(/format=parts/), clickRefresh()]);
    await until(() => release.length > earlier);
    answerRefresh = board.node;
    return request;
  }

  /** How many requests are made in some time. */
  async function requestsDuring(ms: number): Promise<number> {
    let requests = 0;
    const count = (request: Request): void => void (request.url().includes('format=parts') && requests++);
    tab.page.on('request', count);
    await tab.page.waitForTimeout(ms);
    tab.page.off('request', count);
    return requests;
  }

  describe('shows what is new', () => {
    it('of what begins to surge at the first refresh that is asked for after it, at the top of what changed', async () => {
      await logCounts(workspace, name, { error: { timeout: 10, refused: 10 } }, 1);
      await log('error', 'refused', 10);
      const page = await open();
      const shown = page.evaluate<{ at: number; asked: number[] }>(`new Promise((resolve) => {
        const [real, asked] = [fetch, []];
        fetch = (...of) => {
          asked.push(Date.now());
          return real(...of);
        };
        new MutationObserver(() => {
          const row = document.querySelector('table.changes tbody tr');
          if (row?.textContent.includes('timeout')) resolve({ at: Date.now(), asked });
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      })`);
      await log('error', 'timeout', 900);
      const written = Date.now();
      const { at, asked } = await shown;
      console.log(`shown ${at - written} ms after it was logged, refreshed every ${refreshMs} ms`);
      expect(asked.filter((each) => each > written).length).toBeLessThanOrEqual(1);
      expect(await page.locator('table.changes td').first().textContent()).toMatch(/^▲ surging ×\d/);
      expect(await tab.messages('changes')).toEqual([expect.stringContaining('timeout')]);
      expect(await tab.text('#status')).toBe('1 surging');
    });

    it('and nothing where nothing is: it asks with the tag of what it has', async () => {
      await log('info', 'hello');
      const page = await open();
      await tab.refreshed();
      const response = await page.waitForResponse(
        (each) => each.url().includes('format=parts') && each.status() === 304,
      );
      expect(await response.request().headerValue('if-none-match')).toMatch(/^"/);
    });

    it.each([
      ['is given up', ''],
      ['comes all the same', 'AbortController.prototype.abort = () => undefined'],
    ])('of the newest request alone: an answer that is overtaken and %s changes nothing', async (_how, script) => {
      await log('info', 'one');
      const page = await open(patient);
      await page.evaluate(script);
      await log('info', 'two');
      const overtaken = await refreshHeld();
      await log('info', 'three');
      const newest = await refreshHeld();
      const updated = await tab.text('#updated');
      release[0]?.();
      await ended(overtaken);
      expect(await tab.messages('lines')).toEqual(['one']);
      expect([await isStale(), await tab.text('#updated')]).toEqual([false, updated]);
      release[1]?.();
      await ended(newest);
      expect(await tab.messages('lines')).toEqual(['three', 'two', 'one']);
    });
  });

  describe('stands still', () => {
    it('while it is paused, and goes on at once', async () => {
      await log('info', 'hello');
      await open();
      await tab.refreshed();
      await clickPause();
      await log('info', 'while it was paused');
      expect(await requestsDuring(2.5 * refreshMs)).toBe(0);
      expect(await tab.messages('lines')).toEqual(['hello']);
      await clickResume();
      await lines('while it was paused', 'hello');
      await tab.refreshed();
    });

    it('as it was when it was paused, though an answer was under way', async () => {
      await log('info', 'one');
      await open(patient);
      await log('info', 'two');
      const underWay = await refreshHeld();
      const updated = await tab.text('#updated');
      await clickPause();
      release[0]?.();
      await ended(underWay);
      expect(await tab.messages('lines')).toEqual(['one']);
      expect([await isStale(), await tab.text('#updated')]).toEqual([false, updated]);
      await clickResume();
      await lines('two', 'one');
    });

    it('while it is paused, but for what one asks for', async () => {
      await log('info', 'one');
      const page = await open();
      await clickPause();
      await log('info', 'two');
      await clickRefresh();
      await lines('two', 'one');
      await page.getByRole('searchbox').fill('one');
      await lines('one');
      expect(await requestsDuring(2.5 * refreshMs)).toBe(0);
    });

    it('while it is hidden, and is refreshed at once when it is seen again', async () => {
      await log('info', 'hello');
      const page = await open();
      await tab.refreshed();
      const hide = async (isHidden: boolean): Promise<void> => {
        await page.evaluate(`
          Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        `);
      };
      await hide(true);
      expect(await requestsDuring(2.5 * refreshMs)).toBe(0);
      const seen = page.waitForResponse(/format=parts/, { timeout: refreshMs - 100 });
      await hide(false);
      await seen;
    });
  });

  describe('keeps', () => {
    it('open what is open, selected what is selected and focused what is focused', async () => {
      await logCounts(workspace, name, { info: { hello: 1 } }, 1);
      await log('error', `boom\n${'    at x\n'.repeat(5)}`);
      const page = await open();
      const change = page.locator('table.changes details').first();
      await change.locator('summary').first().click();
      await page.locator('table.lines details > summary').first().click();
      await page.locator('table.lines details .whole').first().selectText();
      await page.locator('table.changes summary').first().focus();
      await log('error', 'another', 3);
      await log('critical', 'the gravest');
      await until(async () => (await tab.messages('changes')).length === 3);
      const row = page.locator('table.changes tr', { hasText: 'boom' });
      expect(await row.locator('details').first().getAttribute('open')).toBe('');
      expect(await selected()).toContain('at x');
      expect(await focusedRow()).toContain('boom');
    });

    it('the focus in a row that moves', async () => {
      await logCounts(workspace, name, { info: { hello: 1 } }, 1);
      await logCounts(workspace, name, { error: { first: 50, second: 20 } });
      const page = await open();
      await page.locator('table.changes summary', { hasText: 'second' }).focus();
      await log('error', 'second', 900);
      await until(async () => (await tab.messages('changes'))[0]?.startsWith('second'));
      expect(await focusedRow()).toContain('second');
    });

    it.each([['changes'], ['frequent']])('what is selected in the table %s, until nothing is', async (table) => {
      await logCounts(workspace, name, { info: { hello: 1 } }, 1);
      await log('error', 'boom', 12);
      const page = await open();
      const count = page.locator(`table.${table} tr`, { hasText: 'boom' }).locator('td.now');
      await count.selectText();
      await log('error', 'boom', 30);
      await until(async () => (await tab.text('#summary')).startsWith('42 '));
      await tab.refreshed();
      expect([await selected(), await count.textContent()]).toEqual(['12', '12']);
      await deselect();
      await tab.refreshed(2);
      expect(await count.textContent()).toBe('42');
    });

    it('new lines back while a line is selected, and says how many there are', async () => {
      await log('info', 'one');
      const page = await open();
      await page.locator('table.lines td.message .text').selectText();
      await log('info', 'two');
      const more = page.getByRole('button', { name: '1 new line' });
      await more.waitFor();
      await tab.refreshed();
      expect([await tab.messages('lines'), await selected()]).toEqual([['one'], 'one']);
      await more.click();
      await lines('two', 'one');
    });

    describe('new lines back while lines further down are read', () => {
      async function scrollDown(): Promise<Page> {
        const numbered = Array.from({ length: 90 }, (_, i) => [`line ${i}`, 1] as const);
        await logCounts(workspace, name, { info: Object.fromEntries(numbered) });
        const page = await open();
        await page.locator('table.lines tr').nth(60).scrollIntoViewIfNeeded();
        return page;
      }

      it('and says how many there are', async () => {
        const page = await scrollDown();
        const position = (): Promise<number> =>
          page
            .locator('table.lines tr', { hasText: 'line 30' })
            .evaluate((row) => Math.round(row.getBoundingClientRect().top));
        const before = await position();
        await log('info', 'new', 2);
        const more = page.getByRole('button', { name: '2 new lines' });
        await more.waitFor();
        // Rows of a table may be a part of a pixel higher than others.
        expect(Math.abs((await position()) - before)).toBeLessThanOrEqual(1);
        expect(await tab.messages('lines')).toHaveLength(90);
        await more.click();
        expect((await tab.messages('lines')).slice(0, 3)).toEqual(['new', 'new', 'line 89']);
        expect(await page.locator('#more').isHidden()).toBe(true);
        expect(await page.evaluate(`document.activeElement?.textContent`)).toBe('Latest lines');
      });

      it('and shows them when one has scrolled back up, without another refresh', async () => {
        const page = await scrollDown();
        await log('info', 'new');
        await page.getByRole('button', { name: '1 new line' }).waitFor();
        answerRefresh = hold;
        await page.evaluate('scrollTo(0, 0)');
        await until(async () => (await tab.messages('lines'))[0] === 'new');
        expect(await page.locator('#more').isHidden()).toBe(true);
      });
    });
  });

  describe('tries again', () => {
    it('ever later while it fails, at most every 30 s, and as often as before after it did not', async () => {
      await log('info', 'hello');
      let failures = 0;
      const page = await openOutOfTime();
      answerRefresh = (_request, response) => {
        response.writeHead(503).end(JSON.stringify({ error: `Failure ${++failures}.` }));
      };
      await clickRefresh();
      const wait = async (): Promise<number> => {
        await until(async () =>
          (await tab.text('#status')).startsWith(failures > 0 ? `Failure ${failures}.` : 'First'),
        );
        const before = await page.evaluate('asked');
        for (let waited = 250; ; waited += 250) {
          await page.clock.runFor(250);
          if ((await page.evaluate('asked')) !== before) return waited;
        }
      };
      const waits: number[] = [];
      await until(() => failures === 1);
      while (waits.length < 6) {
        waits.push(await wait());
        await until(() => failures === waits.length + 1);
      }
      expect(waits).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000]);
      answerRefresh = board.node;
      failures = 0;
      await clickRefresh();
      expect(await wait()).toBe(refreshMs);
    });

    it('where no answer has come for 15 s', async () => {
      await log('info', 'hello');
      const page = await openOutOfTime();
      const late = await refreshHeld();
      await page.clock.runFor(lateMs - 1);
      expect(await isStale()).toBe(false);
      await page.clock.runFor(1);
      await until(isStale);
      expect(await tab.text('#status')).toMatch(/^The page cannot be refreshed\. .* Trying again\.$/);
      await ended(late);
      await page.clock.runFor(2 * refreshMs);
      await until(async () => !(await isStale()));
    });

    it('and then takes the answer in full, though nothing has changed', async () => {
      await log('info', 'hello');
      await open();
      await tab.refreshed();
      answerRefresh = refuse;
      await until(async () => (await tab.text('#status')).startsWith('Redis does not answer.'));
      answerRefresh = board.node;
      await until(async () => (await tab.text('#status')) === 'First hour: nothing to compare with yet');
      expect(await isStale()).toBe(false);
    });

    it('where it is sent elsewhere to sign in, and does not go there', async () => {
      await log('info', 'hello');
      const page = await open();
      const address = page.url();
      answerRefresh = (_request, response) => void response.writeHead(302, { Location: '/sign-in' }).end();
      await until(isStale);
      expect(await tab.text('#status')).toMatch(/^The page cannot be refreshed\. .* Trying again\.$/);
      expect([strays, page.url(), await tab.messages('lines')]).toEqual([[], address, ['hello']]);
      answerRefresh = board.node;
      await until(async () => !(await isStale()));
    });
  });
});
