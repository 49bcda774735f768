/** Turns a command line into a typed request. */

import type { MinuteWindow } from '../../read/windows';
import { defaultUrl } from '../../redis/url';
import { UsageError } from '../errors';
import { CHOICES, type Command, OPTIONS, type ParsedLine, parseOptions, splitCommand } from './command-line';
import { SHELLS, type Shell } from './shells';
import { refuseSplitUrl } from './split-url';
import {
  type Matcher,
  parseChoice,
  parseExpressions,
  parseGroups,
  parseLevels,
  parseMatchers,
  parseSeconds,
  parseSince,
  parseWhole,
} from './values';
import type { WatchSettings } from './watch-settings';

const TAIL_LINES = 100;

/** How to reach Redis, and how to print. */
export interface GlobalArguments {
  readonly url: string;
  /** What the URL was given as. */
  readonly urlSource: '--url' | '--env' | 'REDIS_URL';
  readonly prefix: string;
  readonly isCluster: boolean;
  readonly isJson: boolean;
  readonly color: (typeof CHOICES.color)[number];
}

/** Which loggers and severities are asked for. */
export interface Selection {
  /** Undefined for all. */
  readonly name: string | undefined;
  /** Undefined for all. */
  readonly severities: readonly string[] | undefined;
}

/** What `top` counts: this hour, or the last minutes. */
export type TopWindow = 'current' | MinuteWindow;

/** What a row of `top` is: an exact message, or all messages that differ in values only. */
export type GroupBy = 'message' | 'pattern';

/** The arguments of `top`. */
export interface TopArguments extends GlobalArguments, Selection {
  readonly command: 'top';
  readonly groupBy: GroupBy;
  readonly sort: 'surge' | 'count';
  readonly window: TopWindow;
  /** Whether to print and end, even on a terminal. */
  readonly isOnce: boolean;
  /** Rows of each table; undefined for about 20 in all. */
  readonly limit: number | undefined;
  /** Whether messages are shown whole, even if wider than the terminal. */
  readonly isWhole: boolean;
  /** Seconds between two readings; undefined to print once, or on a terminal for every 2 seconds. */
  readonly watchSeconds: number | undefined;
}

/** The arguments of `tail`. */
export interface TailArguments extends GlobalArguments, Selection {
  readonly command: 'tail';
  readonly isFollowing: boolean;
  /** Lines to begin with, of all loggers together. */
  readonly limit: number;
  readonly since: Date | undefined;
  readonly include: readonly Matcher[];
  readonly exclude: readonly Matcher[];
  /** All of them must match. */
  readonly grep: readonly Matcher[];
  /** A message, or a pattern as `top` shows it; undefined for all. */
  readonly pattern: string | undefined;
  readonly hasTimestamps: boolean;
  readonly output: 'default' | 'raw' | 'json';
}

/** The arguments of `ls`. */
export interface LsArguments extends GlobalArguments {
  readonly command: 'ls';
  /** Whether names are shown whole, even if wider than the terminal. */
  readonly isWhole: boolean;
}

/** The arguments of `watch`. */
export interface WatchArguments extends GlobalArguments, WatchSettings {
  readonly command: 'watch';
  /** Undefined for all loggers. */
  readonly name: string | undefined;
}

/** The arguments of `serve`. */
export interface ServeArguments extends GlobalArguments {
  readonly command: 'serve';
  /** Each Redis by its name; empty if there is one without a name. */
  readonly environments: readonly { readonly name: string; readonly url: string }[];
  /** Host name or IP address to listen on. */
  readonly address: string;
  readonly port: number;
  readonly isInsecure: boolean;
  /** Groups of watchers. */
  readonly watchers: readonly string[];
}

/** The arguments of `forget`. */
export interface ForgetArguments extends GlobalArguments, Selection {
  readonly command: 'forget';
  readonly name: string;
  /** Whether it is done without asking. */
  readonly isSure: boolean;
}

/** A parsed command line. */
export type Invocation =
  | TopArguments
  | TailArguments
  | LsArguments
  | WatchArguments
  | ServeArguments
  | ForgetArguments
  | { readonly command: 'help'; readonly topic: Command | undefined }
  | { readonly command: 'completion'; readonly shell: Shell }
  | { readonly command: 'version' };

/**
 * Parses a command line.
 * @throws UsageError, or OptionsError for a level that cannot be a severity
 */
export function parseInvocation(args: readonly string[], env: Readonly<NodeJS.ProcessEnv>): Invocation {
  refuseSplitUrl(args);
  const { command, isNamed, rest } = splitCommand(args);
  const parsed = parseOptions(rest, OPTIONS[command]);
  if (parsed.values.help) return { command: 'help', topic: isNamed ? command : undefined };
  if (parsed.values.version) return { command: 'version' };
  if (command === 'completion') return { command, shell: parseShell(parsed.positionals) };
  const globals = parseGlobals(parsed as ParsedLine<'ls'>, env);
  switch (command) {
    case 'top':
      return parseTop(globals, parsed as ParsedLine<'top'>);
    case 'tail':
      return parseTail(globals, parsed as ParsedLine<'tail'>);
    case 'ls':
      return parseLs(globals, parsed as ParsedLine<'ls'>);
    case 'watch': {
      // Loaded on demand, like the command itself.
      const { parseWatch } = require('./watch-settings') as typeof import('./watch-settings');
      const { values, positionals } = parsed as ParsedLine<'watch'>;
      return { command, ...globals, name: parseName(command, positionals), ...parseWatch(values) };
    }
    case 'serve':
      return parseServe(globals, parsed as ParsedLine<'serve'>);
    case 'forget':
      return parseForget(globals, parsed as ParsedLine<'forget'>);
  }
}

