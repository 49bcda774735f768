import { RecentCommonReader } from '../../src';
import type { Dashboard, Snapshot } from '../../src/dashboard';
import { clearOfTheTurn } from '../support/hours';
import { describeWithClock, ServerClock } from '../support/redis/server-clock';
import { RedisServer } from '../support/redis/servers';
import {
  ask,
  type Counts,
  logCounts,
  makeDashboard,
  tableMessages,
  tableRows,
  textById,
  textIn,
  toQuery,
} from '../support/viewers/dashboard';
import { Workspace } from '../support/workspace';

let workspace: Workspace;
let board: Dashboard;
let loggers = 0;
let name: string;

beforeAll(async () => {
  workspace = await Workspace.open();
  board = makeDashboard(workspace);
});
beforeEach(async () => {
  await clearOfTheTurn();
  name = `app${++loggers}`;
});
afterAll(() => workspace.close());

/** Logs in the hour before, and this hour. */
async function log(before: Counts, now: Counts): Promise<void> {
  await logCounts(workspace, name, before, 1);
  await logCounts(workspace, name, now);
}

async function page(more = '', dashboard = board): Promise<string> {
  return (await ask(dashboard, `?name=${name}${more}`)).text();
}

async function snapshot(more = ''): Promise<Snapshot> {
  return (await (await ask(board, `?name=${name}&format=json${more}`)).json()) as Snapshot;
}

