import { freeVariables } from '../support/lua';
import { type Node, readSourceTree, readText, type SourceFile } from '../support/source-tree';

/** A template of Lua code: a script, or a fragment that scripts are put together from. */
interface LuaTemplate {
  readonly name: string;
  readonly isScript: boolean;
  /** The text between the fragments and values that are put into it. */
  readonly texts: readonly string[];
  readonly inserted: readonly string[];
}

/** The Lua code that a file declares, whether it exports it or not. */
function findLua({ nodes }: SourceFile): LuaTemplate[] {
  return nodes
    .filter(({ type }) => type === 'VariableDeclarator')
    .flatMap(({ id, init }) => {
      const { callee, arguments: args } = (init ?? {}) as { callee?: Node; arguments?: { expression: Node }[] };
      const isScript = callee?.value === 'defineScript';
      const template = isScript ? args?.[0]?.expression : (init as Node | undefined);
      if (!template || !isLua(template)) return [];
      const texts = (template.quasis as { cooked: string }[]).map(({ cooked }) => cooked);
      const inserted = (template.expressions as Node[]).map(({ value }) => String(value));
      return [{ name: String((id as Node).value), isScript, texts, inserted }];
    });
}

function isLua(node: Node): boolean {
  if (node.type !== 'TemplateLiteral') return false;
  const texts = (node.quasis as { cooked: string }[]).map(({ cooked }) => cooked).join('');
  return /\bredis\.p?call\(|^local function |^-- KEYS\[/m.test(texts);
}

const files = readSourceTree();
const lua = files.flatMap(findLua);
const scripts = lua.filter(({ isScript }) => isScript);
const fragments = lua.filter(({ isScript }) => !isScript);

/** Lua code with the fragments that are put into it. Other values are constants: any number is as good. */
function assemble({ texts, inserted }: LuaTemplate): string {
  const parts = inserted.map((name) => {
    const fragment = fragments.find((each) => each.name === name);
    return fragment ? assemble(fragment) : '0';
  });
  return texts.map((text, i) => text + (parts[i] ?? '')).join('');
}

const LUA = ['error', 'ipairs', 'math', 'next', 'pairs', 'pcall', 'redis', 'string', 'table', 'tonumber', 'tostring'];
LUA.push('type', 'unpack', 'bit', 'cjson', 'cmsgpack', 'struct');

/** The variables that Lua code takes from its surroundings. Only a script may take its keys and arguments. */
function strayVariables(source: string, isScript: boolean): string[] {
  const given = isScript ? [...LUA, 'KEYS', 'ARGV'] : LUA;
  return freeVariables(source).filter((name) => !given.includes(name));
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
  const readsByVariable = new RegExp(`${table}\\[[^\\]]*[a-z]|\\bunpack\\(${table},`).test(code);

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

describe('Lua code of src', () => {
  it('is marked as Lua wherever it is declared', () => {
    const marked = files.flatMap(({ path }) => readText(path).match(/\/\* lua \*\/ `/g) ?? []);
    expect(lua.length).toBeGreaterThan(0);
    expect(lua).toHaveLength(marked.length);
    expect(files.flatMap(({ nodes }) => nodes.filter(isLua))).toHaveLength(marked.length);
  });

  it('has a unique name', () => {
    expect(new Set(lua.map(({ name }) => name)).size).toBe(lua.length);
  });

  it.each(scripts)('documents the keys, the arguments and the reply of $name in its header', ({ texts }) => {
    expect(headerProblems(texts.join(''))).toEqual([]);
  });

  it.each(lua)('declares every variable that $name reads', (template) => {
    expect(strayVariables(assemble(template), template.isScript)).toEqual([]);
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

describe('check of Lua variables', () => {
  it.each([
    [
      'a parameter and what a function declares',
      'local function f(a, ...) local b = a; return { b = a, [b] = ... } end',
    ],
    ['a function that calls itself', 'local function f(n) return n > 0 and f(n - 1) or 0 end'],
    ['variables of loops', "for i, v in ipairs({ 1 }) do redis.call('SET', v, i) end for i = 1, 2 do redis.log(i) end"],
    ['a variable of a block that its end reads', 'repeat local done = true until done'],
    ['fields and methods of all names', "local text = ('a'):upper() return text:len() + math.huge"],
    ['names in strings and comments', "-- one\nreturn 'two' .. [[three]] --[[ four ]]"],
  ])('accepts %s', (_, source) => {
    expect(strayVariables(source, false)).toEqual([]);
  });

  it.each([
    ['a variable of the script around a fragment', 'local function f(a) return a + limit end', 'limit'],
    ['one in a table, as an index', 'local function f(a) return { [key] = a } end', 'key'],
    ['one that another function declares', 'local function f() local a = 1 end local function g() return a end', 'a'],
    ['one that is declared only afterwards', 'local function f() return a end local a = 1', 'a'],
    ['one that is declared with itself', 'local a = a', 'a'],
    ['one of a loop, after it', 'for i = 1, 2 do end return i', 'i'],
    ['one of a branch, in another', 'if 1 then local a = 1 elseif 2 then return a else return 1 end', 'a'],
    ['one that is assigned', 'local function f() total = 1 end', 'total'],
    ['a function that is not put in', 'return redis.call(iso_hour(1))', 'iso_hour'],
    ['an argument of the script, in a fragment', 'local function f() return ARGV[1] end', 'ARGV'],
  ])('finds %s', (_, source, name) => {
    expect(strayVariables(source, false)).toEqual([name]);
  });

  it('refuses code that it cannot parse', () => {
    expect(() => freeVariables('if 1 then')).toThrow('expected end');
  });
});
