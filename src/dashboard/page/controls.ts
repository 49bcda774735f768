/** Makes the links and the form that choose what is shown: the window, the grouping, and a text. */

import { type View, viewHref, viewQuery, WINDOWS } from '../view';
import type { Markup, MarkupElement } from './markup';

const WINDOW_TEXTS = { '5': '5 minutes', '15': '15 minutes', hour: 'this hour' } as const;

/** What a page can choose. */
export interface Choices {
  readonly hasGroups: boolean;
  /** What its filter does. */
  readonly filter: string;
}

export function controls(view: View, { hasGroups, filter }: Choices): MarkupElement {
  const windows = WINDOWS.map((window) =>
    choice(WINDOW_TEXTS[window], viewHref({ ...view, window }), view.window === window),
  );
  const groups = hasGroups
    ? [
        choices('Messages', [
          choice('patterns', viewHref({ ...view, isExact: false }), !view.isExact),
          choice('exact', viewHref({ ...view, isExact: true }), view.isExact),
        ]),
      ]
    : [];
  return ['div', { id: 'controls' }, choices('Window', windows), ...groups, filterForm(view, filter)];
}

function choices(label: string, links: readonly MarkupElement[]): MarkupElement {
  return ['nav', { class: 'choices', 'aria-label': label }, ...links];
}

function choice(text: string, href: string, isCurrent: boolean): MarkupElement {
  return ['a', { class: 'choice', href, 'aria-current': isCurrent ? 'true' : undefined }, text];
}

/** Without an action, a form goes to the path of its page. */
function filterForm(view: View, label: string): MarkupElement {
  const filter = {
    id: 'filter',
    type: 'search',
    name: 'filter',
    value: view.filter,
    placeholder: label,
    'aria-label': label,
    autocomplete: 'off',
  };
  const clear: Markup[] = view.filter === '' ? [] : [['a', { href: viewHref({ ...view, filter: '' }) }, 'Clear']];
  return [
    'form',
    { role: 'search' },
    ['input', { type: 'hidden', name: 'view', value: viewQuery({ ...view, filter: '' }) }],
    ['input', filter],
    ['button', { type: 'submit' }, 'Filter'],
    ...clear,
  ];
}
