/** `npm run chaos`: reads the options, runs, prints the balance. */

import { parseArgs } from 'node:util';
import { type ChaosOptions, runChaos } from './chaos';
import { STAGES } from './stages';

function readOptions(): ChaosOptions {
  const { values } = parseArgs({
    options: {
      variant: { type: 'string', default: 'standalone' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      writers: { type: 'string', default: '8' },
      'lines-per-second': { type: 'string', default: '300' },
      'without-batch-numbers': { type: 'boolean', default: false },
    },
  });
  const { variant } = values;
  if (!Object.hasOwn(STAGES, variant)) throw new Error(`--variant is one of ${Object.keys(STAGES).join(', ')}`);
  return {
    variant: variant as ChaosOptions['variant'],
    seconds: wholeNumber('seconds', values.seconds),
    seed: wholeNumber('seed', values.seed),
    writers: wholeNumber('writers', values.writers),
    linesPerSecond: wholeNumber('lines-per-second', values['lines-per-second']),
    withoutBatchNumbers: values['without-batch-numbers'],
  };
}

function wholeNumber(option: string, value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${option}: expected a whole number from 1, got ${value}`);
  return Number(value);
}

async function main(): Promise<void> {
  const options = readOptions();
  console.log(`chaos: ${JSON.stringify(options)}`);
  const { faults, missed, problems, logged, counted, late, lost, dropped, duplicates, retries } =
    await runChaos(options);
  const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const difference = counted + late + lost + dropped - logged;
  console.table(faults);
  console.table({ faults: struck, retries, 'duplicates refused': duplicates });
  console.table({ logged, counted, late, 'lost by Redis': lost, dropped, difference });
  for (const problem of problems) console.error(problem);
  for (const title of missed) console.error(`${title}: planned, and never struck`);
  const hasFailed = problems.length > 0 || missed.length > 0 || (options.variant === 'standalone' && lost > 0);
  process.exitCode = hasFailed ? 1 : 0;
}

void main();
