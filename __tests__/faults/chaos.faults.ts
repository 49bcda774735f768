import { runChaos } from '../chaos/chaos';
import { describeWithServer } from '../support/redis/servers';

describeWithServer('chaos', () => {
  it('leaves each log call counted once after six seconds', async () => {
    const options = { variant: 'standalone', seconds: 6, seed: 1, writers: 3, linesPerSecond: 300 } as const;
    const result = await runChaos({ ...options, withoutBatchNumbers: false });
    expect(result).toMatchObject({ problems: [], late: 0, lost: 0, dropped: 0, counted: result.logged });
    expect(Object.values(result.faults).filter((count) => count > 0).length).toBeGreaterThan(3);
  }, 120_000);
});
