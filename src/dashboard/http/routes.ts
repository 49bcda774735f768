/** Answers a request, by its query, with the page, its script or style, a line, or data. */

import { SCRIPT, STYLE } from '../client/generated';
import type { SharedReader } from '../data/shared-reader';
import { makeParts, type PageSettings, renderPage, resolveView, troubleParts } from '../page/page';
import { visible } from '../page/text';
import { parseView, type View } from '../view';
import { type Answer, answer, refusal, taggedAnswer } from './answer';

const JSON_TYPE = 'application/json';
const ASSETS: ReadonlyMap<string, readonly [type: string, body: string]> = new Map([
  ['script', ['text/javascript', SCRIPT]],
  ['style', ['text/css', STYLE]],
]);

/**
 * Everything is at one path: the page, its script and style (`asset`), one whole line (`line`), and the view as JSON for
 * programs (`format=json`) or for the page's script (`format=parts`).
 */
export async function respondTo(request: Request, reader: SharedReader, settings: PageSettings): Promise<Answer> {
  const query = new URL(request.url).searchParams;
  const view = parseView(query);
  const [asset, line, format] = [query.get('asset'), query.get('line'), query.get('format')];
  if (asset !== null) return answerAsset(request, asset);
  if (line !== null) return answerLine(reader, view, line);
  return format === null ? answerPage(reader, view, settings) : answerData(request, reader, view, format);
}

function answerAsset(request: Request, name: string): Answer {
  const asset = ASSETS.get(name);
  return asset ? taggedAnswer(request, ...asset, true) : refusal(404, 'There is no such asset.');
}

async function answerLine(reader: SharedReader, view: View, key: string): Promise<Answer> {
  const line = await reader.line(view, key);
  return 'status' in line ? refusal(line.status, line.text) : answer(200, 'text/plain', visible(line.message));
}

async function answerPage(reader: SharedReader, view: View, settings: PageSettings): Promise<Answer> {
  const read = await reader.snapshot(view);
  const now = new Date();
  if ('status' in read) {
    return answer(read.status, 'text/html', await renderPage(troubleParts(read.text, view), view, settings, now));
  }
  const parts = await makeParts(read, view, now);
  return answer(200, 'text/html', await renderPage(parts, resolveView(view, read), settings, now));
}

async function answerData(request: Request, reader: SharedReader, view: View, format: string): Promise<Answer> {
  if (format !== 'json' && format !== 'parts') return refusal(404, 'There is no such format.');
  const read = await reader.snapshot(view);
  if ('status' in read) return answer(read.status, JSON_TYPE, JSON.stringify({ error: read.text }));
  const data = format === 'json' ? read : { name: read.name, parts: await makeParts(read, view, new Date()) };
  return taggedAnswer(request, JSON_TYPE, JSON.stringify(data));
}
