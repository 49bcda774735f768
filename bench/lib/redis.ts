import { createClient, type RedisClientType } from 'redis';
import { RedisServer } from '../../__tests__/support/redis/servers';

/** A redis-server of the bench's own. */
export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  /** As it says itself. */
  readonly version: string;
  /** Forgets all that was written. */
  empty(): Promise<unknown>;
}

/** Does something with a server of its own, which does not stay behind however the program ends. */
export async function withServer<T>(task: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await RedisServer.start();
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

/** What a server did in some time. */
export interface ServerCost {
  /** Of the processor. */
  readonly seconds: number;
  /** Commands that clients sent. */
  readonly sent: number;
  /** Of these the notes of this package in its index. */
  readonly notes: number;
  /** Commands that were carried out, those in scripts included. */
  readonly carriedOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** How often each command was carried out, and what else the server counts. */
interface Counters {
  readonly calls: ReadonlyMap<string, number>;
  readonly seconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes of this answer itself, which the next one counts. */
  readonly answer: number;
}

/** Commands of the bench itself, and of clients that connect. */
const ASIDE = /^(info|hello|client|config|script|command|ping|select|flushall)\b/;

async function readCounters(client: Pick<RedisClientType, 'info'>): Promise<Counters> {
  const info = await client.info('everything');
  const calls = new Map<string, number>();
  for (const [, command = '', count] of info.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)) {
    if (!ASIDE.test(command)) calls.set(command, Number(count));
  }
  const field = (name: string): number => Number(new RegExp(`^${name}:(.*)\\r`, 'm').exec(info)?.[1]);
  const seconds = field('used_cpu_user') + field('used_cpu_sys');
  const [bytesIn, bytesOut] = [field('total_net_input_bytes'), field('total_net_output_bytes')];
  return { calls, seconds, bytesIn, bytesOut, answer: info.length };
}

/** Gives a function that says what the server did since then. */
export async function watchServer(client: Pick<RedisClientType, 'info'>): Promise<() => Promise<ServerCost>> {
  const before = await readCounters(client);
  return async () => {
    const after = await readCounters(client);
    const calls = new Map(
      [...after.calls].map(([command, count]) => [command, count - (before.calls.get(command) ?? 0)]),
    );
    const carriedOut = [...calls.values()].reduce((sum, count) => sum + count, 0);
    // Whoever sends scripts sends nothing else; what they call is counted as well.
    const scripts = (calls.get('evalsha') ?? 0) + (calls.get('eval') ?? 0);
    return {
      seconds: after.seconds - before.seconds,
      sent: scripts || carriedOut,
      // Nothing else of this package calls ZADD.
      notes: scripts > 0 ? (calls.get('zadd') ?? 0) : 0,
      carriedOut,
      bytesIn: after.bytesIn - before.bytesIn,
      bytesOut: after.bytesOut - before.bytesOut - before.answer,
    };
  };
}

/** The same of several servers, with connections of its own. */
export async function watchServers(urls: readonly string[]): Promise<() => Promise<ServerCost[]>> {
  const clients = await Promise.all(urls.map((url) => createClient({ url }).connect()));
  const watches = await Promise.all(clients.map((client) => watchServer(client as never)));
  return async () => {
    const costs = await Promise.all(watches.map((watch) => watch()));
    for (const client of clients) client.destroy();
    return costs;
  };
}
