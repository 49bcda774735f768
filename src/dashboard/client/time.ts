/** Writes times in the time zone of the browser. */

/** The time of day, with the day if that is not today. @param kind - the class of its element: `short` is without seconds */
export function formatLocalTime(iso: string, kind = ''): string {
  const date = new Date(iso);
  const parts: Intl.DateTimeFormatOptions = { hourCycle: 'h23', hour: '2-digit', minute: '2-digit' };
  const time = date.toLocaleTimeString([], kind === 'short' ? parts : { ...parts, second: '2-digit' });
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? time : `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`;
}
