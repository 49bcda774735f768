/** The program that runs one measure, `process.ts <measure> <task as JSON>`, and sends the result to its parent. */

import type { ChildMessage, Gate } from '../lib/child';
import { measureAllocations } from './allocations';
import { measureBatchTimes } from './batch-times';
import { measureCalls } from './calls';
import { measureCpu } from './cpu';
import { measureFlood } from './flood';
import { measureFootprint } from './footprint';
import { measureLatency, pollReader } from './latency';
import { measureMemory } from './memory';
import { logNews } from './news';
import { measureProfile } from './profile';
import { measureRate } from './rate';
import { measureTurns } from './turn';
import { runWatchers } from './watchers';
import { runWriter } from './writer';

const MEASURES: Readonly<Record<string, (task: never, gate: Gate) => Promise<object>>> = {
  cpu: measureCpu,
  profile: measureProfile,
  rate: measureRate,
  flood: measureFlood,
  calls: measureCalls,
  memory: measureMemory,
  allocations: measureAllocations,
  footprint: measureFootprint,
  latency: measureLatency,
  poll: pollReader,
  turn: measureTurns,
  'batch-times': measureBatchTimes,
  writer: runWriter,
  news: logNews,
  watchers: runWatchers,
};

function tell(message: ChildMessage, then = (): void => undefined): void {
  process.send?.(message, then);
}

const gate: Gate = () => {
  tell({ kind: 'ready' });
  return new Promise<unknown>((resolve) => process.once('message', resolve));
};

async function main(): Promise<void> {
  const [measure = '', task = ''] = process.argv.slice(2);
  const result = await MEASURES[measure]?.(JSON.parse(task) as never, gate);
  tell({ kind: 'result', result }, () => process.exit());
}

void main();
