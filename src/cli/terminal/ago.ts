/** Says how long ago something was. */

/** Seconds in each unit, the longest first. */
const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** How long ago a time was, in the longest unit that it fills; 0 s for a time to come. */
export function agoText(time: Date, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - time.getTime()) / 1000));
  const [length, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, 's'];
  return `${Math.floor(seconds / length)} ${unit} ago`;
}
