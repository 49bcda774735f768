/** Longest text to filter by that is considered, in UTF-16 units. */
const MAX_FILTER = 200;

/** What of the log is to be shown: all that the address of the page says. */
export interface View {
  /** Undefined for the logger that most wants to be looked at. */
  readonly name: string | undefined;
  /** Empty for all. */
  readonly severities: readonly string[];
  /** What a line has to contain, in any case. */
  readonly filter: string;
  /** The hour by which the most frequent messages are ordered. */
  readonly sort: 'current' | 'previous';
}

/** A form cannot send each name as it is, so that one sends a view as its address has it, under `view`. */
export function parseView(query: URLSearchParams): View {
  const view = new URLSearchParams(query.get('view') ?? query);
  return {
    name: view.get('name') ?? undefined,
    severities: [...new Set(view.getAll('severity'))],
    filter: (query.get('filter') ?? view.get('filter') ?? '').slice(0, MAX_FILTER),
    sort: view.get('sort') === 'previous' ? 'previous' : 'current',
  };
}

/** Those of a view that there are; all where it wants none of them. */
export function shownSeverities(view: View, all: readonly string[]): readonly string[] {
  const wanted = all.filter((severity) => view.severities.includes(severity));
  return wanted.length > 0 ? wanted : all;
}

/**
 * The query of a view, without the question mark. A reference that has nothing but a query is to the same path, with a
 * trailing slash or without, wherever the page is mounted.
 */
export function queryOf({ name, severities, filter, sort }: View): string {
  const query = new URLSearchParams();
  if (name !== undefined) query.set('name', name);
  for (const severity of severities) query.append('severity', severity);
  if (filter !== '') query.set('filter', filter);
  if (sort !== 'current') query.set('sort', sort);
  return query.toString();
}

/** A reference to a view. */
export function hrefOf(view: View): string {
  return `?${queryOf(view)}`;
}

/** To all of a line, by its key. */
export function lineOf(view: View, key: string): string {
  return `${hrefOf({ ...view, filter: '' })}&line=${key}`;
}

/** To what is shown as data, in which nothing is left out. */
export function dataOf(view: View): string {
  return `${hrefOf(view)}&format=json`;
}
