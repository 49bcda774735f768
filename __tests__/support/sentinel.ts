import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { freePort, RedisServer } from './servers';
import { until } from './wait';

const NAME = 'main';
const SENTINELS = 3;
const QUORUM = 2;

/** A master with a replica, and the sentinels that watch them. */
export interface LocalSentinel {
  /** What the sentinels call the master. */
  readonly name: string;
  readonly sentinels: { readonly host: string; readonly port: number }[];
  readonly stop: () => Promise<void>;
}

/** A process that is under way, and how to end it. */
interface Running {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts them all, and waits until every sentinel knows the replica and the other sentinels. */
export async function startSentinel(): Promise<LocalSentinel> {
  const running: Running[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    const master = await startDataNode();
    running.push(master, await startDataNode(['--replicaof', '127.0.0.1', String(master.port)]));
    const sentinels: { host: string; port: number }[] = [];
    while (sentinels.length < SENTINELS) {
      const sentinel = await startSentinelProcess(master.port);
      running.push(sentinel);
      sentinels.push({ host: '127.0.0.1', port: sentinel.port });
    }
    await until(async () => (await Promise.all(sentinels.map(({ port }) => knowsAll(port)))).every(Boolean));
    return { name: NAME, sentinels, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startDataNode(args: readonly string[] = []): Promise<RedisServer> {
  return RedisServer.start({ args: ['--repl-diskless-sync-delay', '0', ...args] });
}

/** A sentinel keeps what it learns in the file that it was started with, so it needs one. */
async function startSentinelProcess(masterPort: number): Promise<Running> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'redis-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  writeFileSync(file, sentinelConfig(port, dir, masterPort));
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    rmSync(dir, { recursive: true, force: true });
  };
  return { port, stop };
}

function sentinelConfig(port: number, dir: string, masterPort: number): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} 3000`,
    `sentinel failover-timeout ${NAME} 5000`,
  ];
  return `${lines.join('\n')}\n`;
}

async function knowsAll(port: number): Promise<boolean> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP: 2, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const reply = (await client.sendCommand(['SENTINEL', 'MASTER', NAME])) as unknown as string[];
    const field = (name: string): number => Number(reply[reply.indexOf(name) + 1]);
    return field('num-slaves') === 1 && field('num-other-sentinels') === SENTINELS - 1;
  } finally {
    client.destroy();
  }
}
