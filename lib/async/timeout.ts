import { BillingError } from "@/lib/errors.ts";
import type { Background } from "./background.ts";

/**
 * Waits for work up to a timeout. Later results and errors are ignored.
 *
 * @returns Null if the work takes longer.
 * @throws The error of the work, if it fails in time.
 */
export async function withTimeout<T>(
  work: Promise<T>,
  timeoutMs: number,
): Promise<T | null> {
  const timeout = Promise.withResolvers<null>();
  const timer = setTimeout(timeout.resolve, timeoutMs, null);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Limit for the domain work of an interactive request. It exceeds one Stripe
 * call with its retry (8.5 s), and leaves time to authenticate within the ten
 * seconds that a person waits.
 */
const DEADLINE_MS = 9_000;

/**
 * Bounds a request that makes several Stripe calls. Work that takes longer
 * continues in the background, so objects it creates at Stripe are stored and
 * a repeated request finds them.
 *
 * @param name Logged if the work fails later: no secret, no customer data.
 * @throws {BillingError} `unavailable` if the work takes longer than 9 s.
 * @throws The error of the work, if it fails in time.
 */
export async function withDeadline<T>(
  { background }: { background: Background },
  name: string,
  work: Promise<T>,
): Promise<T> {
  const result = await withTimeout(
    work.then((value) => ({ value })),
    DEADLINE_MS,
  );
  if (result !== null) return result.value;
  background.run(name, async () => {
    await work;
  });
  throw new BillingError(
    "unavailable",
    "Stripe is taking too long to answer. Try again in a moment",
    { retryAfterSec: 5, reason: "stripe_unreachable" },
  );
}
