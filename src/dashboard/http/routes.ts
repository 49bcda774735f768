/** Answers a request, by its query, with a page, its script or style, a line, or data. */

import { SCRIPT, STYLE } from '../client/generated';
import type { SharedReader, Trouble } from '../data/shared-reader';
import type { PageSettings } from '../page/header';
import {
  type Content,
  loggerContent,
  messageContent,
  pageTitle,
  renderPage,
  resolveView,
  startContent,
  troubleContent,
  VERSION,
} from '../page/page';
import { visible } from '../page/text';
import { parseView, type View } from '../view';
import { type Answer, answer, refusal, taggedAnswer } from './answer';

const JSON_TYPE = 'application/json';
const ASSETS: ReadonlyMap<string, readonly [type: string, body: string]> = new Map([
  ['script', ['text/javascript', SCRIPT]],
  ['style', ['text/css', STYLE]],
]);

/** Readers by the name of their environment. The first is shown by default; the only one may have no name. */
export type Environments = ReadonlyMap<string | undefined, SharedReader>;

/** A view that was read: its data, the view that its links lead to, and what makes its page. */
interface Shown {
  readonly data: object;
  readonly view: View;
  readonly render: (now: Date) => Promise<Content>;
}

/**
 * Everything is at one path: the page, its script and style (`asset`), one whole line (`line`), and the view as JSON for
 * programs (`format=json`) or for the page's script (`format=parts`).
 */
export async function respondTo(request: Request, readers: Environments, options: PageSettings): Promise<Answer> {
  const query = new URL(request.url).searchParams;
  const view = parseView(query);
  const [asset, line, format] = [query.get('asset'), query.get('line'), query.get('format')];
  if (asset !== null) return answerAsset(asset);
  if (format !== null && format !== 'json' && format !== 'parts') return refusal(404, 'There is no such format.');
  const [first] = readers.keys();
  const environment = view.environment ?? first;
  const reader = readers.get(environment);
  if (!reader) return refusal(404, 'There is no such environment.');
  if (line !== null) return answerLine(reader, view, line);
  const settings = { ...options, environment: options.environment ?? environment };
  const shown = await show(reader, view);
  return format === null ? answerPage(shown, view, settings) : answerData(shown, view, format, settings);
}

function answerAsset(name: string): Answer {
  const asset = ASSETS.get(name);
  return asset ? taggedAnswer(...asset, true) : refusal(404, 'There is no such asset.');
}

async function answerLine(reader: SharedReader, view: View, key: string): Promise<Answer> {
  if (!isOfLogger(view)) return refusal(404, 'This line is no longer kept.');
  const line = await reader.line(view, key);
  if ('status' in line) return refusal(line.status, line.text);
  return answer(200, 'text/plain', visible(line.stack === null ? line.message : `${line.message}\n${line.stack}`));
}

function isOfLogger(view: View): view is View & { readonly name: string } {
  return view.name !== undefined;
}

/** Reads what a view shows. */
async function show(reader: SharedReader, view: View): Promise<Shown | Trouble> {
  if (!isOfLogger(view)) {
    const data = await reader.overview(view);
    return 'text' in data ? data : { data, view, render: (now) => startContent(data, view, now) };
  }
  if (view.message) {
    const data = await reader.message(view, view.message);
    return 'text' in data ? data : { data, view, render: (now) => messageContent(data, view, now) };
  }
  const data = await reader.snapshot(view);
  if ('text' in data) return data;
  return { data, view: resolveView(view, data), render: (now) => loggerContent(data, view, now) };
}

async function answerPage(shown: Shown | Trouble, asked: View, settings: PageSettings): Promise<Answer> {
  const now = new Date();
  const [status, view, content] =
    'text' in shown
      ? [shown.status, asked, troubleContent(shown.text, asked)]
      : [200, shown.view, await shown.render(now)];
  return answer(status, 'text/html', await renderPage(content, view, settings, now));
}

async function answerData(shown: Shown | Trouble, view: View, format: string, settings: PageSettings): Promise<Answer> {
  if ('text' in shown) return answer(shown.status, JSON_TYPE, JSON.stringify({ error: shown.text }));
  if (format === 'json') return taggedAnswer(JSON_TYPE, JSON.stringify(shown.data));
  const content = await shown.render(new Date());
  const data = { title: pageTitle(content, view, settings), version: VERSION, parts: content.parts };
  return taggedAnswer(JSON_TYPE, JSON.stringify(data));
}
