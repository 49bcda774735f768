/** A Redis whose clock shows half past noon when a test begins. */

import { Space } from '../space';
import { Workspace } from '../workspace';
import { ServerClock } from './server-clock';
import { RedisServer } from './servers';

/** Half of the hour has passed, and as much more as the test takes. */
const HALF_PAST_NOON = Date.UTC(2026, 10, 24, 12, 30) / 1000;

/** Gives a suite such a Redis. What it returns is the space of the test that runs. */
export function atHalfPastNoon(): Pick<Space, 'redis' | 'key' | 'options'> {
  let clock: ServerClock;
  let server: RedisServer;
  let workspace: Workspace;
  let space: Space;

  beforeAll(async () => {
    clock = ServerClock.create();
    server = await RedisServer.start({ env: clock.env });
    workspace = await Workspace.open(server.url);
  });
  beforeEach(() => {
    space = new Space(workspace);
    clock.set(HALF_PAST_NOON - Math.floor(Date.now() / 1000));
  });
  afterAll(async () => {
    await workspace.close();
    await server.stop();
    clock.remove();
  });

  return {
    key: (name) => space.key(name),
    get redis() {
      return space.redis;
    },
    get options() {
      return space.options;
    },
  };
}
