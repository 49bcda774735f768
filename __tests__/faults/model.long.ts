import { Workspace } from '../support/workspace';
import { playMany, resumeClock, stopClock } from '../support/writers/model-commands';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await Workspace.open();
  stopClock();
});
afterAll(async () => {
  resumeClock();
  await workspace.close();
});

describe('write side, at length', () => {
  it('stores, counts and reports the same as a model, for random sequences of events', async () => {
    await playMany(workspace, 25_000);
  }, 1_200_000);

  it('stores, counts and reports the same as a model if one batch cannot hold all that is pending', async () => {
    await playMany(workspace, 1000, { hasFloods: true });
  }, 600_000);
});
