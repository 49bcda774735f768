/** Formats and prints the lines of `tail`. */

import { isSince, type RecentLine } from '../../read/lines';
import { patternMatcher } from '../../read/matching-lines';
import type { TailArguments } from '../arguments/invocation';
import type { Screen } from '../terminal/screen';
import { severityPaint } from '../terminal/style';
import { maximum } from '../terminal/table';
import { linesText, padEnd, textWidth, visible, visibleJson } from '../terminal/text';
import { dateTimeText } from '../terminal/time';
import { loggerTitle } from './selection';
import { withinTime } from './time-limit';

const SEVERITY_COLUMNS = 8;
/** The columns after a longer name shift, in its own lines only. */
const MOST_NAME_COLUMNS = 20;
/** Narrowest terminal, in columns, that has room for alignment. */
const ALIGNED_MIN_WIDTH = 60;
const GAP = '  ';
/** How long the expressions of the command line may take for the lines of a list. */
const EXPRESSIONS_MS = 5000;
const ENDLESS =
  'an expression takes too long on some line: one that repeats what is repeated, as (a+)+ does, may have to be tried in endless ways';
/** Before what belongs to the line above. */
const INDENT = '    ';
const LOCAL_COLUMNS = 15;
const ISO_COLUMNS = 24;

/** Stands in for lines that Redis dropped before they were read. */
export interface MissedLine extends RecentLine {
  readonly missed: number;
}

/** A line, and how often the same one came again. Without a line, it was printed before. */
interface Run {
  readonly line: RecentLine | MissedLine | undefined;
  readonly again: number;
}

/** Prints lines in the form that was asked for. */
export class LinePrinter {
  readonly #args: TailArguments;
  readonly #screen: Screen;
  readonly #isOfPattern: (line: RecentLine) => boolean;
  /** The line that was printed last. */
  #last: RecentLine | undefined;
  /** Undefined if names are not shown, as all lines have the same. */
  #nameColumns: number | undefined;

  /** @param names - of the loggers, if they are to be shown */
  constructor(args: TailArguments, screen: Screen, names: readonly string[] | undefined) {
    this.#args = args;
    this.#screen = screen;
    this.#nameColumns = names && 0;
    this.#isOfPattern = args.pattern === undefined ? () => true : patternMatcher(args.pattern);
    this.#makeRoomFor(names ?? []);
  }

  /**
   * The lines that pass `--since`, `--include`, `--exclude`, `--grep` and `--pattern`.
   * @throws Failure if that takes too long
   */
  filter(lines: readonly RecentLine[]): readonly RecentLine[] {
    const { include, exclude, grep } = this.#args;
    const pass = (): readonly RecentLine[] => lines.filter((line) => this.#isWanted(line));
    const hasExpressions = [...include, ...exclude, ...grep].length > 0;
    return hasExpressions ? withinTime(pass, EXPRESSIONS_MS, ENDLESS) : pass();
  }

  #isWanted(line: RecentLine): boolean {
    const { since, include, exclude, grep } = this.#args;
    const message = wholeText(line);
    if (since && !isSince(line, since)) return false;
    if (!this.#isOfPattern(line) || !grep.every((matches) => matches(message))) return false;
    if (include.length > 0 && !include.some((matches) => matches(message))) return false;
    return !exclude.some((matches) => matches(message));
  }

  /** Prints lines, oldest first. */
  print(lines: readonly (RecentLine | MissedLine)[]): void {
    this.#makeRoomFor(lines.map(({ name }) => name));
    this.#screen.print(this.#collapse(lines).flatMap((run) => this.#formatRun(run)));
  }

  /** On a terminal, equal lines that follow one another are one run. */
  #collapse(lines: readonly (RecentLine | MissedLine)[]): Run[] {
    const isCollapsing = this.#args.output === 'default' && this.#screen.columns !== undefined;
    const runs: Run[] = [];
    for (const line of lines) {
      const run = runs.at(-1);
      if (!isCollapsing || 'missed' in line || !isSame(line, this.#last)) runs.push({ line, again: 0 });
      else if (run) runs.splice(-1, 1, { ...run, again: run.again + 1 });
      else runs.push({ line: undefined, again: 1 });
      this.#last = line;
    }
    return runs;
  }

  #formatRun({ line, again }: Run): string[] {
    const text = `${INDENT}the same ${again === 1 ? 'again' : `${again} times more`}`;
    return [...(line ? this.#format(line) : []), ...(again > 0 ? [this.#screen.style.dim(text)] : [])];
  }

  #makeRoomFor(names: readonly string[]): void {
    if (this.#nameColumns === undefined) return;
    const wanted = maximum(names.map((name) => textWidth(visible(name))));
    this.#nameColumns = Math.max(this.#nameColumns, Math.min(wanted, MOST_NAME_COLUMNS));
  }

  #format(line: RecentLine | MissedLine): string[] {
    const { output, hasTimestamps } = this.#args;
    if ('missed' in line) return this.#formatMissed(line);
    const { seq, time, name, severity, message, stack } = line;
    if (output === 'json') return [visibleJson({ seq, time, name, severity, message, ...(stack ? { stack } : {}) })];
    if (output === 'raw') return [hasTimestamps ? `${isoText(time)} ${wholeText(line)}` : wholeText(line)];
    return this.#formatDefault(line);
  }

  #formatDefault(line: RecentLine): string[] {
    const { time, name, severity } = line;
    const { style, columns: width = Infinity } = this.#screen;
    const isTerminal = width !== Infinity;
    const aligned = (text: string, columns: number): string =>
      width < ALIGNED_MIN_WIDTH ? text : padEnd(text, columns);
    const at = this.#args.hasTimestamps ? isoText(time).padEnd(ISO_COLUMNS) : dateTimeText(time).padEnd(LOCAL_COLUMNS);
    const parts = [
      style.dim(at),
      ...(this.#nameColumns === undefined ? [] : [style.cyan(aligned(visible(name), this.#nameColumns))]),
      severityPaint(severity, style)(aligned(visible(severity), SEVERITY_COLUMNS)),
      visible(isTerminal ? line.message : wholeText(line), style.inverse),
    ];
    const stack = isTerminal ? (line.stack ?? '').split('\n').filter(Boolean) : [];
    return [parts.join(GAP), ...stack.map((text) => style.dim(INDENT + visible(text)))];
  }

  /** Raw output is logged text only, so there it becomes a note. */
  #formatMissed({ missed, name, severity }: MissedLine): string[] {
    if (this.#args.output === 'json') return [visibleJson({ missed, name, severity })];
    const text = `--- ${linesText(missed)} of ${loggerTitle({ name, severity })} missed: more came at once than is kept ---`;
    if (this.#args.output === 'default') return [this.#screen.style.bold(text)];
    this.#screen.note(text);
    return [];
  }
}

function isSame(line: RecentLine, last: RecentLine | undefined): boolean {
  if (!last || 'missed' in last) return false;
  const isOfOne = line.name === last.name && line.severity === last.severity;
  return isOfOne && line.message === last.message && line.stack === last.stack;
}

function wholeText({ message, stack }: RecentLine): string {
  return stack === undefined ? message : `${message}\n${stack}`;
}

function isoText(time: Date): string {
  return Number.isNaN(time.getTime()) ? '-' : time.toISOString();
}
