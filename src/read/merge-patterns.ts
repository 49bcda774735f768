/** Merges keys that differ in one position only, where many of them together tell that a value stands there. */

import { PLACEHOLDER } from '../record/parameterize';
import { judge, type Position } from './pattern-evidence';
import { Slices, sortInSlices } from './slices';

/** Longer keys are left as they are: they rarely differ in one position. */
const MAX_TOKENS = 60;
/** So many texts in one position show what they are. */
const MAX_JUDGED = 100;

const PLACEHOLDERS = new RegExp(PLACEHOLDER, 'g');

interface Row {
  readonly key: string;
  readonly tokens: readonly string[];
  /** A hash of the tokens before each position. */
  readonly before: readonly number[];
  /** A hash of the tokens from each position on. */
  readonly after: readonly number[];
}

/** Rows that are equal but for one position. */
interface Candidate {
  readonly position: number;
  readonly rows: Row[];
}

/** The pattern of each key that is merged with others; the others are not in it. */
export type MergedPatterns = ReadonlyMap<string, string>;

/**
 * Finds keys of one pattern among those of one severity, of all windows that are compared, so that they are merged alike in
 * each. It takes a few milliseconds for a thousand keys, in slices of the event loop.
 *
 * A merged pattern says what rows of one reading have in common. It changes with the next messages: links, alarms and whatever
 * else needs an identity that lasts use the key itself.
 *
 * @param keys - as `parameterize` gave them
 */
export async function mergePatterns(keys: Iterable<string>): Promise<MergedPatterns> {
  const slices = new Slices();
  const shared: Candidate[] = [];
  for (const rows of await groupByLength(keys, slices)) {
    const positions = rows[0]?.tokens.length ?? 0;
    for (let position = 0; rows.length > 1 && position < positions; position++) {
      await findCandidates(rows, position, shared, slices);
    }
  }
  const merged = new Map<string, string>();
  for (const candidate of await sortInSlices(shared, (a, b) => b.rows.length - a.rows.length, slices)) {
    await merge(candidate, merged, slices);
  }
  return merged;
}

async function groupByLength(keys: Iterable<string>, slices: Slices): Promise<Iterable<Row[]>> {
  const ids = new Map<string, number>();
  const rows = new Map<number, Row[]>();
  const seen = new Set<string>();
  for (const key of keys) {
    if (slices.isOver(16)) await slices.pause();
    if (seen.has(key)) continue;
    seen.add(key);
    const tokens = key.split(' ');
    if (tokens.length < 2 || tokens.length > MAX_TOKENS) continue;
    const found = rows.get(tokens.length);
    if (found) found.push(makeRow(key, tokens, ids));
    else rows.set(tokens.length, [makeRow(key, tokens, ids)]);
  }
  return rows.values();
}

function makeRow(key: string, tokens: readonly string[], ids: Map<string, number>): Row {
  const numbers = tokens.map((token) => ids.get(token) ?? addId(token, ids));
  const before = [0];
  for (const number of numbers) before.push(mix(before.at(-1) as number, number));
  const after = [0];
  for (const number of numbers.toReversed()) after.push(mix(after.at(-1) as number, number));
  return { key, tokens, before, after: after.reverse() };
}

function addId(token: string, ids: Map<string, number>): number {
  const id = ids.size + 1;
  ids.set(token, id);
  return id;
}

function mix(hash: number, value: number): number {
  return (Math.imul(hash ^ value, 0x9e3779b1) ^ (hash >>> 15)) >>> 0;
}

/** Adds the rows that are equal but for this position, if there are two of them. */
async function findCandidates(
  rows: readonly Row[],
  position: number,
  shared: Candidate[],
  slices: Slices,
): Promise<void> {
  const candidates = new Map<number, Candidate>();
  for (const row of rows) {
    if (slices.isOver()) await slices.pause();
    const hash = (row.before[position] as number) * 2 ** 20 + ((row.after[position + 1] as number) >>> 12);
    const candidate = candidates.get(hash);
    if (!candidate) candidates.set(hash, { position, rows: [row] });
    else if (isEqualBut(position, candidate.rows[0] as Row, row) && candidate.rows.push(row) === 2)
      shared.push(candidate);
  }
}

function isEqualBut(position: number, a: Row, b: Row): boolean {
  return a.tokens.every((token, i) => i === position || token === b.tokens[i]);
}

/** Each key is merged once, with the largest group first. */
async function merge({ position, rows }: Candidate, merged: Map<string, string>, slices: Slices): Promise<void> {
  const left: Row[] = [];
  for (const row of rows) {
    if (slices.isOver()) await slices.pause();
    if (!merged.has(row.key)) left.push(row);
  }
  const [first] = left;
  if (!first || left.length < 2) return;
  if (slices.isOver(1)) await slices.pause();
  const found = judge(
    left.slice(0, MAX_JUDGED).map(({ tokens }) => tokens[position] as string),
    describePosition(first.tokens, position),
  );
  if (found === undefined) return;
  const pattern = first.tokens.with(position, found).join(' ');
  for (const { key } of left) {
    if (slices.isOver()) await slices.pause();
    merged.set(key, pattern);
  }
}

function describePosition(tokens: readonly string[], position: number): Position {
  const others = tokens.filter((token, i) => i !== position && /\p{L}{2}/u.test(token.replace(PLACEHOLDERS, '')));
  return { before: tokens[position - 1] ?? '', words: others.length };
}
