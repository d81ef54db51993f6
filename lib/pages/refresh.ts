import { withDeadline } from "@/lib/async/timeout.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import type { Services } from "@/lib/services.ts";
import { applyMissedPayments } from "@/lib/wallet/missed_payments.ts";
import { checkPendingPurchases } from "@/lib/wallet/purchases.ts";

/** The result of a refresh that a user has requested. */
export type RefreshOutcome = "checked" | "too_soon" | "failed";

/**
 * Syncs an organization's subscription with Stripe, checks its pending
 * purchases and applies missed payments, at most once every 10 s per
 * organization. Errors are logged.
 */
export async function refreshFromStripe(
  services: Services,
  orgId: string,
): Promise<RefreshOutcome> {
  if (!services.refreshThrottle.take(orgId)) return "too_soon";
  try {
    await withDeadline(services, "refresh from Stripe", sync(services, orgId));
    return "checked";
  } catch (error) {
    services.log.warn("refresh from Stripe failed", { orgId }, error);
    return "failed";
  }
}

async function sync(services: Services, orgId: string): Promise<void> {
  await syncSubscription(services, orgId, "interactive");
  // Concurrent, to stay within the deadline.
  await Promise.all([
    checkPendingPurchases(services, orgId),
    applyMissedPayments(services, orgId),
  ]);
}
