import { withTimeout } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import type { Store } from "@/lib/store/mod.ts";

/** What the app cannot work without. */
export type Part = "store" | "key_set";

/** Balancers wait about as long; a store over the network is tried for ever. */
const PATIENCE_MS = 2_000;

/**
 * Asks whether the store can be written and read, and whether the source of
 * token keys can be reached. No answer within two seconds counts as none.
 *
 * @returns The parts that fail; empty when the app is ready. Why is logged.
 */
export async function readiness(services: Services): Promise<Part[]> {
  const failing = await Promise.all([
    failed(services, "store", probeOnce(services)),
    failed(services, "key_set", services.sessions.ready()),
  ]);
  return failing.flat();
}

/** Probes not yet done. Anyone may ask, so callers at a time share one write. */
const probes = new WeakMap<Store, Promise<void>>();

function probeOnce({ store, now }: Services): Promise<void> {
  const underWay = probes.get(store);
  if (underWay !== undefined) return underWay;
  const probe = store.probe(now()).finally(() => probes.delete(store));
  probes.set(store, probe);
  return probe;
}

async function failed(
  { log }: Services,
  part: Part,
  check: Promise<void>,
): Promise<Part[]> {
  try {
    const answered = await withTimeout(check.then(() => true), PATIENCE_MS);
    if (answered !== null) return [];
    throw new Error(`No answer within ${PATIENCE_MS} ms`);
  } catch (error) {
    log.warn("not ready", { part }, error);
    return [part];
  }
}
