import type Stripe from "stripe";
import { withCustomer } from "./customers.ts";
import type { Money } from "@/lib/pages/money.ts";
import type { Price } from "./plans.ts";
import type { Services } from "@/lib/services.ts";
import type { StoredCustomer, Subscription } from "@/lib/store/mod.ts";
import { isStripeError } from "./stripe_client.ts";

/** What a change that counts at once would cost, as Stripe works it out. */
export interface ChangePreview {
  /** What is charged with the change; nothing is 0. */
  due: Money;
  /** What is left over and counts against later invoices; nothing is 0. */
  credit: Money;
  /** What it is made of, in Stripe's words. */
  lines: { description: string; amount: Money }[];
  /** Until when that pays. */
  paidUntilMs: number;
}

/** What is to change, and to what. */
export interface ChangeRequest {
  orgId: string;
  customer: StoredCustomer;
  subscription: Subscription;
  price: Price;
}

/**
 * Asks Stripe what a change to another price would cost now: one call, which
 * changes nothing. A trial ends with the change, as it does in the portal.
 *
 * @returns Null where Stripe does not tell: no number is made up. Why is
 * logged.
 * @throws {BillingError} `no_stripe_customer` where Stripe has the customer no
 * longer, which is then forgotten.
 * @see Stripe's API reference: create a preview invoice.
 */
export async function previewChange(
  services: Services,
  request: ChangeRequest,
): Promise<ChangePreview | null> {
  const { subscription, price } = request;
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
    if (invoice.lines.data.length > 0) return describe(invoice);
    services.log.warn("change preview has no lines", { orgId: request.orgId });
    return null;
  } catch (error) {
    if (!isStripeError(error)) throw error;
    const { orgId } = request;
    services.log.warn("change not previewed", { orgId }, error);
    return null;
  }
}

function describe(
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
