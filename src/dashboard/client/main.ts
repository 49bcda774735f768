/** Starts the script of the page, which refreshes it and makes its controls work without loading it again. */

import { watchKeys } from './keys';
import { watchLines } from './lines';
import { byId, main } from './parts';
import { continueRefresh, refresh, scheduleRefresh, togglePause, view } from './refresh';
import { formatLocalTime } from './time';

/** A pause in typing, after which the filter is applied. */
const TYPING_MS = 250;
const FILTER = 'filter';

let typing = 0;

/** Puts the filter into the address, too, so that it can be copied. */
function applyFilter(): void {
  clearTimeout(typing);
  const { value } = byId(FILTER) as HTMLInputElement;
  view.delete(FILTER);
  if (value !== '') view.set(FILTER, value);
  history.replaceState(null, '', `?${view}`);
  void refresh(true);
}

function watchFilter(): void {
  main.addEventListener('input', ({ target }) => {
    if ((target as Element).id !== FILTER) return;
    clearTimeout(typing);
    typing = setTimeout(applyFilter, TYPING_MS);
  });
  main.addEventListener('submit', (event) => {
    event.preventDefault();
    applyFilter();
  });
}

/** Returns the button that pauses. */
function watchRefresh(): HTMLElement {
  const [pause, every] = [byId('pause'), byId('every')];
  pause.hidden = every.hidden = false;
  pause.addEventListener('click', () => {
    every.hidden = togglePause();
    pause.textContent = every.hidden ? 'Resume' : 'Pause';
  });
  byId('refresh').addEventListener('click', (event) => {
    event.preventDefault();
    void refresh(true);
  });
  document.addEventListener('visibilitychange', continueRefresh);
  addEventListener('online', continueRefresh);
  return pause;
}

/** A menu that was left would cover what is below it. */
function watchMenus(): void {
  const closeOthers = ({ target }: Event): void => {
    for (const menu of document.querySelectorAll('.menu[open]')) {
      if (!menu.contains(target as Node)) menu.removeAttribute('open');
    }
  };
  for (const event of ['click', 'focusin']) document.addEventListener(event, closeOthers);
}

document.documentElement.classList.add('scripted');
for (const time of document.querySelectorAll('time')) time.textContent = formatLocalTime(time.dateTime, time.className);
watchFilter();
watchKeys(watchRefresh());
watchMenus();
watchLines();
scheduleRefresh();
