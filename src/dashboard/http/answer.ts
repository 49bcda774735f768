/** Makes the answers to requests, each with the headers that protect the log. */

import { createHash } from 'node:crypto';

/** The answer to a request, for either kind of server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const SECURITY = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex',
};

/** No cache may keep what was logged. */
const NO_STORE = { 'Cache-Control': 'no-store' };
/** The browser may keep the script and style, but asks each time whether they have changed. */
const REVALIDATE = { 'Cache-Control': 'private, no-cache' };

/** An answer that may contain something from the log. */
export function answer(
  status: number,
  type: string,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { ...SECURITY, ...NO_STORE, 'Content-Type': `${type}; charset=utf-8`, ...more }, body };
}

export function refusal(status: number, reason: string, more: Readonly<Record<string, string>> = {}): Answer {
  return answer(status, 'text/plain', `${reason}\n`, more);
}

/** An answer with an ETag, a weak one, since compressed or not the bytes differ. */
export function taggedAnswer(type: string, body: string, isAsset = false): Answer {
  const tag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  return answer(200, type, body, { ETag: tag, ...(isAsset && REVALIDATE) });
}

/** The answer; 304 without a body if the browser has it already. */
export function unlessKnown(request: Request, answer: Answer): Answer {
  const known = request.headers.get('if-none-match')?.split(/\s*,\s*/) ?? [];
  const isKnown = known.some((each) => each === '*' || each.replace(/^(?=")/, 'W/') === answer.headers['ETag']);
  return isKnown && answer.status === 200 ? { ...answer, status: 304, body: '' } : answer;
}

/** Whether an answer is sent without its body. */
export function isBodiless(method: string | undefined, { status }: Answer): boolean {
  return method === 'HEAD' || status === 304;
}
