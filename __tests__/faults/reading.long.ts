import { describeWithClock } from '../support/redis/server-clock';
import { describeWithServer } from '../support/redis/servers';
import { expectEachLineOnce, runFollowing } from '../support/viewers/following';
import { runReading } from '../support/viewers/reading';

const TIMEOUT_MS = 300_000;

describeWithClock('readers beside twelve writer processes, as the hour turns', () => {
  it(
    'see only states that existed at some instant, for a minute',
    async () => {
      const result = await runReading({ seconds: 60, leastTurns: 30, writers: 12, readers: 4, groupsPerSecond: 40 });
      console.table({ ...result, problems: result.problems.length });
      expect(result).toMatchObject({ problems: [] });
      expect(result.turnedAmidst).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describeWithServer('follower of four processes at full speed', () => {
  it.each([100, 10_000])(
    'gets each of 100,000 lines once or is told that it missed it, with a list of %d lines',
    async (recentLimit) => {
      const options = { lines: 100_000, writers: 4, recentLimit };
      const told = await runFollowing(options);
      console.table(told);
      expectEachLineOnce(told, options);
    },
    TIMEOUT_MS,
  );
});
