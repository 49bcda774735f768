/** npm run bench:grouping: how well messages are grouped, and how long that takes beside a naive list of expressions. */

import { join, resolve } from 'node:path';
import {
  type Accuracy,
  findMixed,
  KIND_SETS,
  LOGHUB_SETS,
  listMissing,
  measureAccuracy,
  readSets,
} from './lib/group-accuracy';
import { HOSTILE_PIECES, repeatTo } from './lib/hostile-texts';
import { describeSpread, formatSpread } from './lib/report';
import { divideByRound, median } from './lib/statistics';
import { measureKeyTimes, type ToKey } from './measures/key-times';
import { measureLongestTurns } from './measures/merge-turns';

/** The builds, as applications run them: this one, and another one to compare it with. */
const DIST = join(__dirname, '../dist');
const { parameterize, toKey } = loadBuild(DIST);
const { mergePatterns }: typeof import('../src/read/merge-patterns') = require(join(DIST, 'read/merge-patterns'));

interface Build {
  readonly parameterize: ToKey;
  /** The same without a memory of the newest messages. */
  readonly toKey: ToKey;
}

function loadBuild(folder: string): Build {
  const rules: typeof import('../src/record/grouping/key') = require(join(folder, 'record/grouping/key'));
  const whole: typeof import('../src/record/parameterize') = require(join(folder, 'record/parameterize'));
  return { parameterize: whole.parameterize, toKey: (text) => rules.toKey(text) };
}

/** Four expressions: a UUID, an IPv4 address, a hexadecimal number, digits. */
const NAIVE: readonly (readonly [RegExp, string])[] = [
  [/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/gi, '<id>'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '<host>'],
  [/\b0x[\da-f]+\b/gi, '<number>'],
  [/\d+/g, '<number>'],
];
/** Of the first 1,024 characters, as `parameterize` examines them. */
const naive: ToKey = (text) => NAIVE.reduce((key, [form, name]) => key.replace(form, name), text.slice(0, 1024));

/** The keys of a set by each contender; a whole set, since merging takes them all. */
const CONTENDERS: Readonly<Record<string, (texts: readonly string[]) => Promise<readonly string[]>>> = {
  raw: async (texts) => texts,
  'naive list': async (texts) => texts.map(naive),
  parameterize: async (texts) => texts.map(toKey),
  merged: mergeKeys,
};
/** The published accuracy of Drain, with expressions for each set (github.com/logpai/logparser, logparser/Drain/README.md). */
const DRAIN: Readonly<Record<string, number>> = {
  Apache: 1,
  HDFS: 0.9975,
  Hadoop: 0.9475,
  HealthApp: 0.78,
  OpenSSH: 0.7875,
  Thunderbird: 0.955,
};

const ROUNDS = 25;
const FEW_ROUNDS = 7;
const PLAIN = [
  'connection closed by the peer while waiting for a reply',
  'cache refreshed',
  'worker started and is waiting for jobs',
  'could not send the mail, trying again later',
];

async function mergeKeys(texts: readonly string[]): Promise<string[]> {
  const keys = texts.map(toKey);
  const merged = await mergePatterns(new Set(keys));
  return keys.map((key) => merged.get(key) ?? key);
}

async function printAccuracy(sets: ReturnType<typeof readSets>): Promise<void> {
  const rows = new Map<string, Record<string, Accuracy>>();
  for (const [set, messages] of sets) {
    const texts = messages.map(({ message }) => message);
    const row: Record<string, Accuracy> = {};
    for (const [name, find] of Object.entries(CONTENDERS)) row[name] = measureAccuracy(messages, await find(texts));
    rows.set(set, row);
  }
  const loghub = LOGHUB_SETS.map((set) => rows.get(set) as Record<string, Accuracy>);
  const mean = (of: (row: Record<string, Accuracy>) => number): number => average(loghub.map(of));
  const table: Record<string, Record<string, string>> = {};
  for (const [set, row] of rows)
    table[set] = { ...formatAccuracies((name) => row[name]), Drain: String(DRAIN[set] ?? '') };
  table['loghub, average'] = {
    ...formatAccuracies((name) => ({
      accuracy: mean((row) => row[name]?.accuracy ?? 0),
      f1: mean((row) => row[name]?.f1 ?? 0),
      mixed: mean((row) => row[name]?.mixed ?? 0) * loghub.length,
    })),
    Drain: average(Object.values(DRAIN)).toFixed(3),
  };
  console.log('Grouping accuracy / F1 of groups / keys that mix groups (Drain: accuracy as published)');
  console.table(table);
}

function formatAccuracies(find: (name: string) => Accuracy | undefined): Record<string, string> {
  const entries = Object.keys(CONTENDERS).map((name) => {
    return [name, formatAccuracy(find(name) ?? { accuracy: 0, f1: 0, mixed: 0 })];
  });
  return Object.fromEntries(entries);
}

function formatAccuracy({ accuracy, f1, mixed }: Accuracy): string {
  return `${accuracy.toFixed(3)} / ${f1.toFixed(3)} / ${mixed}`;
}

