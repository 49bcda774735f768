import type { LoggerOverview } from '../../read/reader';
import type { LsArguments } from '../arguments/invocation';
import type { Source } from '../redis/connect';
import { changeColumns } from '../terminal/change-columns';
import type { Screen } from '../terminal/screen';
import { paintOf, type Style } from '../terminal/style';
import { type Column, renderTables } from '../terminal/table';
import { visible, visibleJson } from '../terminal/text';
import { byName } from './selection';
import { readOverview } from './top-sections';

const HOUR_MS = 3_600_000;
/** Columns that a terminal must have for each of them to be shown. */
const FROM_LAST_SEEN = 56;
const FROM_EXPECTED = 76;
/** Seconds in each unit, the longest first. */
const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** Lists what there is: each logger name and severity. */
export async function ls({ isJson, isWhole }: LsArguments, { reader, label }: Source, screen: Screen): Promise<void> {
  const loggers = (await screen.during(`reading from ${label}`, readOverview(reader))).sort(byName);
  if (isJson) return screen.print(loggers.map(visibleJson));
  if (loggers.length === 0) return screen.note('nothing has been logged yet');
  const last = { title: 'LOGGER', text: ({ name }: LoggerOverview) => name };
  const layout = { columns: columnsOf(screen.style), last };
  screen.print(renderTables(layout, [loggers], screen.style, isWhole ? undefined : screen.columns).flat());
}

function columnsOf(style: Style): Column<LoggerOverview>[] {
  return [
    {
      title: 'SEVERITY',
      text: ({ severity }) => visible(severity),
      paint: ({ severity }) => paintOf(severity, style),
    },
    ...changeColumns(style, FROM_EXPECTED),
    { title: 'LAST SEEN', isNumber: true, text: lastSeenText, from: FROM_LAST_SEEN },
  ];
}

/** By the clock of Redis, as everything else. */
function lastSeenText({ start, elapsed, lastSeen }: LoggerOverview): string {
  const now = start.getTime() + elapsed * HOUR_MS;
  const seconds = Math.max(0, Math.floor((now - lastSeen.getTime()) / 1000));
  const [length, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${unit} ago`;
}
