/** Says when something was logged. */

import { agoText } from '../terminal/ago';
import { minuteText, timeText } from '../terminal/time';
import type { TopRow } from './rows';

const MINUTE_MS = 60_000;

/** When a message was first seen. */
export function firstSeenText({ firstSeen }: TopRow, now: Date): string {
  return firstSeen ? `${timeText(firstSeen, now)}, ${agoText(firstSeen, now)}` : 'not known';
}

/** Since when a message surges, as ` since 12:41, 6 min ago`; empty if it does not, or if that is not known. */
export function surgeText({ surgingSince }: TopRow, now: Date): string {
  return surgingSince ? ` since ${minuteText(surgingSince, now)}, ${agoText(surgingSince, now)}` : '';
}

/** When a message was last seen: in a minute, or in an hour if its minutes are not known. */
export function lastSeenText({ lastSeen, minutes }: TopRow, now: Date): string {
  if (!lastSeen) return 'not known';
  const clock = minuteText(lastSeen, now);
  if (!minutes.some((count) => count !== null && count > 0)) return `in the hour from ${clock}`;
  const isNow = now.getTime() - lastSeen.getTime() < MINUTE_MS;
  return isNow ? `${clock}, this minute` : `${clock}, ${agoText(lastSeen, now)}`;
}