function parseGlobals({ values }: ParsedLine<'ls'>, env: Readonly<NodeJS.ProcessEnv>): GlobalArguments {
  const { url: unsaid, isFromEnvironment } = defaultUrl(env);
  return {
    url: values.url ?? unsaid,
    urlSource: values.url === undefined && isFromEnvironment ? 'REDIS_URL' : '--url',
    prefix: values.prefix,
    isCluster: values.cluster,
    isJson: values.json,
    color: parseChoice('--color', values.color, CHOICES.color),
  };
}

function parseTop(globals: GlobalArguments, { values, positionals }: ParsedLine<'top'>): TopArguments {
  const { sort, limit, minutes, once: isOnce, watch, level, 'no-trunc': isWhole } = values;
  if (isWhole && watch !== undefined) throw new UsageError('--no-trunc does not go with --watch');
  if (isOnce && watch !== undefined) throw new UsageError('--once does not go with --watch');
  return {
    command: 'top',
    ...globals,
    name: parseName('top', positionals),
    severities: parseLevels(level),
    groupBy: parseChoice('--group-by', values['group-by'], CHOICES['group-by']),
    sort: parseChoice('--sort', sort, CHOICES.sort),
    window: minutes === undefined ? 'current' : { minutes: parseWhole('--minutes', minutes, 1, 60) },
    isOnce,
    limit: limit === undefined ? undefined : parseWhole('--limit', limit, 1),
    isWhole,
    watchSeconds: watch === undefined ? undefined : parseSeconds('--watch', watch),
  };
}

function parseTail(globals: GlobalArguments, { values, positionals }: ParsedLine<'tail'>): TailArguments {
  const { tail, since, level, output = globals.isJson ? 'json' : 'default' } = values;
  if (globals.isJson && output !== 'json') throw new UsageError(`--json does not go with --output ${output}`);
  const defaultLimit = since === undefined ? TAIL_LINES : Infinity;
  return {
    command: 'tail',
    ...globals,
    name: parseName('tail', positionals),
    severities: parseLevels(level),
    isFollowing: values.follow,
    limit: tail === undefined ? defaultLimit : parseWhole('--tail', tail, 0),
    since: since === undefined ? undefined : parseSince('--since', since),
    include: parseMatchers('--include', values.include),
    exclude: parseMatchers('--exclude', values.exclude),
    grep: parseExpressions('--grep', values.grep),
    pattern: values.pattern,
    hasTimestamps: values.timestamps,
    output: parseChoice('--output', output, CHOICES.output),
  };
}

function parseLs(globals: GlobalArguments, { values, positionals }: ParsedLine<'ls'>): LsArguments {
  refuseNames('ls', positionals);
  return { command: 'ls', ...globals, isWhole: values['no-trunc'] };
}

function parseServe(globals: GlobalArguments, { values, positionals }: ParsedLine<'serve'>): ServeArguments {
  refuseNames('serve', positionals);
  const environments = parseEnvironments(values.env ?? []);
  const [first] = environments;
  if (first && values.url !== undefined) throw new UsageError('--env does not go with --url');
  return {
    command: 'serve',
    ...globals,
    ...(first && { url: first.url, urlSource: '--env' as const }),
    environments,
    address: values.host,
    port: parseWhole('--port', values.port, 0, 65_535),
    isInsecure: values.insecure,
    watchers: parseGroups('--watchers', values.watchers),
  };
}

function parseForget(globals: GlobalArguments, { values, positionals }: ParsedLine<'forget'>): ForgetArguments {
  const name = parseName('forget', positionals);
  if (name === undefined) throw new UsageError('forget takes a logger name');
  return { command: 'forget', ...globals, name, severities: parseLevels(values.level), isSure: values.yes };
}

function parseShell([shell = '', ...others]: readonly string[]): Shell {
  if (others.length > 0) throw new UsageError('completion takes one shell');
  return parseChoice('completion', shell, SHELLS);
}

/** Nothing of a URL is shown, since it may hold a password. */
function parseEnvironments(given: readonly string[]): ServeArguments['environments'] {
  const environments = given.map((each) => {
    const [, name, url] = /^([^=:/@]+)=(.+)$/.exec(each) ?? [];
    if (name === undefined || url === undefined) throw new UsageError('--env takes a name and a URL: name=redis://…');
    return { name, url };
  });
  const names = new Set(environments.map(({ name }) => name));
  if (names.size < environments.length) throw new UsageError('--env takes a name only once');
  return environments;
}

function parseName(command: Command, positionals: readonly string[]): string | undefined {
  if (positionals.length < 2) return positionals[0];
  throw new UsageError(`${command} takes one logger name, got ${positionals.length}: ${listed(positionals)}`);
}

function refuseNames(command: Command, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`${command} takes no logger name, got ${listed(positionals)}`);
}

/** A URL without quotes is split at the blanks of its password: nothing before an `@` is shown. */
function listed(positionals: readonly string[]): string {
  return positionals.join(' ').replace(/^.*@/s, '…@');
}
