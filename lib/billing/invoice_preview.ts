import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { withCustomer } from "./customers.ts";
import type { Money } from "./money.ts";
import type { Price } from "./plans.ts";
import { isStripeError } from "./stripe_client.ts";

/** An invoice to come, as calculated by Stripe. */
export interface InvoicePreview {
  /** The amount that will be charged, or 0. */
  due: Money;
  /** Stripe's invoice lines. */
  lines: { description: string; amount: Money }[];
}

/** The cost of an immediate plan change. */
export interface ChangePreview extends InvoicePreview {
  /** The amount credited against later invoices, or 0. */
  credit: Money;
  /** The end of the paid period. */
  paidUntilMs: number;
}

/** The invoice of the next renewal. */
export interface NextInvoice extends InvoicePreview {
  atMs: number;
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
  { price, ...request }: ChangeRequest,
): Promise<ChangePreview | null> {
  const { stripeCustomerId, id, itemId, quantity = 1, status } =
    request.subscription;
  const invoice = await unlessRefused(
    services,
    request.orgId,
    withCustomer(services, request, ({ invoices }) =>
      invoices.createPreview({
        customer: stripeCustomerId,
        subscription: id,
        subscription_details: {
          items: [{ id: itemId, price: price.id, quantity }],
          proration_behavior: "always_invoice",
          ...(status === "trialing" && { trial_end: "now" }),
        },
      })),
  );
  if (invoice === null) return null;
  const { currency, total, lines } = invoice;
  return {
    ...toPreview(invoice),
    credit: { amountMinor: Math.max(0, -total), currency },
    paidUntilMs: Math.max(...lines.data.map(({ period }) => period.end)) * 1000,
  };
}

/**
 * Previews the invoice of a subscription's renewal, with one Stripe call that
 * changes nothing.
 *
 * @returns Null for a subscription that does not renew, or if Stripe cannot
 * calculate it; the reason is logged.
 */
export async function previewRenewal(
  services: Services,
  orgId: string,
  subscription: Subscription,
): Promise<NextInvoice | null> {
  const { stripeCustomerId, id, status, cancelAtMs, currentPeriodEndMs } =
    subscription;
  const renews = status === "active" || status === "trialing";
  if (!renews || cancelAtMs !== null) return null;
  const { invoices } = await services.stripe();
  const invoice = await unlessRefused(
    services,
    orgId,
    invoices.createPreview({ customer: stripeCustomerId, subscription: id }),
  );
  return invoice && { ...toPreview(invoice), atMs: currentPeriodEndMs };
}

async function unlessRefused(
  { log }: Services,
  orgId: string,
  preview: Promise<Stripe.Invoice>,
): Promise<Stripe.Invoice | null> {
  try {
    const invoice = await preview;
    if (invoice.lines.data.length > 0) return invoice;
    log.warn("invoice preview has no lines", { orgId });
  } catch (error) {
    if (!isStripeError(error)) throw error;
    log.warn("invoice preview failed", { orgId }, error);
  }
  return null;
}

function toPreview(
  { amount_due, currency, lines }: Stripe.Invoice,
): InvoicePreview {
  const money = (amountMinor: number): Money => ({ amountMinor, currency });
  return {
    due: money(amount_due),
    lines: lines.data.map(({ description, amount }) => ({
      description: description ?? "Without a description",
      amount: money(amount),
    })),
  };
}
