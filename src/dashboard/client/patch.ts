/** Changes an element into another and keeps every node it can, so that focus, selection and open details survive. */

import type { Attributes, Markup, MarkupElement } from '../page/markup';
import { formatLocalTime } from './time';

const SVG = 'http://www.w3.org/2000/svg';
const DRAWN = new Set(['svg', 'path', 'text']);

/** Text from the log becomes text nodes and the attributes that the server makes, and nothing else. */
export function createElement(markup: MarkupElement): Element {
  const [tag] = markup;
  const element = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  changeElement(element, markup);
  return element;
}

/** The element must have that tag already. If it is on the page, it stays open or closed. */
export function changeElement(element: Element, [tag, attributes, ...children]: MarkupElement): void {
  for (const name of element.getAttributeNames()) {
    if (!Object.hasOwn(attributes, name) && name !== 'open') element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'open' && element.isConnected) continue;
    const text = value === true ? '' : (value as string);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  changeChildren(element, tag === 'time' ? [localTime(attributes)] : children);
}

function localTime({ datetime, class: kind }: Attributes): string {
  return formatLocalTime(datetime as string, kind as string | undefined);
}

/** Tells an element from its siblings, also in the next answer. */
export function markupKey(markup: Markup): string | undefined {
  return typeof markup === 'string' ? undefined : (markup[1]['data-key'] as string | undefined);
}

function nodeKey(node: Node | null): string | undefined {
  return node instanceof HTMLElement ? node.dataset['key'] : undefined;
}

function isLike(node: Node, markup: Markup): boolean {
  if (typeof markup === 'string') return node instanceof Text;
  return node instanceof Element && node.localName === markup[0] && nodeKey(node) === undefined;
}

function changeChildren(element: Element, children: readonly Markup[]): void {
  const kept = new Map<string | undefined, ChildNode>([...element.children].map((child) => [nodeKey(child), child]));
  kept.delete(undefined);
  const wanted = new Set(children.map(markupKey));
  let next: ChildNode | null = element.firstChild;
  for (const child of children) {
    while (nodeKey(next) !== undefined && !wanted.has(nodeKey(next))) next = removeNode(next as ChildNode);
    const key = markupKey(child);
    const old = key !== undefined ? kept.get(key) : next && isLike(next, child) ? next : undefined;
    const node = old ? changeNode(old, child) : createNode(child, key !== undefined && kept.size > 0);
    if (node === next) next = next.nextSibling;
    else element.insertBefore(node, next);
  }
  while (next) next = removeNode(next);
}

function changeNode(node: ChildNode, markup: Markup): ChildNode {
  if (typeof markup !== 'string') changeElement(node as Element, markup);
  else if (node.nodeValue !== markup) node.nodeValue = markup;
  return node;
}

/** @param isNew - whether it joins a list that had other elements, and so is highlighted */
function createNode(markup: Markup, isNew: boolean): ChildNode {
  if (typeof markup === 'string') return document.createTextNode(markup);
  const element = createElement(markup);
  if (isNew) element.classList.add('fresh');
  return element;
}

function removeNode(node: ChildNode): ChildNode | null {
  const next = node.nextSibling;
  node.remove();
  return next;
}
