/** Shows the latest lines, and holds new ones back as long as they would push away what is being read. */

import type { Markup, MarkupElement } from '../page/markup';
import { byId, isSelected, showParts } from './parts';
import { markupKey } from './patch';

const button = byId('more');
/** The lines to show later; null if the newest are shown. */
let held: MarkupElement | null = null;

function isReading(): boolean {
  const panel = byId('lines');
  return panel.getBoundingClientRect().top < 0 || isSelected(panel);
}

function keysIn(markup: Markup): string[] {
  if (typeof markup === 'string') return [];
  const [, , ...children] = markup;
  const key = markupKey(markup);
  return [...(key === undefined ? [] : [key]), ...children.flatMap(keysIn)];
}

/** @param isAsked - whether the user has just asked for them, so that none are held back */
export function showLines(lines: MarkupElement, isAsked: boolean): void {
  const rows = byId('lines').querySelectorAll<HTMLElement>('[data-key]');
  const shown = new Set([...rows].map((row) => row.dataset['key']));
  const count = keysIn(lines).filter((key) => !shown.has(key)).length;
  held = !isAsked && count > 0 && isReading() ? lines : null;
  button.hidden = held === null;
  if (held) button.textContent = `${count} new ${count === 1 ? 'line' : 'lines'} ↑`;
  else showParts([lines]);
}

function showHeldLines(): void {
  if (held) showParts([held]);
  held = null;
  // A button that is hidden loses the focus.
  if (document.activeElement === button) byId('lines').querySelector('h2')?.focus({ preventScroll: true });
  button.hidden = true;
}

/** Shows held lines when their button is clicked, or when the page is scrolled up to the lines. */
export function watchLines(): void {
  button.addEventListener('click', () => {
    showHeldLines();
    byId('lines').scrollIntoView();
  });
  addEventListener('scroll', () => held && !isReading() && showHeldLines(), { passive: true });
}
