import { type ParseArgsConfig, parseArgs } from 'node:util';

/** An option of a program. */
export interface ProgramOption {
  /** What its value is, as the help shows it; without it there is none. */
  readonly value?: string;
  readonly meaning: string;
}

/** What was given, by name. */
export type Given<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** An option that was given wrongly. */
class UsageError extends Error {}

/** Reads the options of a program and runs it. After a wrong one it prints which there are. */
export async function runProgram<Name extends string>(
  command: string,
  options: Readonly<Record<Name, ProgramOption>>,
  run: (given: Given<Name>) => Promise<void>,
): Promise<void> {
  try {
    await run(parse(options));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${helpOf(command, options)}`);
    process.exitCode = 2;
  }
}

function parse<Name extends string>(options: Readonly<Record<Name, ProgramOption>>): Given<Name> {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean' } };
  for (const [name, { value }] of Object.entries<ProgramOption>(options)) {
    config[name] = { type: value === undefined ? 'boolean' : 'string' };
  }
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ options: config, strict: true }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.help) throw new UsageError('Options:');
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])) as Given<Name>;
}

function helpOf(command: string, options: Readonly<Record<string, ProgramOption>>): string {
  const lines = Object.entries(options).map(([name, { value, meaning }]) => {
    const option = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${option.padEnd(28)} ${meaning}`;
  });
  return [`${command} -- [options]`, ...lines].join('\n');
}

/** A number that was given, or the default. */
export function numberOf(given: string | undefined, option: string, otherwise: number, least = 0): number {
  const number = given === undefined ? otherwise : Number(given);
  if (!(number >= least)) throw new UsageError(`--${option} takes a number of at least ${least}, not ${given}`);
  return number;
}

/** Numbers that were given with commas between them, or the default. */
export function numbersOf(given: string | undefined, option: string, otherwise: readonly number[]): readonly number[] {
  return given?.split(',').map((number) => numberOf(number, option, 0)) ?? otherwise;
}

/** Names that were given with commas between them, or the default. */
export function namesOf(
  given: string | undefined,
  option: string,
  known: readonly string[],
  otherwise = known,
): readonly string[] {
  const names = given?.split(',') ?? otherwise;
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`--${option} takes ${known.join(', ')}; not ${unknown}`);
  return names;
}
