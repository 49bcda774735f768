/** Prints alarms, as lines for people or as JSON. */

import { type Alarm, type AlarmDigest, describeAlarm, withText } from '../../watch/alarm';
import type { Screen } from '../terminal/screen';
import { severityPaint } from '../terminal/style';
import { visibleJson } from '../terminal/text';
import { dateTimeText, timeText } from '../terminal/time';

/** Prints an alarm in one line. */
export function printAlarm(alarm: Alarm | AlarmDigest, isJson: boolean, screen: Screen): void {
  if (isJson) return screen.print([visibleJson(withText(alarm))]);
  const { style } = screen;
  const paint = alarm.kind === 'digest' ? style.bold : severityPaint(alarm.severity, style);
  const text = describeAlarm(alarm, (time) => timeText(time, alarm.at));
  screen.print([`${style.dim(dateTimeText(alarm.at))}  ${paint(text)}`]);
}
