import { SCRIPT, STYLE } from '../client/generated';
import type { Source } from '../data/source';
import { type PageSettings, pageOf, partsOf, resolved, troubleParts } from '../page/page';
import { visible } from '../page/text';
import { parseView, type View } from '../view';
import { type Answer, answer, refusal, tagged } from './http';

const JSON_TYPE = 'application/json';
const ASSETS: ReadonlyMap<string, readonly [type: string, body: string]> = new Map([
  ['script', ['text/javascript', SCRIPT]],
  ['style', ['text/css', STYLE]],
]);

/**
 * Everything is at one path: the page, what it needs (`asset`), all of a line (`line`), and what is shown as data for
 * programs (`format=json`) or for the script of the page (`format=parts`).
 */
export async function respondTo(request: Request, source: Source, settings: PageSettings): Promise<Answer> {
  const query = new URL(request.url).searchParams;
  const view = parseView(query);
  const [asset, line, format] = [query.get('asset'), query.get('line'), query.get('format')];
  if (asset !== null) return assetAnswer(request, asset);
  if (line !== null) return lineAnswer(source, view, line);
  return format === null ? pageAnswer(source, view, settings) : dataAnswer(request, source, view, format);
}

function assetAnswer(request: Request, name: string): Answer {
  const asset = ASSETS.get(name);
  return asset ? tagged(request, ...asset, true) : refusal(404, 'There is no such asset.');
}

async function lineAnswer(source: Source, view: View, key: string): Promise<Answer> {
  const line = await source.line(view, key);
  return 'status' in line ? refusal(line.status, line.text) : answer(200, 'text/plain', visible(line.message));
}

async function pageAnswer(source: Source, view: View, settings: PageSettings): Promise<Answer> {
  const read = await source.snapshot(view);
  const now = new Date();
  if ('status' in read) {
    return answer(read.status, 'text/html', pageOf(troubleParts(read.text, view), view, settings, now));
  }
  return answer(200, 'text/html', pageOf(partsOf(read, view, now), resolved(view, read), settings, now));
}

async function dataAnswer(request: Request, source: Source, view: View, format: string): Promise<Answer> {
  if (format !== 'json' && format !== 'parts') return refusal(404, 'There is no such format.');
  const read = await source.snapshot(view);
  if ('status' in read) return answer(read.status, JSON_TYPE, JSON.stringify({ error: read.text }));
  const data = format === 'json' ? read : { name: read.name, parts: partsOf(read, view, new Date()) };
  return tagged(request, JSON_TYPE, JSON.stringify(data));
}
