/** Starts a master and a replica behind three sentinels. */

import { until } from '../wait';
import { isOnlineReplica, promoted } from './roles';
import { SentinelProcess } from './sentinel-process';
import { RedisServer } from './servers';

const NAME = 'main';
const SENTINELS = 3;
const QUORUM = 2;
/** Sentinels take some seconds to agree that a master is down, and some more to promote its replica. */
const PROMOTION_TIMEOUT_MS = 30_000;

/** A master, its replica, and the sentinels that watch them. */
export class LocalSentinel {
  /** The sentinels' name for the master. */
  readonly name = NAME;
  /** The servers with the data: the first master, then its replica. */
  readonly nodes: readonly RedisServer[];
  readonly #processes: readonly SentinelProcess[];

  constructor(nodes: readonly RedisServer[], processes: readonly SentinelProcess[]) {
    this.nodes = nodes;
    this.#processes = processes;
  }

  get sentinels(): { readonly host: string; readonly port: number }[] {
    return this.#processes.map(({ port }) => ({ host: '127.0.0.1', port }));
  }

  /** The server that all sentinels take for the master now. */
  master(): Promise<RedisServer> {
    return until(async () => {
      const ports = await Promise.all(this.#processes.map((sentinel) => sentinel.masterPort()));
      return this.nodes.find((node) => ports.every((port) => port === node.port));
    }, PROMOTION_TIMEOUT_MS);
  }

  /**
   * Promotes the replica, and waits until all sentinels agree. The old master takes writes for some seconds more, until it
   * follows the new one: see {@link whole}.
   */
  async failover(): Promise<void> {
    const old = await this.master();
    await this.#processes[0]?.failover();
    await this.#replaced(old);
  }

  /** Kills the master as a power cut would, and waits until the replica is promoted. Gives the killed one. */
  async killMaster(): Promise<RedisServer> {
    const old = await this.master();
    await old.kill();
    await this.#replaced(old);
    return old;
  }

  /** Waits until the sentinels know the data nodes and one another, and the replica follows the master. */
  async whole(): Promise<void> {
    const known = { replicas: this.nodes.length - 1, sentinels: this.#processes.length - 1 };
    await until(async () =>
      (await Promise.all(this.#processes.map((sentinel) => sentinel.knows(known)))).every(Boolean),
    );
    const master = await this.master();
    const replicas = this.nodes.filter((node) => node !== master);
    await until(async () => (await Promise.all(replicas.map(isOnlineReplica))).every(Boolean), PROMOTION_TIMEOUT_MS);
  }

  readonly stop = async (): Promise<void> => {
    await Promise.all([...this.nodes, ...this.#processes].map((server) => server.stop()));
  };

  async #replaced(old: RedisServer): Promise<void> {
    await until(async () => (await this.master()) !== old, PROMOTION_TIMEOUT_MS);
    await promoted(await this.master());
  }
}

/** Starts a master, a replica and their sentinels, and waits until they know each other. */
export async function startSentinel(): Promise<LocalSentinel> {
  const nodes: RedisServer[] = [];
  const processes: SentinelProcess[] = [];
  const sentinel = new LocalSentinel(nodes, processes);
  try {
    const master = await startDataNode();
    nodes.push(master);
    nodes.push(await startDataNode('--replicaof', '127.0.0.1', String(master.port)));
    const watched = { name: NAME, masterPort: master.port, quorum: QUORUM };
    while (processes.length < SENTINELS) processes.push(await SentinelProcess.start(watched));
    await sentinel.whole();
    return sentinel;
  } catch (error) {
    await sentinel.stop();
    throw error;
  }
}

function startDataNode(...replication: readonly string[]): Promise<RedisServer> {
  return RedisServer.start({ args: ['--repl-diskless-sync-delay', '0', ...replication] });
}
