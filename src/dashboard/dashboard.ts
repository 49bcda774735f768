import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertFunction, assertObject, assertWholeNumber, OptionsError } from '../errors';
import type { DashboardReader } from './data/gather';
import { Source } from './data/source';
import { type Answer, type Authorize, guarded, isBodiless } from './http/http';
import { answerNode } from './http/node';
import { respondTo } from './http/routes';

/** Options of {@link createDashboard}. */
export interface DashboardOptions {
  /** Reads the log. A user of Redis who only reads is enough for it. */
  readonly reader: DashboardReader;
  /** Who may see the log; `'public'` for all whom the application lets come this far. */
  readonly authorize: Authorize | 'public';
  /** Heading of the page. @default 'Logs' */
  readonly title?: string | undefined;
  /** What is being looked at, such as `'production'`, shown beside the heading. @default none */
  readonly environment?: string | undefined;
  /** Time between two refreshes, in milliseconds; from 1,000 to 3,600,000. @default 5000 */
  readonly refreshMs?: number | undefined;
}

/** A web page at one address: it needs all requests to that path, with or without a trailing slash, and no other. */
export interface Dashboard {
  /** For all that speaks Request and Response: Hono, Next.js, Bun, Deno. It never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For node:http and what stands on it: Express, Fastify, Koa, Nest. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * A page that shows what a logger says: what is new or surging, what is most frequent, and the latest lines. It only reads,
 * answers GET and HEAD, and is complete without JavaScript.
 *
 * @throws OptionsError for an option that cannot be used
 * @example
 * app.use('/logs', createDashboard({ reader, authorize: (request) => isAdmin(request) }).node);
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  assertOptions(options);
  const { reader, authorize, title = 'Logs', environment, refreshMs = 5000 } = options;
  const settings = { title, environment, refreshMs };
  const source = new Source(reader);
  const respond = (request: Request): Promise<Answer> =>
    guarded(request, authorize, () => respondTo(request, source, settings));
  return {
    fetch: async (request) => {
      const answered = await respond(request);
      const body = isBodiless(request.method, answered) ? null : answered.body;
      return new Response(body, { status: answered.status, headers: answered.headers });
    },
    node: (request, response) => {
      answerNode(request, response, respond).catch(() => response.destroy());
    },
  };
}

function assertOptions(options: DashboardOptions): void {
  assertObject(options, 'options');
  const { reader, authorize, title, environment, refreshMs } = options;
  assertObject(reader, 'reader');
  for (const method of ['names', 'recent', 'common', 'changes'] as const) {
    assertFunction(reader[method], `reader.${method}`, true);
  }
  if (authorize !== 'public' && typeof authorize !== 'function') {
    throw new OptionsError('authorize', "a function, or 'public' to let everyone see the log", authorize);
  }
  for (const [option, text] of Object.entries({ title, environment })) {
    if (text !== undefined && typeof text !== 'string') throw new OptionsError(option, 'a string', text);
  }
  if (refreshMs !== undefined) assertWholeNumber(refreshMs, 'refreshMs', 1000, 3_600_000);
}
