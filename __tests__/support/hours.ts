/** The hour as the keys hold it, and tests that must not see it turn. */

import { until } from './wait';

const HOUR_MS = 3_600_000;
/** Longest time of a test between two turns of the hour. */
const MARGIN_MS = 5000;

/** Waits until the hour has turned if it is about to. */
export async function clearOfTheTurn(marginMs = MARGIN_MS): Promise<void> {
  await until(() => Date.now() % HOUR_MS < HOUR_MS - marginMs, marginMs + 10_000);
}

/** The hour `ago` hours ago, as `:start` holds it. */
export function isoHour(ago = 0): string {
  return `${new Date(Date.now() - ago * HOUR_MS).toISOString().slice(0, 13)}:00:00`;
}
