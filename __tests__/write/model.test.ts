import { noServerReason } from '../support/redis/servers';
import { Workspace } from '../support/workspace';
import {
  flush,
  hours,
  log,
  lose,
  next,
  play,
  playMany,
  resumeClock,
  stopClock,
  wait,
} from '../support/writers/model-commands';

/** The JavaScript server takes many times as long as Redis. */
const SHARE = noServerReason ? 0.05 : 1;

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
  stopClock();
});
afterAll(async () => {
  resumeClock();
  await workspace.close();
});

describe('the write side', () => {
  it('stores, counts and reports what a model does, whatever happens in which order', async () => {
    await playMany(workspace, 2500 * SHARE);
  }, 120_000);

  it('does so where one batch has no room for all that waits', async () => {
    await playMany(workspace, 100 * SHARE, { hasFloods: true });
  }, 60_000);

  it('reports no loss of what a batch with counts of a later hour had pushed out of the windows', async () => {
    await play(workspace, {}, [
      log(['app:info']),
      hours(1),
      next('app:info', 'loading', 'loading'),
      log(['app:info']),
      wait(),
      hours(1),
      flush(),
      lose('app:info'),
    ]);
  });

  it('reports as lost what it was told is in a window, where a batch that it had no reply to was lost as well', async () => {
    await play(workspace, {}, [
      log(['app:info']),
      hours(1),
      log(['app:info']),
      hours(1),
      next('app:info', 'lost reply', 'applied'),
      log(['app:info']),
      lose('app:info'),
    ]);
  });

  it('reports no loss of what an hour held before the clock of the server was set back to it', async () => {
    await play(workspace, {}, [
      log(['app:info']),
      hours(2),
      log(['app:info']),
      hours(-2),
      log(['app:info']),
      lose('app:info'),
    ]);
  });

  it('reports no loss of what had left the windows before the clock of the server came back to its hour', async () => {
    const sequence = [
      hours(2),
      log(['db:info']),
      hours(-2),
      log(['db:info']),
      hours(1),
      next('db:info', 'overtaken'),
      log(['db:info']),
      hours(1),
    ];
    await play(workspace, {}, [...sequence, lose('db:info')]);
    await play(workspace, {}, [...sequence, flush(), lose('db:info')]);
  });

  it('reports a second loss without what the first one took', async () => {
    await play(workspace, {}, [
      log(['app:info']),
      hours(1),
      log(['app:info']),
      lose('app:info'),
      hours(1),
      log(['app:info']),
      lose('app:info'),
    ]);
  });

  it('says again how many calls were late in a batch whose reply was lost', async () => {
    await play(workspace, {}, [
      next('app:info', 'no connection', 'applied', 'lost reply'),
      log(['app:info']),
      log(['app:info']),
      hours(1),
      log(['app:info']),
      hours(1),
      log(['app:info']),
      flush(),
      flush(),
    ]);
  });
});
