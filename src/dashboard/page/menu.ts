/** Makes the menu of loggers. */

import { mapInSlices } from '../../read/slices';
import { shortHash } from '../data/short-hash';
import type { Snapshot } from '../data/snapshot';
import { type View, viewHref } from '../view';
import type { Markup, MarkupElement } from './markup';
import { formatNumber } from './number';
import { visible } from './text';

/** A list of links that opens: a select cannot carry every name unchanged. */
export async function loggersMenu({ name, loggers, loggerCount }: Snapshot, view: View): Promise<MarkupElement> {
  if (name === null) return ['div', { id: 'loggers' }];
  const entries = await mapInSlices(loggers, ({ name: each, gravest }): MarkupElement => {
    const label: Markup[] = [['span', { class: 'name' }, visible(each)]];
    if (gravest !== null) label.push(['span', { class: `severity ${gravest}` }, gravest]);
    const href = viewHref({ ...view, name: each, severities: [] });
    return [
      'li',
      { 'data-key': shortHash(each) },
      ['a', { href, 'aria-current': each === name ? 'page' : undefined }, ...label],
    ];
  });
  const unlisted = loggerCount - loggers.length;
  const more: Markup[] =
    unlisted > 0 ? [['li', {}, `and ${formatNumber(unlisted)} that have been quiet for longer`]] : [];
  return [
    'details',
    { id: 'loggers', class: 'menu' },
    ['summary', {}, ['span', { class: 'label' }, 'Logger '], ['b', { class: 'name' }, visible(name)]],
    ['ul', {}, ...entries, ...more],
  ];
}
