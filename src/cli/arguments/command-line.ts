/** The commands and their options, and how a command line is split into them. */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { AlarmKind } from '../../watch/alarm';
import { UsageError } from '../errors';

/** The names of the commands. */
export const COMMANDS = ['top', 'tail', 'ls', 'watch', 'serve', 'forget', 'completion'] as const;
const WATCH_SECONDS = '2';
const PORT = '8379';

/** A command of the program. */
export type Command = (typeof COMMANDS)[number];

type Options = NonNullable<ParseArgsConfig['options']>;

const GLOBAL = {
  url: { type: 'string', short: 'u' },
  prefix: { type: 'string', default: '' },
  cluster: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  color: { type: 'string', default: 'auto' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

/** What `watch` can tell. */
export const ALARM_KINDS = ['new', 'returned', 'surging', 'silent'] as const satisfies readonly AlarmKind[];

/** The values of options that take one of a few, or several of them. */
export const CHOICES = {
  color: ['auto', 'always', 'never'],
  'group-by': ['pattern', 'message'],
  sort: ['surge', 'count'],
  output: ['default', 'raw', 'json'],
  on: ALARM_KINDS,
  'fail-on': ALARM_KINDS,
} as const;

/** The options of each command. */
export const OPTIONS = {
  top: {
    ...GLOBAL,
    level: { type: 'string', short: 'l', multiple: true },
    'group-by': { type: 'string', default: 'pattern' },
    sort: { type: 'string', default: 'surge' },
    limit: { type: 'string', short: 'n' },
    minutes: { type: 'string', short: 'm' },
    once: { type: 'boolean', default: false },
    watch: { type: 'string', short: 'w' },
    'no-trunc': { type: 'boolean', default: false },
  },
  tail: {
    ...GLOBAL,
    level: { type: 'string', short: 'l', multiple: true },
    follow: { type: 'boolean', short: 'f', default: false },
    tail: { type: 'string', short: 'n' },
    since: { type: 'string', short: 's' },
    include: { type: 'string', short: 'i', multiple: true },
    exclude: { type: 'string', short: 'e', multiple: true },
    grep: { type: 'string', short: 'g', multiple: true },
    pattern: { type: 'string' },
    timestamps: { type: 'boolean', short: 't', default: false },
    output: { type: 'string', short: 'o' },
  },
  ls: { ...GLOBAL, 'no-trunc': { type: 'boolean', default: false } },
  watch: {
    ...GLOBAL,
    on: { type: 'string', multiple: true },
    level: { type: 'string', short: 'l', multiple: true },
    since: { type: 'string', short: 's' },
    exec: { type: 'string' },
    webhook: { type: 'string' },
    group: { type: 'string' },
    for: { type: 'string' },
    'fail-on': { type: 'string', multiple: true },
  },
  serve: {
    ...GLOBAL,
    env: { type: 'string', multiple: true },
    watchers: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', short: 'p', default: PORT },
    insecure: { type: 'boolean', default: false },
  },
  forget: {
    ...GLOBAL,
    level: { type: 'string', short: 'l', multiple: true },
    yes: { type: 'boolean', short: 'y', default: false },
  },
  completion: { help: GLOBAL.help, version: GLOBAL.version },
} as const;

type Parsed<Known extends Options> = ReturnType<typeof parseArgs<{ options: Known; allowPositionals: true }>>;

/** A command line parsed with the options of its command. */
export type ParsedLine<Name extends Command> = Parsed<(typeof OPTIONS)[Name]>;

/** A command line, split into the command and the rest. */
export interface CommandLine {
  readonly command: Command;
  /** False if no command was given, which means `top`. */
  readonly isNamed: boolean;
  /** All other arguments. */
  readonly rest: string[];
}

/** The first argument that is no option names the command; if no command has that name, it is a logger and `top` is meant. */
export function splitCommand(args: readonly string[]): CommandLine {
  const all = withWatchSeconds(args);
  const options: Options = Object.assign({}, ...Object.values(OPTIONS));
  const { tokens } = parseArgs({ args: all, options, strict: false, allowPositionals: true, tokens: true });
  const first = tokens.find(({ kind }) => kind !== 'option');
  const command = first?.kind === 'positional' ? COMMANDS.find((each) => each === first.value) : undefined;
  if (command === undefined || first === undefined) return { command: 'top', isNamed: false, rest: all };
  return { command, isNamed: true, rest: all.toSpliced(first.index, 1) };
}

/**
 * Parses the options of a command.
 * @throws UsageError for an unknown option, or one without its value
 */
export function parseOptions<const Known extends Options>(args: string[], options: Known): Parsed<Known> {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split(/\.\s/, 1)[0]);
  }
}

/** Gives `--watch` its default: for `parseArgs` an option takes a value always or never, and here it is optional. */
function withWatchSeconds(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return args.flatMap((arg, i) => {
    if (i > end) return arg;
    if (isWatch(arg)) return isSeconds(args[i + 1]) ? [] : `--watch=${WATCH_SECONDS}`;
    if (i > 0 && isWatch(args[i - 1]) && isSeconds(arg)) return `--watch=${arg}`;
    return arg.replace(/^-w=?(?=\d)/, '--watch=');
  });
}

function isWatch(arg: string | undefined): boolean {
  return arg === '-w' || arg === '--watch';
}

function isSeconds(arg: string | undefined): boolean {
  return /^\d+(\.\d+)?$/.test(arg ?? '');
}
