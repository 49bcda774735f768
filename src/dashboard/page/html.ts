/** Turns text into HTML, and is the only file that does. */

import { Slices } from '../../read/slices';
import type { Markup } from './markup';

/** Stands for the end of an element whose beginning is written. */
interface EndTag {
  readonly endOf: string;
}

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

/** In slices. */
export async function toHtml(markup: Markup): Promise<string> {
  const slices = new Slices();
  const left: (Markup | EndTag)[] = [markup];
  let html = '';
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (slices.isOver()) await slices.pause();
    if (typeof next === 'string') html += escapeHtml(next);
    else if ('endOf' in next) html += `</${next.endOf}>`;
    else {
      const [tag, attributes, ...children] = next;
      html += `<${tag}${Object.entries(attributes).map(attributeToHtml).join('')}>`;
      if (!VOID.has(tag)) left.push({ endOf: tag }, ...children.reverse());
    }
  }
  return html;
}

function attributeToHtml([name, value]: [string, string | true | undefined]): string {
  if (value === undefined) return '';
  return value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] as string);
}
