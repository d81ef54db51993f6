import type Stripe from "stripe";
import { findSession } from "@/lib/billing/checkout.ts";
import { idOf, isStripeError } from "@/lib/billing/stripe_client.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { hasCode } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { PendingPurchase } from "@/lib/store/pending_purchases.ts";
import {
  grantForInvoice,
  type InvoiceOwner,
} from "@/lib/wallet/invoice_grants.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";

/** The state of a Checkout session when the customer returns from it. */
export type CheckoutResult =
  | "paid"
  /** Completed, but a delayed payment has not cleared yet. */
  | "processing"
  /** A delayed payment has failed. */
  | "payment_failed"
  | "open"
  | "expired"
  /** Not a session of this organization. */
  | "not_yours"
  /** Stripe is unreachable, or has not returned the prices yet. */
  | "unavailable";

/**
 * Confirms with Stripe the session in the query of the return page, and syncs
 * the purchase. The query is not trusted: Stripe must confirm that the
 * session belongs to this organization's customer.
 *
 * @param sessionId From the query, not validated.
 * @returns `unavailable` for errors from the Stripe SDK and while prices are
 * not loaded; the error is logged.
 * @throws {Error} Any error from the store.
 */
export async function confirmCheckout(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<CheckoutResult> {
  if (!/^cs_[A-Za-z0-9_]{1,200}$/.test(sessionId)) return "not_yours";
  const customer = await services.store.readCustomer(orgId);
  if (customer === null) return "not_yours";
  const { stripeCustomerId } = customer;
  try {
    const session = await findSession(services, sessionId);
    if (session === null || !session.customer) return "not_yours";
    if (idOf(session.customer) !== stripeCustomerId) return "not_yours";
    if (session.status !== "open") {
      await syncPurchase(services, { orgId, stripeCustomerId }, session);
    }
    const pending = await services.store.readPendingPurchase(orgId, sessionId);
    return toResult(session, pending);
  } catch (error) {
    // Also prices that are not loaded, or a timeout.
    if (!isStripeError(error) && !hasCode(error, "unavailable")) throw error;
    services.log.warn("confirming a checkout failed", { orgId }, error);
    return "unavailable";
  }
}

/** The webhook does the same and may arrive later; each is idempotent. */
async function syncPurchase(
  services: Services,
  owner: InvoiceOwner,
  { id, mode, status, invoice }: Stripe.Checkout.Session,
): Promise<void> {
  const { orgId } = owner;
  if (mode === "subscription") {
    await syncSubscription(services, orgId, "interactive");
    if (invoice) await grantForInvoice(services, owner, idOf(invoice));
  } else {
    await fulfillCheckout(services, orgId, id);
  }
  const completedAtMs = status === "complete" ? services.now() : undefined;
  await services.store.clearCheckout(orgId, id, completedAtMs);
}

function toResult(
  { status, payment_status }: Stripe.Checkout.Session,
  pending: PendingPurchase | null,
): CheckoutResult {
  if (status !== "complete") return status === "open" ? "open" : "expired";
  if (payment_status !== "unpaid") return "paid";
  return pending?.state === "failed" ? "payment_failed" : "processing";
}
