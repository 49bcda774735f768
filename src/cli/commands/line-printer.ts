import { type RecentLine, toSecond } from '../../read/lines';
import type { TailArguments } from '../arguments/invocation';
import type { Screen } from '../terminal/screen';
import { paintOf } from '../terminal/style';
import { mostOf } from '../terminal/table';
import { padEnd, visible, visibleJson, widthOf } from '../terminal/text';
import { titleOf } from './selection';

const SEVERITY_COLUMNS = 8;
/** A name may be longer: the columns after it move then, in its lines alone. */
const MOST_NAME_COLUMNS = 20;
/** Columns that a terminal must have for room to be spent on alignment. */
const FROM_ALIGNED = 60;
const GAP = '  ';
const LOCAL_COLUMNS = 15;
const ISO_COLUMNS = 24;

/** In the place of lines that came and went unseen. */
export interface MissedLine extends RecentLine {
  readonly missed: number;
}

/** Prints lines of logs, in the form that was asked for. */
export class LinePrinter {
  readonly #args: TailArguments;
  readonly #screen: Screen;
  /** Undefined where all lines are of one name, so that it is not shown. */
  #nameColumns: number | undefined;

  /** @param names - those of the loggers, if they are to be shown */
  constructor(args: TailArguments, screen: Screen, names: readonly string[] | undefined) {
    this.#args = args;
    this.#screen = screen;
    this.#nameColumns = names && 0;
    this.#makeRoomFor(names ?? []);
  }

  /** Whether a line is one of those that were asked for. */
  isWanted({ message, time }: RecentLine): boolean {
    const { since, include, exclude } = this.#args;
    if (since && !(toSecond(time) >= toSecond(since))) return false;
    if (include.length > 0 && !include.some((matches) => matches(message))) return false;
    return !exclude.some((matches) => matches(message));
  }

  /** Oldest first. */
  print(lines: readonly (RecentLine | MissedLine)[]): void {
    this.#makeRoomFor(lines.map(({ name }) => name));
    this.#screen.print(lines.flatMap((line) => this.#textOf(line)));
  }

  #makeRoomFor(names: readonly string[]): void {
    if (this.#nameColumns === undefined) return;
    const wanted = mostOf(names.map((name) => widthOf(visible(name))));
    this.#nameColumns = Math.max(this.#nameColumns, Math.min(wanted, MOST_NAME_COLUMNS));
  }

  #textOf(line: RecentLine | MissedLine): string[] {
    const { output, hasTimestamps } = this.#args;
    if ('missed' in line) return this.#missedText(line);
    const { seq, time, name, severity, message } = line;
    if (output === 'json') return [visibleJson({ seq, time, name, severity, message })];
    if (output === 'raw') return [hasTimestamps ? `${isoText(time)} ${message}` : message];
    return [this.#described(line)];
  }

  #described({ time, name, severity, message }: RecentLine): string {
    const { style, columns: width = Infinity } = this.#screen;
    const aligned = (text: string, columns: number): string => (width < FROM_ALIGNED ? text : padEnd(text, columns));
    const at = this.#args.hasTimestamps ? isoText(time).padEnd(ISO_COLUMNS) : localText(time).padEnd(LOCAL_COLUMNS);
    const parts = [
      style.dim(at),
      ...(this.#nameColumns === undefined ? [] : [style.cyan(aligned(visible(name), this.#nameColumns))]),
      paintOf(severity, style)(aligned(visible(severity), SEVERITY_COLUMNS)),
      visible(message, style.inverse),
    ];
    return parts.join(GAP);
  }

  /** Among raw lines nothing stands but what was logged. */
  #missedText({ missed, name, severity }: MissedLine): string[] {
    if (this.#args.output === 'json') return [visibleJson({ missed, name, severity })];
    const lines = missed === 1 ? '1 line' : `${missed} lines`;
    const text = `--- ${lines} of ${titleOf({ name, severity })} missed: more came at once than is kept ---`;
    if (this.#args.output === 'default') return [this.#screen.style.bold(text)];
    this.#screen.note(text);
    return [];
  }
}

function isoText(time: Date): string {
  return Number.isNaN(time.getTime()) ? '-' : time.toISOString();
}

/** As `Nov 24 12:04:11`, in local time. */
function localText(time: Date): string {
  if (Number.isNaN(time.getTime())) return '-';
  return `${time.toDateString().slice(4, 10)} ${time.toTimeString().slice(0, 8)}`;
}
