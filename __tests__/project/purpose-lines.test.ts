import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/source-tree';

const FOLDERS = ['src', 'bench', 'examples', '__tests__/support'];
const CODE = /\.(ts|mts|css|c)$/;
/** Built, and not committed. */
const GENERATED = /generated|node_modules/;

/** A comment before all code: one sentence, then an empty line. A shebang or a pragma of a tool may come first. */
const PURPOSE = /^(?:#!.*\n|\/\*\* @.*\*\/\n)?\/\*\*?\s+((?:(?!\*\/)[^])+?)\s*\*\/\n\n/;
const MOST_CHARACTERS = 240;

function codeFiles(folder: string): string[] {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return entries.filter((path) => CODE.test(path) && !GENERATED.test(path)).map((path) => `${folder}/${path}`);
}

function hasPurpose(text: string): boolean {
  const comment =
    PURPOSE.exec(text)?.[1]
      ?.replace(/\s*\n\s*\*? */g, ' ')
      .replace(/^\* /, '') ?? '';
  const isSentence = /^[A-Za-z`].*\S\.$/.test(comment) && !/[.!?] [A-Z]/.test(comment);
  return isSentence && comment.includes(' ') && comment.length <= MOST_CHARACTERS;
}

describe('the first line of a file', () => {
  it.each(FOLDERS)('says in one sentence what the file is for, in %s', (folder) => {
    const without = codeFiles(folder).filter((path) => !hasPurpose(readFileSync(join(ROOT, path), 'utf8')));
    expect(without).toEqual([]);
  });
});

describe('the check of purpose lines', () => {
  it.each([
    '/** Cuts pending log calls into batches. */\n\nimport a from "a";\n',
    '/**\n * Cuts pending log calls into batches,\n * each small enough for one script.\n */\n\ncode();\n',
    '#!/usr/bin/env node\n/** Starts the program. */\n\ncode();\n',
    '/** @jest-config-loader esbuild-register */\n/** Where the tests are. */\n\ncode();\n',
    '/* The look of the page. */\n\nbody {}\n',
  ])('takes %j', (text) => {
    expect(hasPurpose(text)).toBe(true);
  });

  it.each([
    'import a from "a";\n',
    '/** Cuts batches */\n\ncode();\n',
    '/** Cuts batches. It does more. */\n\ncode();\n',
    '/** What a batch is. */\nexport interface Batch {}\n',
    '/** Batches. */\n\ncode();\n',
    `/** Cuts ${'very '.repeat(50)}long batches. */\n\ncode();\n`,
    'import a from "a";\n/** Cuts batches up. */\n\ncode();\n',
  ])('refuses %j', (text) => {
    expect(hasPurpose(text)).toBe(false);
  });
});
