/** npm run bench:grouping: how well parameterize groups the lines of loghub, and how long it takes for a line. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parameterize } from '../src/record/parameterize';
import { median, quantile } from './lib/statistics';

/*
 * Grouping accuracy is the share of lines whose group, all lines with the same key, is exactly a group of the ground
 * truth (Zhu et al., Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019).
 */

const SETS = ['Apache', 'HDFS', 'Hadoop', 'HealthApp', 'OpenSSH', 'Thunderbird'];
/** The published average of Drain over all sixteen sets, with regular expressions written by hand for each set. */
const DRAIN = 0.865;
const ROUNDS = 5;
const HOSTILE_LENGTH = 65_536;

/** Replaces the variable parts of a line; lines with equal keys are a group. */
type ToKey = (text: string) => string;

const CONTENDERS: Readonly<Record<string, ToKey>> = {
  parameterize,
  'digits masked': (text) => text.replace(/\d+/g, '<number>'),
};

/** Pieces of text; each is repeated to 64 KB, which slows down careless regular expressions. */
const HOSTILE = [
  ...Array.from(' \n\t/\\.:=@-~"[a7é订😀\u001b\ud800'),
  ...'\u001b[31m \'"` "a": ([{< <a <number> a=b{ a=b( k=<a>( 1. http:// a:// a. a.b/ 2024- f: 0x'.split(' '),
  ...'"a" |1, |1,|1 |1:11 |404 |GET a |status |Jan 1 |for user |<1 sec |msg="a" '.split('|'),
];

interface Line {
  readonly content: string;
  /** Its group in the ground truth. */
  readonly group: string;
}

/** The rows of a CSV file, by column. Quoted fields may hold commas and doubled quotes. */
function parseCsv(text: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, field = '', end] of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end !== ',') rows.push([]);
  }
  const [header = [], ...lines] = rows.filter((row) => row.length > 1);
  return lines.map((row) => Object.fromEntries(header.map((column, i) => [column, row[i] ?? ''])));
}

function readSet(folder: string, set: string): Line[] {
  const rows = parseCsv(readFileSync(join(folder, `${set}.csv`), 'utf8'));
  return rows.map(({ Content = '', EventId = '' }) => ({ content: Content, group: EventId }));
}

function groupBy(lines: readonly Line[], toGroup: (line: Line) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    const group = toGroup(line);
    groups.set(group, [...(groups.get(group) ?? []), i]);
  }
  return groups;
}

function groupingAccuracy(lines: readonly Line[], toKey: ToKey): number {
  const truth = new Set([...groupBy(lines, ({ group }) => group).values()].map(String));
  const found = [...groupBy(lines, ({ content }) => toKey(content)).values()];
  return found.filter((group) => truth.has(String(group))).flat().length / lines.length;
}

function measureMicroseconds(text: string, toKey: ToKey): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    toKey(text);
    return 1000 * (performance.now() - began);
  });
  return median(rounds);
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function printAccuracy(sets: ReadonlyMap<string, Line[]>): void {
  const rows: Record<string, Record<string, number>> = {};
  for (const [set, lines] of sets) {
    const accuracies = Object.entries(CONTENDERS).map(([name, toKey]) => [name, groupingAccuracy(lines, toKey)]);
    rows[set] = Object.fromEntries(accuracies);
  }
  const averages = Object.keys(CONTENDERS).map((name) => [
    name,
    average(Object.values(rows).map((row) => row[name] ?? 0)),
  ]);
  rows.average = Object.fromEntries(averages);
  const rounded = Object.entries(rows).map(([set, row]) => [
    set,
    Object.fromEntries(Object.entries(row).map(([name, accuracy]) => [name, accuracy.toFixed(3)])),
  ]);
  console.log('Grouping accuracy');
  console.table(Object.fromEntries(rounded));
  console.log(`Drain, as published: ${DRAIN} on average over sixteen sets, with regular expressions for each set`);
}

function printTimes(lines: readonly Line[]): void {
  const rows = Object.entries(CONTENDERS).map(([name, toKey]) => {
    const times = lines.map(({ content }) => measureMicroseconds(content, toKey));
    const hostile = HOSTILE.map((piece) => {
      const text = piece.repeat(Math.ceil(HOSTILE_LENGTH / piece.length)).slice(0, HOSTILE_LENGTH);
      return { piece, time: measureMicroseconds(text, toKey) };
    }).sort((a, b) => b.time - a.time);
    const [slowest] = hostile;
    return [
      name,
      {
        'median, µs': median(times).toFixed(1),
        'p99, µs': quantile(times, 0.99).toFixed(1),
        'slowest 64 KB, µs': slowest?.time.toFixed(0),
        'made of': JSON.stringify(slowest?.piece),
      },
    ];
  });
  console.log(`\nTime of a line, and of the slowest of ${HOSTILE.length} hostile texts`);
  console.table(Object.fromEntries(rows));
}

function main(): void {
  const folder = process.argv[2] ?? process.env.LOGHUB ?? '';
  const missing = SETS.map((set) => join(folder, `${set}.csv`)).filter((path) => !existsSync(path));
  if (missing.length > 0) {
    console.error(
      `Not found: ${missing.join(', ')}\n` +
        'Each is <set>_2k.log_structured.csv of https://github.com/logpai/loghub, under the name <set>.csv.\n' +
        'Name their folder: npm run bench:grouping -- <folder>, or LOGHUB=<folder>.',
    );
    process.exitCode = 1;
    return;
  }
  const sets = new Map(SETS.map((set) => [set, readSet(folder, set)]));
  printAccuracy(sets);
  printTimes([...sets.values()].flat());
}

main();
