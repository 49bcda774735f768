import { createHash } from 'node:crypto';

/**
 * Decides who may see the log: `true` lets the request pass, anything else, or an error, refuses it. It is asked for the
 * page, its script and style, and each refresh of its data.
 */
export type Authorize = (request: Request) => boolean | Promise<boolean>;

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
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

/** Kept nowhere but in the page that asked for it. */
const NO_STORE = { 'Cache-Control': 'no-store' };
/** May be kept, but is asked for again each time. */
const ASK_AGAIN = { 'Cache-Control': 'private, no-cache' };

/** An answer in which something from the log may stand. */
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

/** Without a body where the client has it already. */
export function tagged(request: Request, type: string, body: string, isAsset = false): Answer {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const headers = { ETag: tag, ...(isAsset && ASK_AGAIN) };
  const known = request.headers.get('if-none-match')?.split(/\s*,\s*/) ?? [];
  // A proxy that compresses makes the tag a weak one.
  const isKnown = known.some((each) => each.replace(/^W\//, '') === tag);
  return isKnown ? answer(304, type, '', headers) : answer(200, type, body, headers);
}

/** Answers those who may see the log, and who ask to read. It never rejects. */
export async function guarded(
  request: Request,
  authorize: Authorize | 'public',
  respond: () => Promise<Answer>,
): Promise<Answer> {
  if (!isReading(request.method)) return methodRefusal();
  try {
    if (authorize !== 'public' && (await authorize(request)) !== true) return refusal(403, 'Forbidden');
  } catch {
    return refusal(403, 'Forbidden');
  }
  try {
    return await respond();
  } catch {
    return refusal(500, 'This page cannot be shown');
  }
}

export function isReading(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

export function methodRefusal(): Answer {
  return refusal(405, 'Method not allowed', { Allow: 'GET, HEAD' });
}

/** Whether an answer goes out without its body. */
export function isBodiless(method: string | undefined, { status }: Answer): boolean {
  return method === 'HEAD' || status === 304;
}
