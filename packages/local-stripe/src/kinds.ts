import type Stripe from "stripe";
import { noSuchParam } from "./errors.ts";
import type { Context } from "./context.ts";
import type { Kind, Row } from "./rows.ts";
import type {
  WireCoupon,
  WireCustomer,
  WireInvoice,
  WirePaymentMethod,
  WirePortalConfiguration,
  WirePortalSession,
  WirePrice,
  WireProduct,
} from "./wire.ts";

// What is stored, and in which lists. A list is named by its rows' reason to be in it.

export const CUSTOMER: Kind<WireCustomer> = {
  name: "customer",
  noun: "customer",
  lists: (customer) => [
    ["customers"],
    ...(typeof customer.test_clock === "string"
      ? [["customers_by_clock", customer.test_clock]]
      : []),
    ...(customer.email
      ? [["customers_by_email", filedUnder(customer.email)]]
      : []),
    ...Object.entries(customer.metadata)
      .map(([key, value]) => ["customers_by_metadata", key, filedUnder(value)]),
  ],
};

/**
 * `spent`: it has been detached, or used without being attached, and cannot be attached again.
 * `confirmed`: its owner confirmed it with the bank when it was saved.
 */
export type PaymentMethodExtra = {
  number: string;
  spent: boolean;
  confirmed?: boolean;
};
export const PAYMENT_METHOD: Kind<WirePaymentMethod, PaymentMethodExtra> = {
  name: "payment_method",
  noun: "PaymentMethod",
  lists: ({ customer }) =>
    customer === null
      ? []
      : [["payment_methods"], ["payment_methods_by_customer", customer]],
};

export const PRODUCT: Kind<WireProduct> = {
  name: "product",
  noun: "product",
  lists: () => [["products"]],
};

export const PRICE: Kind<WirePrice> = {
  name: "price",
  noun: "price",
  lists: ({ product }) => [["prices"], ["prices_by_product", product]],
};

export const COUPON: Kind<WireCoupon> = {
  name: "coupon",
  noun: "coupon",
  lists: () => [["coupons"]],
};

/** `secret` opens its hosted page, `null` until it is finalized. */
export type InvoiceExtra = { secret: string | null };
export const INVOICE: Kind<WireInvoice, InvoiceExtra> = {
  name: "invoice",
  noun: "invoice",
  lists: (invoice) => [
    ["invoices"],
    ["invoices_by_customer", invoice.customer],
    ...(invoice.parent?.subscription_details
      ? [["invoices_by_subscription", subscriptionOf(invoice)]]
      : []),
    ...(movesOn(invoice) ? [["invoices_moving", invoice.customer]] : []),
  ],
};

function subscriptionOf({ parent }: WireInvoice): string {
  const subscription = parent?.subscription_details?.subscription ?? "";
  return typeof subscription === "string" ? subscription : subscription.id;
}

// It will be finalized, or charged again, by itself.
function movesOn(invoice: WireInvoice): boolean {
  return invoice.status === "draft"
    ? invoice.automatically_finalizes_at !== null
    : invoice.status === "open" && invoice.next_payment_attempt !== null;
}

type Products =
  Stripe.BillingPortal.Configuration.Features.SubscriptionUpdate.Product[];
/** `products` is sent only when expanded. */
export type PortalConfigurationExtra = { products: Products };
export const PORTAL_CONFIGURATION: Kind<
  WirePortalConfiguration,
  PortalConfigurationExtra
> = {
  name: "billing_portal.configuration",
  noun: "configuration",
  lists: () => [["portal_configurations"]],
};

/** The life of a portal session, in milliseconds since the epoch. */
export type PortalSessionExtra = {
  createdMs: number;
  openedMs: number | null;
  activeMs: number;
  /** The flow that the link was made for has been completed. */
  flowDone: boolean;
  /** Guesses at the email address, on the page of an expired link. */
  guesses: number;
};
export const PORTAL_SESSION: Kind<WirePortalSession, PortalSessionExtra> = {
  name: "billing_portal.session",
  noun: "session",
  lists: () => [],
};

/** What a value is filed under: bounded, and equal for spellings that a search takes as equal. */
export function filedUnder(value: string): string {
  return value.toLowerCase().slice(0, 64);
}

/**
 * The live row that a parameter names.
 *
 * @throws {StripeProblem} 400 `resource_missing` with the parameter's name.
 */
export async function readParam<T extends { id: string }, X>(
  context: Context,
  kind: Kind<T, X>,
  named: { id: string; param: string },
): Promise<Row<T, X>> {
  const row = await context.store.get(kind, named.id);
  if (row === null || row.deleted) {
    throw noSuchParam(kind.noun, named.id, named.param);
  }
  return row;
}
