import type { Services } from "./services.ts";

/** What the app cannot work without. */
export type Part = "store" | "key_set";

/**
 * Asks the store and the source of token keys whether they can be reached.
 *
 * @returns The parts that fail; empty when the app is ready. Why is logged.
 */
export async function readiness(services: Services): Promise<Part[]> {
  const failing = await Promise.all([
    failed(services, "store", services.store.ping()),
    failed(services, "key_set", services.sessions.ready()),
  ]);
  return failing.flat();
}

async function failed(
  { log }: Services,
  part: Part,
  check: Promise<void>,
): Promise<Part[]> {
  try {
    await check;
    return [];
  } catch (error) {
    log.warn("not ready", { part }, error);
    return [part];
  }
}
