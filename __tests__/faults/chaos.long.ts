import { type ChaosOptions, runChaos } from '../chaos/chaos';
import { describeWithServer } from '../support/redis/servers';

const TIMEOUT_MS = 300_000;

const options: ChaosOptions = {
  variant: 'standalone',
  seconds: 45,
  seed: 2,
  writers: 8,
  linesPerSecond: 150,
  withoutBatchNumbers: false,
};

describeWithServer('chaos', () => {
  it.each(['standalone', 'cluster', 'sentinel'] as const)(
    'leaves each log call counted once or reported as lost by Redis (%s)',
    async (variant) => {
      const result = await runChaos({ ...options, variant });
      expect(result).toMatchObject({ problems: [], dropped: 0, missed: [] });
      if (variant === 'standalone') expect(result.lost).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'counts some log calls twice if batches have no numbers',
    async () => {
      const { problems, counted, logged } = await runChaos({ ...options, withoutBatchNumbers: true });
      expect(counted).toBeGreaterThan(logged);
      expect(problems).not.toEqual([]);
    },
    TIMEOUT_MS,
  );
});
