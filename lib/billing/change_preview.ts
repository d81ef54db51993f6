import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { withCustomer } from "./customers.ts";
import type { Money } from "./money.ts";
import type { Price } from "./plans.ts";
import { isStripeError } from "./stripe_client.ts";

/** The cost of an immediate plan change, as calculated by Stripe. */
export interface ChangePreview {
  /** The amount charged with the change, or 0. */
  due: Money;
  /** The amount credited against later invoices, or 0. */
  credit: Money;
  /** Stripe's invoice lines. */
  lines: { description: string; amount: Money }[];
  /** The end of the paid period. */
  paidUntilMs: number;
}

interface ChangeRequest {
  orgId: string;
  customer: StoredCustomer;
  subscription: Subscription;
  price: Price;
}

/**
 * Previews the invoice for an immediate change to another price, with one
 * Stripe call that changes nothing. As in the portal, a change ends a trial.
 *
 * @returns Null if Stripe cannot calculate it; the reason is logged.
 * @throws {BillingError} `no_stripe_customer` if Stripe has deleted the
 * customer.
 * @see Stripe's API reference: create a preview invoice.
 */
export async function previewChange(
  services: Services,
  request: ChangeRequest,
): Promise<ChangePreview | null> {
  const { orgId, subscription, price } = request;
  try {
    const invoice = await withCustomer(
      services,
      request,
      (stripe) =>
        stripe.invoices.createPreview({
          customer: subscription.stripeCustomerId,
          subscription: subscription.id,
          subscription_details: {
            items: [{ id: subscription.itemId, price: price.id, quantity: 1 }],
            proration_behavior: "always_invoice",
            ...(subscription.status === "trialing" && { trial_end: "now" }),
          },
        }),
    );
    if (invoice.lines.data.length > 0) return toPreview(invoice);
    services.log.warn("change preview has no lines", { orgId });
    return null;
  } catch (error) {
    if (!isStripeError(error)) throw error;
    services.log.warn("change preview failed", { orgId }, error);
    return null;
  }
}

function toPreview(
  { amount_due, total, currency, lines }: Stripe.Invoice,
): ChangePreview {
  const money = (amountMinor: number): Money => ({ amountMinor, currency });
  return {
    due: money(amount_due),
    credit: money(Math.max(0, -total)),
    lines: lines.data.map(({ description, amount }) => ({
      description: description ?? "Without a description",
      amount: money(amount),
    })),
    paidUntilMs: Math.max(...lines.data.map(({ period }) => period.end)) * 1000,
  };
}
