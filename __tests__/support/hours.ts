import { until } from './wait';

const HOUR_MS = 3_600_000;
/** What a test between two turns of the hour may take. */
const MARGIN_MS = 5000;

/** Waits, where the hour is about to turn, until it has. */
export async function clearOfTheTurn(): Promise<void> {
  await until(() => Date.now() % HOUR_MS < HOUR_MS - MARGIN_MS);
}

/** The hour so many hours ago, as `:start` holds it. */
export function isoHour(ago = 0): string {
  return `${new Date(Date.now() - ago * HOUR_MS).toISOString().slice(0, 13)}:00:00`;
}
