/** Parses the modules of src for the checks of the project. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseSync } from '@swc/core';

/** The folder of this repository. */
export const ROOT = join(__dirname, '../..');

/** A node of the syntax tree, of any type. */
export type Node = Readonly<Record<string, unknown>>;

/** One import or re-export. */
export interface Import {
  /** A module of src, as its path from there without `.ts`; or a package or a part of Node. */
  readonly module: string;
  readonly isLocal: boolean;
  /** Whether it leaves nothing in the build. */
  readonly isTypeOnly: boolean;
}

/** One file of src. */
export interface SourceFile {
  /** Path from src, without `.ts`. */
  readonly module: string;
  /** Path from the root of the repository. */
  readonly path: string;
  readonly imports: readonly Import[];
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

const parsed = new Map<string, unknown>();

/** The syntax tree of a file. Several checks ask for the same ones. */
export function parse(text: string): unknown {
  const tree = parsed.get(text) ?? parseSync(text, { syntax: 'typescript', decorators: true, target: 'es2022' });
  parsed.set(text, tree);
  return tree;
}

/** Parses one file; its path is from src. */
export function parseFile(path: string, text: string): SourceFile {
  const nodes = flatten(parse(text));
  const module = stripExtension(path);
  return { module, path: `src/${path}`, imports: nodes.flatMap((node) => readImport(node, module)), nodes };
}

/** A text file of the repository, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A node and all below it, in the order of the text. */
function flatten(value: unknown, nodes: Node[] = []): Node[] {
  if (typeof value !== 'object' || value === null) return nodes;
  if ('type' in value) nodes.push(value as Node);
  for (const child of Object.values(value)) flatten(child, nodes);
  return nodes;
}

function stripExtension(path: string): string {
  return path.replace(/\.(ts|js)$/, '');
}

function readImport(node: Node, importer: string): Import[] {
  const specifier = readSpecifier(node);
  if (specifier === undefined) return [];
  const isLocal = specifier.startsWith('.');
  const module = isLocal ? stripExtension(posix.join(posix.dirname(importer), specifier)) : specifier;
  return [{ module, isLocal, isTypeOnly: isTypeOnly(node) }];
}

/** The module that a node imports: `import`, `export … from`, `import x = require()`, `import()` and the `import()` of a type. */
function readSpecifier(node: Node): string | undefined {
  const specifier = (findOrigin(node) as Node | null | undefined)?.value;
  return typeof specifier === 'string' ? specifier : undefined;
}

function findOrigin({ type, source, moduleRef, argument, callee, arguments: args }: Node): unknown {
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
