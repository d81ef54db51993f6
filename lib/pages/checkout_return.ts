import type Stripe from "stripe";
import { findSession } from "@/lib/billing/checkout_sessions.ts";
import {
  grantForInvoice,
  type InvoiceOwner,
} from "@/lib/wallet/invoice_grants.ts";
import { idOf } from "@/lib/billing/prices.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";
import type { Services } from "@/lib/services.ts";
import type { PendingPurchase } from "@/lib/store/mod.ts";
import { isStripeError } from "@/lib/billing/stripe_client.ts";
import { syncIfCustomer } from "@/lib/billing/sync.ts";

/**
 * How a Checkout session stands for the organization that comes back from it.
 *
 * `processing`: completed, and the money is on its way; `bounced`: it did not
 * come; `unavailable`: it cannot be told now, as Stripe cannot be asked.
 */
export type CheckoutResult =
  | "paid"
  | "processing"
  | "bounced"
  | "open"
  | "expired"
  | "not_yours"
  | "unavailable";

/**
 * Confirms what the return page's query says, and brings the subscription up
 * to date. Nothing in the query is believed that Stripe does not confirm for
 * this organization's own customer.
 *
 * @param sessionId As it came; anything else than a session of this
 * organization is `not_yours`.
 * @throws {Error} What the store throws; Stripe's failures are told by
 * `unavailable` and logged.
 */
export async function confirmCheckout(
  services: Services,
  orgId: string,
  sessionId: string,
): Promise<CheckoutResult> {
  if (!/^cs_[A-Za-z0-9_]{1,200}$/.test(sessionId)) return "not_yours";
  const customer = await services.store.readCustomer(orgId);
  if (customer === null) return "not_yours";
  try {
    const session = await findSession(services, sessionId);
    if (session === null || !session.customer) return "not_yours";
    if (idOf(session.customer) !== customer.stripeCustomerId) {
      return "not_yours";
    }
    if (session.status !== "open") {
      const { stripeCustomerId } = customer;
      await settle(services, { orgId, stripeCustomerId }, session);
    }
    const awaited = await services.store.readPendingPurchase(orgId, sessionId);
    return resultOf(session, awaited);
  } catch (error) {
    if (!isStripeError(error)) throw error;
    services.log.warn("checkout not confirmed", { orgId }, error);
    return "unavailable";
  }
}

async function settle(
  services: Services,
  owner: InvoiceOwner,
  { id, mode, invoice }: Stripe.Checkout.Session,
): Promise<void> {
  const { orgId } = owner;
  // The webhook does the same, and may be late: each counts once.
  if (mode === "subscription") {
    await syncIfCustomer(services, orgId, "interactive");
    if (invoice) await grantForInvoice(services, owner, idOf(invoice));
  } else {
    await fulfillCheckout(services, orgId, id);
  }
  await services.store.clearCheckout(orgId, id);
}

function resultOf(
  { status, payment_status }: Stripe.Checkout.Session,
  awaited: PendingPurchase | null,
): CheckoutResult {
  if (status !== "complete") return status === "open" ? "open" : "expired";
  if (payment_status !== "unpaid") return "paid";
  return awaited?.state === "failed" ? "bounced" : "processing";
}
