/** Moves a slot of a cluster, step by step. */

import { type LocalCluster, readNodeId } from './cluster';
import type { RedisServer } from './servers';

const KEYS_AT_ONCE = '1000';
const MIGRATE_TIMEOUT_MS = '5000';

/**
 * A slot on its way from one master of a cluster to another. While some keys are here and some there, clients get ASK and
 * TRYAGAIN; at the end, MOVED.
 */
export class SlotMove {
  readonly #cluster: LocalCluster;
  readonly #slot: string;
  readonly #from: RedisServer;
  readonly #to: RedisServer;

  private constructor(cluster: LocalCluster, slot: number, ends: { from: RedisServer; to: RedisServer }) {
    this.#cluster = cluster;
    this.#slot = String(slot);
    this.#from = ends.from;
    this.#to = ends.to;
  }

  /** Opens the slot at both ends. No key has moved yet. */
  static async begin(cluster: LocalCluster, slot: number, to: RedisServer): Promise<SlotMove> {
    const from = await cluster.masterBySlot(slot);
    await to.command(['CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', await readNodeId(from)]);
    await from.command(['CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', await readNodeId(to)]);
    return new SlotMove(cluster, slot, { from, to });
  }

  /** Keys that have not moved yet. */
  async keys(): Promise<string[]> {
    return (await this.#from.command(['CLUSTER', 'GETKEYSINSLOT', this.#slot, KEYS_AT_ONCE])) as string[];
  }

  async moveKey(key: string): Promise<void> {
    await this.#from.command(['MIGRATE', '127.0.0.1', String(this.#to.port), key, '0', MIGRATE_TIMEOUT_MS]);
  }

  /** Gives the slot to its new master once no key is left. The new master is told first: its word counts. */
  async finish(): Promise<void> {
    const id = await readNodeId(this.#to);
    const others = (await this.#cluster.masters()).filter((node) => node !== this.#to && node !== this.#from);
    for (const node of [this.#to, this.#from, ...others]) {
      await node.command(['CLUSTER', 'SETSLOT', this.#slot, 'NODE', id]);
    }
  }
}

/** Moves a slot with all its keys to another master. */
export async function moveSlot(
  cluster: LocalCluster,
  slot: number,
  to: RedisServer,
  onKeyMoved: (key: string) => Promise<void> | void = () => undefined,
): Promise<void> {
  const move = await SlotMove.begin(cluster, slot, to);
  for (let keys = await move.keys(); keys.length > 0; keys = await move.keys()) {
    for (const key of keys) {
      await move.moveKey(key);
      await onKeyMoved(key);
    }
  }
  await move.finish();
}
