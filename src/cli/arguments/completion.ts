/** Makes the scripts with which shells complete command lines, from the table of options. */

import { CHOICES, COMMANDS, type Command, OPTIONS } from './command-line';
import { PROGRAM } from './help';
import { SHELLS, type Shell } from './shells';

interface Option {
  readonly name: string;
  readonly short: string | undefined;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The script for a shell, to be evaluated when it starts. */
export function completionScript(shell: Shell): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell]();
}

function listOptions(command: Command): Option[] {
  return Object.entries(OPTIONS[command]).map(([name, option]) => ({
    name,
    short: 'short' in option ? option.short : undefined,
    takesValue: option.type === 'string',
    choices: Object.hasOwn(CHOICES, name) ? CHOICES[name as keyof typeof CHOICES] : [],
  }));
}

/** What may stand first after a command, and for `completion` the shells. */
function listWords(command: Command): string[] {
  const dashed = listOptions(command).flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
  return command === 'completion' ? [...SHELLS, ...dashed] : dashed;
}

/** Cases of a shell's `case`: for each option with choices these, and nothing for others that take a value. */
function valueCases(list: (words: string) => string): string[] {
  const options = new Map(COMMANDS.flatMap(listOptions).map((option) => [option.name, option]));
  return [...options.values()]
    .filter(({ takesValue }) => takesValue)
    .map(
      ({ name, short, choices }) => `    --${name}${short ? `|-${short}` : ''}) ${list(choices.join(' '))}; return ;;`,
    );
}

function commandCases(list: (words: string) => string): string[] {
  const cases = COMMANDS.map((command) => `    ${command}) ${list(listWords(command).join(' '))} ;;`);
  return [...cases, `    *) ${list([...COMMANDS, ...listWords('top')].join(' '))} ;;`];
}

function bashScript(): string {
  const list = (words: string): string => `COMPREPLY=($(compgen -W "${words}" -- "$current"))`;
  return `_winston_redis_recent_common() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command= word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${COMMANDS.join('|')}) command=$word; break ;; esac
  done
  case "$before" in
${valueCases(list).join('\n')}
  esac
  case "$command" in
${commandCases(list).join('\n')}
  esac
}
complete -F _winston_redis_recent_common ${PROGRAM}
`;
}

function zshScript(): string {
  const list = (words: string): string => (words === '' ? ':' : `compadd -- ${words}`);
  return `#compdef ${PROGRAM}
_winston_redis_recent_common() {
  local command= word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$word" in ${COMMANDS.join('|')}) command=$word; break ;; esac
  done
  case "\${words[CURRENT-1]}" in
${valueCases(list).join('\n')}
  esac
  case "$command" in
${commandCases(list).join('\n')}
  esac
}
compdef _winston_redis_recent_common ${PROGRAM}
`;
}

function fishScript(): string {
  const none = `not __fish_seen_subcommand_from ${COMMANDS.join(' ')}`;
  const complete = (condition: string, rest: string): string => `complete -c ${PROGRAM} -f -n '${condition}' ${rest}`;
  const optionLine = (condition: string, { name, short, takesValue, choices }: Option): string =>
    complete(
      condition,
      [`-l ${name}`, ...(short ? [`-s ${short}`] : []), ...(takesValue ? ['-x'] : []), ...listed(choices)].join(' '),
    );
  const lines = COMMANDS.flatMap((command) => {
    const condition = `__fish_seen_subcommand_from ${command}`;
    const options = listOptions(command).map((option) => optionLine(condition, option));
    return command === 'completion' ? [complete(condition, listed(SHELLS).join(' ')), ...options] : options;
  });
  const first = [
    complete(none, listed(COMMANDS).join(' ')),
    ...listOptions('top').map((each) => optionLine(none, each)),
  ];
  return `${[...first, ...lines].join('\n')}\n`;
}

function listed(words: readonly string[]): string[] {
  return words.length > 0 ? [`-a '${words.join(' ')}'`] : [];
}
