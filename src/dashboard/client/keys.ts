/** Keys for those who do not want to leave the keyboard: rows, filter, pause and help. */

import { byId } from './parts';

const help = byId('help');

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
  '/': () => byId('filter')?.focus(),
  j: () => move(1),
  k: () => move(-1),
  p: (pause) => pause.click(),
  '?': () => {
    const isOpen = help.toggleAttribute('open');
    if (isOpen) help.querySelector('summary')?.focus();
  },
};

/** Closes what is open, or leaves the filter. */
function leave(): void {
  for (const menu of document.querySelectorAll('.menu[open]')) {
    menu.removeAttribute('open');
    menu.querySelector('summary')?.focus();
  }
  if (document.activeElement?.id === 'filter') (document.activeElement as HTMLElement).blur();
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
