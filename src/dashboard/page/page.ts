/** Puts each kind of page together, complete without its script. */

import { SCRIPT, STYLE } from '../client/generated';
import type { Overview } from '../data/overview';
import { shortHash } from '../data/short-hash';
import type { MessageSnapshot, Snapshot } from '../data/snapshot';
import { startHref, type View } from '../view';
import { changesPanel } from './changes';
import { controls } from './controls';
import { frequentPanel } from './frequent';
import { type PageSettings, pageHeader } from './header';
import { toHtml } from './html';
import { linesPanel } from './lines';
import type { Markup, MarkupElement, Parts } from './markup';
import { loggersMenu } from './menu';
import { aboutPanel, messageStatus, messageTitle, minutesPanel, samplePanel } from './message';
import { severityTiles } from './severities';
import { cardsPanel, othersPanel } from './start';
import { loggerStatus, loggerSummary, overviewStatus, overviewSummary, statusLine } from './status';
import { visible } from './text';
import { risingText } from './words';

/** Three bars. Browsers ask the host for an icon if the page has none. */
const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='%232f6fde'><path d='M1 9h3v6H1zm5-5h3v11H6zm5-3h3v14h-3z'/></svg>";

/** Of the script and style: a page that has others cannot be refreshed. */
export const VERSION = shortHash(SCRIPT, STYLE);

/** The parts of each kind of page, below its status and summary. */
const START = ['controls', 'more', 'cards', 'others'];
const LOGGER = ['controls', 'severities', 'changes', 'frequent', 'more', 'lines'];
const MESSAGE = ['controls', 'about', 'minutes', 'sample', 'more', 'lines'];

/** What a page shows: what comes before the name in its title, and its parts. */
export interface Content {
  readonly news: string;
  readonly parts: Parts;
}

/** A view without severities that do not exist: that is what links lead to. */
export function resolveView(view: View, { severities }: Snapshot): View {
  const shown = severities.filter(({ isShown }) => isShown).map(({ severity }) => severity);
  return { ...view, severities: shown.length === severities.length ? [] : shown };
}

export async function startContent(overview: Overview, view: View, now: Date): Promise<Content> {
  return {
    news: risingText(overview.changeCounts),
    parts: {
      loggers: ['div', { id: 'loggers' }],
      status: statusLine(overviewStatus(overview)),
      summary: overviewSummary(overview),
      controls: controls(view, { hasGroups: false, filter: 'Filter loggers' }),
      cards: await cardsPanel(overview, view, now),
      others: othersPanel(overview, view),
    },
  };
}

/** In slices, as a view may have thousands of rows, each with a long text. */
export async function loggerContent(snapshot: Snapshot, asked: View, now: Date): Promise<Content> {
  const view = resolveView(asked, snapshot);
  return {
    news: risingText(snapshot.changeCounts),
    parts: {
      loggers: await loggersMenu(snapshot, view),
      status: statusLine(loggerStatus(snapshot)),
      summary: loggerSummary(snapshot, view),
      controls: controls(view, { hasGroups: true, filter: 'Filter messages and lines' }),
      severities: severityTiles(snapshot, view),
      changes: await changesPanel(snapshot, view, now),
      frequent: await frequentPanel(snapshot, view, now),
      lines: await linesPanel(snapshot.lines, view, now),
    },
  };
}

export async function messageContent(snapshot: MessageSnapshot, view: View, now: Date): Promise<Content> {
  return {
    news: messageTitle(snapshot),
    parts: {
      loggers: await loggersMenu(snapshot, view),
      status: statusLine(messageStatus(snapshot, view)),
      summary: ['p', { id: 'summary' }],
      controls: controls(view, { hasGroups: true, filter: 'Filter lines' }),
      about: aboutPanel(snapshot, view, now),
      minutes: minutesPanel(snapshot, now),
      sample: samplePanel(snapshot, view, now),
      lines: await linesPanel(snapshot.lines, view, now),
    },
  };
}

/** What a page shows that can show nothing but a reason. A later refresh fills the empty parts. */
export function troubleContent(text: string, view: View): Content {
  const others: Markup[] = view.name === undefined ? [] : [['a', { href: startHref(view) }, 'All loggers']];
  const empty = ['summary', ...pageParts(view)].map((id): [string, MarkupElement] => [id, ['div', { id }]]);
  return {
    news: '',
    parts: {
      ...Object.fromEntries(empty),
      loggers: ['div', { id: 'loggers' }, ...others],
      status: ['p', { id: 'status', class: 'trouble', role: 'status' }, text],
    },
  };
}

function pageParts(view: View): readonly string[] {
  if (view.name === undefined) return START;
  return view.message ? MESSAGE : LOGGER;
}

/** The title of the tab: what is new comes first, since tabs are narrow. */
export function pageTitle({ news }: Content, { name }: View, { title }: PageSettings): string {
  return [news, ...(name === undefined ? [] : [visible(name)]), title].filter((part) => part !== '').join(' · ');
}

export async function renderPage(content: Content, view: View, settings: PageSettings, now: Date): Promise<string> {
  const { parts } = content;
  const head: Markup[] = [
    ['meta', { charset: 'utf-8' }],
    ['meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }],
    ['meta', { name: 'color-scheme', content: 'light dark' }],
    ['meta', { name: 'version', content: VERSION }],
    ['title', {}, pageTitle(content, view, settings)],
    ['link', { rel: 'icon', href: ICON }],
    ['link', { rel: 'stylesheet', href: '?asset=style' }],
    ['script', { src: '?asset=script', defer: true }],
  ];
  const part = (id: string): MarkupElement =>
    id === 'more' ? ['button', { id: 'more', type: 'button', hidden: true }] : (parts[id] as MarkupElement);
  const main: MarkupElement = [
    'main',
    { 'data-refresh-ms': String(settings.refreshMs) },
    ['div', { class: 'overview' }, part('status'), part('summary')],
    ...pageParts(view).map(part),
  ];
  const body: MarkupElement = ['body', {}, pageHeader(part('loggers'), view, settings, now), main];
  const html = await toHtml(['html', { lang: 'en' }, ['head', {}, ...head], body]);
  return `<!doctype html>${html}`;
}
