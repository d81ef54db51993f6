import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";

/**
 * Waits for work for so long; what takes longer goes on, and is told to nobody.
 *
 * @returns Null where it takes longer.
 * @throws What the work throws in time.
 */
export async function withTimeout<T>(
  work: Promise<T>,
  timeoutMs: number,
): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(late.resolve, timeoutMs, null);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * How long the domain work of one interactive request may take. Longer than a
 * single call to Stripe with its retry (8.5 s), and with authentication below
 * the ten seconds that a person waits at most.
 */
const DEADLINE_MS = 9_000;

/**
 * Bounds a request that asks Stripe several times. Work that takes longer goes
 * on in the background, so that what Stripe has made is stored, and a repeated
 * request finds it.
 *
 * @param what Logged if the work fails later: no secret, no customer data.
 * @throws {BillingError} `unavailable` where it takes longer.
 * @throws What the work throws in time.
 */
export async function withDeadline<T>(
  { background }: Pick<Services, "background">,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const result = await withTimeout(
    work.then((value) => ({ value })),
    DEADLINE_MS,
  );
  if (result !== null) return result.value;
  background.run(what, async () => {
    await work;
  });
  throw new BillingError(
    "unavailable",
    "Stripe is taking too long to answer. Try again in a moment",
    { retryAfterSec: 5 },
  );
}
