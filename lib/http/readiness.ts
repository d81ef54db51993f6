import { withTimeout } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import type { Store } from "@/lib/store/mod.ts";

/** A dependency that the app requires. */
export type Dependency = "store" | "key_set";

/** About a load balancer's timeout; a KV Connect client retries forever. */
const TIMEOUT_MS = 2_000;

/**
 * Checks that the store can be written and read, and that token keys are
 * available, each within two seconds.
 *
 * @returns The dependencies that fail; empty if the app is ready. The causes
 * are logged.
 */
export async function readiness(services: Services): Promise<Dependency[]> {
  const failing = await Promise.all([
    failed(services, "store", probeOnce(services)),
    failed(services, "key_set", services.sessions.ready()),
  ]);
  return failing.flat();
}

/** Running probes. Requests are public, so concurrent ones share a write. */
const probes = new WeakMap<Store, Promise<void>>();

function probeOnce({ store, now }: Services): Promise<void> {
  const running = probes.get(store);
  if (running !== undefined) return running;
  const probe = store.probe(now()).finally(() => probes.delete(store));
  probes.set(store, probe);
  return probe;
}

async function failed(
  { log }: Services,
  part: Dependency,
  check: Promise<void>,
): Promise<Dependency[]> {
  try {
    const answered = await withTimeout(check.then(() => true), TIMEOUT_MS);
    if (answered !== null) return [];
    throw new Error(`No answer within ${TIMEOUT_MS} ms`);
  } catch (error) {
    log.warn("not ready", { part }, error);
    return [part];
  }
}
