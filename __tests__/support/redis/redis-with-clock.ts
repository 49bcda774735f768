/** A Redis of a suite whose clock the suite sets, with a reader of it. */

import { RecentCommonReader } from '../../../src';
import { ServerClock } from './server-clock';
import { RedisServer } from './servers';

/** What a suite has of such a Redis, from its first `beforeAll` on. */
export interface RedisWithClock {
  readonly clock: ServerClock;
  readonly server: RedisServer;
  readonly reader: RecentCommonReader;
}

/** Gives a suite such a Redis. What needs it in `beforeAll` comes after this; what is to end before it, in `afterAll`, before this. */
export function redisWithClock(): RedisWithClock {
  let clock: ServerClock;
  let server: RedisServer;
  let reader: RecentCommonReader;

  beforeAll(async () => {
    clock = ServerClock.create();
    server = await RedisServer.start({ env: clock.env });
    reader = new RecentCommonReader({ url: server.url });
  });
  afterAll(async () => {
    reader.close();
    await server.stop();
    clock.remove();
  });

  return {
    get clock() {
      return clock;
    },
    get server() {
      return server;
    },
    get reader() {
      return reader;
    },
  };
}
