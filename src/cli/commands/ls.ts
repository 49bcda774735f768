/** `ls`: lists loggers and severities. */

import type { LoggerOverview } from '../../read/overview';
import type { LsArguments } from '../arguments/invocation';
import type { Store } from '../redis/connect';
import { agoText } from '../terminal/ago';
import { changeColumns } from '../terminal/change-columns';
import type { Screen } from '../terminal/screen';
import { type Style, severityPaint } from '../terminal/style';
import { type Column, renderTables } from '../terminal/table';
import { visible, visibleJson } from '../terminal/text';
import { byName } from './selection';

const HOUR_MS = 3_600_000;
/** Narrowest terminal, in columns, that still shows LAST SEEN. */
const LAST_SEEN_MIN_WIDTH = 56;
/** The same for EXPECTED and BEFORE, which have less room than in `top`. */
const EXPECTED_MIN_WIDTH = 76;
/** The same for STATUS. */
const STATUS_MIN_WIDTH = 36;
/** Lists each logger and severity with its counts. */
export async function ls({ isJson, isWhole }: LsArguments, { reader, label }: Store, screen: Screen): Promise<void> {
  const loggers = (await screen.during(`reading from ${label}`, reader.overview({ minutes: false }))).sort(byName);
  if (isJson) return screen.print(loggers.map(visibleJson));
  if (loggers.length === 0) return screen.note('nothing has been logged yet');
  const last = { title: 'LOGGER', text: ({ name }: LoggerOverview) => name };
  const layout = { columns: overviewColumns(screen.style), last };
  screen.print(renderTables(layout, [loggers], screen.style, isWhole ? undefined : screen.columns).flat());
}

function overviewColumns(style: Style): Column<LoggerOverview>[] {
  return [
    {
      title: 'SEVERITY',
      text: ({ severity }) => visible(severity),
      paint: ({ severity }) => severityPaint(severity, style),
    },
    ...changeColumns(style, EXPECTED_MIN_WIDTH, STATUS_MIN_WIDTH),
    { title: 'LAST SEEN', isNumber: true, text: lastSeenText, minWidth: LAST_SEEN_MIN_WIDTH },
  ];
}

/** By the clock of Redis, like all other times. */
function lastSeenText({ start, elapsed, lastSeen }: LoggerOverview): string {
  return agoText(lastSeen, new Date(start.getTime() + elapsed * HOUR_MS));
}
