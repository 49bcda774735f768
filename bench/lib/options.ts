/** Reads the command line of a program, and explains it if it is wrong. */

import { type ParseArgsConfig, parseArgs } from 'node:util';

/** An option of a program. */
export interface ProgramOption {
  /** Placeholder of its value in the help; an option without one is a flag. */
  readonly value?: string;
  readonly meaning: string;
}

/** The values that were given, by option. */
export type Given<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** An option that does not exist or has a wrong value. */
export class UsageError extends Error {}

/** Reads the options of a program and runs it. If one is wrong, prints all of them and sets exit code 2. */
export async function runProgram<Name extends string>(
  command: string,
  options: Readonly<Record<Name, ProgramOption>>,
  run: (given: Given<Name>) => Promise<void>,
): Promise<void> {
  try {
    await run(parse(options));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${formatHelp(command, options)}`);
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

function formatHelp(command: string, options: Readonly<Record<string, ProgramOption>>): string {
  const lines = Object.entries(options).map(([name, { value, meaning }]) => {
    const option = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${option.padEnd(28)} ${meaning}`;
  });
  return [`${command} -- [options]`, ...lines].join('\n');
}

/** A number of at least `least`, or the default if none is given. */
export function parseNumber(given: string | undefined, option: string, otherwise: number, least = 0): number {
  const number = given === undefined ? otherwise : Number(given);
  if (!(number >= least)) throw new UsageError(`--${option} takes a number of at least ${least}, not ${given}`);
  return number;
}

/** Numbers separated by commas, or the default if none are given. */
export function parseNumbers(
  given: string | undefined,
  option: string,
  otherwise: readonly number[],
): readonly number[] {
  return given?.split(',').map((number) => parseNumber(number, option, 0)) ?? otherwise;
}

/** Known names separated by commas; `all` stands for every one. The default if none are given. */
export function parseNames(
  given: string | undefined,
  option: string,
  known: readonly string[],
  otherwise = known,
): readonly string[] {
  const names = given === 'all' ? known : (given?.split(',') ?? otherwise);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`--${option} takes ${known.join(', ')} or all; not ${unknown}`);
  return names;
}
