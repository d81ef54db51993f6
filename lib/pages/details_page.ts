import { withTimeout } from "@/lib/async/timeout.ts";
import {
  type BillingDetails,
  readBillingDetails,
} from "@/lib/billing/billing_details.ts";
import { isStripeError } from "@/lib/billing/stripe_client.ts";
import { hasSubscription } from "@/lib/billing/subscription.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";
import {
  type BillingView,
  PAGE_STRIPE_TIMEOUT_MS,
  readBillingView,
} from "./billing_view.ts";

/** The data of the billing details page. */
export interface DetailsView {
  billing: BillingView;
  /** Null without a customer. */
  details: BillingDetails | "unavailable" | null;
}

/**
 * Reads the billing details of an organization. An organization without a
 * customer needs no Stripe call.
 *
 * @param read The organization's billing, if the request has read it already.
 * @throws {Error} Any error from the store.
 */
export async function readDetailsView(
  services: Services,
  orgId: string,
  read: Billing | null,
): Promise<DetailsView> {
  const stored = read ?? await services.store.readBilling(
    orgId,
    services.now(),
  );
  const [billing, details] = await Promise.all([
    readBillingView(services, orgId, { read: stored }),
    readDetails(services, stored),
  ]);
  return { billing, details };
}

async function readDetails(
  services: Services,
  { customer, subscription }: Billing,
): Promise<DetailsView["details"]> {
  if (customer === null) return null;
  const { stripeCustomerId } = customer;
  const subscriptionId = hasSubscription(subscription) ? subscription.id : null;
  const owner = { stripeCustomerId, subscriptionId };
  try {
    const reading = readBillingDetails(services, owner)
      .then((details) => ({ details }));
    const read = await withTimeout(reading, PAGE_STRIPE_TIMEOUT_MS);
    return read === null ? "unavailable" : read.details;
  } catch (error) {
    if (!isStripeError(error)) throw error;
    const fields = { customer: stripeCustomerId };
    services.log.warn("reading billing details failed", fields, error);
    return "unavailable";
  }
}
