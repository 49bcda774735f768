import { MERGE_WORKLOADS } from '../support/merge-workloads';
import { runProgram } from '../support/program';

const ROUNDS = 7;
/** CPU time of a turn of the event loop, collections of garbage by other threads included. */
const MOST_MS = 20;

/** In a process of its own: the process of the tests is busy, and runs the code at half the speed. */
const PROGRAM = `
  const { PatternMemory } = require('./src/read/patterns');
  const { watchTurns } = require('./__tests__/support/longest-turn');
  const { MERGE_WORKLOADS } = require('./__tests__/support/merge-workloads');
  async function main() {
    const messages = MERGE_WORKLOADS[process.env.WORKLOAD]();
    const longest = [];
    for (let round = 0; round < ${ROUNDS}; round++) {
      longest.push((await watchTurns(() => new PatternMemory().find('app', messages))).longest);
    }
    console.log(JSON.stringify(longest));
  }
  void main();
`;

describe('merging of patterns, of two full windows and a full memory of a week', () => {
  it.each(Object.keys(MERGE_WORKLOADS))(
    `holds the event loop for at most ${MOST_MS} ms at a time in the best of ${ROUNDS} rounds (%s)`,
    async (workload) => {
      const { stdout, stderr } = await runProgram(PROGRAM, { WORKLOAD: workload });
      expect(stderr).toBe('');
      const longest: number[] = JSON.parse(stdout);
      console.log(`${workload}: ${longest.map((ms) => ms.toFixed(1)).join(', ')} ms`);
      expect(longest).toHaveLength(ROUNDS);
      expect(Math.min(...longest)).toBeLessThanOrEqual(MOST_MS);
    },
  );
});
