import { Workspace } from '../workspace';
import { ServerClock } from './server-clock';
import { RedisServer } from './servers';

/** What the clock of Redis shows: half of the hour has passed, as exactly as the tests are quick. */
const HALF_PAST_NOON = Date.UTC(2026, 10, 24, 12, 30) / 1000;

/** Where a test of the suite finds Redis and its keys. */
export interface HalfHour {
  readonly redis: Workspace['redis'];
  key(name: string): string;
  /** Options of a program that is to read these keys. */
  readonly options: readonly string[];
}

/** Gives a suite a Redis in which each test begins at half past noon, with loggers of its own. */
export function atHalfPastNoon(): HalfHour {
  let clock: ServerClock;
  let server: RedisServer;
  let workspace: Workspace;
  let spaces = 0;
  const key = (name: string): string => workspace.key(`${spaces}:${name}`);

  beforeAll(async () => {
    clock = ServerClock.create();
    server = await RedisServer.start({ env: clock.env });
    workspace = await Workspace.open(server.url);
  });
  beforeEach(() => {
    spaces++;
    clock.set(HALF_PAST_NOON - Math.floor(Date.now() / 1000));
  });
  afterAll(async () => {
    await workspace.close();
    await server.stop();
    clock.remove();
  });

  return {
    key,
    get redis() {
      return workspace.redis;
    },
    get options() {
      return ['--url', server.url, '--prefix', key('')];
    },
  };
}
