/** Creates the dashboard: a page about a log, for any kind of server. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertFunction, assertKnown, assertObject, assertWholeNumber, OptionsError } from '../errors';
import type { DashboardReader } from './data/gather';
import { SharedReader } from './data/shared-reader';
import { type Answer, isBodiless } from './http/answer';
import { type Authorize, guard } from './http/guard';
import { answerNode } from './http/node';
import { respondTo } from './http/routes';

/** Options of {@link createDashboard}. */
export interface DashboardOptions {
  /** Reads the log. Its Redis user needs no right to write. */
  readonly reader: DashboardReader;
  /** Decides who may see the log; `'public'` for everyone whose requests the application passes on. */
  readonly authorize: Authorize | 'public';
  /** Heading of the page. @default 'Logs' */
  readonly title?: string | undefined;
  /** Shown beside the heading, such as `'production'`. @default none */
  readonly environment?: string | undefined;
  /** Time between two refreshes, in milliseconds; from 1,000 to 3,600,000. @default 5000 */
  readonly refreshMs?: number | undefined;
}

const OPTIONS: Readonly<Record<keyof DashboardOptions, true>> = {
  reader: true,
  authorize: true,
  title: true,
  environment: true,
  refreshMs: true,
};

/** A web page at one path. It needs all requests to that path, with or without a trailing slash, and no others. */
export interface Dashboard {
  /** For servers that use web requests: Hono, Next.js, Bun, Deno. It never rejects. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For servers on node:http: Express, Fastify, Koa, Nest. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Creates a page that shows what is new or surging in a log, what is most frequent, and the latest lines. It only reads,
 * answers GET and HEAD, and is complete without JavaScript.
 *
 * @throws OptionsError if an option is invalid
 * @example
 * app.use('/logs', createDashboard({ reader, authorize: (request) => isAdmin(request) }).node);
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  assertOptions(options);
  const { reader, authorize, title = 'Logs', environment, refreshMs = 5000 } = options;
  const settings = { title, environment, refreshMs };
  const shared = new SharedReader(reader);
  const respond = (request: Request): Promise<Answer> =>
    guard(request, authorize, () => respondTo(request, shared, settings));
  return {
    fetch: async (request) => {
      const answer = await respond(request);
      const body = isBodiless(request.method, answer) ? null : answer.body;
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
    node: (request, response) => {
      answerNode(request, response, respond).catch(() => response.destroy());
    },
  };
}

function assertOptions(options: DashboardOptions): void {
  assertObject(options, 'options');
  assertKnown(options, OPTIONS);
  const { reader, authorize, title, environment, refreshMs } = options;
  assertObject(reader, 'reader');
  for (const method of ['names', 'recent', 'common', 'compare'] as const) {
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
