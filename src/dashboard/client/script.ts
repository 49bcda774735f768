import { PATCH } from './patch';

/**
 * Fetches what is shown again and again, and changes the page to it node by node: what has the focus, is selected or is open
 * stays so. Text from the log becomes nothing but text nodes and the attributes that the server makes.
 */
const SOURCE = /* js */ `'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const main = document.querySelector('main');
  const [more, pause] = [byId('more'), byId('pause')];
  const refreshMs = Number(main.dataset.refreshMs);
  /** Longest wait after refreshes that failed. */
  const longestMs = Math.max(30000, refreshMs);
  /** What is looked at, as the address has it. */
  const view = new URLSearchParams(byId('refresh').search);
  let [timer, request, tag, failures, paused, held] = [0, null, null, 0, false, null];
  let updatedAt = byId('status').className ? null : new Date();

${PATCH}
  function show(parts) {
    const focused = document.activeElement;
    for (const part of parts) {
      const old = byId(part[1].id);
      if (old.localName === part[0]) change(old, part);
      else old.replaceWith(create(part));
    }
    if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  function isSelected(element) {
    const selection = getSelection();
    return !selection.isCollapsed && element.contains(selection.anchorNode);
  }

  /** Whether new lines would push away what is being read. */
  const isReading = () => byId('lines').getBoundingClientRect().top < 0 || isSelected(byId('lines'));

  function keysIn(item) {
    if (typeof item === 'string') return [];
    return [keyOf(item), ...item.slice(2).flatMap(keysIn)].filter(Boolean);
  }

  function showLines(lines, isAsked) {
    const shown = new Set([...byId('lines').querySelectorAll('[data-key]')].map((row) => row.dataset.key));
    const fresh = keysIn(lines).filter((key) => !shown.has(key)).length;
    held = !isAsked && fresh > 0 && isReading() ? lines : null;
    more.hidden = held === null;
    if (held) more.textContent = fresh + (fresh === 1 ? ' new line ↑' : ' new lines ↑');
    else show([lines]);
  }

  function showHeld() {
    if (held) show([held]);
    held = null;
    more.hidden = true;
  }

  function say(text) {
    show([['p', { id: 'status', role: 'status', class: 'trouble' }, text]]);
  }

  function tellUpdated() {
    updatedAt = new Date();
    const iso = updatedAt.toISOString();
    show([['span', { id: 'updated' }, 'Updated ', ['time', { datetime: iso, title: iso.slice(0, 19).replace('T', ' ') + ' UTC' }]]]);
  }

  async function answerOf(signal) {
    const headers = tag ? { 'If-None-Match': tag } : {};
    const query = new URLSearchParams(view);
    query.set('format', 'parts');
    const options = { headers, cache: 'no-store', redirect: 'error', signal };
    // Where the address has a password, what is relative to it cannot be fetched.
    const response = await fetch(location.origin + location.pathname + '?' + query, options);
    if (response.status === 304) return null;
    if (response.status === 401 || response.status === 403) throw new Error('The log may no longer be seen from here.');
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    tag = response.headers.get('ETag');
    return answer;
  }

  /** Refreshes now, and again after a while. Only the newest request may change the page. */
  async function refresh(isAsked) {
    clearTimeout(timer);
    request?.abort();
    const own = (request = new AbortController());
    const late = setTimeout(() => own.abort(), 15000);
    try {
      const answer = await answerOf(own.signal);
      if (own !== request) return;
      if (answer) {
        const { lines, ...parts } = answer.parts;
        if (!view.has('name') && answer.name !== null) view.set('name', answer.name);
        const free = Object.values(parts).filter((part) => !isSelected(byId(part[1].id)));
        // What is selected stays as it is, until the next time.
        if (free.length < Object.keys(parts).length) tag = null;
        show(free);
        showLines(lines, isAsked);
      }
      failures = 0;
      main.classList.remove('stale');
      tellUpdated();
    } catch (error) {
      if (own === request) fail(error);
    } finally {
      clearTimeout(late);
    }
    if (own === request) schedule();
  }

  function fail(error) {
    failures++;
    tag = null;
    main.classList.add('stale');
    const isOurs = error.constructor === Error && error.message !== 'undefined';
    const reason = isOurs ? error.message : 'The page cannot be refreshed.';
    say(reason + (updatedAt ? ' This is from ' + local(updatedAt.toISOString()) + '.' : '') + ' Trying again.');
  }

  function schedule() {
    clearTimeout(timer);
    if (paused || document.hidden) {
      request?.abort();
      request = null;
      return;
    }
    timer = setTimeout(refresh, Math.min(refreshMs * 2 ** failures, longestMs));
  }

  let typed = 0;
  function filter() {
    clearTimeout(typed);
    view.delete('filter');
    if (byId('filter').value !== '') view.set('filter', byId('filter').value);
    history.replaceState(null, '', '?' + view);
    refresh(true);
  }

  document.documentElement.classList.add('scripted');
  for (const time of document.querySelectorAll('time')) time.textContent = local(time.dateTime);
  byId('every').hidden = pause.hidden = false;
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.textContent = paused ? 'Resume' : 'Pause';
    byId('every').hidden = paused;
    if (paused) schedule();
    else refresh();
  });
  more.addEventListener('click', () => {
    showHeld();
    byId('lines').scrollIntoView();
    byId('lines').querySelector('h2').focus({ preventScroll: true });
  });
  byId('refresh').addEventListener('click', (event) => {
    event.preventDefault();
    refresh(true);
  });
  main.addEventListener('input', ({ target }) => {
    if (target.id !== 'filter') return;
    clearTimeout(typed);
    typed = setTimeout(filter, 250);
  });
  main.addEventListener('submit', (event) => {
    event.preventDefault();
    filter();
  });
  addEventListener('scroll', () => held && !isReading() && showHeld(), { passive: true });
  document.addEventListener('click', ({ target }) => {
    if (!byId('loggers').contains(target)) byId('loggers').removeAttribute('open');
  });
  document.addEventListener('keydown', ({ key }) => {
    const menu = byId('loggers');
    if (key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || paused) schedule();
    else refresh();
  });
  schedule();
})();
`;

/** Without its comments and indentation, and without blanks and line ends that do nothing. */
export const SCRIPT = SOURCE.replace(/^ *(\/\/|\/\*\*).*\n/gm, '')
  .replace(/^ +|\n(?=\n)/gm, '')
  .replace(/([{;,([])\n/g, '$1')
  .replace(/ (=>?) /g, '$1');