describe('the panel of changes', () => {
  it('shows new and surging messages first, graver severities before others, then fading ones', async () => {
    await log(
      { info: { 'mail sent': 40_000_000 }, error: { timeout: 10, declined: 5 } },
      { info: { 'voucher used': 900 }, error: { timeout: 500, refused: 3 } },
    );
    const html = await page();
    const [timeout, refused, voucher, mail, ...others] = tableRows(html, 'changes');
    expect(timeout).toEqual([
      expect.stringMatching(/^▲ surging ×\d/),
      'error',
      '500',
      expect.any(String),
      '10',
      '–',
      expect.stringMatching(/^\d\d:\d\d – \d\d:\d\d$/),
      expect.stringContaining('timeout'),
    ]);
    expect(refused?.slice(0, 3)).toEqual(['new', 'error', '3']);
    expect(refused?.[7]).toContain('Newest line');
    expect(voucher?.slice(0, 5)).toEqual(['new', 'info', '900', '0', '0']);
    expect(mail?.slice(0, 3)).toEqual([expect.stringMatching(/^▼ fading (×0\.0\d|<×0\.01)$/), 'info', '0']);
    expect(mail?.[7]).toContain('No line of this message is among the latest.');
    expect(others).toEqual([]);
    expect(textById(html, 'status')).toBe('2 new, 1 surging, 1 fading');
  });

  it('calls a message new if its severity was silent in the hour before, but its logger was not', async () => {
    await log({ info: { hello: 20 } }, { critical: { 'disk full': 1 } });
    const [[status, severity, now] = []] = tableRows(await page(), 'changes');
    expect([status, severity, now]).toEqual(['new', 'critical', '1']);
    expect(tableRows(await page('&severity=critical'), 'changes')).toHaveLength(1);
  });

  it('calls nothing new in the first hour of a logger, since there is nothing to compare with', async () => {
    await logCounts(workspace, name, { error: { failed: 50 } });
    const html = await page();
    expect(textById(html, 'status')).toBe('First hour: nothing to compare with yet');
    expect(tableRows(html, 'changes')).toEqual([]);
    expect(textById(html, 'severities')).not.toContain('×');
    expect(tableRows(html, 'frequent')).toHaveLength(1);
  });

  it('shares its rows equally between the severities, and says how many more messages changed', async () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`message ${i}`, 1]));
    await log({ info: { hello: 1 } }, { error: many, info: { ...many, surge: 200 } });
    const html = await page('&group=message');
    const severities = tableRows(html, 'changes').map(([, severity]) => severity);
    expect(severities).toEqual([...Array(20).fill('error'), ...Array(20).fill('info')]);
    expect(tableMessages(html, 'changes')[20]).toContain('surge');
    expect(textIn(html)).toContain('81 more changed. Choose a severity to see more of its messages.');
    expect(tableRows(await page('&group=message&severity=error'), 'changes')).toHaveLength(40);
  });

  it('gives rows that one severity does not need to the others', async () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`message ${i}`, 1]));
    const steady = { info: { hello: 20 }, warning: { slow: 20 }, debug: { cached: 20 } };
    await log({ ...steady, error: { declined: 1 } }, { ...steady, error: many });
    const html = await page('&group=message');
    expect(tableRows(html, 'changes').filter(([status]) => status === 'new')).toHaveLength(30);
    expect(textIn(html)).not.toContain('Choose a severity');
  });

  it('does not say that nothing changed if <other> may include what did', async () => {
    await log({ error: { '<other>': 5000, 'connection lost': 30 } }, { error: { '<other>': 90_000, refused: 20 } });
    const html = await page();
    expect(textById(html, 'status')).toMatch(
      /^Too many different messages to tell which changed; all together >?×\d+(\.\d)?$/,
    );
    expect(textById(html, 'changes')).toContain('<other> includes so many messages');
    await logCounts(workspace, name, { info: { 'never seen': 5 } });
    const both = await page();
    expect(textById(both, 'status')).toBe('1 new');
    expect(textIn(both)).toContain('2 others may have changed: <other> may include their counts.');
  });

  it('marks the totals of severities that have changed with an arrow', async () => {
    await log(
      { info: { up: 100, down: 1 }, error: { e: 100_000 }, debug: { d: 0 } },
      { info: { up: 90_000 }, error: { e: 1 } },
    );
    const tiles = [...(await page()).matchAll(/<a class="tile".*?<\/a>/g)].map(([html]) => textIn(html));
    expect(tiles.find((tile) => tile.startsWith('error'))).toMatch(
      /▼ fading <?×0\.\d\d what the hour before predicts$/,
    );
    expect(tiles.find((tile) => tile.startsWith('info'))).toMatch(/▲ surging >?×\d+ what the hour before predicts$/);
    expect(tiles.find((tile) => tile.startsWith('warning'))).toBe('warning0');
  });

  it('shows a line that was counted as the message, not one that only begins like it', async () => {
    await log({ info: { hello: 1 } }, { error: { 'disk full': 1 } });
    await logCounts(workspace, name, { error: { 'disk fuller': 1 } });
    const { changes } = await snapshot();
    const samples = changes.map(({ message, sample }) => [message, sample?.message]);
    expect(Object.fromEntries(samples)).toEqual({ 'disk full': 'disk full', 'disk fuller': 'disk fuller' });
  });

  it('shows the newest line of a message that has placeholders', async () => {
    const transport = workspace.transport({ name, commonKey: () => 'user <number> failed from <host>' });
    await logCounts(workspace, name, { info: { hello: 1 } }, 1);
    for (const host of ['10.0.0.1', '10.0.0.2']) {
      transport.log({ level: 'error', message: `user 17 failed from ${host}`, attempt: 2 });
      transport.log({ level: 'error', message: 'something else' });
    }
    await transport.flush();
    const { changes } = await snapshot();
    expect(changes[0]?.sample?.message).toBe('user 17 failed from 10.0.0.2 {"attempt":2}');
    expect(await page()).toContain('<span class="placeholder">&lt;host&gt;</span>');
  });

  it('says that a line which is kept, and not among the latest, is the first of its hour', async () => {
    const transport = workspace.transport({ name, recentLimit: 1 });
    await logCounts(workspace, name, { info: { hello: 1 } }, 1);
    for (const message of ['order 17 lost', 'order 17 lost', 'order 18 lost', 'refused']) {
      transport.log({ level: 'error', message });
    }
    await transport.flush();
    const samples = async (more = ''): Promise<string[]> =>
      tableRows(await page(more), 'changes').map(
        (cells) => /(?:Newest|Kept) line[^:]*/.exec(cells[7] ?? '')?.[0] ?? '',
      );
    const [kept, variant, newest] = ['Kept line, the first of its hour', ' with one of the variants', 'Newest line'];
    expect((await samples('&group=message')).sort()).toEqual([kept, kept, newest]);
    expect((await samples()).sort()).toEqual([`${kept}${variant}`, newest]);
  });
});

