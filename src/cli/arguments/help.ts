/** The texts of `--help`. */

import type { Command } from './command-line';

/** The name of the program. */
export const PROGRAM = 'winston-redis-recent-common';

const OPTIONS = `
Options of every command:
  -u, --url <url>         redis://[user:password@]host[:port][/database],
                          rediss:// for TLS, or unix:///path[?db=database];
                          default: REDIS_URL, or else redis://localhost:6379
      --prefix <text>     keyPrefix of the transport that wrote the logs
      --cluster           the URL is a node of a Redis Cluster
      --json              print JSON, one object per line
      --color <when>      auto, always or never; auto respects NO_COLOR and
                          FORCE_COLOR
  -h, --help              show help; after a command, the help of that command
  -V, --version           show the version

Put a password into REDIS_URL: other users of the machine can see the options of
a program. Control characters in logged text are shown as escapes. Times
are those of this machine's time zone; in JSON they are UTC.
`;
const CODES = `Exit code: 0 for success, 1 for failure, 2 for a command line that was not
understood`;
const GLOBAL = `${OPTIONS}${CODES}.
`;

const OVERVIEW = `Usage: ${PROGRAM} [command] [logger] [options]

Shows what loggers have written to Redis. Only reads, but for forget, and for
watch with --exec or --webhook.

Commands:
  top [logger]            what changed against the hour before (the default)
  tail [logger]           the last lines; with -f, new lines as they come
  ls                      all loggers and severities, with their counts
  watch [logger]          new and surging errors as they come, for a
                          command or a webhook, too; a verdict after a deploy
  serve                   a web page that shows all of this
  forget <logger>         removes all that is kept of a logger
  completion <shell>      a script that completes command lines

Examples:
  ${PROGRAM}
  ${PROGRAM} top checkout --watch
  ${PROGRAM} tail -f -l error,critical
  ${PROGRAM} tail checkout --since 10m --json
  ${PROGRAM} watch --for 10m --fail-on new
${GLOBAL}`;

const HELP: Readonly<Record<Command, string>> = {
  top: `Usage: ${PROGRAM} [top] [logger] [options]

Shows how often each message was logged this hour, beside the count that
the hour before predicts for it so far. Without a logger, shows the loggers with
the largest changes.
CHANGE is (COUNT + 10) / (EXPECTED + 10), so small counts make no news:
SURGING from ×2, FADING to ×0.5, NEW if not seen within a week, RETURNED if not
seen for a day. SINCE is when a new message was first seen, and in which minute
a surge began. In this hour, what began within 60 minutes is new.
The bar: ▒ as expected, █ beyond that, ░ expected and missing.
On a terminal you can look around, until q: ? lists the keys. In a file or pipe,
or with --once, --limit or --no-trunc, it is printed.

  -l, --level <levels>    only these levels or severities, separated by commas
      --group-by <what>   pattern (messages that differ in values only are one
                          row; the default) or message
      --sort <by>         surge (largest change first) or count
  -n, --limit <rows>      rows of each table; default: about 20 in all, with
                          --json 20 of each
  -m, --minutes <count>   the last minutes, from 1 to 60, in place of this hour
      --once              print and end, on a terminal, too
  -w, --watch[=seconds]   refresh until interrupted; default: every 2 seconds
      --no-trunc          whole messages on a terminal, too
${GLOBAL}`,
  tail: `Usage: ${PROGRAM} tail [logger] [options]

Shows the last lines, oldest first; without a logger, those of all loggers.

  -f, --follow            keep showing new lines
  -n, --tail <lines>      lines to begin with; default: 100, with --since all
                          that are kept
  -s, --since <time>      only lines since then: 90s, 10m, 2h30m, 1d, 1w, 11:50,
                          epoch seconds, or a date or time such as 2026-11-24
                          or '2026-11-24 12:00', local unless it ends in a zone
  -l, --level <levels>    only these levels or severities, separated by commas
  -i, --include <text>    only lines that contain the text or match a /pattern/;
                          if given more than once, any of them
  -e, --exclude <text>    no lines that contain the text or match a /pattern/
  -g, --grep <expression> only lines that match the regular expression, in any
                          case if it has no capital
      --pattern <text>    only lines of this message, or of a pattern as top
                          shows it, such as 'order <number> failed'
  -t, --timestamps        ISO 8601 times in UTC, to the millisecond
  -o, --output <form>     default, json, or raw: the logged text alone, with its
                          control characters
${GLOBAL}`,
  ls: `Usage: ${PROGRAM} ls [options]

Lists loggers and severities: their counts of this hour and the hour before, and
when they were last seen.

      --no-trunc          whole names on a terminal, too
${GLOBAL}`,
  watch: `Usage: ${PROGRAM} watch [logger] [options]

Tells of errors that are new or surging, each once. A message is new if its
logger is older than an hour and did not log it within a week.

      --on <kinds>        new, returned, surging, silent (a logger that spoke in
                          each of 30 minutes says nothing for five), separated
                          by commas; default: new,surging
  -l, --level <levels>    only these levels or severities, separated by commas;
                          default: error,critical
  -s, --since <time>      also what began since then, such as 10m or 11:50, an
                          hour ago at most; default: now. A surge that goes on
                          counts whenever it began
      --for <duration>    end after 90s, 10m or 1h30m
      --fail-on <kinds>   with --for: end with code 1 if one of these came, 0 if
                          none did, and 3 if that cannot be told, since Redis
                          was away or a logger is too young, say
      --exec <command>    run a command for each alarm, by the shell; it gets the
                          alarm as one line of JSON on its standard input. If it
                          fails or takes 30 seconds, it is run again
      --webhook <url>     post each alarm as JSON, signed with the secret in
                          RECENT_COMMON_WEBHOOK_SECRET
      --group <name>      processes of one group share the work of --exec or
                          --webhook; default: those with the same options

Only reads, unless there is --exec or --webhook: those need the rights of a
watcher, and each alarm is told by one of all processes that run with them.
${OPTIONS}${CODES}, 3 with --fail-on if there is no verdict.
`,
  serve: `Usage: ${PROGRAM} serve [options]

Serves the web page until interrupted.

  -p, --port <port>       default: 8379; 0 for any free port
      --host <address>    default: 127.0.0.1; any other address needs a user and
                          a password
      --insecure          allow another address without them: anyone who can
                          reach the port can read the logs
      --env <name=url>    a Redis under a name, in place of --url; repeat it for
                          several, which links at the top lead to
      --watchers <groups> groups of watchers, separated by commas, whose alarms
                          the page of a message shows; default: default

If RECENT_COMMON_USER and RECENT_COMMON_PASSWORD are set in the environment,
users have to sign in with them.
${GLOBAL}`,
  completion: `Usage: ${PROGRAM} completion <bash|zsh|fish>

Prints a script that completes command lines. In ~/.bashrc or ~/.zshrc:
  eval "$(${PROGRAM} completion bash)"
For fish, in ~/.config/fish/config.fish:
  ${PROGRAM} completion fish | source
`,
  forget: `Usage: ${PROGRAM} forget <logger> [options]

Removes all that is kept of a logger: lines, counts and their minutes, samples,
and when messages were seen. Asks first. Needs the rights of a writer.

  -l, --level <levels>    only these levels or severities, separated by commas
  -y, --yes               do not ask; needed if there is no terminal to ask on
${GLOBAL}`,
};

/** The help of a command, or of the program if there is none. */
export function helpText(command: Command | undefined): string {
  return command ? HELP[command] : OVERVIEW;
}
