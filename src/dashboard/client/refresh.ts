/** Fetches the parts of the page again and again, and tells when that fails. */

import type { MarkupElement, Parts } from '../page/markup';
import { showLines } from './lines';
import { byId, currentPart, isSelected, main, showParts } from './parts';
import { formatLocalTime } from './time';

/** An answer to `format=parts`. */
interface Answer {
  readonly title: string;
  /** That of the script and style of the server. */
  readonly version: string;
  readonly parts: Parts & { readonly lines?: MarkupElement };
  /** Its ETag. */
  readonly tag: string | null;
}

/** A failure whose reason is for the user. */
class Refusal extends Error {}

/** An answer that takes longer is given up. */
const ANSWER_MS = 15_000;
const refreshMs = Number(main.dataset['refreshMs']);
/** Longest wait after refreshes that failed. */
const longestMs = Math.max(30_000, refreshMs);

/** What the page shows, as its address has it. */
export const view = new URLSearchParams((byId('refresh') as HTMLAnchorElement).search);

const ownVersion = document.querySelector<HTMLMetaElement>('meta[name=version]')?.content;

let timer = 0;
/** The request whose answer will be shown; null if none will. */
let request: AbortController | null = null;
/** The ETag of the answer shown; null if a part of it could not be shown, so that the next answer comes in full. */
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
    showUpdated();
  } catch (error) {
    if (own === request) showFailure(error);
  } finally {
    clearTimeout(late);
  }
  if (own === request) scheduleRefresh();
}

/** Refreshes after a while, unless paused or hidden. */
export function scheduleRefresh(): void {
  clearTimeout(timer);
  if (isPaused || document.hidden) {
    request?.abort();
    request = null;
    return;
  }
  timer = setTimeout(() => void refresh(), Math.min(refreshMs * 2 ** failures, longestMs));
}

/** Refreshes now, and then again after a while; if paused or hidden, gives up the request under way instead. */
export function continueRefresh(): void {
  if (isPaused || document.hidden) scheduleRefresh();
  else void refresh();
}

/** Returns whether refreshes are paused now. */
export function togglePause(): boolean {
  isPaused = !isPaused;
  continueRefresh();
  return isPaused;
}

/** Null if nothing has changed since the answer shown. */
async function fetchAnswer(signal: AbortSignal): Promise<Answer | null> {
  const headers: HeadersInit = tag ? { 'If-None-Match': tag } : {};
  const query = new URLSearchParams(view);
  query.set('format', 'parts');
  const options: RequestInit = { headers, cache: 'no-store', redirect: 'error', signal };
  // The whole address: a relative one cannot be fetched if that of the page has a password in it.
  const response = await fetch(`${location.origin}${location.pathname}?${query}`, options);
  if (response.status === 304) return null;
  if (response.status === 401 || response.status === 403) throw new Refusal('You may no longer see this log.');
  const answer = await response.json();
  if (!response.ok) throw new Refusal(answer.error);
  return { ...answer, tag: response.headers.get('ETag') };
}

/** A page of another version than the server is loaded again, unless somebody is using what that would take away. */
function expectSamePage({ version, parts }: Answer): void {
  if (version === ownVersion && Object.values(parts).every(currentPart)) return;
  if (!isSelected(document.body) && !(document.activeElement instanceof HTMLInputElement)) location.reload();
  throw new Refusal('The server has another version of this page: load it again.');
}

/** A part in which text is selected stays as it is until nothing is. */
function showAnswer(answer: Answer, isAsked: boolean): void {
  expectSamePage(answer);
  const { title, tag: newTag } = answer;
  const { lines, ...others } = answer.parts;
  document.title = title;
  const parts = Object.values(others);
  const free = parts.filter((part) => !isSelected(currentPart(part)));
  tag = free.length < parts.length ? null : newTag;
  showParts(free);
  if (lines) showLines(lines, isAsked);
}

function showUpdated(): void {
  updatedAt = new Date();
  const iso = updatedAt.toISOString();
  const title = `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  showParts([['span', { id: 'updated' }, 'Updated ', ['time', { datetime: iso, title }]]]);
}

function showFailure(error: unknown): void {
  failures++;
  tag = null;
  main.classList.add('stale');
  const reason = error instanceof Refusal && error.message ? error.message : 'The page cannot be refreshed.';
  const age = updatedAt ? ` Showing data from ${formatLocalTime(updatedAt.toISOString())}.` : '';
  showParts([['p', { id: 'status', role: 'status', class: 'trouble' }, `${reason}${age} Trying again.`]]);
}