/** Thirty errors that differ, each logged so often. */
const manyErrors = (count: number): Counts => ({
  error: Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`${String.fromCharCode(97 + i).repeat(3)} failed`, count]),
  ),
});

describe('an error count that surges', () => {
  it('shows so in words and colour beside the messages that are new', async () => {
    await log({ error: { timeout: 10 } }, { error: { timeout: 500, refused: 3 } });
    const html = await page();
    const [, tile = ''] = /<a class="tile"[^>]*>(<span class="severity error">.*?)<\/a>/.exec(html) ?? [];
    expect(textIn(tile)).toMatch(/^error5031 new▲ surging ×\d+ what the hour before predicts$/);
    expect(tile).toMatch(/<span class="times level-grave"[^>]*>▲ surging/);
    const start = await (await ask(makeDashboard(workspace), `?filter=${name}`)).text();
    expect(textById(start, 'cards')).toMatch(/error 503 ▲ surging ×\d+ what the hour before predicts/);
  });

  it('is told though no message surges by itself, and makes its logger urgent', async () => {
    await log(manyErrors(2), manyErrors(8));
    await logCounts(workspace, `${name}-calm`, { info: { hello: 8 } }, 1);
    await logCounts(workspace, `${name}-calm`, { info: { hello: 8 } });
    expect(textById(await page('&group=message'), 'status')).toBe(
      'No message is new or surging by itself, but error as a whole',
    );
    const start = await (await ask(makeDashboard(workspace), `?filter=${name}`)).text();
    expect(textById(start, 'status')).toBe('Counts surging in 1 of 2 loggers');
    expect(textById(start, 'summary')).toMatch(/^2 of \d+ loggers pass the filter$/);
    expect(start.match(/class="card [^"]*/g)).toEqual(['class="card level-grave', 'class="card level-quiet']);
    expect(textIn(start)).toContain('no message is new or surging by itself');
  });
});

describe('the panel of frequent messages', () => {
  it('shows the counts of both hours with shares, most frequent first', async () => {
    await log({ info: { a: 400, b: 100, old: 10_000 } }, { info: { a: 300, b: 600 }, warning: { c: 100 } });
    const html = await page();
    const messages = tableMessages(html, 'frequent');
    const rows = tableRows(html, 'frequent').map((cells, i) => [...cells.slice(1, 5), messages[i]]);
    // While the hour is young, those of the hour before are among them.
    expect(rows.filter(([, now]) => now !== '0')).toEqual([
      ['info', '600', '60%', '100', 'b'],
      ['info', '300', '30%', '400', 'a'],
      ['warning', '100', '10%', '0', 'c'],
    ]);
  });

  it('is ordered by the hour before if that is asked for, and says so', async () => {
    await log({ info: { a: 5, b: 9 } }, { info: { a: 50, c: 70 } });
    const html = await page('&sort=previous');
    expect(tableMessages(html, 'frequent')).toEqual(['b', 'a']);
    expect(html).toContain('Most frequent in the hour before');
    expect(html).toMatch(/aria-sort="descending"><a href="[^"]*sort=previous">/);
    expect(html.match(/aria-sort/g)).toHaveLength(1);
  });

  it('shows at most ten messages, and how many log calls <other> stands for', async () => {
    const transport = workspace.transport({ name, commonLimit: 5 });
    for (let i = 0; i < 30; i++) transport.log({ level: 'info', message: `message ${i}` });
    await transport.flush();
    const html = await page();
    expect(textIn(html)).toMatch(/<other> stands for 2\d log calls of messages too rare to be counted one by one/);
    expect(tableMessages(html, 'frequent')[0]).toBe('<other>');
    await logCounts(workspace, name, { error: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`m${i}`, 1])) });
    expect(tableRows(await page('&group=message'), 'frequent')).toHaveLength(10);
  });
});

