/** Repeats tests during which the hour, or the minute, may turn. */

const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/**
 * Runs the body of a test that takes too long to keep it clear of the turn of the hour, and runs it once more if it failed
 * and the hour turned meanwhile: its expectations of this hour and the one before no longer held.
 *
 * @param turnMs - of what is expected to be the same all the time, such as a minute
 */
export async function repeatedAtTheTurn(body: () => Promise<void>, turnMs = HOUR_MS): Promise<void> {
  const now = (): number => Math.floor(Date.now() / turnMs);
  const began = now();
  try {
    await body();
  } catch (error) {
    if (now() === began) throw error;
    await body();
  }
}
