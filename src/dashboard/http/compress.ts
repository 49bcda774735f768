/** Compresses answers for clients that take it. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './answer';

const compress = promisify(gzip);

/** Shorter bodies gain nothing. */
const MIN_LENGTH = 1000;

/**
 * The answer with its body compressed, in another thread, if the client takes gzip. The size of a compressed answer tells something
 * of what is in it: what another site asks a browser for stays as it is, so that it cannot guess texts of the log by their sizes.
 */
export async function compressed(request: Request, answer: Answer): Promise<Answer> {
  const headers = { ...answer.headers, Vary: 'Accept-Encoding' };
  if (answer.body.length < MIN_LENGTH || !takesGzip(request) || isCrossSite(request)) return { ...answer, headers };
  return { ...answer, headers: { ...headers, 'Content-Encoding': 'gzip' }, body: await compress(answer.body) };
}

/** What is said of gzip itself counts before what is said of all codings. */
function takesGzip({ headers }: Request): boolean {
  const accepted = headers.get('accept-encoding')?.toLowerCase().split(',') ?? [];
  const parts = accepted.map((each) => each.split(';').map((part) => part.trim()));
  const [, ...parameters] = parts.find(([coding = '']) => /^(x-)?gzip$/.test(coding)) ??
    parts.find(([coding]) => coding === '*') ?? ['', 'q=0'];
  return !parameters.some((each) => /^q=0(\.0*)?$/.test(each));
}

function isCrossSite({ headers }: Request): boolean {
  return ['cross-site', 'same-site'].includes(headers.get('sec-fetch-site') ?? '');
}