describe('the panel of latest lines', () => {
  it('shows the newest hundred lines of all severities', async () => {
    await logCounts(workspace, name, {
      info: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`line ${i}`, 1])),
    });
    await logCounts(workspace, name, {
      error: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`fault ${i}`, 1])),
    });
    const rows = tableRows(await page(), 'lines');
    expect(rows).toHaveLength(100);
    expect(new Set(rows.map(([, severity]) => severity))).toEqual(new Set(['error', 'info']));
    expect(rows[0]?.[0]).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it('filters all stored lines by a text, in upper or lower case', async () => {
    await logCounts(workspace, name, { info: { 'Order 1 placed': 1, 'mail sent': 99 } });
    expect(tableMessages(await page('&filter=ORDER'), 'lines')).toEqual(['Order 1 placed']);
    expect(await page('&filter=nothing')).toContain('No stored line contains this text.');
    const old = Array.from({ length: 700 }, (_, i) => `2026-11-24T12:00:00.000Z line ${i}`);
    await workspace.redis.rPush(workspace.key(`recent:${name}:info`), old);
    expect(tableMessages(await page('&filter=line%20699'), 'lines')).toEqual(['line 699']);
    const long = 'x'.repeat(300);
    expect(await page(`&filter=${long}`)).toContain(`value="${'x'.repeat(200)}"`);
  });

  it.each([
    ['order 17', 1],
    ['Order 17 user ANN', 1],
    ['placed order 17', 1],
    ['"order":17', 1],
    ['order 1', 2],
    ['order 7', 0],
    [' : ', 0],
    ['": ', 0],
    ['checkout.js:7', 1],
    ['boom at pay', 1],
  ])('filters by what is shown of a line, its metadata and its stack included: %j', async (filter, found) => {
    const transport = workspace.transport({ name });
    for (const order of [17, 18])
      transport.log({ level: 'info', message: 'placed', order, user: order === 17 ? 'Ann' : 'Bob' });
    const error = new Error('boom');
    error.stack = 'Error: boom\n    at pay (checkout.js:7:1)';
    transport.log({ level: 'error', message: error });
    await transport.flush();
    expect(tableRows(await page(`&filter=${encodeURIComponent(filter)}`), 'lines')).toHaveLength(found);
  });

  it('filters by its form without a script, whatever the name of the logger', async () => {
    name = 'a&b \r\n "c" é';
    await logCounts(workspace, name, { info: { one: 1, two: 1 }, error: { two: 1 } });
    const html = await (await ask(board, toQuery({ name, severity: 'info' }))).text();
    const view = textIn(/<input type="hidden" name="view" value="([^"]*)">/.exec(html)?.[1] as string);
    expect(view).toMatch(/^[\x21-\x7e]+$/);
    const filtered = await (await ask(board, toQuery({ view, filter: 'two' }))).text();
    expect(tableRows(filtered, 'lines').map((cells) => cells.slice(1))).toEqual([['info', 'two']]);
    expect(filtered).toContain('value="two"');
  });

  it('gives each line a key of its own, which stays the same while others come', async () => {
    await logCounts(workspace, name, { info: { twice: 2, once: 1 } });
    const before = (await snapshot()).lines.map(({ key }) => key);
    await logCounts(workspace, name, { info: { twice: 1 }, error: { twice: 1 } });
    const { lines } = await snapshot();
    expect(new Set(lines.map(({ key }) => key)).size).toBe(5);
    const after = lines.filter(({ severity }) => severity === 'info').map(({ key }) => key);
    expect(after.slice(-before.length)).toEqual(before);
  });

  it('closes long texts and those of several lines, and links to the whole text', async () => {
    const stack = `Error: boom\n${'    at somewhere\n'.repeat(300)}end of stack`;
    const transport = workspace.transport({ name });
    transport.log({ level: 'error', message: stack });
    transport.log({ level: 'error', message: `${'x'.repeat(300)} end of word` });
    await transport.flush();
    const html = await page();
    expect(html.match(/<details class="long">/g)?.length).toBeGreaterThanOrEqual(2);
    expect(html).toContain('end of word');
    expect(html).not.toContain('end of stack');
    const href = textIn(/<a href="([^"]*)">All [\d,]+ characters/.exec(html)?.[1] as string);
    const whole = await ask(board, href);
    expect(whole.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await whole.text()).toBe(stack);
    await workspace.redis.del(workspace.key(`recent:${name}:error`));
    expect((await ask(board, href)).status).toBe(404);
  });
});

