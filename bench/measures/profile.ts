/** Measures on which parts of the program logging spends its time and its memory. */

import { type HeapProfiler, type Profiler, Session } from 'node:inspector';
import { cpuClock, logFor } from '../lib/load';
import { settle } from './settle';
import { openTask, type Task } from './task';

const WARM_UP_SECONDS = 1.5;
const SAMPLING_MICROSECONDS = 200;
const SAMPLING_BYTES = 4096;

/** What a function belongs to, by its file; what Node and V8 do belongs to whoever called them. */
const PARTS: readonly (readonly [part: string, file: RegExp])[] = [
  ['node-redis', /[\\/](?:redis|@redis[\\/]\w+|cluster-key-slot)[\\/](?:dist[\\/]|lib[\\/])/],
  ['winston', /[\\/]node_modules[\\/]/],
  ['bench', /[\\/]bench[\\/]/],
  ['this package', /[\\/]dist[\\/]/],
];
const NODE = 'Node';
const COLLECTION = 'garbage collection';
const IDLE = '(idle)';

export interface ProfileTask extends Task {
  /** CPU time that is spent on logging under each of the two profiles. */
  readonly seconds: number;
}

/** What the parts take. */
export interface Profile {
  readonly lines: number;
  /** CPU seconds while the time was profiled. */
  readonly cpuSeconds: number;
  /** Shares of the samples, by part. */
  readonly time: Readonly<Record<string, number>>;
  /** The functions of this package and of node-redis with the largest shares of the samples, largest first. */
  readonly functions: readonly (readonly [name: string, share: number])[];
  /** Bytes of what was allocated and still alive at the end, by part. */
  readonly memory: Readonly<Record<string, number>>;
}

/** A node of either profile. */
interface Called {
  readonly callFrame: { readonly functionName: string; readonly url: string };
}

export async function measureProfile(task: ProfileTask): Promise<Profile> {
  const { contender, log, burst } = await openTask(task);
  const session = new Session();
  session.connect();
  let next = 0;
  const logOn = async (seconds: number): Promise<void> => {
    next = await logFor({ log, burst, seconds, clock: cpuClock }, next);
    await settle(contender, next);
  };
  await logOn(WARM_UP_SECONDS);
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS });
  session.post('Profiler.start');
  const [first, began] = [next, cpuClock()];
  await logOn(task.seconds);
  const cpuSeconds = cpuClock() - began;
  const lines = next - first;
  const cpu = await new Promise<Profiler.Profile>((resolve, reject) => {
    session.post('Profiler.stop', (error, result) => (error ? reject(error) : resolve(result.profile)));
  });
  session.post('HeapProfiler.startSampling', { samplingInterval: SAMPLING_BYTES });
  next = await logFor({ log, burst, seconds: task.seconds, clock: cpuClock }, next);
  const heap = await new Promise<HeapProfiler.SamplingHeapProfile>((resolve, reject) => {
    session.post('HeapProfiler.stopSampling', (error, result) => (error ? reject(error) : resolve(result.profile)));
  });
  await settle(contender, next);
  return { lines, cpuSeconds, ...shareTime(cpu), memory: sumMemory(heap) };
}

function shareTime({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Pick<Profile, 'time' | 'functions'> {
  const parts = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: Profiler.ProfileNode, caller: string): void => {
    const part = findPart(node, caller);
    parts.set(node.id, part);
    for (const child of node.children ?? []) visit(byId.get(child) as Profiler.ProfileNode, part);
  };
  visit(nodes[0] as Profiler.ProfileNode, NODE);
  const time = new Map<string, number>();
  const functions = new Map<string, number>();
  samples.forEach((id, i) => {
    const { functionName, url } = (byId.get(id) as Profiler.ProfileNode).callFrame;
    const part = parts.get(id) as string;
    const delta = timeDeltas[i] ?? 0;
    if (functionName === IDLE) return;
    add(time, part, delta);
    if (part === 'this package' || part === 'node-redis') add(functions, nameFunction(functionName, url), delta);
  });
  const total = [...time.values()].reduce((sum, delta) => sum + delta, 0);
  const largest = [...functions].sort(([, a], [, b]) => b - a).slice(0, 5);
  const toShares = (sums: Iterable<[string, number]>): [string, number][] =>
    [...sums].map(([key, delta]) => [key, delta / total]);
  return { time: Object.fromEntries(toShares(time)), functions: toShares(largest) };
}

function sumMemory({ head }: HeapProfiler.SamplingHeapProfile): Profile['memory'] {
  const memory = new Map<string, number>();
  const visit = (node: HeapProfiler.SamplingHeapProfileNode, caller: string): void => {
    const part = findPart(node, caller);
    if (node.selfSize > 0) add(memory, part, node.selfSize);
    for (const child of node.children) visit(child, part);
  };
  visit(head, NODE);
  return Object.fromEntries(memory);
}

function findPart({ callFrame: { functionName, url } }: Called, caller: string): string {
  if (functionName === '(garbage collector)') return COLLECTION;
  return PARTS.find(([, file]) => file.test(url))?.[0] ?? caller;
}

function nameFunction(name: string, url: string): string {
  return url === '' || url.startsWith('node:') ? name : `${name} (${url.split(/[\\/]/).slice(-2).join('/')})`;
}

function add(sums: Map<string, number>, key: string, number: number): void {
  sums.set(key, (sums.get(key) ?? 0) + number);
}
