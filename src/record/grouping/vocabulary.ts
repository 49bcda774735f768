/** Lists the words that no form tells from others, each list once: methods, months, time zones, units, currencies and literals. */

export const METHODS = 'GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS';
/** Months and days of the week in full, and the same in short, too. */
export const LONG_MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December';
export const MONTHS = `${LONG_MONTHS}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec`;
export const LONG_DAYS = 'Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday';
export const DAYS = `${LONG_DAYS}|Mon|Tues|Tue|Wed|Thurs|Thu|Fri|Sat|Sun`;
export const ZONES = '[CEMP][SD]T|[CEW]ES?T|[BHIJKM]ST|A[CEK][SD]T|NZ[SD]T|MSK';
export const CURRENCIES = 'EUR|USD|GBP|CHF|JPY|CNY|INR|RUB|BRL|CAD|AUD|SEK|NOK|DKK|PLN|CZK|[€$£¥₽₹]';
/** What stands for no value, and for that or one of two. */
export const NOTHING = 'null|undefined|None|NaN';
export const LITERALS = `${NOTHING}|true|false`;

/** What stands for an amount, by its unit. */
type Amount = '<size>' | '<time>';

const UNITS = new Map<string, Amount>();

function addUnits(name: Amount, units: string): void {
  for (const unit of units.split(/\s+/)) UNITS.set(unit, name);
}

for (const prefix of ['', 'k', 'm', 'g', 't', 'p']) {
  addUnits('<size>', `${prefix}byte ${prefix}bytes ${prefix}bit ${prefix}bits`);
  if (prefix !== '') addUnits('<size>', `${prefix}b ${prefix}ib ${prefix}bps`);
}
for (const prefix of ['kilo', 'mega', 'giga', 'tera']) addUnits('<size>', `${prefix}byte ${prefix}bytes`);
addUnits('<size>', 'bps B K M G T');
addUnits(
  '<time>',
  `ns us µs μs ms s msec msecs sec secs m min mins h hr hrs d nanosecond nanoseconds microsecond microseconds micros
  millisecond milliseconds millis second seconds minute minutes hour hours day days week weeks month months year years`,
);

/** These are units only next to their number: `5 M` has none. */
const ONLY_NEXT = /^[mdKMGT]$/;

/** What stands for a number with this unit; undefined if it is none. A single letter is a unit in its own case only. */
export function findUnit(unit: string, isApart: boolean): Amount | undefined {
  const name = UNITS.get(unit.length > 1 ? unit.toLowerCase() : unit);
  return isApart && ONLY_NEXT.test(unit) ? undefined : name;
}