describe('the top of the page', () => {
  it('shows the total of each severity beside what the hour before predicts, and links to each', async () => {
    await log({ info: { hello: 10 }, error: { failed: 10 } }, { error: { failed: 300 }, audit: { read: 2 } });
    const html = await page();
    const tiles = [...html.matchAll(/<a class="tile" href="([^"]*)"[^>]*>(.*?)<\/a>/g)];
    const shown = tiles.map(([, href, text]) => [
      textIn(href as string),
      textIn(text as string).replace(/(▲|▼|×|1 new).*/, ''),
    ]);
    expect(shown).toEqual([
      [`?name=${name}`, 'all302'],
      [`?name=${name}&severity=critical`, 'critical0'],
      [`?name=${name}&severity=error`, 'error300'],
      [`?name=${name}&severity=warning`, 'warning0'],
      [`?name=${name}&severity=info`, 'info0'],
      [`?name=${name}&severity=debug`, 'debug0'],
      [`?name=${name}&severity=audit`, 'audit2'],
    ]);
    expect(textIn(tiles[2]?.[2] as string)).toMatch(/▲ surging ×\d+ what the hour before predicts$/);
    expect(textById(html, 'summary')).toMatch(/^302 log calls this hour · \d+ minutes? into it$/);
    expect(await page('&severity=error')).toMatch(/severity=error" aria-current="true">/);
  });

  it('says that nothing was logged yet if there is nothing', async () => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: `${workspace.prefix}empty:` });
    const board = makeDashboard(workspace, { reader });
    expect(textById(await (await ask(board)).text(), 'status')).toBe('Nothing has been logged yet');
    expect((await ask(board, '?name=shop')).status).toBe(404);
    reader.close();
  });

  it('shows title, environment and the time between refreshes', async () => {
    await logCounts(workspace, name, { info: { hello: 1 } });
    const html = await page(
      '',
      makeDashboard(workspace, { title: 'Shop <logs>', environment: 'test', refreshMs: 2000 }),
    );
    expect(html).toContain(`<title>${name} · Shop &lt;logs&gt;</title>`);
    expect(html).toContain('<span class="environment">test</span>');
    expect(html).toContain('every 2 s');
  });

  it('links to the other loggers, with the gravest severity of each this hour', async () => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: `${workspace.prefix}menu:` });
    const write = async (logger: string, level: string, keyPrefix = `${workspace.prefix}menu:`): Promise<void> => {
      const transport = workspace.transport({ name: logger, keyPrefix });
      transport.log({ level, message: 'hello' });
      await transport.flush();
    };
    await write('c', 'critical');
    await workspace.redis.zAdd(workspace.key('menu:known'), { value: 'critical:c', score: Date.now() / 1000 - 7200 });
    await write('b', 'error');
    await write('b', 'warning');
    await write('a', 'info');
    const html = await (await ask(makeDashboard(workspace, { reader }), '?name=b')).text();
    const list = /<details id="loggers".*?<\/details>/s.exec(html)?.[0] as string;
    expect(textIn(list.replace(/<\/(summary|li)>/g, '|'))).toBe('Logger b|All loggers|a|berror|c|');
    expect(list).toMatch(/<a href="\?name=b" aria-current="page">/);
    reader.close();
  });
});

describe('an index with members that no writer has put there', () => {
  it('shows the page of each logger, and all of those that are some', async () => {
    const real = await workspace.reader.names();
    await logCounts(workspace, name, { info: { hello: 1 } });
    const lastSeen = new Date(Date.now() + 60_000);
    const bad = [`${name}`, 'x'.repeat(200), '', 'lone\ud800'].flatMap((other) =>
      ['', 'seq', 'a:b', 'x'.repeat(200)].map((severity) => ({ name: other, severity, lastSeen })),
    );
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const good = { name, severity: 'info', lastSeen };
    const all = [...bad, { ...good, lastSeen: new Date(Number.NaN) }, good, ...real];
    jest.spyOn(reader, 'names').mockResolvedValue(all);
    const total = { count: 1, previous: 0, messages: 1, expected: 0, score: null, status: 'unknown' as const };
    const hour = { start: new Date(), elapsed: 0.5 };
    jest.spyOn(reader, 'overview').mockResolvedValue(all.map((each) => ({ ...each, ...hour, ...total })));
    const board = makeDashboard(workspace, { reader });
    for (const query of ['', toQuery({ name }), toQuery({ name, format: 'json' })]) {
      const response = await ask(board, query);
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringContaining(query === '' ? name : 'hello'),
      ]);
    }
    reader.close();
  });
});

