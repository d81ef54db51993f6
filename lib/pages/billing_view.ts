import { withTimeout } from "@/lib/async/timeout.ts";
import type { Prices } from "@/lib/billing/plans.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing, Subscription } from "@/lib/store/mod.ts";
import { readSyncedBilling } from "@/lib/billing/sync.ts";

/** What a page has to know of an organization's billing. */
export interface BillingView {
  /** Whether there is something to manage: not, whether it is paid. */
  hasCustomer: boolean;
  /** Null: never subscribed, as far as is known. */
  subscription: Subscription | null;
  /** Whether Stripe was to be asked first and could not, or not in time. */
  stale: boolean;
}

/** How long a page waits for Stripe; what is known is better than a blank. */
export const PATIENCE_MS = 2_500;

/**
 * An organization's billing for a page that is about to be shown: one read of
 * the store, and while somebody was at the portal since, Stripe is asked
 * first, for a bounded time. What comes later is there at the next page.
 *
 * @param options `read`: the organization's billing if it was just read.
 * @throws {Error} What the store throws.
 */
export async function readBillingView(
  services: Services,
  orgId: string,
  { read = null, timeoutMs = PATIENCE_MS }: {
    read?: Billing | null;
    timeoutMs?: number;
  } = {},
): Promise<BillingView> {
  const reading = readSyncedBilling(services, orgId, read);
  const fresh = await withTimeout(reading, timeoutMs);
  const { customer, subscription, stale } = fresh ?? {
    ...await services.store.readBilling(orgId, services.now()),
    stale: true,
  };
  return { hasCustomer: customer !== null, subscription, stale };
}

/**
 * The catalogue's prices for a page that shows more than these: those that
 * Stripe has not told in time are said to be told at checkout.
 */
export async function readPagePrices(
  { prices }: Pick<Services, "prices">,
): Promise<Prices> {
  return await withTimeout(prices(), PATIENCE_MS) ?? new Map();
}
