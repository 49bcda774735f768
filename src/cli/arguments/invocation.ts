import { UsageError } from '../errors';
import { type Command, OPTIONS, type Read, readOptions, splitCommand } from './command-line';
import { type Matcher, parseChoice, parseLevels, parseMatchers, parseSeconds, parseSince, parseWhole } from './values';

const COLORS = ['auto', 'always', 'never'] as const;
const TAIL_LINES = 100;

/** How Redis is reached, and how things are printed. */
export interface GlobalArguments {
  readonly url: string;
  readonly prefix: string;
  readonly isCluster: boolean;
  readonly isJson: boolean;
  readonly color: (typeof COLORS)[number];
}

/** Which loggers. */
export interface Selection {
  /** All where it is undefined. */
  readonly name: string | undefined;
  /** All where it is undefined. */
  readonly severities: readonly string[] | undefined;
}

/** What `top` takes. */
export interface TopArguments extends GlobalArguments, Selection {
  readonly command: 'top';
  readonly sort: 'surge' | 'count';
  /** Rows of each table; as many as fit well where it is undefined. */
  readonly limit: number | undefined;
  /** Whether messages are shown whole, however wide the terminal is. */
  readonly isWhole: boolean;
  /** Seconds between two looks; one look where it is undefined. */
  readonly watchSeconds: number | undefined;
}

/** What `tail` takes. */
export interface TailArguments extends GlobalArguments, Selection {
  readonly command: 'tail';
  readonly isFollowing: boolean;
  /** Lines in all, before those that are followed. */
  readonly limit: number;
  readonly since: Date | undefined;
  readonly include: readonly Matcher[];
  readonly exclude: readonly Matcher[];
  readonly hasTimestamps: boolean;
  readonly output: 'default' | 'raw' | 'json';
}

/** What `ls` takes. */
export interface LsArguments extends GlobalArguments {
  readonly command: 'ls';
  /** Whether names are shown whole, however wide the terminal is. */
  readonly isWhole: boolean;
}

/** What `serve` takes. */
export interface ServeArguments extends GlobalArguments {
  readonly command: 'serve';
  readonly host: string;
  readonly port: number;
  readonly isInsecure: boolean;
}

/** What was asked for. */
export type Invocation =
  | TopArguments
  | TailArguments
  | LsArguments
  | ServeArguments
  | { readonly command: 'help'; readonly of: Command | undefined }
  | { readonly command: 'version' };

/**
 * Understands a command line.
 * @throws UsageError, or OptionsError for a level that can be none
 */
export function parseInvocation(args: readonly string[], env: Readonly<NodeJS.ProcessEnv>): Invocation {
  const { command, isNamed, rest } = splitCommand(args);
  const read = readOptions(rest, OPTIONS[command]);
  if (read.values.help) return { command: 'help', of: isNamed ? command : undefined };
  if (read.values.version) return { command: 'version' };
  const globals = globalsOf(read as Read<'ls'>, env);
  switch (command) {
    case 'top':
      return topOf(globals, read as Read<'top'>);
    case 'tail':
      return tailOf(globals, read as Read<'tail'>);
    case 'ls':
      return lsOf(globals, read as Read<'ls'>);
    case 'serve':
      return serveOf(globals, read as Read<'serve'>);
  }
}

function globalsOf({ values }: Read<'ls'>, env: Readonly<NodeJS.ProcessEnv>): GlobalArguments {
  return {
    url: values.url ?? (env.REDIS_URL || 'redis://localhost:6379'),
    prefix: values.prefix,
    isCluster: values.cluster,
    isJson: values.json,
    color: parseChoice('--color', values.color, COLORS),
  };
}

function topOf(globals: GlobalArguments, { values, positionals }: Read<'top'>): TopArguments {
  const { sort, limit, watch, level, 'no-trunc': isWhole } = values;
  if (isWhole && watch !== undefined) throw new UsageError('--no-trunc does not go with --watch');
  return {
    command: 'top',
    ...globals,
    name: nameIn('top', positionals),
    severities: parseLevels(level),
    sort: parseChoice('--sort', sort, ['surge', 'count']),
    limit: limit === undefined ? undefined : parseWhole('--limit', limit, 1),
    isWhole,
    watchSeconds: watch === undefined ? undefined : parseSeconds('--watch', watch),
  };
}

function tailOf(globals: GlobalArguments, { values, positionals }: Read<'tail'>): TailArguments {
  const { tail, since, level, output = globals.isJson ? 'json' : 'default' } = values;
  if (globals.isJson && output !== 'json') throw new UsageError(`--json does not go with --output ${output}`);
  const defaultLimit = since === undefined ? TAIL_LINES : Infinity;
  return {
    command: 'tail',
    ...globals,
    name: nameIn('tail', positionals),
    severities: parseLevels(level),
    isFollowing: values.follow,
    limit: tail === undefined ? defaultLimit : parseWhole('--tail', tail, 0),
    since: since === undefined ? undefined : parseSince('--since', since),
    include: parseMatchers('--include', values.include),
    exclude: parseMatchers('--exclude', values.exclude),
    hasTimestamps: values.timestamps,
    output: parseChoice('--output', output, ['default', 'raw', 'json']),
  };
}

function lsOf(globals: GlobalArguments, { values, positionals }: Read<'ls'>): LsArguments {
  refuseNames('ls', positionals);
  return { command: 'ls', ...globals, isWhole: values['no-trunc'] };
}

function serveOf(globals: GlobalArguments, { values, positionals }: Read<'serve'>): ServeArguments {
  refuseNames('serve', positionals);
  return {
    command: 'serve',
    ...globals,
    host: values.host,
    port: parseWhole('--port', values.port, 0, 65_535),
    isInsecure: values.insecure,
  };
}

function nameIn(command: Command, positionals: readonly string[]): string | undefined {
  if (positionals.length < 2) return positionals[0];
  throw new UsageError(`${command} takes one logger name, got ${positionals.length}: ${positionals.join(' ')}`);
}

function refuseNames(command: Command, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`${command} takes no logger name, got ${positionals.join(' ')}`);
}
