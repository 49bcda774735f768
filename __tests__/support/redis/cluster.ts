/** Starts a Redis Cluster of local servers, and tells who has which slot. */

import { until } from '../wait';
import { isOnlineReplica, promoted } from './roles';
import { RedisServer } from './servers';

const SLOTS = 16_384;
const NODE_ARGS = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', '2000'];
/** A replica starts at once, and takes over however long it has not heard of its master. */
const REPLICATION_ARGS = ['--repl-diskless-sync-delay', '0', '--cluster-replica-validity-factor', '0'];

/** A Redis Cluster of local servers. */
export class LocalCluster {
  /** The first masters, then their replicas. */
  readonly nodes: readonly RedisServer[];
  /** One for each of the first masters. */
  readonly urls: string[];
  readonly #masters: number;

  constructor(nodes: readonly RedisServer[], masters: number) {
    this.nodes = nodes;
    this.urls = nodes.slice(0, masters).map(({ url }) => url);
    this.#masters = masters;
  }

  /** The slot of a key. */
  async readSlot(key: string): Promise<number> {
    return Number(await this.#ask(['CLUSTER', 'KEYSLOT', key]));
  }

  /** The master that has the slot of a key now. */
  async masterByKey(key: string): Promise<RedisServer> {
    return this.masterBySlot(await this.readSlot(key));
  }

  /** The master that has a slot now. */
  async masterBySlot(slot: number): Promise<RedisServer> {
    const range = (await this.#ranges()).find(({ first, last }) => first <= slot && slot <= last);
    if (!range) throw new Error(`no master has the slot ${slot}`);
    return range.master;
  }

  /** The masters that have slots now. */
  async masters(): Promise<RedisServer[]> {
    return [...new Set((await this.#ranges()).map(({ master }) => master))];
  }

  /** A master other than this one. */
  async otherMaster(than: RedisServer): Promise<RedisServer> {
    return (await this.masters()).find((master) => master !== than) as RedisServer;
  }

  /** The replicas of a master, as it knows them. */
  async findReplicas(master: RedisServer): Promise<RedisServer[]> {
    const lines = (await master.command(['CLUSTER', 'REPLICAS', await readNodeId(master)])) as string[];
    return lines.map((line) => this.#nodeAt(Number(/:(\d+)@/.exec(line)?.[1])));
  }

  /** Lets a replica take over from its master in agreement with it, and waits until all nodes know. */
  async failover(replica: RedisServer): Promise<void> {
    await replica.command(['CLUSTER', 'FAILOVER']);
    await promoted(replica);
    await this.whole();
  }

  /** Waits until every node sees the cluster as whole, and every replica follows its master. */
  async whole(): Promise<void> {
    await until(async () => (await Promise.all(this.nodes.map((node) => this.#isWhole(node)))).every(Boolean), 30_000);
  }

  readonly stop = async (): Promise<void> => {
    await Promise.all(this.nodes.map((node) => node.stop()));
  };

  async #isWhole(node: RedisServer): Promise<boolean> {
    const info = String(await node.command(['CLUSTER', 'INFO'])).split('\r\n');
    if (!['cluster_state:ok', `cluster_slots_ok:${SLOTS}`].every((line) => info.includes(line))) return false;
    const members = String(await node.command(['CLUSTER', 'NODES']))
      .trim()
      .split('\n');
    const replicas = members.filter((member) => / (myself,)?slave /.test(member));
    if (members.length < this.nodes.length || replicas.length < this.nodes.length - this.#masters) return false;
    return !replicas.some((member) => member.includes('myself')) || isOnlineReplica(node);
  }

  async #ranges(): Promise<{ first: number; last: number; master: RedisServer }[]> {
    const ranges = (await this.#ask(['CLUSTER', 'SLOTS'])) as [number, number, [string, number]][];
    return ranges.map(([first, last, [, port]]) => ({ first, last, master: this.#nodeAt(port) }));
  }

  /** Asks one node after the other, until one answers. */
  async #ask(command: readonly string[]): Promise<unknown> {
    for (const node of this.nodes) {
      const reply = await node.command(command).catch(() => undefined);
      if (reply !== undefined) return reply;
    }
    throw new Error('no node of the cluster answers');
  }

  #nodeAt(port: number): RedisServer {
    const found = this.nodes.find((node) => node.port === port);
    if (!found) throw new Error(`no node of the cluster has the port ${port}`);
    return found;
  }
}

/** The id of a node in its cluster. */
export async function readNodeId(node: RedisServer): Promise<string> {
  return String(await node.command(['CLUSTER', 'MYID']));
}

/**
 * Starts masters that share the slots evenly, with `replicas` for each. Waits until every node knows the whole cluster.
 */
export async function startCluster({ masters = 3, replicas = 0 } = {}): Promise<LocalCluster> {
  const nodes: RedisServer[] = [];
  const size = masters * (1 + replicas);
  try {
    while (nodes.length < size) nodes.push(await RedisServer.start({ args: [...NODE_ARGS, ...REPLICATION_ARGS] }));
    await Promise.all(nodes.slice(0, masters).map((node, index) => assignSlots(node, index, masters)));
    await introduce(nodes);
    const followers = nodes.slice(masters);
    await Promise.all(followers.map((node, index) => follow(node, nodes[index % masters] as RedisServer)));
    const cluster = new LocalCluster(nodes, masters);
    await cluster.whole();
    return cluster;
  } catch (error) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw error;
  }
}

async function assignSlots(node: RedisServer, index: number, masters: number): Promise<void> {
  const first = Math.floor((index * SLOTS) / masters);
  const end = Math.floor(((index + 1) * SLOTS) / masters);
  const slots = Array.from({ length: end - first }, (_, i) => String(first + i));
  await node.command(['CLUSTER', 'ADDSLOTS', ...slots]);
  // Nodes that all have their first epoch would have to settle that conflict.
  await node.command(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
}

async function introduce([first, ...others]: RedisServer[]): Promise<void> {
  for (const { port } of others) await first?.command(['CLUSTER', 'MEET', '127.0.0.1', String(port)]);
}

/** Waits until the replica has heard of its master. */
async function follow(replica: RedisServer, master: RedisServer): Promise<void> {
  const id = await readNodeId(master);
  await until(() => replica.command(['CLUSTER', 'REPLICATE', id]));
}
