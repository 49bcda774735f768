/** Puts the whole page together, complete without its script. */

import type { Snapshot } from '../data/snapshot';
import { type View, viewHref } from '../view';
import { changesPanel } from './changes';
import { frequentPanel } from './frequent';
import { toHtml } from './html';
import { linesPanel } from './lines';
import type { Markup, MarkupElement, Parts } from './markup';
import { loggersMenu } from './menu';
import { statusLine, summaryLine } from './overview';
import { severityTiles } from './severities';
import { visible } from './text';
import { timeElement } from './time';

/** Three bars. Browsers ask the host for an icon if the page has none. */
const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='%232f6fde'><path d='M1 9h3v6H1zm5-5h3v11H6zm5-3h3v14h-3z'/></svg>";

const EMPTY_PARTS = ['severities', 'summary', 'changes', 'frequent', 'lines'];

/** The options of the dashboard that show on the page. */
export interface PageSettings {
  readonly title: string;
  readonly environment: string | undefined;
  /** Time between two refreshes, in milliseconds. */
  readonly refreshMs: number;
}

/** A view with the logger that was chosen, and without severities that do not exist: that is what links lead to. */
export function resolveView(view: View, { name, severities }: Snapshot): View {
  const shown = severities.filter(({ isShown }) => isShown).map(({ severity }) => severity);
  return { ...view, name: name ?? view.name, severities: shown.length === severities.length ? [] : shown };
}

/** In slices, as a view may have thousands of rows, each with a long text. */
export async function makeParts(snapshot: Snapshot, asked: View, now: Date): Promise<Parts> {
  const view = resolveView(asked, snapshot);
  return {
    loggers: await loggersMenu(snapshot, view),
    status: statusLine(snapshot),
    severities: severityTiles(snapshot, view),
    summary: summaryLine(snapshot),
    changes: await changesPanel(snapshot, view, now),
    frequent: frequentPanel(snapshot, view),
    lines: await linesPanel(snapshot, view, now),
  };
}

/** The parts of a page that can show nothing but a reason. A later refresh fills the empty ones. */
export function troubleParts(text: string, view: View): Parts {
  const others: Markup[] = view.name === undefined ? [] : [['a', { href: '?' }, 'Other loggers']];
  const empty = EMPTY_PARTS.map((id): [string, MarkupElement] => [id, ['div', { id }]]);
  return {
    loggers: ['div', { id: 'loggers' }, ...others],
    status: ['p', { id: 'status', class: 'trouble', role: 'status' }, text],
    ...Object.fromEntries(empty),
  };
}

export async function renderPage(parts: Parts, view: View, settings: PageSettings, now: Date): Promise<string> {
  const { title, environment, refreshMs } = settings;
  const name = view.name === undefined ? '' : ` · ${visible(view.name)}`;
  const head: Markup[] = [
    ['meta', { charset: 'utf-8' }],
    ['meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }],
    ['meta', { name: 'color-scheme', content: 'light dark' }],
    ['title', {}, `${title}${name}`],
    ['link', { rel: 'icon', href: ICON }],
    ['link', { rel: 'stylesheet', href: '?asset=style' }],
    ['script', { src: '?asset=script', defer: true }],
  ];
  const badge: Markup[] = environment === undefined ? [] : [['span', { class: 'environment' }, environment]];
  const header: MarkupElement = [
    'header',
    {},
    ['h1', {}, title],
    ...badge,
    parts.loggers as MarkupElement,
    ['p', { class: 'refresh' }, ...refreshControls(view, refreshMs, now)],
  ];
  const main: MarkupElement = [
    'main',
    { 'data-refresh-ms': String(refreshMs) },
    ['div', { class: 'overview' }, parts.status as MarkupElement, parts.summary as MarkupElement],
    parts.severities as MarkupElement,
    ['div', { class: 'columns' }, parts.changes as MarkupElement, parts.frequent as MarkupElement],
    ['button', { id: 'more', type: 'button', hidden: true }],
    parts.lines as MarkupElement,
  ];
  const html = await toHtml(['html', { lang: 'en' }, ['head', {}, ...head], ['body', {}, header, main]]);
  return `<!doctype html>${html}`;
}

function refreshControls(view: View, refreshMs: number, now: Date): Markup[] {
  return [
    ['span', { id: 'updated' }, 'As of ', timeElement(now, now), ['span', { class: 'utc' }, ' UTC']],
    ['span', { id: 'every', hidden: true }, `every ${refreshMs / 1000} s`],
    ['a', { id: 'refresh', href: viewHref(view) }, 'Refresh'],
    ['button', { id: 'pause', type: 'button', hidden: true }, 'Pause'],
  ];
}
