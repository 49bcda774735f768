import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseSync } from '@swc/core';

/** The folder of this repository. */
export const ROOT = join(__dirname, '../..');

const FUNCTIONS = new Set<unknown>([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'Constructor',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

/** A node of the syntax tree, of whatever type: the checks ask only for what they look for. */
export type Node = Readonly<Record<string, unknown>>;

/** One import or re-export. */
export interface Import {
  /** A module of src, by its path from there without `.ts`; or what else was named: a package or a part of Node. */
  readonly module: string;
  readonly isLocal: boolean;
  /** Whether nothing of it is left in the build. */
  readonly isTypeOnly: boolean;
}

/** A function, method or arrow function. */
export interface FunctionSize {
  readonly name: string;
  readonly lines: number;
}

/** One file of src. */
export interface SourceFile {
  /** Path from src, without `.ts`. */
  readonly module: string;
  /** Path from the root of the repository. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionSize[];
  readonly nodes: readonly Node[];
}

/** Every module of src that is written by hand. */
export function readSourceTree(): SourceFile[] {
  const entries = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(({ name }) => /\.m?ts$/.test(name) && name !== 'generated.ts')
    .map(({ parentPath, name }) => join(parentPath, name));
  return paths.sort().map((path) => {
    const file = relative(join(ROOT, 'src'), path).split(sep).join('/');
    return parseFile(file, readFileSync(path, 'utf8'));
  });
}

/** Takes one file apart; its path is from src. */
export function parseFile(path: string, text: string): SourceFile {
  const nodes = flatten(parseSync(text, { syntax: 'typescript', target: 'es2022' }));
  const module = moduleOf(path);
  return {
    module,
    path: `src/${path}`,
    lines: text.split('\n').length - 1,
    imports: nodes.flatMap((node) => importOf(node, module)),
    functions: nodes
      .filter(({ type }) => FUNCTIONS.has(type))
      .map((node) => ({ name: nameOf(node), lines: linesOf(node, text) })),
    nodes,
  };
}

/** A text file of the repository, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function flatten(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(flatten);
  return 'type' in value ? [value as Node, ...below] : below;
}

function moduleOf(path: string): string {
  return path.replace(/\.(ts|js)$/, '');
}

function importOf(node: Node, importer: string): Import[] {
  const specifier = specifierOf(node);
  if (specifier === undefined) return [];
  const isLocal = specifier.startsWith('.');
  const module = isLocal ? moduleOf(posix.join(posix.dirname(importer), specifier)) : specifier;
  return [{ module, isLocal, isTypeOnly: isTypeOnly(node) }];
}

/** What a node imports from: `import`, `export … from`, `import x = require()`, `import()` and the `import()` of a type. */
function specifierOf(node: Node): string | undefined {
  const specifier = (originOf(node) as Node | null | undefined)?.value;
  return typeof specifier === 'string' ? specifier : undefined;
}

function originOf({ type, source, moduleRef, argument, callee, arguments: args }: Node): unknown {
  switch (type) {
    case 'TsImportEqualsDeclaration':
      return (moduleRef as Node).expression;
    case 'TsImportType':
      return argument;
    case 'CallExpression':
      return isLoader(callee as Node) ? (args as { expression: Node }[])[0]?.expression : undefined;
    default:
      return source;
  }
}

function isLoader({ type, value }: Node): boolean {
  return type === 'Import' || (type === 'Identifier' && value === 'require');
}

function isTypeOnly({ type, typeOnly, isTypeOnly, specifiers }: Node): boolean {
  if (type === 'TsImportType' || typeOnly === true || isTypeOnly === true) return true;
  const names = Array.isArray(specifiers) ? (specifiers as Node[]) : [];
  return names.length > 0 && names.every((name) => name.isTypeOnly === true);
}

function nameOf({ identifier, key, type }: Node): string {
  const name = (identifier ?? key) as Node | null | undefined;
  return typeof name?.value === 'string' ? name.value : String(type);
}

/** Lines from the first to the last character. The spans of the parser count bytes. */
function linesOf({ span }: Node, text: string): number {
  const { start, end } = span as { start: number; end: number };
  return Buffer.from(text)
    .toString('utf8', start - 1, end - 1)
    .split('\n').length;
}
