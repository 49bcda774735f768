/** Finds the parts of the page and changes them to what was fetched. */

import type { MarkupElement } from '../page/markup';
import { changeElement, createElement } from './patch';

export const main = document.querySelector('main') as HTMLElement;

export function byId(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

/** The element on the page that a part replaces. */
export function currentPart(part: MarkupElement): HTMLElement {
  return byId(part[1]['id'] as string);
}

/** The focus stays on its element, even if that moves. */
export function showParts(parts: readonly MarkupElement[]): void {
  const focused = document.activeElement as HTMLElement;
  for (const part of parts) {
    const old = currentPart(part);
    if (old.localName === part[0]) changeElement(old, part);
    else old.replaceWith(createElement(part));
  }
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

/** Whether text is selected in an element, or in a part of it. */
export function isSelected(element: Element): boolean {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
}