/** By kind of value, how well `parameterize` groups. A kind is judged by its own messages. */
function printKinds(sets: ReturnType<typeof readSets>): void {
  const table: Record<string, Record<string, string>> = {};
  for (const set of Object.values(KIND_SETS)) {
    const messages = sets.get(set) ?? [];
    for (const kind of new Set(messages.map(({ group }) => group.slice(0, group.indexOf(':'))))) {
      const part = messages.filter(({ group }) => group.startsWith(`${kind}:`));
      const accuracy = measureAccuracy(part, toKeys(part));
      table[kind] = { ...table[kind], [set]: formatAccuracy(accuracy) };
    }
  }
  console.log('Kinds of values, by parameterize');
  console.table(table);
}

/** Different groups with one key. Those set aside are named only if `ASIDE` is set, so that no rule is made for them. */
function printMixed(sets: ReturnType<typeof readSets>): void {
  for (const [part, set] of Object.entries(KIND_SETS)) {
    const messages = sets.get(set) ?? [];
    const mixed = findMixed(messages, toKeys(messages));
    console.log(`${set}: ${mixed.size} keys have several groups`);
    if (part === 'aside' && !process.env.ASIDE) continue;
    for (const [key, groups] of mixed) console.log(`  ${JSON.stringify(key)}: ${groups.join(' | ')}`);
  }
}

function toKeys(messages: readonly { readonly message: string }[]): string[] {
  return messages.map(({ message }) => toKey(message));
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function listFunctions(other: Build | undefined): Record<string, ToKey> {
  const functions = { 'rules alone': toKey, 'with memory': parameterize };
  return other
    ? { ...functions, 'rules of the other build': other.toKey, 'its memory': other.parameterize }
    : functions;
}

function formatTimes(texts: readonly string[], other: Build | undefined): Record<string, string> {
  const { naive: base = [], ...times } = measureKeyTimes(texts, { naive, ...listFunctions(other) }, ROUNDS);
  const row: Record<string, string> = { 'naive list, µs': formatSpread(base) };
  for (const [name, each] of Object.entries(times)) {
    row[`${name}, µs`] = formatSpread(each);
    row[`${name} / naive`] = formatSpread(divideByRound(each, base));
  }
  return row;
}

function printTimes(lines: readonly string[], other: Build | undefined): void {
  const kilobyte = lines
    .slice(0, 500)
    .map((_, i) => `request ${i} of user ${7 * i} failed, trying again `.repeat(25).slice(0, 1024));
  console.log(`\nCPU time of a message, ${describeSpread(ROUNDS)}`);
  const constants = Array.from({ length: 4000 }, (_, i) => PLAIN[i % PLAIN.length] as string);
  for (const [name, texts] of [
    ['lines of loghub', lines],
    ['plain constant messages', constants],
    ['messages of 1 kB', kilobyte],
  ] as const) {
    console.log(name);
    console.table(formatTimes(texts, other));
  }
}

/** The slowest and the median of all hostile texts of a length. */
function printHostile(other: Build | undefined): void {
  const rows: Record<string, Record<string, string>> = {};
  for (const length of [8192, 65_536]) {
    const functions: Record<string, ToKey> = { naive, rules: toKey, ...(other && { 'the other build': other.toKey }) };
    const times = HOSTILE_PIECES.map((piece) => {
      const each = measureKeyTimes(Array<string>(20).fill(repeatTo(length, piece)), functions, FEW_ROUNDS);
      return { piece, medians: Object.entries(each).map(([name, numbers]) => [name, median(numbers)] as const) };
    });
    for (const name of Object.keys(functions)) {
      const all = times.map(({ piece, medians }) => ({ piece, time: new Map(medians).get(name) ?? 0 }));
      const slowest = all.reduce((a, b) => (b.time > a.time ? b : a));
      rows[`${length / 1024} KB, ${name}`] = {
        'median, µs': median(all.map(({ time }) => time)).toFixed(0),
        'slowest, µs': slowest.time.toFixed(0),
        'made of': JSON.stringify(slowest.piece),
      };
    }
  }
  console.log(`CPU time of ${HOSTILE_PIECES.length} hostile texts`);
  console.table(rows);
}

function printDifferences(sets: ReturnType<typeof readSets>, other: Build): void {
  const texts = [...sets.values()].flat().map(({ message }) => message);
  const differing = texts.filter((text) => toKey(text) !== other.toKey(text));
  console.log(`${differing.length} of ${texts.length} keys differ from those of the other build`);
}

async function printMerging(): Promise<void> {
  console.log('Merging at read time, in slices of 5 ms');
  console.table(await measureLongestTurns(mergePatterns));
}

async function main(): Promise<void> {
  const folder = process.argv[2] ?? process.env.LOGHUB ?? '';
  const missing = listMissing(folder);
  if (missing.length > 0) {
    console.error(
      `Not found: ${missing.join(', ')}\n` +
        'Each is <set>_2k.log_structured.csv of https://github.com/logpai/loghub, under the name <set>.csv.\n' +
        'Name their folder: npm run bench:grouping -- <folder> [<dist of another build>], or LOGHUB=<folder>.',
    );
    process.exitCode = 1;
    return;
  }
  const sets = readSets(folder);
  const other = process.argv[3] === undefined ? undefined : loadBuild(resolve(process.argv[3]));
  await printAccuracy(sets);
  printKinds(sets);
  printMixed(sets);
  if (other) printDifferences(sets, other);
  printTimes(
    LOGHUB_SETS.flatMap((set) => sets.get(set) ?? []).map(({ message }) => message),
    other,
  );
  printHostile(other);
  await printMerging();
}

void main();
