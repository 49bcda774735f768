import type { Command } from './command-line';

/** What the program is called. */
export const PROGRAM = 'winston-redis-recent-common';

const GLOBAL = `
Options of every command:
  -u, --url <url>         redis://[user:password@]host[:port][/database], or
                          rediss:// for TLS; else that of REDIS_URL, else
                          redis://localhost:6379
      --prefix <text>     keyPrefix that was written with
      --cluster           the URL is that of a Redis Cluster
      --json              one JSON object a line
      --color <when>      auto, always or never; auto minds NO_COLOR
  -h, --help              help, also of each command
  -V, --version           version

Give a password in REDIS_URL: all users of a machine can read the options of its
programs. Control characters in what was logged are shown as escapes.
Exit code: 0, or 1 if it could not be done, or 2 if it was not understood.
`;

const OVERVIEW = `Usage: ${PROGRAM} [command] [logger] [options]

Shows what loggers have in Redis. It writes nothing.

Commands:
  top [logger]            what changed against the last hour (the default)
  tail [logger]           the last lines; with -f, new ones as they come
  ls                      all loggers and severities, with their counts
  serve                   a web page with all of that

Examples:
  ${PROGRAM}
  ${PROGRAM} top checkout --watch
  ${PROGRAM} tail -f -l error,critical
  ${PROGRAM} tail checkout --since 10m --json
${GLOBAL}`;

const HELP: Readonly<Record<Command, string>> = {
  top: `Usage: ${PROGRAM} [top] [logger] [options]

Shows how often each message was logged this hour, beside what last hour
predicts for it so far; without a logger, where that is most surprising.
CHANGE is NOW by EXPECTED with ten added to both, so that small counts make no
news: SURGING from ×2, FADING to ×0.5, NEW if last hour had none.
The bar: ▒ as expected, █ beyond that, ░ expected and missing.
A terminal gets messages cut to its width; a file and a pipe get them whole.

  -l, --level <levels>    levels or severities, separated by commas
      --sort <by>         surge (the most surprising first) or count
  -n, --limit <rows>      rows of each table; by default about 20 in all, with
                          --json 20 of each
  -w, --watch[=seconds]   again and again, by default every 2 seconds
      --no-trunc          whole messages in a terminal, too
${GLOBAL}`,
  tail: `Usage: ${PROGRAM} tail [logger] [options]

Shows the last lines, oldest first; without a logger, those of all.

  -f, --follow            goes on with new lines
  -n, --tail <lines>      lines to begin with; 100 by default, or with --since
                          all that are kept
  -s, --since <time>      only lines since then: 90s, 10m, 2h30m, 1d, or a time
                          as 2026-11-24T12:00
  -l, --level <levels>    levels or severities, separated by commas
  -i, --include <text>    only lines with this text or one of several, or that
                          match a /pattern/
  -e, --exclude <text>    only lines without
  -t, --timestamps        times as ISO has them, in UTC
  -o, --output <form>     default, json, or raw: nothing but what was logged,
                          control characters as they are
${GLOBAL}`,
  ls: `Usage: ${PROGRAM} ls [options]

Lists loggers and severities: what they logged this hour and the last, and when
they were last seen.

      --no-trunc          whole names in a terminal, too
${GLOBAL}`,
  serve: `Usage: ${PROGRAM} serve [options]

Serves the web page until it is interrupted.

  -p, --port <port>       8379 by default; 0 for any that is free
      --host <address>    127.0.0.1 by default; another one only with user and
                          password
      --insecure          without them, too: whoever reaches the port can then
                          read the logs

Users have to sign in with RECENT_COMMON_USER and RECENT_COMMON_PASSWORD where
these are set in the environment.
${GLOBAL}`,
};

/** What to know of a command, or of all. */
export function helpOf(command: Command | undefined): string {
  return command ? HELP[command] : OVERVIEW;
}
