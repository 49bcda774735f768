/**
 * A text, or an element with its attributes and children. The page is made of it as HTML; its script gets it as JSON, and
 * changes the page to it.
 */
export type Markup = string | MarkupElement;
export type MarkupElement = readonly [tag: string, attributes: Attributes, ...children: Markup[]];
/** Without those that are undefined. */
export type Attributes = Readonly<Record<string, string | true | undefined>>;

const VOID = new Set(['input', 'link', 'meta']);
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // As it is, a parser makes it a line feed.
  '\r': '&#13;',
};

/** The only way in which a text becomes HTML. */
export function toHtml(markup: Markup): string {
  if (typeof markup === 'string') return escapeHtml(markup);
  const [tag, attributes, ...children] = markup;
  const start = `<${tag}${Object.entries(attributes).map(attributeOf).join('')}>`;
  return VOID.has(tag) ? start : `${start}${children.map(toHtml).join('')}</${tag}>`;
}

function attributeOf([name, value]: [string, string | true | undefined]): string {
  if (value === undefined) return '';
  return value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] as string);
}
