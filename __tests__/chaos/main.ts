/** `npm run chaos`: reads the options, runs, prints the balance; with `--alarms` of alarms, else of counts. */

import { parseArgs } from 'node:util';
import { type AlarmChaosOptions, type Delays, runAlarmChaos } from './alarms';
import { type ChaosOptions, runChaos } from './chaos';
import { STAGES } from './stages';

type Options = { readonly isOfAlarms: boolean } & ChaosOptions & AlarmChaosOptions;

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      variant: { type: 'string', default: 'standalone' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      writers: { type: 'string', default: '8' },
      'lines-per-second': { type: 'string', default: '300' },
      'without-batch-numbers': { type: 'boolean', default: false },
      alarms: { type: 'boolean', default: false },
      'news-per-second': { type: 'string', default: '5' },
      watchers: { type: 'string', default: '4' },
      'digest-above': { type: 'string', default: '1000' },
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
    isOfAlarms: values.alarms,
    perSecond: wholeNumber('news-per-second', values['news-per-second']),
    watchers: wholeNumber('watchers', values.watchers),
    digestAbove: wholeNumber('digest-above', values['digest-above']),
  };
}

function wholeNumber(option: string, value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`--${option}: expected a whole number from 1, got ${value}`);
  return Number(value);
}

async function runCounts(options: Options): Promise<boolean> {
  const { faults, missed, problems, logged, counted, late, lost, dropped, duplicates, retries } =
    await runChaos(options);
  printFaults(faults, missed, problems);
  console.table({ retries, 'duplicates refused': duplicates });
  const difference = counted + late + lost + dropped - logged;
  console.table({ logged, counted, late, 'lost by Redis': lost, dropped, difference });
  return problems.length > 0 || missed.length > 0 || (options.variant === 'standalone' && lost > 0);
}

async function runAlarms(options: Options): Promise<boolean> {
  const { faults, missed, problems, written, lost, untold, repeated, ...rest } = await runAlarmChaos(options);
  printFaults(faults, missed, problems);
  const { logged, told, delays, delaysOfKilled } = rest;
  console.table({
    'new messages logged': logged,
    'acknowledged by Redis': written,
    'lost by Redis': lost,
    told,
    'missed: in Redis, never told': untold,
    'told again, with the same id': repeated,
  });
  console.log('From the log call until the alarm was taken, s');
  console.table({ 'writers that live': inSeconds(delays), 'writers killed after a batch': inSeconds(delaysOfKilled) });
  return problems.length > 0 || missed.length > 0 || (options.variant === 'standalone' && lost > 0);
}

function inSeconds(delays: Delays): Record<string, string> {
  return Object.fromEntries(Object.entries(delays).map(([at, ms]) => [at, (ms / 1000).toFixed(1)]));
}

function printFaults(
  faults: Readonly<Record<string, number>>,
  missed: readonly string[],
  problems: readonly string[],
): void {
  console.table(faults);
  console.table({ faults: Object.values(faults).reduce((sum, count) => sum + count, 0) });
  for (const problem of problems) console.error(problem);
  for (const title of missed) console.error(`${title}: planned, and never struck`);
}

async function main(): Promise<void> {
  const options = readOptions();
  console.log(`chaos: ${JSON.stringify(options)}`);
  const hasFailed = await (options.isOfAlarms ? runAlarms(options) : runCounts(options));
  process.exitCode = hasFailed ? 1 : 0;
}

void main();
