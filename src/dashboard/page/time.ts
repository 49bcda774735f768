/** Writes times in UTC, which the page's script changes to local time. */

import type { Markup } from './markup';

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

const MINUTE = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

/** To the minute, with the day if that is not today. */
export function minuteElement(time: Date, now: Date): Markup {
  return timeElement(time, now, MINUTE);
}

/** To the second, with the day if that is not today; a dash for an invalid time. */
export function timeElement(time: Date, now: Date, format = TIME): Markup {
  if (Number.isNaN(time.getTime())) return '–';
  const iso = time.toISOString();
  const day = iso.slice(0, 10) === now.toISOString().slice(0, 10) ? '' : `${DAY.format(time)} `;
  const title = `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  const short = format === MINUTE ? { class: 'short' } : {};
  return ['time', { datetime: iso, title, ...short }, `${day}${format.format(time)}`];
}
