import { timeOf } from "@/lib/billing/customer_time.ts";
import { withTimeout } from "@/lib/async/timeout.ts";
import type { Prices } from "@/lib/billing/plans.ts";
import { readSyncedBilling } from "@/lib/billing/sync.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing, Subscription } from "@/lib/store/subscriptions.ts";
import { type BillingChange, billingChanges } from "./billing_changes.ts";

/** An organization's billing, as pages show it. */
export interface BillingView {
  /** Whether the portal can be opened; says nothing about payment. */
  hasCustomer: boolean;
  /** Null if the organization has never subscribed, according to the store. */
  subscription: Subscription | null;
  /** The customer's time, which the sandbox console may have advanced. */
  nowMs: number;
  /** Whether a sync was needed and failed or took too long. */
  stale: boolean;
  /** The changes made on Stripe's pages; null without a visit to them. */
  changes: readonly BillingChange[] | null;
}

/** How long a page waits for Stripe before it shows the stored data. */
export const PAGE_STRIPE_TIMEOUT_MS = 2_500;

/**
 * Reads an organization's billing for a page, like `readSyncedBilling()` but
 * for a bounded time. A sync that takes longer continues in the background.
 *
 * @param options `read`: the organization's billing, if the request has read
 * it already.
 * @throws {Error} Any error from the store.
 */
export async function readBillingView(
  services: Services,
  orgId: string,
  { read = null, timeoutMs = PAGE_STRIPE_TIMEOUT_MS }: {
    read?: Billing | null;
    timeoutMs?: number;
  } = {},
): Promise<BillingView> {
  const reading = readSyncedBilling(services, orgId, read);
  const synced = await withTimeout(reading, timeoutMs);
  const { customer, subscription, stale, portalVisit } = synced ?? {
    ...await services.store.readBilling(orgId, services.now()),
    stale: true,
    portalVisit: null,
  };
  // A sync that took too long leaves the visit to the next page.
  if (portalVisit !== null) {
    await services.store.clearPortalOpened(orgId, portalVisit);
  }
  const changes = portalVisit?.before === undefined
    ? null
    : billingChanges(portalVisit.before, subscription);
  const stripeCustomerId = customer?.stripeCustomerId ?? null;
  const nowMs = await timeOf(services, orgId, stripeCustomerId);
  return {
    hasCustomer: customer !== null,
    subscription,
    nowMs,
    stale,
    changes,
  };
}

/**
 * Reads the catalogue's prices for a page that is useful without them.
 *
 * @returns An empty map if Stripe takes too long.
 */
export async function readPagePrices(
  { prices }: Pick<Services, "prices">,
): Promise<Prices> {
  return await withTimeout(prices(), PAGE_STRIPE_TIMEOUT_MS) ?? new Map();
}
