import { type Node, readSourceTree, type SourceFile } from '../support/source-tree';

interface LuaScript {
  readonly name: string;
  readonly source: string;
}

/** The scripts that a file defines, whether it exports them or not. */
function listScripts({ nodes }: SourceFile): LuaScript[] {
  return nodes
    .filter(({ type }) => type === 'VariableDeclarator')
    .flatMap(({ id, init }) => {
      const { callee, arguments: args } = (init ?? {}) as { callee?: Node; arguments?: { expression: Node }[] };
      if (callee?.value !== 'defineScript') return [];
      const quasis = args?.[0]?.expression.quasis as { cooked: string }[];
      return [{ name: String((id as Node).value), source: quasis.map(({ cooked }) => cooked).join('') }];
    });
}

/** The problems of the header of a script: the comment lines at its beginning. */
function headerProblems(source: string): string[] {
  const lines = source.trim().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const header = lines.slice(0, end);
  const code = lines.slice(end).join('\n').replace(/--.*/g, '');
  const problems = [...indexProblems('KEYS', header, code), ...indexProblems('ARGV', header, code)];
  if (!/^-- (?!KEYS|ARGV|Returns)\S/.test(header[0] ?? '')) problems.push('it does not begin with its purpose');
  if (!header.some((line) => /^-- Returns \S/.test(line))) problems.push('it does not say what it returns');
  return problems;
}

/** Each key has a name, a type and a meaning; each argument a meaning, and the last may stand for all that follow it. */
const ENTRY = {
  KEYS: /^-- KEYS\[(\d+)\] \w+ +(?:list|string|zset|hash) +\S/,
  ARGV: /^-- ARGV\[(\d+)( \.\.\.)?\] \S/,
};

/** Compares the indexes that a header explains with those that the code reads. */
function indexProblems(table: 'KEYS' | 'ARGV', header: string[], code: string): string[] {
  const lines = header.filter((line) => line.startsWith(`-- ${table}`));
  const entries = lines.map((line) => ENTRY[table].exec(line));
  const hasTail = entries.at(-1)?.[2] !== undefined;
  const documented = entries.map((entry) => Number(entry?.[1]));
  const read = [...code.matchAll(new RegExp(`${table}\\[(\\d+)\\]`, 'g'))].map((match) => Number(match[1]));
  const readsByVariable = new RegExp(`${table}\\[[^\\]]*[a-z]`).test(code);

  const problems = lines.filter((_, i) => documented[i] !== i + 1).map((line) => `unclear or out of order: ${line}`);
  const unread = documented.slice(0, hasTail ? -1 : undefined).filter((index) => !read.includes(index));
  problems.push(...unread.map((index) => `${table}[${index}] is documented and not read`));
  const unknown = read.filter((index) => !documented.includes(index));
  problems.push(...unknown.map((index) => `${table}[${index}] is read and not documented`));
  // A loop may go through all keys. Arguments that are read by a variable are the tail.
  if (table === 'ARGV' && hasTail && !readsByVariable) problems.push('the tail of ARGV is documented and not read');
  if (table === 'ARGV' && !hasTail && readsByVariable) problems.push('a tail of ARGV is read and not documented');
  return problems;
}

describe('header of a Lua script', () => {
  it.each(readSourceTree().flatMap(listScripts))(
    'documents the keys, the arguments and the reply of $name',
    ({ source }) => {
      expect(headerProblems(source)).toEqual([]);
    },
  );

  it('is checked in every script of src', () => {
    const calls = readSourceTree().flatMap(({ nodes }) =>
      nodes.filter(({ type, callee }) => {
        return type === 'CallExpression' && (callee as Node).value === 'defineScript';
      }),
    );
    expect(calls.length).toBeGreaterThan(0);
    expect(readSourceTree().flatMap(listScripts)).toHaveLength(calls.length);
  });
});

const SOUND = `
-- Adds to a counter.
--
-- KEYS[1] counter  string  the counter
--
-- ARGV[1] how often to add
-- ARGV[2 ...] what to add
--
-- Returns the counter's value
for i = 2, 1 + ARGV[1] do redis.call('INCRBY', KEYS[1], ARGV[i]) end
return redis.call('GET', KEYS[1])
`;

describe('check of Lua headers', () => {
  it('accepts a sound header', () => {
    expect(headerProblems(SOUND)).toEqual([]);
  });

  it.each([
    ['-- Adds to a counter.\n', '', 'it does not begin with its purpose'],
    ["-- Returns the counter's value\n", '', 'it does not say what it returns'],
    ['-- KEYS[1] counter  string  the counter\n', '', 'KEYS[1] is read and not documented'],
    ['KEYS[1] counter  string', 'KEYS[1] counter', 'unclear or out of order: -- KEYS[1] counter  the counter'],
    ['-- ARGV[1] how often to add\n', '', 'ARGV[1] is read and not documented'],
    ['1 + ARGV[1]', '2', 'ARGV[1] is documented and not read'],
    ['-- ARGV[2 ...] what to add\n', '', 'a tail of ARGV is read and not documented'],
    ['ARGV[i]', '1', 'the tail of ARGV is documented and not read'],
    ["('GET', KEYS[1])", "('GET', KEYS[2])", 'KEYS[2] is read and not documented'],
    ['1 + ARGV[1]', '2 -- ARGV[1]', 'ARGV[1] is documented and not read'],
  ])('finds the fault if %j becomes %j', (sound, faulty, problem) => {
    expect(headerProblems(SOUND.replace(sound, faulty))).toContain(problem);
  });
});