describe('the address of the page', () => {
  it.each([
    ['a property of every object', '__proto__'],
    ['the beginning of a name', 'app'],
    ['a name that is too long', 'x'.repeat(10_000)],
    ['the end of a key', 'app1:info'],
    ['a path', '../app1'],
  ])('is answered with 404 before any key is read if no logger has its name: %s', async (_case, unknown) => {
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const reads = (['recent', 'common', 'compare'] as const).map((method) => jest.spyOn(reader, method));
    await logCounts(workspace, name, { info: { hello: 1 } });
    const response = await ask(makeDashboard(workspace, { reader }), toQuery({ name: unknown }));
    expect(response.status).toBe(404);
    expect(textById(await response.text(), 'status')).toBe('There is no logger with this name.');
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    reader.close();
  });

  it('is that of every logger if its name is empty, as a form sends it', async () => {
    await logCounts(workspace, name, { info: { hello: 1 } });
    const html = await (await ask(makeDashboard(workspace), '?name=')).text();
    expect(html).toContain('<ul id="cards">');
    expect(textIn(html)).toContain(name);
  });

  it('limits what is read to the logger shown', async () => {
    await logCounts(workspace, name, { info: { hello: 1 } });
    await logCounts(workspace, `${name} beside`, { info: { hello: 1 } });
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const reads = (['recent', 'common', 'compare'] as const).map((method) => jest.spyOn(reader, method));
    await page('', makeDashboard(workspace, { reader }));
    expect(new Set(reads.flatMap((read) => read.mock.calls.map(([logger]) => logger)))).toEqual(new Set([name]));
    reader.close();
  });

  it('shows all severities if it has none that exist', async () => {
    await logCounts(workspace, name, { info: { hello: 1 } });
    expect(tableRows(await page('&severity=last&severity=a:b'), 'lines')).toHaveLength(1);
    expect((await snapshot('&severity=seq')).severities.every(({ isShown }) => isShown)).toBe(true);
  });

  it('limits what is read to its severities, and to the totals of the others', async () => {
    await log({ info: { hello: 7 } }, { info: { hello: 3 }, error: { failed: 2 }, debug: { idle: 5 } });
    const reader = new RecentCommonReader({ url: workspace.url, keyPrefix: workspace.prefix });
    const compare = jest.spyOn(reader, 'compare');
    const html = await page('&severity=error&severity=debug', makeDashboard(workspace, { reader }));
    expect(compare.mock.calls.map(([, severities]) => [...severities].sort())).toEqual([['debug', 'error']]);
    const severities = tableRows(html, 'lines').map(([, severity]) => severity);
    expect(new Set(severities)).toEqual(new Set(['debug', 'error']));
    expect(severities.length).toBeLessThan(7);
    expect(textIn(html)).toMatch(/×\d since/);
    expect(html).toMatch(/info<\/span><b>3<\/b>/);
    reader.close();
  });
});

describe('the page without its script', () => {
  it('is complete: tables with captions and headers, one status, and a link to refresh', async () => {
    await log({ info: { hello: 400 } }, { error: { failed: 4 } });
    const html = await page();
    expect(html.match(/<table /g)).toHaveLength(3);
    expect(html.match(/<caption /g)).toHaveLength(3);
    expect(html.match(/<th [^>]*scope="col"/g)).toHaveLength(8 + 7 + 3);
    expect(html.match(/role="status"/g)).toHaveLength(1);
    expect(html.match(/<button [^>]*hidden/g)).toHaveLength(2);
    expect(html).toContain(`<a id="refresh" href="?name=${name}">Refresh</a>`);
    expect(html).toMatch(
      /<time datetime="[^"]+Z" title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC">\d\d:\d\d:\d\d<\/time><span class="utc"> UTC/,
    );
  });

  it('has no inline style, script or handler, which its policy forbids', async () => {
    await logCounts(workspace, name, { info: { hello: 1 } });
    const html = await page();
    expect(html.match(/<script[^>]*>[^<]*<\/script>/g)).toEqual(['<script src="?asset=script" defer></script>']);
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  });
});

