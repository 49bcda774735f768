/** Makes the menu of loggers. */

import { mapInSlices } from '../../read/slices';
import { shortHash } from '../data/short-hash';
import type { Snapshot } from '../data/snapshot';
import { loggerHref, startHref, type View } from '../view';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { visible } from './text';

/** A list of links that opens: a select cannot carry every name unchanged. */
export async function loggersMenu(
  { name, loggers, loggerCount }: Pick<Snapshot, 'name' | 'loggers' | 'loggerCount'>,
  view: View,
): Promise<MarkupElement> {
  const entries = await mapInSlices(loggers, ({ name: each, gravest }): MarkupElement => {
    const label: Markup[] = [['span', { class: 'name' }, visible(each)]];
    if (gravest !== null) label.push(['span', { class: `severity ${gravest}` }, gravest]);
    return [
      'li',
      { 'data-key': shortHash(each) },
      ['a', { href: loggerHref(view, each), 'aria-current': each === name ? 'page' : undefined }, ...label],
    ];
  });
  const unlisted = loggerCount - loggers.length;
  const more: Markup[] =
    unlisted > 0 ? [['li', {}, `and ${formatNumber(unlisted)} that have been quiet for longer`]] : [];
  const all: Markup = ['li', {}, ['a', { href: startHref(view) }, 'All loggers']];
  return [
    'details',
    { id: 'loggers', class: 'menu' },
    ['summary', {}, ['span', { class: 'label' }, 'Logger '], ['b', { class: 'name' }, visible(name)]],
    ['ul', {}, all, ...entries, ...more],
  ];
}
