/** Fetches what is shown again and again, and says so when it cannot. */

import type { MarkupElement } from '../page/markup';
import { showLines } from './lines';
import { byId, currentPart, isSelected, main, showParts } from './parts';
import { formatLocalTime } from './time';

/** What the server answers to `format=parts`. */
interface Answer {
  readonly name: string | null;
  readonly parts: { readonly lines: MarkupElement; readonly [id: string]: MarkupElement };
  /** Sent with the next request, which has no answer then if nothing has changed. */
  readonly tag: string | null;
}

/** A failure whose reason is for the user. */
class Refusal extends Error {}

/** How long an answer may take. */
const ANSWER_MS = 15_000;
const refreshMs = Number(main.dataset['refreshMs']);
/** Longest wait after refreshes that failed. */
const longestMs = Math.max(30_000, refreshMs);

/** What the page shows, as its address has it. */
export const view = new URLSearchParams((byId('refresh') as HTMLAnchorElement).search);

let timer = 0;
/** The newest request; null if there is none whose answer is wanted. */
let request: AbortController | null = null;
/** Of the answer that is shown. Null if some part of it is not, so that the next one has to come in full. */
let tag: string | null = null;
let failures = 0;
let isPaused = false;
/** Null if nothing could be shown yet. */
let updatedAt = byId('status').className === '' ? new Date() : null;

/** Refreshes now, and again after a while. Only the newest request may change the page. */
export async function refresh(isAsked = false): Promise<void> {
  clearTimeout(timer);
  request?.abort();
  const own = new AbortController();
  request = own;
  const late = setTimeout(() => own.abort(), ANSWER_MS);
  try {
    const answer = await fetchAnswer(own.signal);
    if (own !== request) return;
    if (answer) showAnswer(answer, isAsked);
    failures = 0;
    main.classList.remove('stale');
    tellUpdated();
  } catch (error) {
    if (own === request) tellFailure(error);
  } finally {
    clearTimeout(late);
  }
  if (own === request) scheduleRefresh();
}

/** Waits for the next refresh; while nobody looks, for none. */
export function scheduleRefresh(): void {
  clearTimeout(timer);
  if (isPaused || document.hidden) {
    request?.abort();
    request = null;
    return;
  }
  timer = setTimeout(() => void refresh(), Math.min(refreshMs * 2 ** failures, longestMs));
}

/** Refreshes at once if the page may be refreshed by itself, and otherwise stops doing so. */
export function continueRefresh(): void {
  if (isPaused || document.hidden) scheduleRefresh();
  else void refresh();
}

/** Gives whether it is paused now. */
export function togglePause(): boolean {
  isPaused = !isPaused;
  continueRefresh();
  return isPaused;
}

/** Null if nothing has changed. */
async function fetchAnswer(signal: AbortSignal): Promise<Answer | null> {
  const headers: HeadersInit = tag ? { 'If-None-Match': tag } : {};
  const query = new URLSearchParams(view);
  query.set('format', 'parts');
  const options: RequestInit = { headers, cache: 'no-store', redirect: 'error', signal };
  // The whole address: a relative one cannot be fetched if that of the page has a password in it.
  const response = await fetch(`${location.origin}${location.pathname}?${query}`, options);
  if (response.status === 304) return null;
  if (response.status === 401 || response.status === 403) throw new Refusal('The log may no longer be seen from here.');
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.error);
  return { ...answer, tag: response.headers.get('ETag') };
}

/** What is selected stays as it is until the next time. */
function showAnswer({ name, parts: { lines, ...others }, tag: newTag }: Answer, isAsked: boolean): void {
  if (!view.has('name') && name !== null) view.set('name', name);
  const parts = Object.values(others);
  const free = parts.filter((part) => !isSelected(currentPart(part)));
  tag = free.length < parts.length ? null : newTag;
  showParts(free);
  showLines(lines, isAsked);
}

function tellUpdated(): void {
  updatedAt = new Date();
  const iso = updatedAt.toISOString();
  const title = `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  showParts([['span', { id: 'updated' }, 'Updated ', ['time', { datetime: iso, title }]]]);
}

function tellFailure(error: unknown): void {
  failures++;
  tag = null;
  main.classList.add('stale');
  const reason = error instanceof Refusal && error.message ? error.message : 'The page cannot be refreshed.';
  const age = updatedAt ? ` This is from ${formatLocalTime(updatedAt.toISOString())}.` : '';
  showParts([['p', { id: 'status', role: 'status', class: 'trouble' }, `${reason}${age} Trying again.`]]);
}
