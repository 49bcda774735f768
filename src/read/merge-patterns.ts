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
}

/** Rows that are equal but for one position. */
interface Candidate {
  readonly position: number;
  readonly rows: Row[];
}

interface Search {
  /** A number for each token. */
  readonly ids: Map<string, number>;
  readonly candidates: Map<number, Candidate>;
  /** The candidates of more than one row. */
  readonly shared: Candidate[];
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
  const search: Search = { ids: new Map(), candidates: new Map(), shared: [] };
  for (const key of new Set(keys)) {
    if (slices.isOver(16)) await slices.pause();
    addCandidates({ key, tokens: key.split(' ') }, search);
  }
  const merged = new Map<string, string>();
  for (const candidate of await sortInSlices(search.shared, (a, b) => b.rows.length - a.rows.length, slices)) {
    if (slices.isOver(16)) await slices.pause();
    merge(candidate, merged);
  }
  return merged;
}

/** Puts a row beside those that are equal but for one position, by a hash of what is before and after it. */
function addCandidates(row: Row, { ids, candidates, shared }: Search): void {
  const { tokens } = row;
  if (tokens.length < 2 || tokens.length > MAX_TOKENS) return;
  const numbers = tokens.map((token) => ids.get(token) ?? addId(token, ids));
  const after = new Array<number>(tokens.length + 1).fill(tokens.length);
  for (let i = tokens.length - 1; i >= 0; i--) after[i] = mix(after[i + 1] as number, numbers[i] as number);
  let before = 0;
  for (let position = 0; position < tokens.length; position++) {
    const hash = before * 2 ** 20 + (mix(after[position + 1] as number, position) >>> 12);
    const candidate = candidates.get(hash);
    if (!candidate) candidates.set(hash, { position, rows: [row] });
    else if (isEqualBut(candidate.position, candidate.rows[0] as Row, row) && candidate.rows.push(row) === 2) {
      shared.push(candidate);
    }
    before = mix(before, numbers[position] as number);
  }
}

function addId(token: string, ids: Map<string, number>): number {
  const id = ids.size + 1;
  ids.set(token, id);
  return id;
}

function mix(hash: number, value: number): number {
  return (Math.imul(hash ^ value, 0x9e3779b1) ^ (hash >>> 15)) >>> 0;
}

function isEqualBut(position: number, a: Row, b: Row): boolean {
  return a.tokens.length === b.tokens.length && a.tokens.every((token, i) => i === position || token === b.tokens[i]);
}

/** Each key is merged once, with the largest group first. */
function merge({ position, rows }: Candidate, merged: Map<string, string>): void {
  const left = rows.filter(({ key }) => !merged.has(key));
  const [first] = left;
  if (!first || left.length < 2) return;
  const found = judge(
    left.map(({ tokens }) => tokens[position] as string),
    describePosition(first.tokens, position),
  );
  if (found === undefined) return;
  const pattern = first.tokens.with(position, found).join(' ');
  for (const { key } of left) merged.set(key, pattern);
}

function describePosition(tokens: readonly string[], position: number): Position {
  const others = tokens.filter((token, i) => i !== position && /\p{L}{2}/u.test(token.replace(PLACEHOLDERS, '')));
  return { before: tokens[position - 1] ?? '', words: others.length };
}
