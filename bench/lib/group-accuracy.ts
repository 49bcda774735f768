/** How well keys group messages whose groups are known, and where such messages come from. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabelledMessage, readLabelledMessages } from '../../__tests__/support/labelled-messages';

/**
 * Grouping accuracy is the share of messages whose group, all messages with the same key, is exactly a group of the ground
 * truth (Zhu et al., Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019). F1 is the harmonic mean of the shares of
 * found groups and of true groups that are exactly right, so that rare messages weigh as much as frequent ones (Khan et al.,
 * Guidelines for Assessing the Accuracy of Log Message Template Identification Techniques, ICSE 2022).
 */
export interface Accuracy {
  readonly accuracy: number;
  readonly f1: number;
  /** Keys under which messages of several groups of the ground truth are. */
  readonly mixed: number;
}

/** The sets whose groups are named `kind: name`, by kinds of values. */
export const KIND_SETS = { known: 'kinds, known', aside: 'kinds, aside' };
export const LOGHUB_SETS = ['Apache', 'HDFS', 'Hadoop', 'HealthApp', 'OpenSSH', 'Thunderbird'];

/** Compares the groups of the messages with those that their keys make. */
export function measureAccuracy(messages: readonly LabelledMessage[], keys: readonly string[]): Accuracy {
  const truth = count(messages.map(({ group }) => group));
  const found = [...countGroups(messages, keys).values()];
  const right = found.filter(
    (groups) => groups.size === 1 && [...groups].every(([group, n]) => n === truth.get(group)),
  );
  const rightMessages = right.flatMap((groups) => [...groups.values()]).reduce((sum, n) => sum + n, 0);
  return {
    accuracy: rightMessages / messages.length,
    f1: (2 * right.length) / (found.length + truth.size),
    mixed: found.filter((groups) => groups.size > 1).length,
  };
}

/** Keys under which messages of several groups of the ground truth are, with these groups. */
export function findMixed(messages: readonly LabelledMessage[], keys: readonly string[]): Map<string, string[]> {
  const mixed = [...countGroups(messages, keys)].filter(([, groups]) => groups.size > 1);
  return new Map(mixed.map(([key, groups]) => [key, [...groups.keys()]]));
}

/** The groups of the ground truth under each key, and how many messages they have there. */
function countGroups(messages: readonly LabelledMessage[], keys: readonly string[]): Map<string, Map<string, number>> {
  const groupsByKey = new Map<string, Map<string, number>>();
  for (const [i, { group }] of messages.entries()) {
    const key = keys[i] as string;
    const groups = groupsByKey.get(key) ?? new Map<string, number>();
    groupsByKey.set(key, groups.set(group, (groups.get(group) ?? 0) + 1));
  }
  return groupsByKey;
}

function count(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The files of loghub that are not in a folder. */
export function listMissing(folder: string): string[] {
  return LOGHUB_SETS.map((set) => join(folder, `${set}.csv`)).filter((path) => !existsSync(path));
}

/** All labelled messages, by set. */
export function readSets(folder: string): Map<string, LabelledMessage[]> {
  const sets = new Map(LOGHUB_SETS.map((set) => [set, readLoghub(join(folder, `${set}.csv`))]));
  return sets
    .set('Node, known', readLabelledMessages('known'))
    .set('Node, aside', readLabelledMessages('aside'))
    .set(KIND_SETS.known, readLabelledMessages('kinds'))
    .set(KIND_SETS.aside, readLabelledMessages('kinds aside'));
}

function readLoghub(path: string): LabelledMessage[] {
  const rows = parseCsv(readFileSync(path, 'utf8'));
  return rows.map(({ Content = '', EventId = '' }) => ({ message: Content, group: EventId }));
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
