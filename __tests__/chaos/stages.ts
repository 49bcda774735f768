/** A server, a cluster and a master behind sentinels, each with the faults that can strike it. */

import { createClient, createCluster, createSentinel } from 'redis';
import { startCluster } from '../support/redis/cluster';
import { FaultProxy } from '../support/redis/proxy';
import { startSentinel } from '../support/redis/sentinel';
import { RedisServer } from '../support/redis/servers';
import type { Inspector } from '../support/redis/stored-log';
import { until } from '../support/wait';
import type { WriterConnection } from '../support/writers/fault-writer';
import { commandFaults, type Fault, hang, networkFaults, serverFaults } from './faults';
import type { Evaluator } from './hours';
import type { Random } from './random';

/** A Redis in one of its forms, with its faults. */
export interface Stage {
  /** Connections of the writers, in turns. */
  readonly connections: readonly WriterConnection[];
  /** A logger name as the keys have it. */
  readonly inKeys: (name: string) => string;
  readonly inspector: Inspector & Evaluator;
  /** Rows of faults. The rows strike at the same time, the faults of a row one after the other. */
  readonly faults: readonly (readonly Fault[])[];
  /** Waits until all faults are repaired. */
  readonly heal: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const HEAL_TIMEOUT_MS = 60_000;

async function standalone(): Promise<Stage> {
  const server = await RedisServer.start({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
  const proxy = await FaultProxy.start(server.port);
  const inspector = createClient({ url: server.url, RESP: 2 });
  inspector.on('error', () => undefined);
  await inspector.connect();
  return {
    connections: [{ url: proxy.url }, { clientUrl: proxy.url }],
    inKeys: (name) => name,
    inspector,
    faults: [serverFaults(server), networkFaults(proxy), commandFaults(async () => [server])],
    heal: async () => void (await until(() => server.command(['PING']), HEAL_TIMEOUT_MS)),
    stop: async () => {
      inspector.destroy();
      await proxy.stop();
      await server.stop();
    },
  };
}

async function cluster(): Promise<Stage> {
  const nodes = await startCluster({ masters: 3, replicas: 1 });
  const inspector = createCluster({ rootNodes: nodes.urls.map((url) => ({ url })), RESP: 2 });
  inspector.on('error', () => undefined);
  await inspector.connect();
  const pick = async (random: Random): Promise<RedisServer> => random.pick(await nodes.masters());
  const failover = async (random: Random): Promise<void> => {
    const [replica] = await nodes.findReplicas(await pick(random));
    if (!replica) throw new Error('a master has no replica');
    await nodes.failover(replica);
  };
  const kill = async (random: Random): Promise<void> => {
    const master = await pick(random);
    const slotted = new Set(await nodes.masters());
    await master.kill();
    await until(async () => (await nodes.masters()).some((now) => !slotted.has(now)), HEAL_TIMEOUT_MS);
    await master.start();
    await nodes.whole();
  };
  return {
    connections: [{ cluster: nodes.urls }],
    inKeys: (name) => `{${name}}`,
    inspector,
    faults: [
      [{ title: 'kill -9', strike: kill }, { title: 'failover', strike: failover }, hang('SIGSTOP', pick, 1500)],
      commandFaults(() => nodes.masters()),
    ],
    heal: () => nodes.whole(),
    stop: async () => {
      inspector.destroy();
      await nodes.stop();
    },
  };
}

async function sentinel(): Promise<Stage> {
  const nodes = await startSentinel();
  const address = { name: nodes.name, sentinelRootNodes: nodes.sentinels };
  const inspector = createSentinel({ ...address, RESP: 2 });
  inspector.on('error', () => undefined);
  await inspector.connect();
  const kill = async (): Promise<void> => {
    const killed = await nodes.killMaster();
    await killed.start();
    await nodes.whole();
  };
  const failover = async (): Promise<void> => {
    await nodes.failover();
    await nodes.whole();
  };
  return {
    connections: [{ sentinel: address }],
    inKeys: (name) => name,
    inspector,
    faults: [
      [
        { title: 'kill -9', strike: kill },
        { title: 'failover', strike: failover },
        hang('SIGSTOP', () => nodes.master(), 1500),
      ],
      commandFaults(async () => [await nodes.master()]),
    ],
    heal: () => nodes.whole(),
    stop: async () => {
      await inspector.destroy();
      await nodes.stop();
    },
  };
}

export const STAGES = { standalone, cluster, sentinel };
