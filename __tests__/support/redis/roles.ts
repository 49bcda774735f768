import { until } from '../wait';
import type { RedisServer } from './servers';

/** What a server says of itself: a master, or a replica and the state of its link to its master. */
async function roleOf(server: RedisServer): Promise<{ isMaster: boolean; link: string }> {
  const [role, , , link] = (await server.command(['ROLE'])) as unknown[];
  return { isMaster: role === 'master', link: String(link) };
}

/** Whether a server is a replica that has caught up with its master and follows it. */
export async function isOnlineReplica(server: RedisServer): Promise<boolean> {
  const { isMaster, link } = await roleOf(server);
  return !isMaster && link === 'connected';
}

/** Waits until a server is a master. */
export async function promoted(server: RedisServer): Promise<void> {
  await until(async () => (await roleOf(server)).isMaster);
}
