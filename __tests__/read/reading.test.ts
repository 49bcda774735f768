import { effort } from '../support/effort';
import { describeWithClock } from '../support/redis/server-clock';
import { describeWithServer } from '../support/redis/servers';
import { expectEachLineOnce, runFollowing } from '../support/viewers/following';
import { runReading } from '../support/viewers/reading';

const TIMEOUT_MS = 300_000;

describeWithClock('readers beside writer processes, as the hour turns', () => {
  it(
    'see only states that existed at some instant',
    async () => {
      const result = await runReading({
        seconds: effort({ quick: 2, full: 60 }),
        leastTurns: effort({ quick: 5, full: 30 }),
        writers: effort({ quick: 3, full: 12 }),
        readers: effort({ quick: 2, full: 4 }),
        groupsPerSecond: 40,
      });
      expect(result).toMatchObject({ problems: [] });
      expect(result.turnedAmidst).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describeWithServer('follower of writer processes at full speed', () => {
  it.each([100, 10_000])(
    'gets each line once or is told that it missed it, with a list of %d lines',
    async (recentLimit) => {
      const options = {
        lines: effort({ quick: 5000, full: 100_000 }),
        writers: effort({ quick: 2, full: 4 }),
        recentLimit,
      };
      expectEachLineOnce(await runFollowing(options), options);
    },
    TIMEOUT_MS,
  );
});
