import { effort } from '../support/effort';
import { resumeClock, stopClock } from '../support/model/clock';
import { play, playMany } from '../support/model/play';
import {
  allow,
  elsewhere,
  flush,
  hours,
  log,
  lose,
  minutes,
  next,
  refuse,
  setWall,
  suspend,
  wait,
} from '../support/model/steps';
import { isMissing } from '../support/requirements';
import { Workspace } from '../support/workspace';

/** The JavaScript server takes many times as long as Redis. */
const SHARE = isMissing('server') ? 0.2 : 1;
/** The number of sequences is the bound. One that still ran when its time was up would disturb the next test. */
const LONGEST_MS = 3 * 3_600_000;

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
});
afterAll(() => workspace.close());
beforeEach(stopClock);
afterEach(resumeClock);

describe('write side', () => {
  it(
    'stores, counts and reports the same as a model, for random sequences of events',
    async () => {
      expect(await playMany(workspace, SHARE * 150)).toBeGreaterThan(SHARE * 2000);
    },
    LONGEST_MS,
  );

  it(
    'stores, counts and reports the same as a model if one batch cannot hold all that is pending',
    async () => {
      await playMany(workspace, SHARE * effort({ quick: 20, full: 1000 }), { hasFloods: true });
    },
    LONGEST_MS,
  );

  it('reports no loss of counts that a batch of a later hour pushed out of the windows', async () => {
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

  it('reports the loss of acknowledged counts if an unacknowledged batch is lost with them', async () => {
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

  it('reports no loss of counts that an hour held before the server clock was set back to it', async () => {
    await play(workspace, {}, [
      log(['app:info']),
      hours(2),
      log(['app:info']),
      hours(-2),
      log(['app:info']),
      lose('app:info'),
    ]);
  });

  it('reports no loss of counts that left the windows before the server clock came back to their hour', async () => {
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

  it('reports a second loss without the counts of the first', async () => {
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

  it('counts calls that arrive after those of later minutes in their own minute', async () => {
    await play(workspace, {}, [
      log(['app:info', 'a']),
      next('app:info', 'busy'),
      log(['app:info', 'a']),
      minutes(2),
      elsewhere('app:info', 'a'),
      flush(),
      minutes(1),
      log(['app:info', 'a']),
    ]);
  });

  it('counts calls that arrive after those of the next hour in their own minute', async () => {
    await play(workspace, {}, [
      log(['app:info', 'a']),
      next('app:info', 'busy'),
      log(['app:info', 'a']),
      minutes(40),
      elsewhere('app:info', 'a'),
      flush(),
      minutes(1),
      log(['app:info', 'a']),
    ]);
  });

  it('counts no call in a later hour than one that came after it, though a clock that was set makes it seem younger', async () => {
    await play(workspace, {}, [
      next('app:error', 'loading'),
      log(['app:error'], ['app:info']),
      setWall(7200),
      log(['app:info'], ['app:error', 'older']),
      log(['app:error', 'newer'], ['app:info']),
      suspend(1),
      hours(1),
      flush(),
    ]);
  });

  it('counts calls in their own hours if there is room for one message only and the clock of the process was set ahead', async () => {
    await play(workspace, { maxPending: 1 }, [
      minutes(20),
      log(['app:info', undefined, false]),
      next('app:info', 'loading'),
      log(['app:info', undefined, false]),
      setWall(1740),
      log(['app:info']),
      minutes(20),
      log(['app:info']),
    ]);
  });

  it('reports no loss of counts that have left the windows if the reply to them was lost and came in a later hour', async () => {
    await play(workspace, {}, [
      next('app:info', 'lost reply', 'applied'),
      log(['app:info']),
      hours(1),
      elsewhere('app:info', 'a'),
      flush(),
      hours(1),
      log(['app:info']),
      lose('app:info'),
    ]);
  });

  it('keeps no minutes of messages whose minutes were merged while they waited', async () => {
    await play(workspace, { maxPending: 2 }, [
      log(['app:info', 'a']),
      refuse('app:info', 'no connection'),
      minutes(2),
      log(['app:info', 'a']),
      minutes(2),
      log(['app:info', 'a']),
      minutes(2),
      log(['app:info', 'a']),
      allow('app:info'),
      minutes(2),
      flush(),
      minutes(1),
      log(['app:info', 'a']),
    ]);
  });

  it('reports the late calls of a batch again if its reply was lost', async () => {
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
