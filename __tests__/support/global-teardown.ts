/** Ends the Redis of the tests. */

export default async function teardown(): Promise<void> {
  await globalThis.providedRedis?.stop();
}
