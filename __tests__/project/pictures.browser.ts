import { STACK } from '../../examples/demo/incident';
import { parameterize, RecentCommonReader } from '../../src';
import { describeWith } from '../support/requirements';
import { openTab } from '../support/viewers/browser';
import { FakeKeyboard, FakeSink, RunningCli, runCli } from '../support/viewers/cli';
import { makeDashboard, Site } from '../support/viewers/dashboard';
import { SeededIncident } from '../support/viewers/incident';
import type { Workspace } from '../support/workspace';

const ESC = '\u001b';
/** Colours of a dark terminal, by their numbers. */
const LOOKS: Readonly<Record<string, string>> = {
  1: 'font-weight: bold',
  2: 'opacity: 0.65',
  7: 'background: #555',
  31: 'color: #ff7b72',
  32: 'color: #7ee787',
  33: 'color: #e3b341',
  36: 'color: #76d9e6',
};

/** A page that shows a text as a terminal does. */
function terminalHtml(text: string): string {
  const shown = text
    .replace(/[&<]/g, (sign) => (sign === '&' ? '&amp;' : '&lt;'))
    .replaceAll(new RegExp(`${ESC}\\[(\\d+)m`, 'g'), (_, code: string) =>
      LOOKS[code] ? `<span style="${LOOKS[code]}">` : '</span>',
    );
  const style = 'margin: 0; padding: 16px 20px; background: #0d1117; color: #d6dde5; font: 14px/1.4 monospace';
  return `<body style="margin: 0; background: #0d1117"><pre style="${style}">${shown}</pre></body>`;
}

const describePictures = describeWith('browser', 'server clock');

describePictures('pictures of the viewers', () => {
  let incident: SeededIncident;
  let workspace: Workspace;
  let site: Site;
  const browser = openTab({ expected: /status of 404/ });

  beforeAll(async () => {
    incident = await SeededIncident.open();
    workspace = incident.workspace;
    const options = { title: 'Shop logs', environment: 'production' };
    site = await Site.open(makeDashboard(workspace, options).node);
  }, 180_000);
  afterAll(async () => {
    await site.close();
    await incident.close();
  });

  it.each([
    ['light', 1280, 1000],
    ['dark', 1280, 1000],
    ['light', 360, 760],
    ['dark', 360, 760],
    ['light', 2560, 1300],
  ] as const)('show the page in %s at %i px, closed and open', async (colorScheme, width, height) => {
    const { tab } = browser;
    await tab.goto(`${site.url}/?name=checkout`, { colorScheme, width, height });
    await tab.picture(`page-${colorScheme}-${width}`);
    await tab.page.evaluate("for (const each of document.querySelectorAll('table.changes details')) each.open = true");
    await tab.picture(`page-${colorScheme}-${width}-open`, 2400);
    expect(await tab.text('#status')).toBe('3 new, 1 surging, 2 fading');
    expect(await tab.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it.each([
    ['start', '', 'light', 1280],
    ['start', '', 'dark', 1280],
    ['start', '', 'light', 360],
    ['message', '?name=checkout&of=error&message=PRICE', 'light', 1280],
    ['message', '?name=checkout&of=error&message=PRICE', 'light', 360],
  ] as const)('show the page %s at %s in %s at %i px', async (kind, query, colorScheme, width) => {
    const { tab } = browser;
    const key = encodeURIComponent(parameterize(STACK));
    await tab.goto(`${site.url}/${query.replace('PRICE', key)}`, { colorScheme, width, height: 900 });
    const height = width < 1000 ? 1800 : kind === 'start' ? 470 : undefined;
    await tab.picture(`${kind}-${colorScheme}-${width}`, height);
    expect(await tab.page.title()).toMatch(/new · |new, /);
    expect(await tab.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it.each([
    ['top', [], 100, 565],
    ['top-checkout', ['checkout', '-n', '6'], 80, 700],
    ['ls', ['ls'], 100, 300],
    ['tail', ['tail', 'checkout', '-n', '20'], 100, 420],
  ] as const)('show a terminal: %s with %j in %i columns', async (title, args, columns, height) => {
    const stdout = new FakeSink({ isTTY: true, columns });
    const at = ['-u', incident.url, '--prefix', workspace.prefix];
    const { code } = await runCli([...args, ...at], { stdout, env: { TERM: 'xterm-256color' } });
    expect(code).toBe(0);
    const { tab } = browser;
    await tab.goto('about:blank', { width: 40 + columns * 8.5, height });
    await tab.page.setContent(terminalHtml(stdout.text));
    await tab.picture(`terminal-${title}`);
  });

  it.each([
    ['80x24', 80, 24, ''],
    ['160x50', 160, 50, ''],
    ['message', 80, 24, '\r'],
  ])('show top on a terminal: %s', async (title, columns, rows, keys) => {
    const [stdin, stdout] = [new FakeKeyboard({ isTTY: true }), new FakeSink({ isTTY: true, columns, rows })];
    const args = ['top', 'checkout', '-u', incident.url, '--prefix', workspace.prefix];
    const cli = new RunningCli(args, { stdin, stdout, env: { TERM: 'xterm-256color' } });
    await cli.until(() => stdout.text.includes('STATUS'));
    stdin.write(keys);
    await cli.until(() => keys === '' || stdout.text.includes('first seen'));
    const frame = (stdout.text.split(`${ESC}[H`).at(-1) as string)
      .replaceAll(`${ESC}[K`, '')
      .replaceAll(`${ESC}[J`, '');
    await cli.interrupt();
    const { tab } = browser;
    await tab.goto('about:blank', { width: Math.ceil(44 + columns * 8.5), height: Math.ceil(36 + rows * 19.6) });
    await tab.page.setContent(terminalHtml(frame));
    await tab.picture(`terminal-top-${title}`);
  });

  it.each([
    ['of a first hour', 'mailer', '', 'First hour: nothing to compare with yet'],
    ['of a filter that finds nothing', 'checkout', '&filter=nowhere', '3 new, 1 surging, 2 fading'],
    ['of one severity', 'checkout', '&severity=error', '1 new, 1 surging'],
    ['of a logger that does not exist', 'nobody', '', 'There is no logger with this name.'],
  ])('show the page %s', async (title, name, more, status) => {
    const { tab } = browser;
    await tab.goto(`${site.url}/?name=${name}${more}`, { width: 1100, height: 940 });
    await tab.picture(`page-${title.replaceAll(' ', '-')}`);
    expect(await tab.text('#status')).toBe(status);
  });

  it('show the menu and a paused page', async () => {
    const { tab } = browser;
    await tab.goto(`${site.url}/?name=checkout`, { width: 720, height: 420 });
    await tab.page.getByRole('button', { name: 'Pause' }).click();
    await tab.page.locator('#loggers summary').click();
    await tab.picture('page-of-the-menu');
    expect(await tab.page.locator('#loggers li').count()).toBe(5);
  });

  it('show the page before anything was logged', async () => {
    const reader = new RecentCommonReader({ url: incident.url, keyPrefix: 'nothing:' });
    const empty = await Site.open(makeDashboard(workspace, { reader }).node);
    const { tab } = browser;
    await tab.goto(empty.url, { width: 1100, height: 420 });
    await tab.picture('page-of-nothing');
    expect(await tab.text('#status')).toBe('Nothing has been logged yet');
    await empty.close();
    reader.close();
  });
});
