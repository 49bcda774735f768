/** Reads from the page's address what to show, and makes links to other views. */

/** Longest filter that is used, in UTF-16 units; the rest is ignored. */
const MAX_FILTER = 200;

/** What the page shows, as its address says. */
export interface View {
  /** Undefined for the logger that needs attention most. */
  readonly name: string | undefined;
  /** Empty for all. */
  readonly severities: readonly string[];
  /** The text a line must contain, in upper or lower case. */
  readonly filter: string;
  /** The hour by which the most frequent messages are ordered. */
  readonly sort: 'current' | 'previous';
}

/** A form cannot send every name unchanged, so the filter form sends the query of its view as one parameter, `view`. */
export function parseView(query: URLSearchParams): View {
  const view = new URLSearchParams(query.get('view') ?? query);
  return {
    name: view.get('name') ?? undefined,
    severities: [...new Set(view.getAll('severity'))],
    filter: (query.get('filter') ?? view.get('filter') ?? '').slice(0, MAX_FILTER),
    sort: view.get('sort') === 'previous' ? 'previous' : 'current',
  };
}

/** The severities of a view that exist; all of them if none does, or if it names none. */
export function shownSeverities(view: View, all: readonly string[]): readonly string[] {
  const wanted = all.filter((severity) => view.severities.includes(severity));
  return wanted.length > 0 ? wanted : all;
}

/**
 * The query of a view, without the question mark. A link that is only a query keeps the path, with or without a trailing
 * slash, so it works wherever the page is mounted.
 */
export function viewQuery({ name, severities, filter, sort }: View): string {
  const query = new URLSearchParams();
  if (name !== undefined) query.set('name', name);
  for (const severity of severities) query.append('severity', severity);
  if (filter !== '') query.set('filter', filter);
  if (sort !== 'current') query.set('sort', sort);
  return query.toString();
}

/** A link to a view. */
export function viewHref(view: View): string {
  return `?${viewQuery(view)}`;
}

/** A link to one whole line, by its key. */
export function lineHref(view: View, key: string): string {
  return `${viewHref({ ...view, filter: '' })}&line=${key}`;
}

/** A link to a view as JSON, in which no text is shortened. */
export function dataHref(view: View): string {
  return `${viewHref(view)}&format=json`;
}
