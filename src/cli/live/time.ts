/** Says when something was logged. */

import { agoText } from '../terminal/ago';
import type { TopRow } from './rows';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The local time, with its date if it is not of the last day. */
export function clockText(time: Date, now: Date): string {
  const clock = time.toTimeString().slice(0, 8);
  return Math.abs(now.getTime() - time.getTime()) < DAY_MS / 2 ? clock : `${time.toDateString().slice(4, 10)} ${clock}`;
}

/** When a message was first seen. */
export function firstSeenText({ firstSeen }: TopRow, now: Date): string {
  return firstSeen ? `${clockText(firstSeen, now)}, ${agoText(firstSeen, now)}` : 'not known';
}

/** When a message was last seen: in a minute, or in an hour if its minutes are not known. */
export function lastSeenText({ lastSeen, minutes }: TopRow, now: Date): string {
  if (!lastSeen) return 'not known';
  const clock = clockText(lastSeen, now).slice(0, -3);
  if (!minutes.some((count) => count !== null && count > 0)) return `in the hour of ${clock}`;
  const isNow = now.getTime() - lastSeen.getTime() < MINUTE_MS;
  return isNow ? `${clock}, this minute` : `${clock}, ${agoText(lastSeen, now)}`;
}
