/** Keys for those who do not want to leave the keyboard: rows, filter, pause and help. */

import { byId } from './parts';

const help = byId('help');
/** What had the focus before the help was opened by its key. */
let origin: HTMLElement | null = null;

/** @param pause - the button that pauses and resumes */
export function watchKeys(pause: HTMLElement): void {
  help.hidden = false;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') return leave();
    if (event.target instanceof HTMLInputElement) return;
    const effect = effects[event.key];
    if (!effect) return;
    event.preventDefault();
    effect(pause);
  });
}

const effects: Readonly<Record<string, (pause: HTMLElement) => void>> = {
  // What is typed takes the place of the text that was there.
  '/': () => (byId('filter') as HTMLInputElement | null)?.select(),
  j: () => move(1),
  k: () => move(-1),
  p: (pause) => pause.click(),
  '?': () => {
    if (help.hasAttribute('open')) return close(help);
    origin = document.activeElement as HTMLElement;
    help.setAttribute('open', '');
    help.querySelector('summary')?.focus();
  },
};

/** Closes what is open, or leaves the filter. */
function leave(): void {
  for (const menu of document.querySelectorAll<HTMLElement>('.menu[open]')) close(menu);
  if (document.activeElement?.id === 'filter') (document.activeElement as HTMLElement).blur();
}

/** Closes a menu. The focus goes back to where it was before a key opened the menu, or to what opens it. */
function close(menu: HTMLElement): void {
  menu.removeAttribute('open');
  menu.querySelector('summary')?.focus();
  if (menu === help && origin?.isConnected) origin.focus();
  origin = null;
}

/** Moves the focus to what opens with Enter in the next or the previous row or card that can be seen. */
function move(step: number): void {
  const rows = [...document.querySelectorAll('.card, tbody tr')];
  const items = rows
    .map((row) => row.querySelector<HTMLElement>('[data-item], summary'))
    .filter((item) => item?.checkVisibility());
  const row = document.activeElement?.closest('.card, tr');
  const at = row ? items.findIndex((item) => row.contains(item)) : step > 0 ? -1 : items.length;
  const next = items[Math.min(items.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
