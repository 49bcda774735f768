/** npm run bench:blocking: how long one batch of log calls holds up Redis. */

import { runChild } from './lib/child';
import { parseNumber, runProgram } from './lib/options';
import { withServer } from './lib/redis';
import { describeMachine, formatSpread } from './lib/report';
import { BATCH_KINDS, type BatchTimes } from './measures/batch-times';

const OPTIONS = { rounds: { value: 'n', meaning: 'how often each kind is measured; 20 by default' } };

/** What no batch is to take, in milliseconds. */
const LIMIT_MS = 5;

void runProgram('npm run bench:blocking', OPTIONS, async (given) => {
  const rounds = parseNumber(given.rounds, 'rounds', 20, 1);
  await withServer(async (server) => {
    console.log(describeMachine(server.version));
    const rows: Record<string, object> = {};
    for (const kind of BATCH_KINDS) {
      const times = await runChild<BatchTimes>('batch-times', { url: server.url, kind, rounds });
      const longest = times.map((each) => Math.max(...each));
      const all = times.flat();
      rows[kind] = {
        'longest of a round': formatSpread(longest),
        'longest of all': Math.max(...longest).toFixed(2),
        scripts: all.length,
        [`longer than ${LIMIT_MS} ms`]: all.filter((time) => time > LIMIT_MS).length,
      };
    }
    console.log('\nTime of a script by the slow log of Redis, in ms');
    console.table(rows);
  });
});
