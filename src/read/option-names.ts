/** Refuses options of reading that are misspelled or those of something else, and offers the right ones. */

import { assertKnown, assertObject, type Instead } from '../errors';

/** Names that other viewers use, or that belong to another method. */
const INSTEAD: Instead = {
  count: 'limit',
  n: 'limit',
  rows: 'limit',
  lines: 'limit',
  top: 'limit',
  from: 'since',
  start: 'since',
  filter: 'contains',
  includes: 'contains',
  search: 'contains',
  grep: 'contains',
  minutes: 'window: { minutes }',
  hour: 'window',
  group: 'groupBy',
  grouping: 'groupBy',
  interval: 'intervalMs',
  seq: 'after',
};

/**
 * @param known - has the names of the options that there are
 * @throws OptionsError
 */
export function assertReadOptions(options: object, known: Readonly<Record<string, true>>): void {
  assertObject(options, 'options');
  const offered = Object.entries(INSTEAD).filter(([, right]) => Object.hasOwn(known, right.replace(/:.*/, '')));
  assertKnown(options, known, Object.fromEntries(offered));
}
