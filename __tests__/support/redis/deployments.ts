/** Starts Redis in its three forms: standalone, cluster and behind sentinels. */

import { createClient, createCluster, createSentinel } from 'redis';
import { startCluster } from './cluster';
import { startSentinel } from './sentinel';
import { RedisServer } from './servers';
import type { Inspector } from './stored-log';

/** A Redis of the test's own, in one of its forms. */
export interface Deployment<Address> {
  /** Where clients find it. */
  readonly address: Address;
  readonly inspector: Inspector;
  /** Makes every master forget every script, as a restart does. */
  readonly flushScripts: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Redis in its three forms. */
export interface Deployments {
  readonly standalone: Deployment<string>;
  readonly cluster: Deployment<string[]>;
  readonly sentinel: Deployment<SentinelAddress>;
}

/** Options by which node-redis finds a master through its sentinels. */
export interface SentinelAddress {
  readonly name: string;
  readonly sentinelRootNodes: { host: string; port: number }[];
}

async function startDeployments(): Promise<Deployments> {
  const [standalone, cluster, sentinel] = await Promise.all([deployStandalone(), deployCluster(), deploySentinel()]);
  return { standalone, cluster, sentinel };
}

type Connectable = Inspector & {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
};

async function connect<Client extends Connectable>(client: Client): Promise<Client> {
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function deployStandalone(): Promise<Deployment<string>> {
  const server = await RedisServer.start();
  const inspector = await connect(createClient({ url: server.url, RESP: 2 }));
  return {
    address: server.url,
    inspector,
    flushScripts: async () => void (await inspector.scriptFlush()),
    stop: async () => {
      inspector.destroy();
      await server.stop();
    },
  };
}

async function deployCluster(): Promise<Deployment<string[]>> {
  const { urls, stop } = await startCluster();
  const inspector = await connect(createCluster({ rootNodes: urls.map((url) => ({ url })), RESP: 2 }));
  const nodes = await Promise.all(urls.map((url) => connect(createClient({ url, RESP: 2 }))));
  return {
    address: urls,
    inspector,
    flushScripts: async () => void (await Promise.all(nodes.map((node) => node.scriptFlush()))),
    stop: async () => {
      for (const client of [inspector, ...nodes]) client.destroy();
      await stop();
    },
  };
}

async function deploySentinel(): Promise<Deployment<SentinelAddress>> {
  const { name, sentinels, stop } = await startSentinel();
  const address = { name, sentinelRootNodes: sentinels };
  const inspector = await connect(createSentinel({ ...address, RESP: 2 }));
  return {
    address,
    inspector,
    flushScripts: async () => void (await inspector.scriptFlush()),
    stop: async () => {
      await inspector.destroy();
      await stop();
    },
  };
}

/** Gives the tests of a file or block all three, which start when they are first asked for. */
export function deploymentsForTests(): () => Promise<Deployments> {
  let started: Promise<Deployments> | undefined;
  afterAll(async () => {
    if (started) await stopDeployments(await started);
  });
  return () => (started ??= startDeployments());
}

async function stopDeployments(deployments: Deployments): Promise<void> {
  await Promise.all(Object.values(deployments).map((deployment) => deployment.stop()));
}
