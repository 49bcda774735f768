/** Lets only reading requests of authorized users through. */

import { withDeadline } from '../../redis/deadline';
import { type Answer, refusal } from './answer';

/** A session store that never answers must not hold requests for ever. */
const AUTHORIZE_TIMEOUT_MS = 10_000;

/**
 * Decides who may see the log: `true` lets the request pass; any other value, or an error, refuses it. It is called for the
 * page, its script and style, and each refresh of its data. A promise that has not settled after ten seconds refuses the
 * request, too.
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
    if (authorize !== 'public' && (await decide(authorize, request)) !== true) return refusal(403, 'Forbidden');
  } catch (error) {
    return error instanceof UndecidedError ? refusal(503, error.message) : refusal(403, 'Forbidden');
  }
  try {
    return await respond();
  } catch {
    return refusal(500, 'This page cannot be shown');
  }
}

class UndecidedError extends Error {
  override name = 'UndecidedError';
}

function decide(authorize: Authorize, request: Request): boolean | Promise<boolean> {
  const decision = authorize(request);
  if (typeof decision === 'boolean') return decision;
  const toError = (): Error => new UndecidedError('Whether you may see this page was not decided in time');
  return withDeadline(Promise.resolve(decision), AUTHORIZE_TIMEOUT_MS, { toError });
}

export function isReading(method: string | undefined): boolean {
  return method === 'GET' || method === 'HEAD';
}

export function methodRefusal(): Answer {
  return refusal(405, 'Method not allowed', { Allow: 'GET, HEAD' });
}
