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

describe('the write side, at length', () => {
  it('stores, counts and reports what a model does, whatever happens in which order', async () => {
    await playMany(workspace, 25_000);
  }, 1_200_000);

  it('does so where one batch has no room for all that waits', async () => {
    await playMany(workspace, 1000, { hasFloods: true });
  }, 600_000);
});
