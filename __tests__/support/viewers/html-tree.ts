/** Reads pages of the dashboard as a browser without scripts shows them: what can be seen, and what can be clicked. */

/** An element of a page, or the page itself. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Element | string)[];
}

const TAG = /<(\/?)([a-z0-9]+)((?:\s[^>]*?)?)>|([^<]+)/gi;
const ATTRIBUTE = /([\w-]+)(?:="([^"]*)")?/g;
const VOID = new Set(['input', 'link', 'meta']);

/** @param html - as this package writes it: every element is closed, and no text holds a `<` */
export function parseHtml(html: string): Element {
  const root: Element = { tag: '', attributes: {}, children: [] };
  const open = [root];
  for (const [, slash, tag, attributes, text] of html.replace(/^<!doctype html>/i, '').matchAll(TAG)) {
    const parent = open.at(-1) as Element;
    if (text !== undefined) parent.children.push(unescape(text));
    else if (slash) open.pop();
    else {
      const pairs = [...(attributes as string).matchAll(ATTRIBUTE)].map(([, name, value = '']) => [
        name,
        unescape(value),
      ]);
      const element = { tag: tag as string, attributes: Object.fromEntries(pairs), children: [] };
      parent.children.push(element);
      if (!VOID.has(element.tag)) open.push(element);
    }
  }
  return root;
}

function unescape(text: string): string {
  const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&(lt|gt|quot|amp);/g, (_, name: string) => named[name] as string);
}

/** The elements that can be seen while some of those that unfold are open, each before those in it. */
export function seenElements(element: Element, open: ReadonlySet<Element>): Element[] {
  return [
    element,
    ...seenChildren(element, open).flatMap((child) => (typeof child === 'string' ? [] : seenElements(child, open))),
  ];
}

export function seenText(element: Element, open: ReadonlySet<Element>): string {
  return seenChildren(element, open)
    .map((child) => (typeof child === 'string' ? child : seenText(child, open)))
    .join(' ');
}

function seenChildren({ tag, attributes, children }: Element, open: ReadonlySet<Element>): (Element | string)[] {
  if (['head', 'script', 'style'].includes(tag) || 'hidden' in attributes || attributes['class'] === 'unseen')
    return [];
  const isClosed = tag === 'details' && !('open' in attributes);
  const isOpen = [...open].some((each) => each.attributes === attributes);
  return isClosed && !isOpen
    ? children.filter((child) => typeof child !== 'string' && child.tag === 'summary')
    : children;
}
