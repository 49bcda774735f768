import { RedisServer } from './servers';
import { until } from './wait';

const SLOTS = 16_384;
const NODE_ARGS = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', '2000'];

/** A Redis Cluster of local masters. */
export interface LocalCluster {
  /** One for each master. */
  readonly urls: string[];
  readonly stop: () => Promise<void>;
}

/** Starts masters that share the slots evenly, and waits until each of them knows all of the cluster. */
export async function startCluster({ masters = 3 } = {}): Promise<LocalCluster> {
  const nodes: RedisServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    while (nodes.length < masters) nodes.push(await RedisServer.start({ args: NODE_ARGS }));
    await Promise.all(nodes.map((node, index) => assignSlots(node, index, masters)));
    await introduce(nodes);
    await until(async () => (await Promise.all(nodes.map((node) => isWhole(node, masters)))).every(Boolean));
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls: nodes.map(({ url }) => url), stop };
}

async function assignSlots(node: RedisServer, index: number, masters: number): Promise<void> {
  const first = Math.floor((index * SLOTS) / masters);
  const last = Math.floor(((index + 1) * SLOTS) / masters) - 1;
  await node.command(['CLUSTER', 'ADDSLOTSRANGE', String(first), String(last)]);
  // Nodes that all have the epoch they were born with first have to settle that conflict.
  await node.command(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
}

async function introduce([first, ...others]: RedisServer[]): Promise<void> {
  for (const { port } of others) await first?.command(['CLUSTER', 'MEET', '127.0.0.1', String(port)]);
}

async function isWhole(node: RedisServer, masters: number): Promise<boolean> {
  const info = String(await node.command(['CLUSTER', 'INFO']));
  const expected = ['cluster_state:ok', `cluster_slots_ok:${SLOTS}`, `cluster_known_nodes:${masters}`];
  return expected.every((line) => info.split('\r\n').includes(line));
}
