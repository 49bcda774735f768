/** Creates the dashboard: a page about a log, for any kind of server. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertFunction, assertKnown, assertObject, assertWholeNumber, OptionsError } from '../errors';
import { assertName } from '../redis/keys';
import type { DashboardReader } from './data/gather';
import { SharedReader } from './data/shared-reader';
import { type Answer, isBodiless, unlessKnown } from './http/answer';
import { compressed } from './http/compress';
import { type Authorize, guard } from './http/guard';
import { answerNode } from './http/node';
import { type Environments, respondTo } from './http/routes';

/** Options of {@link createDashboard}. */
export interface DashboardOptions {
  /** Reads the log. Its Redis user needs no right to write. Required, unless there are `environments`. */
  readonly reader?: DashboardReader | undefined;
  /** Readers of several logs by name, such as `{ production, staging }`, in place of `reader`: the first is shown at first. */
  readonly environments?: Readonly<Record<string, DashboardReader>> | undefined;
  /** Decides who may see the log; `'public'` for everyone whose requests the application passes on. */
  readonly authorize: Authorize | 'public';
  /** Heading of the page. @default 'Logs' */
  readonly title?: string | undefined;
  /** Shown beside the heading, such as `'production'`, with a `reader`. @default none */
  readonly environment?: string | undefined;
  /** Time between two refreshes, in milliseconds; from 1,000 to 3,600,000. @default 5000 */
  readonly refreshMs?: number | undefined;
  /** Groups of watchers (`RecentCommonWatcher`): the page of a message shows what they have told of it. @default ['default'] */
  readonly watchers?: readonly string[] | undefined;
}

const OPTIONS: Readonly<Record<keyof DashboardOptions, true>> = {
  reader: true,
  environments: true,
  authorize: true,
  title: true,
  environment: true,
  refreshMs: true,
  watchers: true,
};

/** A web page at one path. It needs all requests to that path, with or without a trailing slash, and no others. */
export interface Dashboard {
  /**
   * For servers that use web requests: Hono, Next.js, Bun, Deno. It never rejects. Answers are not compressed: some of these servers
   * do that to each, and Next.js takes the header away that would tell it.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** For servers on node:http: Express, Fastify, Koa, Nest. Answers are compressed for clients that take gzip. */
  readonly node: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Creates a page that shows every logger, and of each what is new or surging, what is most frequent, and the latest lines. It only
 * reads, answers GET and HEAD, and is complete without JavaScript.
 *
 * @throws OptionsError if an option is invalid
 * @example
 * app.use('/logs', createDashboard({ reader, authorize: (request) => isAdmin(request) }).node);
 */
export function createDashboard(options: DashboardOptions): Dashboard {
  assertOptions(options);
  loadWebRequests();
  const { authorize, title = 'Logs', environment, refreshMs = 5000 } = options;
  const readers = sharedReaders(options);
  const environments = [...readers.keys()].filter((name) => name !== undefined);
  const settings = { title, environment, environments, refreshMs };
  const respond = (request: Request): Promise<Answer> =>
    guard(request, authorize, async () => unlessKnown(request, await respondTo(request, readers, settings)));
  return {
    fetch: async (request) => {
      const answer = await respond(request);
      const body = isBodiless(request.method, answer) ? null : answer.body;
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
    node: (request, response) => {
      const respondCompressed = async (each: Request): Promise<Answer> => compressed(each, await respond(each));
      answerNode(request, response, respondCompressed).catch(() => response.destroy());
    },
  };
}

/** Node loads them when they are first used, for which it takes 20 ms of a turn of the event loop: that shall be no request. */
function loadWebRequests(): void {
  new Request('http://localhost/');
}

function sharedReaders({ reader, environments, watchers = ['default'] }: DashboardOptions): Environments {
  if (reader) return new Map([[undefined, new SharedReader(reader, watchers)]]);
  return new Map(Object.entries(environments ?? {}).map(([name, each]) => [name, new SharedReader(each, watchers)]));
}

function assertOptions(options: DashboardOptions): void {
  assertObject(options, 'options');
  assertKnown(options, OPTIONS);
  const { reader, environments, authorize, title, environment, refreshMs, watchers = [] } = options;
  if (environments === undefined) assertReader(reader, 'reader');
  else assertEnvironments(environments, options);
  if (authorize !== 'public' && typeof authorize !== 'function') {
    throw new OptionsError('authorize', "a function, or 'public' to let everyone see the log", authorize);
  }
  for (const [option, text] of Object.entries({ title, environment })) {
    if (text !== undefined && typeof text !== 'string') throw new OptionsError(option, 'a string', text);
  }
  if (refreshMs !== undefined) assertWholeNumber(refreshMs, 'refreshMs', 1000, 3_600_000);
  if (!Array.isArray(watchers)) throw new OptionsError('watchers', 'an array of groups of watchers', watchers);
  for (const group of watchers) assertName(group, { hashTag: true }, 'watchers');
}

function assertReader(reader: unknown, option: string): void {
  assertObject(reader, option);
  for (const method of ['names', 'overview', 'changedSince', 'glance', 'recent', 'compare', 'told'] as const) {
    assertFunction((reader as Partial<DashboardReader>)[method], `${option}.${method}`, true);
  }
}

function assertEnvironments(environments: unknown, { reader, environment }: DashboardOptions): void {
  assertObject(environments, 'environments');
  const readers = Object.entries(environments as object);
  if (readers.length === 0) throw new OptionsError('environments', 'an object with at least one reader', environments);
  if (reader !== undefined) throw new OptionsError('reader', 'left out if there are environments', reader);
  if (environment !== undefined) {
    throw new OptionsError('environment', 'left out if there are environments', environment);
  }
  for (const [name, each] of readers) assertReader(each, `environments.${name}`);
}
