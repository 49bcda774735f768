/** Repeats long tests at the turn of the hour. */

import { isoHour } from './hours';

/**
 * Runs the body of a test that takes too long to keep it clear of the turn of the hour, and runs it once more if it failed
 * and the hour turned meanwhile: its expectations of this hour and the one before no longer held.
 */
export async function repeatedAtTheTurn(body: () => Promise<void>): Promise<void> {
  const hour = isoHour();
  try {
    await body();
  } catch (error) {
    if (isoHour() === hour) throw error;
    await body();
  }
}
