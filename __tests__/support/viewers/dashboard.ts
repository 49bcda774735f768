/** Mounts dashboards for the tests, asks them for pages, and reads what these say. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { createDashboard, type Dashboard, type DashboardOptions } from '../../../src/dashboard';
import { compiledRoot } from '../compiled';
import { isoHour } from '../hours';
import type { Workspace } from '../workspace';
import { ageSeen } from '../writers/seen';

/** The number of log calls by severity and message. */
export type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A server on a free port of the loopback interface. */
export class Site {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async open(listener: RequestListener): Promise<Site> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Site(server);
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

/** A program that serves pages, in a process of its own. */
export class SiteProcess {
  /** The first line that the program printed. */
  readonly address: URL;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: URL) {
    this.#child = child;
    this.address = address;
  }

  /** @param args - a file of the compiled repository; or `-e`, and a program */
  static async start(args: readonly string[], env: NodeJS.ProcessEnv): Promise<SiteProcess> {
    const child = spawn(process.execPath, args, {
      cwd: compiledRoot(),
      env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return new SiteProcess(child, new URL(line));
  }

  /** Ends it by SIGTERM and returns its exit code. */
  async end(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }
}

/** A dashboard of the logs of a workspace, for everyone. */
export function makeDashboard(workspace: Workspace, options: Partial<DashboardOptions> = {}): Dashboard {
  return createDashboard({ reader: workspace.reader, authorize: 'public', ...options });
}

/** Sends a dashboard a request with this query. */
export function ask(dashboard: Dashboard, query = '', init: RequestInit = {}): Promise<Response> {
  return dashboard.fetch(new Request(`http://logs.example/${query}`, init));
}

/** A query with these parameters, percent-encoded. */
export function toQuery(parameters: Readonly<Record<string, string>>): string {
  return `?${new URLSearchParams(parameters).toString()}`;
}

/** The most log calls that are really made for one message; any more are added to its count. */
const MAX_LOGGED = 100;

/** Logs in this hour, or as if that many hours ago. */
export async function logCounts(workspace: Workspace, name: string, counts: Counts, hoursAgo = 0): Promise<void> {
  const transport = workspace.transport({ name, closeTimeoutMs: 60_000 });
  const all = Object.entries(counts).flatMap(([severity, messages]) =>
    Object.entries(messages).map(([message, count]) => ({ severity, message, count })),
  );
  for (const { severity: level, message, count } of all) {
    for (let i = 0; i < Math.min(count, MAX_LOGGED); i++) transport.log({ level, message });
  }
  await transport.flush();
  for (const { severity, message, count } of all.filter((each) => each.count > MAX_LOGGED)) {
    await workspace.redis.zIncrBy(workspace.key(`common:${name}:${severity}`), count - MAX_LOGGED, message);
  }
  if (hoursAgo === 0) return;
  for (const severity of Object.keys(counts)) {
    const common = workspace.key(`common:${name}:${severity}`);
    await workspace.redis.set(`${common}:start`, isoHour(hoursAgo));
    await workspace.redis.unlink([`${common}:minutes`, `${common}:pulse`]);
    await ageSeen(workspace.redis, common, hoursAgo);
  }
}

/** The text of each cell of a table, row by row. */
export function tableRows(html: string, kind: string): string[][] {
  return tableCells(html, kind).map((row) => row.map(textIn));
}

/** The message in the last cell of each row of a table, without what unfolds below it. */
export function tableMessages(html: string, kind: string): string[] {
  return tableCells(html, kind).map((row) => textIn((row.at(-1) as string).split('<div class="sample">')[0] as string));
}

function tableCells(html: string, kind: string): string[][] {
  const table = new RegExp(`<table class="${kind}".*?<tbody[^>]*>(.*?)</tbody>`, 's').exec(html)?.[1] ?? '';
  return table
    .split('</tr>')
    .slice(0, -1)
    .map((row) => row.split('</td>').slice(0, -1));
}

/** The text of HTML as a browser shows it. */
export function textIn(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
    .replace(
      /&(lt|gt|quot|amp);/g,
      (_entity, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] as string,
    );
}

/** The text of the element with this id, up to the first end tag of its kind. */
export function textById(html: string, id: string): string {
  const [, tag, rest] = new RegExp(`<([a-z]+) id="${id}"[^>]*>(.*)`, 's').exec(html) ?? [];
  if (tag === undefined || rest === undefined) throw new Error(`no element has the id ${id}`);
  return textIn(rest.slice(0, rest.indexOf(`</${tag}>`)));
}
