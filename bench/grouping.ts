/** npm run bench:grouping: how well messages are grouped, and how long that takes beside a naive list of expressions. */

import { join } from 'node:path';
import { type Accuracy, LOGHUB_SETS, listMissing, measureAccuracy, readSets } from './lib/group-accuracy';
import { median } from './lib/statistics';

const DIST = join(__dirname, '../dist');
/** The build, as applications run it. */
const { toKey }: typeof import('../src/record/grouping/key') = require(join(DIST, 'record/grouping/key'));
const { parameterize }: typeof import('../src/record/parameterize') = require(join(DIST, 'record/parameterize'));
const { mergePatterns }: typeof import('../src/read/merge-patterns') = require(join(DIST, 'read/merge-patterns'));

type ToKey = (text: string) => string;

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
  parameterize: async (texts) => texts.map((text) => toKey(text)),
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
const PLAIN = [
  'connection closed by the peer while waiting for a reply',
  'cache refreshed',
  'worker started and is waiting for jobs',
  'could not send the mail, trying again later',
];
/** Pieces of text; each is repeated to 8 and 64 KB, which slows down careless expressions. */
const HOSTILE = [
  ...Array.from(' \n\t/\\.:=@-~"[a7é订😀\u001b\ud800'),
  ...'\u001b[31m \u001b]0;x \'"` "a": ([{< <a <number> a=b{ a=b( k=<a>( 1. http:// a:// a. a.b/ 2024- f: 0x aB <path>['.split(
    ' ',
  ),
  ...'"a" |1, |1,|1 |1:11 |404 |GET a |status |Jan 1 |for user |<1 sec |msg="a" |a:\n|{\n|<text> |1 as '.split('|'),
];

async function mergeKeys(texts: readonly string[]): Promise<string[]> {
  const keys = texts.map((text) => toKey(text));
  const merged = await mergePatterns(keys);
  return keys.map((key) => merged.get(key) ?? key);
}

async function printAccuracy(sets: ReturnType<typeof readSets>): Promise<void> {
  const rows = new Map<string, Record<string, Accuracy>>();
  for (const [set, messages] of sets) {
    const texts = messages.map(({ message }) => message);
    const row: Record<string, Accuracy> = {};
    for (const [name, toKeys] of Object.entries(CONTENDERS)) row[name] = measureAccuracy(messages, await toKeys(texts));
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
    const { accuracy = 0, f1 = 0, mixed = 0 } = find(name) ?? {};
    return [name, `${accuracy.toFixed(3)} / ${f1.toFixed(3)} / ${mixed}`];
  });
  return Object.fromEntries(entries);
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** CPU time of a text, in µs, for each function: medians of rounds in turn, so that all meet the same machine. */
function measure(texts: readonly string[], functions: readonly ToKey[]): number[] {
  const times = functions.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, toText] of functions.entries()) {
      // Log calls make a new text each; a copy is as new as theirs.
      const copies = texts.map((text) => Buffer.from(text).toString());
      const before = process.cpuUsage();
      for (const copy of copies) toText(copy);
      const { user, system } = process.cpuUsage(before);
      times[i]?.push((user + system) / texts.length);
    }
  }
  return times.map((each) => median(each.slice(5)));
}

function formatTimes(texts: readonly string[]): Record<string, string> {
  const [base = 0, rules = 0, remembered = 0] = measure(texts, [naive, (text) => toKey(text), parameterize]);
  return {
    'naive list, µs': base.toFixed(2),
    'rules alone, µs': rules.toFixed(2),
    'with memory, µs': remembered.toFixed(2),
    'rules / naive': (rules / base).toFixed(2),
    'memory / naive': (remembered / base).toFixed(2),
  };
}

function printTimes(lines: readonly string[]): void {
  const kilobyte = lines
    .slice(0, 500)
    .map((_, i) => `request ${i} of user ${7 * i} failed, trying again `.repeat(25).slice(0, 1024));
  console.log('\nCPU time of a message');
  console.table({
    'lines of loghub': formatTimes(lines),
    'plain constant messages': formatTimes(Array.from({ length: 4000 }, (_, i) => PLAIN[i % PLAIN.length] as string)),
    'messages of 1 kB': formatTimes(kilobyte),
  });
  const slowest = [8192, 65_536].map((length) => {
    const times = HOSTILE.map((piece) => {
      const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
      const [time = 0] = measure(Array<string>(20).fill(text), [(each) => toKey(each)]);
      return { 'made of': JSON.stringify(piece), time };
    });
    const [first] = times.sort((a, b) => b.time - a.time);
    return [`${length / 1024} KB`, { 'slowest, µs': first?.time.toFixed(0), 'made of': first?.['made of'] }];
  });
  console.log(`The slowest of ${HOSTILE.length} hostile texts`);
  console.table(Object.fromEntries(slowest));
}

async function printMerging(): Promise<void> {
  const rows: Record<string, Record<string, string>> = {};
  for (const size of [1000, 10_000]) {
    const keys = Array.from({ length: size }, (_, i) => {
      const word = i.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] as string);
      return `request of tenant ${word}_x took a while and ended in ${i % 7 ? 'time' : word} for <number>`;
    });
    const before = process.cpuUsage();
    const merged = await mergePatterns(keys);
    const { user, system } = process.cpuUsage(before);
    rows[`${size} keys`] = { merged: String(merged.size), 'CPU time, ms': ((user + system) / 1000).toFixed(0) };
  }
  console.log('Merging at read time, in slices of 5 ms');
  console.table(rows);
}

async function main(): Promise<void> {
  const folder = process.argv[2] ?? process.env.LOGHUB ?? '';
  const missing = listMissing(folder);
  if (missing.length > 0) {
    console.error(
      `Not found: ${missing.join(', ')}\n` +
        'Each is <set>_2k.log_structured.csv of https://github.com/logpai/loghub, under the name <set>.csv.\n' +
        'Name their folder: npm run bench:grouping -- <folder>, or LOGHUB=<folder>.',
    );
    process.exitCode = 1;
    return;
  }
  const sets = readSets(folder);
  await printAccuracy(sets);
  printTimes(LOGHUB_SETS.flatMap((set) => sets.get(set) ?? []).map(({ message }) => message));
  await printMerging();
}

void main();
