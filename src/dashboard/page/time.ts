/** Writes times in UTC, which the page's script changes to local time. */

import type { Markup } from './markup';

const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** To the second, with the day if that is not today; a dash for an invalid time. */
export function timeElement(time: Date, now: Date): Markup {
  if (Number.isNaN(time.getTime())) return '–';
  const iso = time.toISOString();
  const day = iso.slice(0, 10) === now.toISOString().slice(0, 10) ? '' : `${DAY.format(time)} `;
  return ['time', { datetime: iso, title: `${iso.slice(0, 19).replace('T', ' ')} UTC` }, `${day}${TIME.format(time)}`];
}
