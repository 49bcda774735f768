/** npm run bench:turn: what many destinations cost Redis when the hour turns. */

import { runChild } from './lib/child';
import { parseNumber, parseNumbers, runProgram } from './lib/options';
import { withServer } from './lib/redis';
import { describeMachine, formatSpread } from './lib/report';
import { divideByRound } from './lib/statistics';
import type { Turns } from './measures/turn';

const OPTIONS = {
  destinations: { value: 'n', meaning: 'logger names that log in the same moment; 10000 by default' },
  distinct: { value: 'a,b', meaning: 'distinct messages of each in the hour that ends; 20 by default' },
  turns: { value: 'n', meaning: 'how often the hour turns; 5 by default' },
};

void runProgram('npm run bench:turn', OPTIONS, async (given) => {
  const destinations = parseNumber(given.destinations, 'destinations', 10_000, 1);
  const turns = parseNumber(given.turns, 'turns', 5, 1);
  await withServer(async (server) => {
    console.log(describeMachine(server.version));
    const rows: Record<string, object> = {};
    for (const distinct of parseNumbers(given.distinct, 'distinct', [20])) {
      await server.empty();
      const { within, first } = await runChild<Turns>('turn', { url: server.url, destinations, distinct, turns });
      rows[`${distinct} messages`] = {
        'within the hour': formatSpread(within),
        'first of the hour': formatSpread(first),
        ratio: formatSpread(divideByRound(first, within)),
      };
    }
    console.log(`\nServer CPU of a batch of one line, µs; ${destinations} destinations, one batch each`);
    console.table(rows);
  });
});
