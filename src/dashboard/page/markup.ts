/** Turns text into HTML, and is the only file that does: the page is made of its elements, and so are refreshes, as JSON. */

/** A text, or an element with its attributes and children. */
export type Markup = string | MarkupElement;
export type MarkupElement = readonly [tag: string, attributes: Attributes, ...children: Markup[]];
/** Attributes that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | true | undefined>>;
/** The elements of the page that change, by their id. */
export type Parts = Readonly<Record<string, MarkupElement>>;

const VOID = new Set(['input', 'link', 'meta']);
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // A parser turns an unescaped carriage return into a line feed.
  '\r': '&#13;',
};

export function toHtml(markup: Markup): string {
  if (typeof markup === 'string') return escapeHtml(markup);
  const [tag, attributes, ...children] = markup;
  const start = `<${tag}${Object.entries(attributes).map(attributeToHtml).join('')}>`;
  return VOID.has(tag) ? start : `${start}${children.map(toHtml).join('')}</${tag}>`;
}

function attributeToHtml([name, value]: [string, string | true | undefined]): string {
  if (value === undefined) return '';
  return value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] as string);
}
