import type { RequestListener } from 'node:http';
import type { Page, Request } from 'playwright-core';
import { RecentCommonReader } from '../../src';
import type { Dashboard } from '../../src/dashboard';
import { clearOfTheTurn } from '../support/hours';
import { RedisServer } from '../support/redis/servers';
import { describeWith } from '../support/requirements';
import { describeWithBrowser, openTab, REFRESH_MS, type Tab } from '../support/viewers/browser';
import { ask, logCounts, makeDashboard, Site, toQuery } from '../support/viewers/dashboard';
import { until } from '../support/wait';
import { Workspace } from '../support/workspace';

/** How long the page waits for an answer. */
const ANSWER_MS = 15_000;
/** What a browser complains of if an answer is no success. */
const FAILURE = /Failed to load resource/;
const FIRST_HOUR = 'First hour: nothing to compare with yet';

jest.setTimeout(60_000);

/** The page of a logger of its own for each test, on a site whose answers to refreshes can be replaced. */
function openPage() {
  const browser = openTab({ expected: FAILURE });
  let workspace: Workspace;
  let board: Dashboard;
  let site: Site;
  let loggers = 0;
  let name: string;
  let answerRefresh: RequestListener;
  /** Paths that were asked for besides the page's own. */
  let strays: string[];
  /** Sends the answers that are held. */
  let release: (() => void)[];

  beforeAll(async () => {
    workspace = await Workspace.open();
    board = makeDashboard(workspace, { refreshMs: REFRESH_MS });
    site = await Site.open((request, response) => {
      const url = request.url as string;
      if (!url.startsWith('/?')) strays.push(url);
      (url.includes('format=parts') ? answerRefresh : board.node)(request, response);
    });
  });
  beforeEach(async () => {
    await clearOfTheTurn();
    name = `app${++loggers}`;
    answerRefresh = board.node;
    [strays, release] = [[], []];
  });
  afterAll(async () => {
    await site.close();
    await workspace.close();
  });

  /** Answers with the state at the time of the request, but only once it is released. */
  const hold: RequestListener = async (request, response) => {
    const held = await ask(board, (request.url as string).slice(1));
    const body = await held.text();
    release.push(() => response.writeHead(held.status, Object.fromEntries(held.headers)).end(body));
  };

  return {
    get tab(): Tab {
      return browser.tab;
    },
    get page(): Page {
      return browser.tab.page;
    },
    get strays(): readonly string[] {
      return strays;
    },

    open: () => browser.tab.goto(`${site.url}/${toQuery({ name })}`),
    log: (counts: Parameters<typeof logCounts>[2], hoursAgo = 0) => logCounts(workspace, name, counts, hoursAgo),

    /** Answers refreshes with this; by default as the dashboard does. */
    answerRefreshes(answer: RequestListener = board.node): void {
      answerRefresh = answer;
    },

    /** Asks for a refresh whose answer is held. */
    async refreshHeld(): Promise<Request> {
      answerRefresh = hold;
      const earlier = release.length;
      const [request] = await Promise.all([browser.tab.page.waitForRequest(/format=parts/), this.click('Refresh')]);
      await until(() => release.length > earlier);
      answerRefresh = board.node;
      return request;
    },

    /** Releases the nth answer that was held, and waits until its request has ended and the page has done its part. */
    async releaseAnswer(nth: number, request: Request): Promise<void> {
      release[nth]?.();
      await (await request.response())?.finished();
      await browser.tab.page.evaluate(`fetch(location.origin + '/?asset=style').then((response) => response.text())`);
    },

    async click(name: 'Refresh' | 'Pause' | 'Resume'): Promise<void> {
      await browser.tab.page.getByRole(name === 'Refresh' ? 'link' : 'button', { name }).click();
    },
    lines: () => browser.tab.messages('lines'),
    status: () => browser.tab.text('#status'),
    isStale: () => browser.tab.page.locator('main.stale').isVisible(),
    selected: () => browser.tab.page.evaluate<string>('String(getSelection())'),
    focusedRow: () => browser.tab.page.evaluate<string>(`document.activeElement.closest('tr')?.textContent ?? ''`),
  };
}

const refuse: RequestListener = (_request, response) => {
  response.writeHead(503).end(JSON.stringify({ error: 'Redis does not answer.' }));
};

