/** Reads from the page's address what to show, and makes links to other views. */

/** Longest filter that is used, in UTF-16 units; the rest is ignored. */
const MAX_FILTER = 200;

/** The windows that can be looked at, by their word in the address. */
export const WINDOWS = ['5', '15', 'hour'] as const;
type Window = (typeof WINDOWS)[number];

/** What the page shows, as its address says. */
export interface View {
  /** Undefined for the first environment, or if there is only one. */
  readonly environment: string | undefined;
  /** Undefined for the start page, which shows every logger. */
  readonly name: string | undefined;
  /** Empty for all. */
  readonly severities: readonly string[];
  /** The text that a message or a line must contain, or on the start page the name of a logger, in upper or lower case. */
  readonly filter: string;
  /** The window by which the most frequent messages are ordered: the one looked at, or what it is compared with. */
  readonly sort: 'current' | 'previous';
  /** The last minutes, or this hour. */
  readonly window: Window;
  /** Whether messages are shown as they are counted, not by their patterns. */
  readonly isExact: boolean;
  /** The key of the one message that the page is about, and its severity. */
  readonly message: { readonly severity: string; readonly key: string } | undefined;
  /** Whether all lines are shown on a narrow screen, too. */
  readonly hasAllLines: boolean;
}

/** A form cannot send every name unchanged, so the filter form sends the query of its view as one parameter, `view`. */
export function parseView(query: URLSearchParams): View {
  const view = new URLSearchParams(query.get('view') ?? query);
  const [key, severity] = ['message', 'of'].map((each) => view.get(each) ?? undefined);
  // No logger has an empty name.
  const name = view.get('name') || undefined;
  const isMessage = name !== undefined && key !== undefined && severity !== undefined;
  return {
    environment: view.get('in') ?? undefined,
    name,
    severities: [...new Set(view.getAll('severity'))],
    filter: (query.get('filter') ?? view.get('filter') ?? '').slice(0, MAX_FILTER),
    sort: view.get('sort') === 'previous' ? 'previous' : 'current',
    window: WINDOWS.find((window) => window === view.get('window')) ?? 'hour',
    isExact: view.get('group') === 'message',
    message: isMessage ? { severity, key } : undefined,
    hasAllLines: view.get('lines') === 'all',
  };
}

/** The minutes of the window of a view; undefined for this hour. */
export function windowMinutes({ window }: Pick<View, 'window'>): number | undefined {
  return window === 'hour' ? undefined : Number(window);
}

/** The window of a view, as a reader takes it. */
export function readerWindow(view: Pick<View, 'window'>): 'current' | { readonly minutes: number } {
  const minutes = windowMinutes(view);
  return minutes === undefined ? 'current' : { minutes };
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
export function viewQuery(view: View): string {
  const { environment, name, severities, filter, sort, window, isExact, message, hasAllLines } = view;
  const query = new URLSearchParams();
  if (environment !== undefined) query.set('in', environment);
  if (name !== undefined) query.set('name', name);
  for (const severity of severities) query.append('severity', severity);
  if (filter !== '') query.set('filter', filter);
  if (sort !== 'current') query.set('sort', sort);
  if (window !== 'hour') query.set('window', window);
  if (isExact) query.set('group', 'message');
  if (hasAllLines) query.set('lines', 'all');
  if (message) query.set('of', message.severity);
  if (message) query.set('message', message.key);
  return query.toString();
}

/** A link to a view. */
export function viewHref(view: View): string {
  return `?${viewQuery(view)}`;
}

/** The start page of the environment of a view, as it is at first. */
export function startView({ environment }: View): View {
  return {
    environment,
    name: undefined,
    severities: [],
    filter: '',
    sort: 'current',
    window: 'hour',
    isExact: false,
    message: undefined,
    hasAllLines: false,
  };
}

/** A link to the page of every logger, in the same window. */
export function startHref(view: View): string {
  return loggerHref(view, undefined);
}

/** A link to the page of a logger, in the same window. */
export function loggerHref(view: View, name: string | undefined): string {
  const { window, isExact } = view;
  return viewHref({ ...startView(view), window, isExact, name });
}

/** A link to one whole line, by its key. */
export function lineHref(view: View, key: string): string {
  return `${viewHref({ ...view, filter: '', message: undefined })}&line=${key}`;
}

/** A link to a view as JSON, in which no text is shortened. */
export function dataHref(view: View): string {
  return `${viewHref(view)}&format=json`;
}
