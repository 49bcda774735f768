/** Says which writers share what they know of a server. */

import { ServerTime } from './server-time';
import type { Permission } from './writer';

/** What a writer knows of the server that it writes to. */
export interface ServerState {
  readonly serverTime: ServerTime;
  readonly permission: Permission;
}

/** Gives each destination of a connection its state: the nodes of a cluster have clocks and users of their own. */
export function serverStates(isCluster: boolean): () => ServerState {
  const open = (): ServerState => ({ serverTime: new ServerTime(), permission: { isKnown: false } });
  if (isCluster) return open;
  const shared = open();
  return () => shared;
}
