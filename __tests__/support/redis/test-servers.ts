/** Starts servers and proxies that end after the test. */

import { atEndOfTest } from '../at-end';
import { FaultProxy } from './proxy';
import { RedisServer } from './servers';

/** Functions for the tests of a file; `atEnd` takes what else is to be ended. */
export function serversForTests() {
  const atEnd = atEndOfTest();
  const startServer = async (args: readonly string[] = []): Promise<RedisServer> => {
    const server = await RedisServer.start({ args });
    atEnd(() => server.stop());
    return server;
  };
  const startProxy = async (server: RedisServer): Promise<FaultProxy> => {
    const proxy = await FaultProxy.start(server.port);
    atEnd(() => proxy.stop());
    return proxy;
  };
  return { atEnd, startServer, startProxy };
}
