import { inTime } from "./patience.ts";
import type { Services } from "./services.ts";

/** What the app cannot work without. */
export type Part = "store" | "key_set";

/** Balancers wait about as long; a store over the network is tried for ever. */
const PATIENCE_MS = 2_000;

/**
 * Asks the store and the source of token keys whether they can be reached. No
 * answer within two seconds counts as none.
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
    const answered = await inTime(check.then(() => true), PATIENCE_MS);
    if (answered !== null) return [];
    throw new Error(`No answer within ${PATIENCE_MS} ms`);
  } catch (error) {
    log.warn("not ready", { part }, error);
    return [part];
  }
}
