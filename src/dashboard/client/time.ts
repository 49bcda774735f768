/** Writes times in the time zone of the browser. */

/** The time of day, with the day if that is not today. */
export function formatLocalTime(iso: string): string {
  const date = new Date(iso);
  const time = date.toLocaleTimeString([], { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? time : `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${time}`;
}
