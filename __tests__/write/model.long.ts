import { resumeClock, stopClock } from '../support/model/clock';
import { playMany } from '../support/model/play';
import { Workspace } from '../support/workspace';

const SEQUENCES = 25_000;
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
    'stores, counts and reports the same as a model, in half a million comparisons',
    async () => {
      const comparisons = await playMany(workspace, SEQUENCES);
      process.stdout.write(`${comparisons} comparisons with the model, no difference\n`);
      expect(comparisons).toBeGreaterThan(500_000);
    },
    LONGEST_MS,
  );
});
