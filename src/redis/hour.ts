/** Hours as the keys hold them, in TypeScript and in Lua. */

const HOUR_MS = 3_600_000;

/** Hours since the epoch. */
export function toHour(epochMs: number): number {
  return Math.floor(epochMs / HOUR_MS);
}

/**
 * `iso_hour(epoch)` formats the hour of an epoch second as `YYYY-MM-DDTHH:00:00`, UTC, by Howard Hinnant's civil_from_days
 * (https://howardhinnant.github.io/date_algorithms.html). Texts of this one form sort by time in any locale.
 */
export const ISO_HOUR = /* lua */ `
local function iso_hour(epoch)
  local days = math.floor(epoch / 86400) + 719468
  local era = math.floor(days / 146097)
  local day_of_era = days - era * 146097
  local year_of_era = math.floor((day_of_era - math.floor(day_of_era / 1460) + math.floor(day_of_era / 36524)
    - math.floor(day_of_era / 146096)) / 365)
  local day_of_year = day_of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local march_month = math.floor((5 * day_of_year + 2) / 153)
  local day = day_of_year - math.floor((153 * march_month + 2) / 5) + 1
  local month = march_month < 10 and march_month + 3 or march_month - 9
  local year = year_of_era + era * 400 + (month <= 2 and 1 or 0)
  return string.format('%04d-%02d-%02dT%02d:00:00', year, month, day, math.floor(epoch % 86400 / 3600))
end`;

/** Epoch milliseconds of an hour in that form. */
export function parseIsoHour(text: string): number {
  return Date.parse(`${text}Z`);
}
