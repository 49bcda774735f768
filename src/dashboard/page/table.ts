/** Makes the tables of the page, which stay tables for screen readers at any width. */

import type { Attributes, Markup, MarkupElement } from './markup';

/** A column of a table. */
export interface Column {
  readonly text: string;
  readonly isNumber?: boolean;
  /** A link to the table ordered by this column, and whether it is ordered so now. */
  readonly sort?: { readonly href: string; readonly isOrder: boolean };
  readonly more?: Markup;
}

/** The roles are explicit, since CSS turns rows into cards on a narrow screen, and browsers drop the implicit roles then. */
export function table(
  kind: string,
  caption: string,
  columns: readonly Column[],
  rows: readonly MarkupElement[],
): MarkupElement {
  return [
    'table',
    { class: kind, role: 'table' },
    ['caption', { class: 'unseen' }, caption],
    ['thead', { role: 'rowgroup' }, ['tr', { role: 'row' }, ...columns.map(header)]],
    ['tbody', { role: 'rowgroup' }, ...rows],
  ];
}

/** @param key - unique in its table; the script keeps the row's element as long as the key is the same */
export function row({ key, ...more }: Attributes & { key: string }, ...cells: readonly MarkupElement[]): MarkupElement {
  return ['tr', { role: 'row', 'data-key': key, ...more }, ...cells];
}

export function cell(kind: string, ...content: readonly Markup[]): MarkupElement {
  return ['td', { role: 'cell', class: kind }, ...content];
}

export function note(text: string): MarkupElement {
  return ['p', { class: 'note' }, text];
}

function header({ text, isNumber, sort, more = '' }: Column): MarkupElement {
  const attributes: Attributes = {
    role: 'columnheader',
    scope: 'col',
    class: isNumber ? 'number' : undefined,
    'aria-sort': sort?.isOrder ? 'descending' : undefined,
  };
  if (!sort) return ['th', attributes, text, ...(more === '' ? [] : [more])];
  const arrow: Markup[] = sort.isOrder ? [['span', { 'aria-hidden': 'true' }, '↓ ']] : [];
  return ['th', attributes, ['a', { href: sort.href }, ...arrow, text]];
}
