/** Lists the tests of a file by their titles, without running them. */

import { type Node, parse } from './source-tree';

/** `describe` and `it`, and the variants that the tests make of them: `describeWithServer`, `itWithTls`. */
const DESCRIBE = /^describe([A-Z]|$)/;
const TEST = /^(it|test)([A-Z]|$)/;

/** The titles of each test of a file: those of its `describe`s, then its own. Expressions in a template are left out: `${}`. */
export function listTests(text: string): string[][] {
  return listBelow(parse(text), []);
}

function listBelow(value: unknown, outer: readonly string[]): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  const name = findBlockName(value as Node);
  if (name !== undefined && TEST.test(name)) return [[...outer, readTitle(value as Node)]];
  const inner = name === undefined ? outer : [...outer, readTitle(value as Node)];
  return Object.values(value).flatMap((child) => listBelow(child, inner));
}

/** What a call of `describe` or `it` with a title and a function calls, also by `.each()` or `.skip`; undefined for other nodes. */
function findBlockName({ type, callee, arguments: args }: Node): string | undefined {
  if (type !== 'CallExpression' || (args as Node[]).length < 2) return undefined;
  const name = findRoot(callee as Node);
  return name !== undefined && (DESCRIBE.test(name) || TEST.test(name)) ? name : undefined;
}

function findRoot({ type, value, object, callee, tag }: Node): string | undefined {
  if (type === 'Identifier') return value as string;
  const inner = (object ?? callee ?? tag) as Node | undefined;
  return inner && findRoot(inner);
}

function readTitle({ arguments: args }: Node): string {
  const [title] = args as [{ expression: Node }];
  const { type, value, quasis } = title.expression;
  if (type === 'TemplateLiteral') return (quasis as { cooked: string }[]).map(({ cooked }) => cooked).join('${}');
  return type === 'StringLiteral' ? (value as string) : '${}';
}
