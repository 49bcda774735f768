/** Makes the bar at the top: title, environments, loggers, keys, and when the page was refreshed. */

import { startView, type View, viewHref } from '../view';
import type { Markup, MarkupElement } from './markup';
import { timeElement } from './time';

/** The options of the dashboard that show on the page. */
export interface PageSettings {
  readonly title: string;
  /** That of the page; undefined for none. */
  readonly environment: string | undefined;
  /** All of them, if there are several. */
  readonly environments: readonly string[];
  /** Time between two refreshes, in milliseconds. */
  readonly refreshMs: number;
}

const KEYS: readonly (readonly [key: string, effect: string])[] = [
  ['/', 'filter'],
  ['j, k', 'next and previous row'],
  ['Enter', 'open it'],
  ['p', 'pause or resume'],
  ['?', 'show or hide these keys'],
  ['Esc', 'close, or leave the filter'],
];

export function pageHeader(loggers: MarkupElement, view: View, settings: PageSettings, now: Date): MarkupElement {
  const { title, environment, environments, refreshMs } = settings;
  const start = viewHref(startView(view));
  return [
    'header',
    {},
    ['h1', {}, ['a', { href: start }, title]],
    ...environmentBadge(environment, environments, view),
    loggers,
    ['p', { class: 'refresh' }, ...refreshControls(view, refreshMs, now)],
    helpMenu(),
  ];
}

/** One environment has a badge; several are links to the start page of each. */
function environmentBadge(environment: string | undefined, all: readonly string[], view: View): Markup[] {
  if (all.length > 1) {
    const links = all.map((each): Markup => {
      const href = viewHref({ ...startView(view), environment: each });
      return ['a', { class: 'choice', href, 'aria-current': each === environment ? 'true' : undefined }, each];
    });
    return [['nav', { class: 'choices', 'aria-label': 'Environments' }, ...links]];
  }
  return environment === undefined ? [] : [['span', { class: 'environment' }, environment]];
}

function refreshControls(view: View, refreshMs: number, now: Date): Markup[] {
  return [
    ['span', { id: 'updated' }, 'As of ', timeElement(now, now), ['span', { class: 'utc' }, ' UTC']],
    ['span', { id: 'every', hidden: true }, `every ${refreshMs / 1000} s`],
    ['a', { id: 'refresh', href: viewHref(view) }, 'Refresh'],
    ['button', { id: 'pause', type: 'button', hidden: true }, 'Pause'],
  ];
}

/** Keys need the script, which shows this. */
function helpMenu(): MarkupElement {
  const items = KEYS.map(([key, effect]): Markup => ['li', {}, ['kbd', {}, key], ' ', effect]);
  return ['details', { id: 'help', class: 'menu', hidden: true }, ['summary', {}, 'Keys'], ['ul', {}, ...items]];
}