describeWithBrowser('the script of the page', () => {
  const shown = openPage();

  describe('a refresh of the page', () => {
    it('shows what begins to surge, at the top of what changed', async () => {
      await shown.log({ error: { timeout: 10, refused: 10 } }, 1);
      await shown.log({ error: { refused: 10 } });
      await shown.open();
      await shown.log({ error: { timeout: 900 } });
      await shown.tab.refresh();
      expect(await shown.page.locator('table.changes td').first().textContent()).toMatch(/^▲ surging ×\d/);
      expect(await shown.tab.messages('changes')).toEqual([expect.stringContaining('timeout')]);
      expect(await shown.status()).toBe('1 surging');
    });

    it('comes by itself in real time', async () => {
      await shown.log({ info: { one: 1 } });
      await shown.open();
      await shown.tab.inRealTime(async () => {
        await shown.log({ info: { two: 1 } });
        await until(async () => (await shown.lines()).length === 2);
      });
    });

    it('sends the tag of the answer shown, and changes nothing if that is the newest', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      await shown.tab.refresh();
      // A minute may turn between two refreshes.
      await until(async () => {
        const [again] = await Promise.all([shown.page.waitForResponse(/format=parts/), shown.tab.refresh()]);
        expect(await again.request().headerValue('if-none-match')).toMatch(/^W\/"/);
        return again.status() === 304;
      });
      expect(await shown.lines()).toEqual(['hello']);
    });

    it.each([
      ['is given up', ''],
      ['comes all the same', 'AbortController.prototype.abort = () => undefined'],
    ])('changes nothing if a newer one was asked for and its answer %s', async (_how, script) => {
      await shown.log({ info: { one: 1 } });
      await shown.open();
      await shown.page.evaluate(script);
      await shown.log({ info: { two: 1 } });
      const overtaken = await shown.refreshHeld();
      await shown.log({ info: { three: 1 } });
      const newest = await shown.refreshHeld();
      const updated = await shown.tab.text('#updated');
      await shown.releaseAnswer(0, overtaken);
      expect(await shown.lines()).toEqual(['one']);
      expect([await shown.isStale(), await shown.tab.text('#updated')]).toEqual([false, updated]);
      await shown.releaseAnswer(1, newest);
      expect(await shown.lines()).toEqual(['three', 'two', 'one']);
    });
  });

  describe('a paused page', () => {
    it('is not refreshed until it is resumed, and then at once', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      await shown.click('Pause');
      await shown.log({ info: { 'while it was paused': 1 } });
      await shown.tab.pass(60_000);
      expect(await shown.tab.asked()).toBe(0);
      await shown.click('Resume');
      await shown.tab.settled();
      expect(await shown.lines()).toEqual(['while it was paused', 'hello']);
      await shown.tab.refresh();
    });

    it('ignores an answer that was under way', async () => {
      await shown.log({ info: { one: 1 } });
      await shown.open();
      await shown.log({ info: { two: 1 } });
      const underWay = await shown.refreshHeld();
      const updated = await shown.tab.text('#updated');
      await shown.click('Pause');
      await shown.releaseAnswer(0, underWay);
      expect(await shown.lines()).toEqual(['one']);
      expect([await shown.isStale(), await shown.tab.text('#updated')]).toEqual([false, updated]);
      await shown.click('Resume');
      await shown.tab.settled();
      expect(await shown.lines()).toEqual(['two', 'one']);
    });

    it('is refreshed if that is asked for, and by a filter, but once each', async () => {
      await shown.log({ info: { one: 1 } });
      await shown.open();
      await shown.click('Pause');
      await shown.log({ info: { two: 1 } });
      await shown.click('Refresh');
      await shown.tab.settled();
      expect(await shown.lines()).toEqual(['two', 'one']);
      await shown.page.getByRole('searchbox').fill('one');
      await shown.page.keyboard.press('Enter');
      await shown.tab.settled();
      expect(await shown.lines()).toEqual(['one']);
      const asked = await shown.tab.asked();
      await shown.tab.pass(60_000);
      expect(await shown.tab.asked()).toBe(asked);
    });
  });

  describe('a hidden page', () => {
    it('is not refreshed until it is seen again, and then at once', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      const hide = async (isHidden: boolean): Promise<void> => {
        await shown.page.evaluate(`
          Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        `);
      };
      await hide(true);
      await shown.tab.pass(60_000);
      expect(await shown.tab.asked()).toBe(0);
      await hide(false);
      expect(await shown.tab.asked()).toBe(1);
      await shown.tab.settled();
    });
  });

  describe('a refreshed page', () => {
    it('keeps open what is open, selected what is selected and focused what is focused', async () => {
      await shown.log({ info: { hello: 1 } }, 1);
      await shown.log({ error: { [`boom\n${'    at x\n'.repeat(5)}`]: 1 } });
      await shown.open();
      const change = shown.page.locator('table.changes details').first();
      await change.locator('summary').first().click();
      await shown.page.locator('table.lines details > summary').first().click();
      await shown.page.locator('table.lines details .whole').first().selectText();
      await shown.page.locator('table.changes summary').first().focus();
      await shown.log({ error: { another: 3 }, critical: { 'the gravest': 1 } });
      await shown.tab.refresh();
      expect(await shown.tab.messages('changes')).toHaveLength(3);
      const row = shown.page.locator('table.changes tr', { hasText: 'boom' });
      expect(await row.locator('details').first().getAttribute('open')).toBe('');
      expect(await shown.selected()).toContain('at x');
      expect(await shown.focusedRow()).toContain('boom');
    });

    it('keeps the focus in a row that moves', async () => {
      await shown.log({ info: { hello: 1 } }, 1);
      await shown.log({ error: { first: 50, second: 20 } });
      await shown.open();
      await shown.page.locator('table.changes summary', { hasText: 'second' }).focus();
      await shown.log({ error: { second: 900 } });
      await shown.tab.refresh();
      expect((await shown.tab.messages('changes'))[0]).toMatch(/^second/);
      expect(await shown.focusedRow()).toContain('second');
    });

    it.each([['changes'], ['frequent']])('keeps what is selected in the table %s until nothing is', async (table) => {
      await shown.log({ info: { hello: 1 } }, 1);
      await shown.log({ error: { boom: 12 } });
      await shown.open();
      const count = shown.page.locator(`table.${table} tr`, { hasText: 'boom' }).locator('td.now');
      await count.selectText();
      await shown.log({ error: { boom: 30 } });
      await shown.tab.refresh();
      expect(await shown.tab.text('#summary')).toMatch(/^42 /);
      await shown.tab.refresh();
      expect([await shown.selected(), await count.textContent()]).toEqual(['12', '12']);
      await shown.page.evaluate('getSelection().removeAllRanges()');
      await shown.tab.refresh();
      expect(await count.textContent()).toBe('42');
    });

    it('keeps what is selected in several parts, in whichever direction', async () => {
      await shown.log({ info: { hello: 1 } }, 1);
      await shown.log({ error: { boom: 12 } });
      await shown.open();
      const count = shown.page.locator('table.frequent tr', { hasText: 'boom' }).locator('td.now');
      await shown.log({ error: { boom: 30 } });
      for (const [from, to] of [
        ['#severities', '#lines h2'],
        ['#lines h2', '#severities'],
      ]) {
        await shown.page.evaluate(
          `getSelection().setBaseAndExtent(document.querySelector('${from}'), 0, document.querySelector('${to}'), 1)`,
        );
        const selected = await shown.selected();
        await shown.tab.refresh();
        expect([await shown.selected(), await count.textContent()]).toEqual([selected, '12']);
      }
      await shown.page.evaluate('getSelection().removeAllRanges()');
      await shown.tab.refresh();
      expect(await count.textContent()).toBe('42');
    });

    it('holds new lines back while a line is selected, and says how many', async () => {
      await shown.log({ info: { one: 1 } });
      await shown.open();
      await shown.page.locator('table.lines td.message .text').selectText();
      await shown.log({ info: { two: 1 } });
      await shown.tab.refresh();
      await shown.tab.refresh();
      expect([await shown.lines(), await shown.selected()]).toEqual([['one'], 'one']);
      await shown.page.getByRole('button', { name: '1 new line' }).click();
      expect(await shown.lines()).toEqual(['two', 'one']);
    });

    describe('that is scrolled down to older lines', () => {
      beforeEach(async () => {
        const numbered = Array.from({ length: 90 }, (_, i) => [`line ${i}`, 1] as const);
        await shown.log({ info: Object.fromEntries(numbered) });
        await shown.open();
        await shown.page.locator('table.lines tr').nth(60).scrollIntoViewIfNeeded();
      });

      it('holds new lines back, says how many, and shows them when asked', async () => {
        const row = shown.page.locator('table.lines tr', { hasText: 'line 30' });
        const position = (): Promise<number> => row.evaluate((element) => element.getBoundingClientRect().top);
        const before = await position();
        await shown.log({ info: { new: 1, newer: 1 } });
        await shown.tab.refresh();
        // Some rows of a table are a part of a pixel higher than others.
        expect(Math.abs((await position()) - before)).toBeLessThanOrEqual(1);
        expect(await shown.lines()).toHaveLength(90);
        await shown.page.getByRole('button', { name: '2 new lines' }).click();
        expect((await shown.lines()).slice(0, 3)).toEqual(['newer', 'new', 'line 89']);
        expect(await shown.page.locator('#more').isHidden()).toBe(true);
        expect(await shown.page.evaluate(`document.activeElement?.textContent`)).toBe('Latest lines');
      });

      it('shows held lines once it is scrolled back up, without another refresh', async () => {
        await shown.log({ info: { new: 1 } });
        await shown.tab.refresh();
        await shown.page.getByRole('button', { name: '1 new line' }).waitFor();
        const asked = await shown.tab.asked();
        await shown.page.evaluate('scrollTo(0, 0)');
        await until(async () => (await shown.lines())[0] === 'new');
        expect(await shown.page.locator('#more').isHidden()).toBe(true);
        expect(await shown.tab.asked()).toBe(asked);
      });
    });
  });

  describe('a refresh that fails', () => {
    it('is tried again ever later, after 30 s at most, and after a success as soon as before', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      let failures = 0;
      shown.answerRefreshes((_request, response) => {
        response.writeHead(503).end(JSON.stringify({ error: `Failure ${++failures}.` }));
      });
      /** Expects a refresh after this time and not before, and waits until the page shows its outcome. */
      const expectAfter = async (ms: number, status: RegExp): Promise<void> => {
        const before = await shown.tab.asked();
        await shown.tab.pass(ms - 1);
        expect([ms, await shown.tab.asked()]).toEqual([ms, before]);
        await shown.tab.pass(1);
        expect([ms, await shown.tab.asked()]).toEqual([ms, before + 1]);
        await until(async () => status.test(await shown.status()));
      };
      await expectAfter(REFRESH_MS, /^Failure 1\./);
      for (const [i, wait] of [2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
        await expectAfter(wait, new RegExp(`^Failure ${i + 2}\\.`));
      }
      shown.answerRefreshes();
      await expectAfter(30_000, /^First hour/);
      await expectAfter(REFRESH_MS, /^First hour/);
    });

    it('is given up after 15 s without an answer, which the page says', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      await shown.refreshHeld();
      await shown.tab.pass(ANSWER_MS - 1);
      expect(await shown.isStale()).toBe(false);
      await shown.tab.pass(1);
      await until(shown.isStale);
      expect(await shown.status()).toMatch(/^The page cannot be refreshed\. .* Trying again\.$/);
      await shown.tab.refresh();
      expect(await shown.isStale()).toBe(false);
    });

    it('is followed by an answer in full, even if nothing has changed', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      await shown.tab.refresh();
      shown.answerRefreshes(refuse);
      await shown.tab.refresh();
      expect(await shown.status()).toMatch(/^Redis does not answer\./);
      shown.answerRefreshes();
      await shown.tab.refresh();
      expect([await shown.status(), await shown.isStale()]).toEqual([FIRST_HOUR, false]);
    });

    it('is tried again at once when the browser is online again', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      shown.answerRefreshes(refuse);
      for (let i = 0; i < 4; i++) await shown.tab.refresh();
      shown.answerRefreshes();
      const asked = await shown.tab.asked();
      await shown.page.evaluate(`dispatchEvent(new Event('online'))`);
      expect(await shown.tab.asked()).toBe(asked + 1);
      await shown.tab.settled();
      expect(await shown.isStale()).toBe(false);
    });

    it('does not follow a redirect to a page for signing in', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      const address = shown.page.url();
      shown.answerRefreshes((_request, response) => void response.writeHead(302, { Location: '/sign-in' }).end());
      await shown.tab.refresh();
      expect(await shown.isStale()).toBe(true);
      expect(await shown.status()).toMatch(/^The page cannot be refreshed\. .* Trying again\.$/);
      expect([shown.strays, shown.page.url(), await shown.lines()]).toEqual([[], address, ['hello']]);
      shown.answerRefreshes();
      await shown.tab.refresh();
      expect(await shown.isStale()).toBe(false);
    });

    it.each([401, 403])('says that the log may no longer be seen if the answer is %i', async (code) => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      shown.answerRefreshes((_request, response) => void response.writeHead(code).end());
      await shown.tab.refresh();
      expect(await shown.status()).toMatch(/^You may no longer see this log\. .* Trying again\.$/);
      shown.answerRefreshes();
      await shown.tab.refresh();
      expect(await shown.status()).toBe(FIRST_HOUR);
    });
  });

  describe('a page whose server has another version by now', () => {
    const update: RequestListener = (_request, response) => {
      response.end(JSON.stringify({ title: 'new', version: 'new', parts: { news: ['div', { id: 'news' }] } }));
    };

    it('is loaded again, with its filter', async () => {
      await shown.log({ info: { hello: 1, other: 1 } });
      await shown.open();
      await shown.page.locator('#filter').fill('hello');
      await shown.tab.pass(1000);
      await shown.tab.settled();
      await shown.page.evaluate('document.activeElement.blur()');
      shown.answerRefreshes(update);
      await Promise.all([shown.page.waitForEvent('load'), shown.click('Refresh')]);
      shown.answerRefreshes();
      expect(await shown.lines()).toEqual(['hello']);
      await shown.tab.refresh();
      expect(await shown.isStale()).toBe(false);
    });

    it('says so while text is selected or the filter is typed', async () => {
      await shown.log({ info: { hello: 1 } });
      await shown.open();
      const row = shown.page.locator('table.lines td.message .text');
      shown.answerRefreshes(update);
      for (const use of [() => row.selectText(), () => shown.page.locator('#filter').focus()]) {
        await use();
        await shown.tab.refresh();
        expect(await shown.status()).toMatch(/^The server has another version of this page: load it again\./);
        expect(await shown.lines()).toEqual(['hello']);
      }
      shown.answerRefreshes();
      await shown.tab.refresh();
      expect(await shown.isStale()).toBe(false);
    });
  });

  describeWith('server')('a page whose Redis is killed and started again', () => {
    it('says so, keeps what it has, and goes on by itself', async () => {
      const server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
      const away = await Workspace.open(server.url);
      // A server forgets its users when it is killed.
      const reader = new RecentCommonReader({ url: server.url, keyPrefix: away.prefix });
      const site = await Site.open(makeDashboard(away, { reader, refreshMs: REFRESH_MS }).node);
      const transport = away.transport({ name: 'app', url: server.url });
      transport.log({ level: 'info', message: 'before' });
      await transport.flush();
      const { tab } = shown;
      await tab.goto(`${site.url}/?name=app`, { width: 900, height: 500 });
      await server.kill();
      await tab.refresh();
      expect(await tab.text('#status')).toMatch(
        /^Redis does not answer \(\w+\)\. Showing data from .*\d\d:\d\d:\d\d\. Trying again\.$/,
      );
      expect(await tab.messages('lines')).toEqual(['before']);
      expect(await tab.page.locator('main').getAttribute('class')).toBe('stale');
      await tab.picture('redis-away');
      transport.log({ level: 'info', message: 'after' });
      await server.start();
      await until(async () => {
        await tab.refresh();
        return (await tab.messages('lines')).length === 2;
      }, 40_000);
      expect(await tab.messages('lines')).toEqual(['after', 'before']);
      expect(await tab.page.locator('main').getAttribute('class')).toBe('');
      await site.close();
      reader.close();
      await away.close();
      await server.stop();
    }, 90_000);
  });
});
