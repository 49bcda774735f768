import type { Snapshot } from '../data/snapshot';
import { hrefOf, type View } from '../view';
import { changesPanel } from './changes';
import { frequentPanel } from './frequent';
import { loggersMenu, severityLinks, statusOf, summaryOf } from './head';
import { linesPanel } from './lines';
import { type Markup, type MarkupElement, toHtml } from './markup';
import { timeOf, visible } from './text';

/** Three bars. Without an icon of its own, a browser asks the host for one. */
const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='%232f6fde'><path d='M1 9h3v6H1zm5-5h3v11H6zm5-3h3v14h-3z'/></svg>";

const EMPTY = ['severities', 'summary', 'changes', 'frequent', 'lines'];

/** How the page is made. */
export interface PageSettings {
  readonly title: string;
  readonly environment: string | undefined;
  /** Time between two refreshes, in milliseconds. */
  readonly refreshMs: number;
}

/** What changes on the page, by its id. */
export type Parts = Readonly<Record<string, MarkupElement>>;

/** A view as its links have it: with the logger that was chosen, and without severities that there are not. */
export function resolved(view: View, { name, severities }: Snapshot): View {
  const shown = severities.filter(({ isShown }) => isShown).map(({ severity }) => severity);
  return { ...view, name: name ?? view.name, severities: shown.length === severities.length ? [] : shown };
}

export function partsOf(snapshot: Snapshot, asked: View, now: Date): Parts {
  const view = resolved(asked, snapshot);
  return {
    loggers: loggersMenu(snapshot, view),
    status: statusOf(snapshot),
    severities: severityLinks(snapshot, view),
    summary: summaryOf(snapshot),
    changes: changesPanel(snapshot, view, now),
    frequent: frequentPanel(snapshot, view),
    lines: linesPanel(snapshot, view, now),
  };
}

/** What is shown where nothing can be. The script puts the parts in their places as soon as it can. */
export function troubleParts(text: string, view: View): Parts {
  const others: Markup[] = view.name === undefined ? [] : [['a', { href: '?' }, 'Other loggers']];
  const empty = EMPTY.map((id): [string, MarkupElement] => [id, ['div', { id }]]);
  return {
    loggers: ['div', { id: 'loggers' }, ...others],
    status: ['p', { id: 'status', class: 'trouble', role: 'status' }, text],
    ...Object.fromEntries(empty),
  };
}

/** The whole page, complete without its script. */
export function pageOf(parts: Parts, view: View, settings: PageSettings, now: Date): string {
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
    ['p', { class: 'refresh' }, ...refreshOf(view, refreshMs, now)],
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
  return `<!doctype html>${toHtml(['html', { lang: 'en' }, ['head', {}, ...head], ['body', {}, header, main]])}`;
}

function refreshOf(view: View, refreshMs: number, now: Date): Markup[] {
  return [
    ['span', { id: 'updated' }, 'As of ', timeOf(now, now), ['span', { class: 'utc' }, ' UTC']],
    ['span', { id: 'every', hidden: true }, `every ${refreshMs / 1000} s`],
    ['a', { id: 'refresh', href: hrefOf(view) }, 'Refresh'],
    ['button', { id: 'pause', type: 'button', hidden: true }, 'Pause'],
  ];
}
