/** Merges keys that differ in one position only, where many of them together tell that a value stands there. */

import { PLACEHOLDER } from '../record/parameterize';
import { type Candidate, countTokens, EqualLengthRows } from './equal-length-rows';
import { judge, type Position } from './pattern-evidence';
import { Slices, sortInSlices } from './slices';

/** Longer keys are left as they are: they rarely differ in one position. */
const MAX_TOKENS = 60;
/** So many texts in one position show what they are. */
const MAX_JUDGED = 100;

const PLACEHOLDERS = new RegExp(PLACEHOLDER, 'g');

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
export async function mergePatterns(keys: ReadonlySet<string>): Promise<MergedPatterns> {
  const slices = new Slices();
  const shared: Candidate[] = [];
  for (const rows of await groupByLength(keys, slices)) {
    for (let position = 0; rows.keys.length > 1 && position < rows.tokens; position++) {
      await rows.findCandidates(position, shared, slices);
    }
  }
  const merged = new Map<string, string>();
  for (const candidate of await sortInSlices(shared, (a, b) => b.members.length - a.members.length, slices)) {
    await merge(candidate, merged, slices);
  }
  return merged;
}

async function groupByLength(keys: ReadonlySet<string>, slices: Slices): Promise<Iterable<EqualLengthRows>> {
  const groups = new Map<number, EqualLengthRows>();
  for (const key of keys) {
    if (slices.isOver(16)) await slices.pause();
    const tokens = countTokens(key);
    if (tokens < 2 || tokens > MAX_TOKENS) continue;
    const found = groups.get(tokens) ?? new EqualLengthRows(tokens);
    found.add(key);
    groups.set(tokens, found);
  }
  return groups.values();
}

/** Each key is merged once, with the largest group first. */
async function merge(
  { rows, position, members }: Candidate,
  merged: Map<string, string>,
  slices: Slices,
): Promise<void> {
  const first = members.find((row) => !merged.has(rows.keys[row] as string));
  if (first === undefined) return;
  const { before, after } = rows.split(first, position);
  const left: string[] = [];
  for (const row of members) {
    if (slices.isOver()) await slices.pause();
    const key = rows.keys[row] as string;
    if (!merged.has(key) && key.startsWith(before) && key.endsWith(after)) left.push(key);
  }
  if (left.length < 2) return;
  if (slices.isOver(1)) await slices.pause();
  const texts = left.slice(0, MAX_JUDGED).map((key) => key.slice(before.length, key.length - after.length));
  const found = judge(texts, describePosition(before, after));
  if (found === undefined) return;
  const pattern = before + found + after;
  for (const key of left) {
    if (slices.isOver()) await slices.pause();
    merged.set(key, pattern);
  }
}

function describePosition(before: string, after: string): Position {
  const tokens = before.trimEnd().split(' ');
  const others = [...tokens, ...after.split(' ')].filter((token) => /\p{L}{2}/u.test(token.replace(PLACEHOLDERS, '')));
  return { before: tokens.at(-1) ?? '', words: others.length };
}
