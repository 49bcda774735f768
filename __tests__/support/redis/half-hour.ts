/** A Redis whose clock shows half past noon when a test begins. */

import { Space } from '../space';
import { Workspace } from '../workspace';
import { redisWithClock } from './redis-with-clock';

/** Half of the hour has passed, and as much more as the test takes. */
const HALF_PAST_NOON = Date.UTC(2026, 10, 24, 12, 30) / 1000;

/** Gives a suite such a Redis. What it returns is the space of the test that runs. */
export function atHalfPastNoon(): Pick<Space, 'redis' | 'key' | 'options'> {
  let workspace: Workspace;
  let space: Space;

  afterAll(() => workspace.close());
  const timed = redisWithClock();
  beforeAll(async () => {
    workspace = await Workspace.open(timed.server.url);
  });
  beforeEach(() => {
    space = new Space(workspace);
    timed.clock.show(HALF_PAST_NOON);
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