describeWithClock('the page of a young hour', () => {
  it('orders messages by an estimate of the last sixty minutes', async () => {
    const clock = ServerClock.create();
    const server = await RedisServer.start({ env: clock.env });
    const own = await Workspace.open(server.url);
    const passed = Math.floor(Date.now() / 1000) % 3600;
    clock.set(-passed - 600);
    await logCounts(own, 'shop', { info: { often: 600, seldom: 20 } });
    clock.set(-passed + 300);
    await logCounts(own, 'shop', { info: { seldom: 30 } });
    const young = await (await ask(makeDashboard(own), '?name=shop')).text();
    expect(tableRows(young, 'frequent').map((cells) => [cells[2], cells[4]])).toEqual([
      ['0', '600'],
      ['30', '20'],
    ]);
    expect(tableMessages(young, 'frequent')).toEqual(['often', 'seldom']);
    expect(young).toContain('The hour has just begun');
    expect(textById(young, 'summary')).toContain('5 minutes into it');
    clock.set(-passed + 1800);
    const later = await (await ask(makeDashboard(own), '?name=shop')).text();
    expect(tableMessages(later, 'frequent')).toEqual(['seldom']);
    expect(later).not.toContain('The hour has just begun');
    await own.close();
    await server.stop();
    clock.remove();
  });
});

describeWithClock('the page as the hour passes', () => {
  let clock: ServerClock;
  let server: RedisServer;
  let own: Workspace;

  beforeAll(async () => {
    clock = ServerClock.create();
    server = await RedisServer.start({ env: clock.env });
    own = await Workspace.open(server.url);
    // A logger is expected to log as often as since it began.
    setIntoHour(-3600);
    await logCounts(own, 'shop', { info: { often: 3600 } });
    setIntoHour(1);
    await logCounts(own, 'shop', { info: { often: 1 }, error: { failed: 1 } });
  });
  afterAll(async () => {
    await own.close();
    await server.stop();
    clock.remove();
  });

  function setIntoHour(seconds: number): void {
    clock.set(seconds - (Math.floor(Date.now() / 1000) % 3600));
  }

  it.each([1, 20, 61, 119, 1800, 3500])(
    'expects the part of the hour before that has passed, within 2 %%, after %d s',
    async (seconds) => {
      setIntoHour(seconds);
      const { changes, total, elapsed } = (await (
        await ask(makeDashboard(own), '?name=shop&format=json')
      ).json()) as Snapshot;
      const often = changes.find(({ message }) => message === 'often');
      // The clock goes on meanwhile.
      const [least, most] = [0.98 * seconds, 1.02 * (seconds + 10)];
      if (often) expect(often.expected).toBeGreaterThanOrEqual(least);
      if (often) expect(often.expected).toBeLessThanOrEqual(most);
      expect(2 ** (total.score ?? NaN)).toBeGreaterThanOrEqual(12 / (most + 10));
      expect(2 ** (total.score ?? NaN)).toBeLessThanOrEqual(12 / (least + 10));
      expect(elapsed * 60).toBeLessThanOrEqual(seconds / 60 + 1);
    },
  );

  it('is not sent again for a while if nothing was logged', async () => {
    const board = makeDashboard(own);
    // The steps begin at 2 % of the hour and more, so that this is in the midst of one.
    setIntoHour(Math.ceil(3600 * 1.02 ** -35) + 2);
    const tag = (await ask(board, '?name=shop&format=parts')).headers.get('etag') as string;
    for (const passed of [4, 8]) {
      setIntoHour(Math.ceil(3600 * 1.02 ** -35) + passed);
      const again = await ask(board, '?name=shop&format=parts', { headers: { 'If-None-Match': tag } });
      expect(again.status).toBe(304);
    }
    setIntoHour(2700);
    const later = await ask(board, '?name=shop&format=parts', { headers: { 'If-None-Match': tag } });
    expect(later.status).toBe(200);
  });
});
