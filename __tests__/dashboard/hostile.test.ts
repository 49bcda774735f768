import { stripVTControlCharacters } from 'node:util';
import { RecentCommonReader } from '../../src';
import type { Dashboard, Snapshot } from '../../src/dashboard';
import { visible } from '../../src/dashboard/page/text';
import { clearOfTheTurn } from '../support/hours';
import { ask, logCounts, makeDashboard, tableRows, textById, textIn, toQuery } from '../support/viewers/dashboard';
import { HIDING, HOSTILE_NAMES, HOSTILE_TEXTS, readBack } from '../support/viewers/hostile';
import { Workspace } from '../support/workspace';

/** The tags and attributes of a page, whatever was logged. */
const TAGS = new Set(
  'html head meta title link script body header h1 h2 span details summary b ul li a p time button main nav section div table caption thead tr th tbody td svg path text form input kbd dl dt dd'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'lang charset name content rel href src defer class id role hidden type value placeholder autocomplete tabindex scope open datetime title x y d text-anchor viewBox preserveAspectRatio data-key data-item data-refresh-ms aria-label aria-hidden aria-sort aria-current'.split(
    ' ',
  ),
);
const TAG = /<\/?([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)>/g;
/** The suite logs once, and takes some ten seconds: longer on a busy machine. */
const SUITE_MS = 45_000;

let workspace: Workspace;
let board: Dashboard;

beforeAll(async () => {
  workspace = await Workspace.open();
  board = makeDashboard(workspace);
  await clearOfTheTurn(SUITE_MS);
  await Promise.all(HOSTILE_TEXTS.map(({ title, text }) => logText(`text ${title}`, text)));
  await Promise.all(
    HOSTILE_NAMES.map(({ text }) => logCounts(workspace, text, { info: { hello: 1 }, error: { failed: 1 } })),
  );
}, 2 * SUITE_MS);
afterAll(() => workspace.close());

/** Logs a text in both hours, and puts it into the list of errors longer than a transport stores it. */
async function logText(name: string, text: string): Promise<void> {
  await workspace.redis.lPush(workspace.key(`recent:${name}:error`), `Tue Nov 24 12:00:00 2026 ${text}`);
  await logCounts(workspace, name, { info: { [text]: 2 } }, 1);
  await logCounts(workspace, name, { error: { [text]: 3 } });
}

/** The parts of a page that are neither text nor one of its tags and attributes. */
function strayMarkup(html: string): string[] {
  const body = html.replace(/^<!doctype html>/, '');
  const stray = [...body.matchAll(TAG)].flatMap(([, tag, attributes]) => [
    ...(TAGS.has(tag as string) ? [] : [`<${tag}>`]),
    ...[...(attributes as string).matchAll(/ ([a-zA-Z-]+)(?:="[^"]*")?/g)]
      .map(([, name]) => name as string)
      .filter((name) => !ATTRIBUTES.has(name)),
  ]);
  return [...stray, ...(body.replace(TAG, '').match(/[<>].{0,20}/g) ?? [])];
}

async function fetchPage(name: string): Promise<string> {
  const response = await ask(board, toQuery({ name }));
  expect(response.status).toBe(200);
  return response.text();
}

/** A message as the transport stores it. */
function stored(text: string): string {
  return stripVTControlCharacters(text.toWellFormed()).replace(/^[ \t]+/, '');
}

describe('visible', () => {
  it.each([...HOSTILE_TEXTS, ...HOSTILE_NAMES].map(({ title, text }) => [title, text] as const))(
    'hides no character and loses none of a text: %s',
    (_, text) => {
      expect(visible(text)).not.toMatch(HIDING);
      expect(visible(text)).toMatch(/\S|^$/);
      expect(readBack(text, visible(text)) === text).toBe(true);
    },
  );
});

describe('a hostile message', () => {
  it.each(HOSTILE_TEXTS.map(({ title, text }) => [title, text] as const))(
    'is only text in each table of the page: %s',
    async (title, text) => {
      const html = await fetchPage(`text ${title}`);
      expect(strayMarkup(html)).toEqual([]);
      expect(textIn(html)).not.toMatch(HIDING);
      for (const table of ['changes', 'frequent', 'lines']) {
        const cells = tableRows(html, table).map((row) => row.at(-1) as string);
        const beginning = visible((stored(text).split('\n')[0] as string).slice(0, 150));
        expect(cells.filter((cell) => cell.includes(beginning))).not.toEqual([]);
      }
    },
  );

  it.each(HOSTILE_TEXTS.map(({ title, text }) => [title, text] as const))(
    'is only text on a page of its own, to which its row leads, and in a card: %s',
    async (title) => {
      const html = await fetchPage(`text ${title}`);
      const links = [...html.matchAll(/href="([^"]*[?;]message=[^"]*)"/g)].map(([, href]) => textIn(href as string));
      expect(links.length).toBeGreaterThan(0);
      const own = await (await ask(board, links[0] as string)).text();
      expect(strayMarkup(own)).toEqual([]);
      expect(textIn(own)).not.toMatch(HIDING);
      expect(textById(own, 'status')).toMatch(/^(new|returned|surging|fading|steady)? ?\w+: 3 log calls/);
      const start = await (await ask(board, toQuery({ filter: `text ${title}` }))).text();
      expect(strayMarkup(start)).toEqual([]);
      expect(textIn(start)).not.toMatch(HIDING);
      expect(start).toContain('class="card');
    },
  );

  it.each(HOSTILE_TEXTS.map(({ title, text }) => [title, text] as const))(
    'is whole in the data, and as an escaped text by itself: %s',
    async (title, text) => {
      const name = `text ${title}`;
      const response = await ask(board, toQuery({ name, format: 'json' }));
      const { lines } = (await response.json()) as Snapshot;
      const line = lines.find(({ message }) => message === text.toWellFormed());
      const whole = await ask(board, toQuery({ name, line: line?.key as string }));
      expect((await whole.text()) === visible(text.toWellFormed())).toBe(true);
      expect(whole.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    },
  );
});

describe('a hostile name of a logger', () => {
  it.each(HOSTILE_NAMES.map(({ title, text }) => [title, text] as const))(
    'is only text on its page, and its links lead to it: %s',
    async (_title, name) => {
      const html = await fetchPage(name);
      expect(strayMarkup(html)).toEqual([]);
      expect(textById(html, 'loggers')).toContain(visible(name));
      const links = [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => textIn(href as string));
      const own = links.filter(
        (href) => href.includes('severity=error') && new URLSearchParams(href).get('name') === name,
      );
      expect(own).toHaveLength(1);
      const filtered = await (await ask(board, own[0] as string)).text();
      expect(tableRows(filtered, 'lines').map((row) => row.slice(1))).toEqual([['error', 'failed']]);
    },
  );
});

describe('a hostile severity', () => {
  it.each(['<b onclick=x>', '"><script>x</script>', '__proto__', '\u202egnp', 'x'.repeat(128)])(
    'is only text, and can be chosen: %j',
    async (severity) => {
      const name = `severity ${severity.length}`;
      await logCounts(workspace, name, { info: { hello: 1 }, [severity]: { odd: 1 } });
      const html = await (await ask(board, toQuery({ name, severity }))).text();
      expect(strayMarkup(html)).toEqual([]);
      expect(tableRows(html, 'lines').map((row) => row.slice(1))).toEqual([[visible(severity), 'odd']]);
    },
  );
});

describe('a hostile address', () => {
  let reader: RecentCommonReader;
  /** Shows one logger, where the page of all is made in no time. */
  let small: Dashboard;

  beforeAll(async () => {
    const keyPrefix = workspace.key('small:');
    const transport = workspace.transport({ keyPrefix });
    transport.log({ level: 'info', message: 'hello' });
    await transport.flush();
    reader = new RecentCommonReader({ url: workspace.url, keyPrefix });
    small = makeDashboard(workspace, { reader });
  });
  afterAll(() => reader.close());

  it.each(['name', 'severity', 'filter', 'sort', 'view', 'line', 'asset', 'format'])(
    'comes back as text alone in an answer: %s',
    async (parameter) => {
      for (const { text } of HOSTILE_NAMES) {
        const response = await ask(small, toQuery({ [parameter]: text }));
        const body = await response.text();
        expect(response.status).toBeLessThan(500);
        if (response.headers.get('content-type')?.startsWith('text/html')) expect(strayMarkup(body)).toEqual([]);
        else expect(body).not.toContain('<');
      }
    },
  );
});

describe('the check for stray markup', () => {
  it.each([
    '<p><img src=x></p>',
    '<p onclick="x"></p>',
    '<iframe></iframe>',
    '<p>a < b</p>',
    '<p title="a" style="b">x</p>',
    '<a href="a"b">x</a>',
  ])('finds one in %s', (html) => {
    expect(strayMarkup(html)).not.toEqual([]);
  });
});
