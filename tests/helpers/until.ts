const EVERY_MS = 10;
const LIMIT_MS = 30_000;

/**
 * Polls until a condition holds.
 *
 * @throws {Error} After 30 seconds, which a busy machine does not need.
 */
export async function until(
  isMet: () => boolean | Promise<boolean>,
): Promise<void> {
  const startMs = performance.now();
  while (!await isMet()) {
    if (performance.now() - startMs > LIMIT_MS) {
      throw new Error(`Not met within ${LIMIT_MS} ms: ${isMet}`);
    }
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
}
