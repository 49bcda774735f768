/** Tells masters from replicas. */

import { until } from '../wait';
import type { RedisServer } from './servers';

/** The role of a server, and the state of its link to its master if it is a replica. */
async function readRole(server: RedisServer): Promise<{ isMaster: boolean; link: string }> {
  const [role, , , link] = (await server.command(['ROLE'])) as unknown[];
  return { isMaster: role === 'master', link: String(link) };
}

/** Whether a server is a replica that has caught up with its master. */
export async function isOnlineReplica(server: RedisServer): Promise<boolean> {
  const { isMaster, link } = await readRole(server);
  return !isMaster && link === 'connected';
}

/** Waits until a server is a master. */
export async function promoted(server: RedisServer): Promise<void> {
  await until(async () => (await readRole(server)).isMaster);
}
