import { until } from './wait';

const HOUR_MS = 3_600_000;
/** What a test between two turns of the hour may take. */
const MARGIN_MS = 5000;

/** Waits, if the hour is about to turn, until it has. */
export async function clearOfTheTurn(marginMs = MARGIN_MS): Promise<void> {
  await until(() => Date.now() % HOUR_MS < HOUR_MS - marginMs, marginMs + 10_000);
}

/** The hour so many hours ago, as `:start` holds it. */
export function isoHour(ago = 0): string {
  return `${new Date(Date.now() - ago * HOUR_MS).toISOString().slice(0, 13)}:00:00`;
}
