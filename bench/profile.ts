/** npm run bench:profile: on what logging spends CPU time and memory, by part of the program. */

import { NO_OP, OURS } from './contenders/contenders';
import { runChild } from './lib/child';
import { parseNames, parseNumber, runProgram } from './lib/options';
import { withServer } from './lib/redis';
import { describeMachine } from './lib/report';
import { WORKLOADS } from './lib/workloads';
import type { Profile } from './measures/profile';

const USUAL_WORKLOADS = ['bursts-of-100', '1-kilobyte', 'ten-child-loggers', 'all-distinct'];

const OPTIONS = {
  workload: {
    value: 'a,b',
    meaning: `of ${Object.keys(WORKLOADS).join(', ')} or all; ${USUAL_WORKLOADS.join(', ')} by default`,
  },
  seconds: { value: 's', meaning: 'CPU time of each profile; 3 by default' },
};

/** One row a part: of the time of a line, and of what is alive while it logs. */
function printProfiles(workload: string, profiles: Readonly<Record<string, Profile>>): void {
  const rows: Record<string, Record<string, string>> = {};
  for (const [contender, { lines, cpuSeconds, time, memory }] of Object.entries(profiles)) {
    const microseconds = (1e6 * cpuSeconds) / lines;
    for (const part of Object.keys({ ...time, ...memory })) {
      const row = (rows[part] ??= {});
      row[`${contender}, µs a line`] = ((time[part] ?? 0) * microseconds).toFixed(2);
      row[`${contender}, MB alive`] = ((memory[part] ?? 0) / 1e6).toFixed(2);
    }
  }
  console.log(`\n${workload}`);
  console.table(rows);
  const largest = profiles[OURS]?.functions.map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`);
  console.log(`Largest of this package and node-redis: ${largest?.join(', ')}`);
}

void runProgram('npm run bench:profile', OPTIONS, async (given) => {
  const seconds = parseNumber(given.seconds, 'seconds', 3, 0.1);
  await withServer(async (server) => {
    console.log(describeMachine(server.version));
    for (const workload of parseNames(given.workload, 'workload', Object.keys(WORKLOADS), USUAL_WORKLOADS)) {
      const profiles: Record<string, Profile> = {};
      for (const contender of [NO_OP, OURS]) {
        await server.empty();
        profiles[contender] = await runChild<Profile>('profile', { contender, workload, seconds, url: server.url });
      }
      printProfiles(workload, profiles);
    }
  });
});
