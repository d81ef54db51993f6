import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import { retrieveOrNull } from "./stripe_client.ts";
import { toPaymentMethod } from "./subscription_mapper.ts";

/** The details on an organization's invoices, and its payment method. */
export interface BillingDetails {
  name: string | null;
  email: string | null;
  address: Stripe.Address | null;
  taxIds: TaxId[];
  /** The method that the next invoice charges. */
  paymentMethod: PaymentMethod | null;
}

interface TaxId {
  /** Stripe's type, such as `eu_vat`. */
  type: string;
  value: string;
  /** Stripe's status of the verification; null if it does not verify it. */
  verification: string | null;
}

interface PaymentMethod {
  brand: string;
  last4: string | null;
  /** For cards. */
  expires: { month: number; year: number } | null;
}

/**
 * Reads an organization's billing details from Stripe, with one call.
 *
 * @param owner `subscriptionId`: its payment method precedes the customer's.
 * @returns Null if Stripe has deleted the customer.
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function readBillingDetails(
  { stripe }: Pick<Services, "stripe">,
  owner: { stripeCustomerId: string; subscriptionId: string | null },
): Promise<BillingDetails | null> {
  const { customers } = await stripe();
  const customer = await retrieveOrNull(
    customers.retrieve(owner.stripeCustomerId, { expand: EXPANDED }),
  );
  if (customer === null || customer.deleted) return null;
  return toDetails(customer, owner.subscriptionId);
}

const EXPANDED = [
  "invoice_settings.default_payment_method",
  "subscriptions.data.default_payment_method",
  "tax_ids",
];

function toDetails(
  customer: Stripe.Customer,
  subscriptionId: string | null,
): BillingDetails {
  const { subscriptions, invoice_settings: settings } = customer;
  const own = subscriptions?.data.find(({ id }) => id === subscriptionId);
  return {
    // Invoices are made out to `name`.
    name: customer.name || customer.business_name || null,
    email: customer.email,
    address: customer.address ?? null,
    taxIds: (customer.tax_ids?.data ?? []).map(toTaxId),
    paymentMethod: withExpiry(
      own?.default_payment_method ?? settings.default_payment_method,
    ),
  };
}

function toTaxId({ type, value, verification }: Stripe.TaxId): TaxId {
  const status = verification?.status ?? null;
  return {
    type,
    value,
    verification: status === "unavailable" ? null : status,
  };
}

function withExpiry(
  method: string | Stripe.PaymentMethod | null,
): PaymentMethod | null {
  const paymentMethod = toPaymentMethod(method);
  if (paymentMethod === null) return null;
  const card = typeof method === "string" ? null : method?.card;
  return {
    ...paymentMethod,
    expires: card ? { month: card.exp_month, year: card.exp_year } : null,
  };
}
