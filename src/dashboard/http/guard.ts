/** Lets only reading requests of authorized users through. */

import { type Answer, refusal } from './answer';

/**
 * Decides who may see the log: `true` lets the request pass; any other value, or an error, refuses it. It is called for the
 * page, its script and style, and each refresh of its data.
 */
export type Authorize = (request: Request) => boolean | Promise<boolean>;

/** Answers a request if it only reads and its user is authorized. It never rejects. */
export async function guard(
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
