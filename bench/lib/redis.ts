/** Starts a redis-server for a benchmark, and reads its own counters: CPU time, commands and bytes. */

import { createClient, type RedisClientType } from 'redis';
import { RedisServer } from '../../__tests__/support/redis/servers';

/** A redis-server that only the benchmark uses. */
export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** Deletes all data. */
  empty(): Promise<unknown>;
}

/**
 * Runs a task with a server of its own, and stops the server however the program ends.
 *
 * @param env - is added to the environment of the server
 */
export async function withServer<T>(
  task: (server: BenchServer) => Promise<T>,
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const server = await RedisServer.start({ env });
  const info = String(await server.command(['INFO', 'server']));
  const field = (name: string): string => new RegExp(`^${name}:(.*)\\r`, 'm').exec(info)?.[1] ?? '';
  const pid = Number(field('process_id'));
  const kill = (): boolean => process.kill(pid, 'SIGKILL');
  process.once('exit', kill);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  try {
    return await task({
      url: server.url,
      pid,
      version: field('redis_version'),
      empty: () => server.command(['FLUSHALL']),
    });
  } finally {
    process.off('exit', kill);
    await server.stop();
  }
}

/** The work of a server during a measurement. */
export interface ServerCost {
  /** CPU time. */
  readonly seconds: number;
  /** Commands sent by clients. */
  readonly sent: number;
  /** Batches of this package among these: each trims a list of lines once, and nothing else does. */
  readonly batches: number;
  /** Commands executed, those in scripts included. */
  readonly executed: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** The counters of a server since it started. */
interface Counters {
  /** Executions, by command. */
  readonly calls: ReadonlyMap<string, number>;
  readonly seconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes of the reply with these counters, which the next reply counts as sent. */
  readonly reply: number;
}

/** Commands of the benchmark itself, and of clients that connect. */
const IGNORED = /^(info|hello|client|config|script|command|ping|select|flushall)\b/;

async function readCounters(client: Pick<RedisClientType, 'info'>): Promise<Counters> {
  const info = await client.info('everything');
  const calls = new Map<string, number>();
  for (const [, command = '', count] of info.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)) {
    if (!IGNORED.test(command)) calls.set(command, Number(count));
  }
  const field = (name: string): number => Number(new RegExp(`^${name}:(.*)\\r`, 'm').exec(info)?.[1]);
  const seconds = field('used_cpu_user') + field('used_cpu_sys');
  const [bytesIn, bytesOut] = [field('total_net_input_bytes'), field('total_net_output_bytes')];
  return { calls, seconds, bytesIn, bytesOut, reply: info.length };
}

/** Returns a function that measures the work of the server since this call. */
export async function watchServer(client: Pick<RedisClientType, 'info'>): Promise<() => Promise<ServerCost>> {
  const before = await readCounters(client);
  return async () => {
    const after = await readCounters(client);
    const calls = new Map(
      [...after.calls].map(([command, count]) => [command, count - (before.calls.get(command) ?? 0)]),
    );
    const executed = [...calls.values()].reduce((sum, count) => sum + count, 0);
    // A contender that sends scripts sends nothing else; the counters include the commands that the scripts call.
    const scripts = (calls.get('evalsha') ?? 0) + (calls.get('eval') ?? 0);
    return {
      seconds: after.seconds - before.seconds,
      sent: scripts || executed,
      batches: calls.get('ltrim') ?? 0,
      executed,
      bytesIn: after.bytesIn - before.bytesIn,
      bytesOut: after.bytesOut - before.bytesOut - before.reply,
    };
  };
}

/** The same for several servers, over connections of its own. */
export async function watchServers(urls: readonly string[]): Promise<() => Promise<ServerCost[]>> {
  const clients = await Promise.all(urls.map((url) => createClient({ url }).connect()));
  const watches = await Promise.all(clients.map((client) => watchServer(client as never)));
  return async () => {
    const costs = await Promise.all(watches.map((watch) => watch()));
    for (const client of clients) client.destroy();
    return costs;
  };
}
