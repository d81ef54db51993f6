import type Stripe from "stripe";
import { noSuchParam, noSuchPath } from "../api/errors.ts";
import type { Context } from "../context.ts";
import type { Collection, StoredObject } from "./collections.ts";
import type {
  ApiCharge,
  ApiCoupon,
  ApiCustomer,
  ApiDiscount,
  ApiDispute,
  ApiInvoice,
  ApiInvoiceItem,
  ApiInvoicePayment,
  ApiPaymentIntent,
  ApiPaymentMethod,
  ApiPortalConfiguration,
  ApiPortalSession,
  ApiPrice,
  ApiProduct,
  ApiPromotionCode,
  ApiRefund,
  ApiSchedule,
  ApiSubscription,
  ApiTaxId,
  ApiTestClock,
} from "../api/api_types.ts";

export const CUSTOMER: Collection<ApiCustomer> = {
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
 * `spent`: detached, or used without being attached, so it cannot be attached again.
 * `confirmed`: its owner authenticated with the bank when it was saved.
 */
export type PaymentMethodExtra = {
  number: string;
  spent: boolean;
  confirmed?: boolean;
};
export const PAYMENT_METHOD: Collection<ApiPaymentMethod, PaymentMethodExtra> =
  {
    name: "payment_method",
    noun: "PaymentMethod",
    lists: ({ customer }) =>
      customer === null
        ? []
        : [["payment_methods"], ["payment_methods_by_customer", customer]],
  };

export const PRODUCT: Collection<ApiProduct> = {
  name: "product",
  noun: "product",
  lists: () => [["products"]],
};

export const PRICE: Collection<ApiPrice> = {
  name: "price",
  noun: "price",
  lists: ({ product }) => [["prices"], ["prices_by_product", product]],
};

export const COUPON: Collection<ApiCoupon> = {
  name: "coupon",
  noun: "coupon",
  lists: () => [["coupons"]],
};

export const PROMOTION_CODE: Collection<ApiPromotionCode> = {
  name: "promotion_code",
  noun: "promotion code",
  lists: ({ code, promotion }) => [
    ["promotion_codes"],
    ["promotion_codes_by_code", filedUnder(code)],
    ["promotion_codes_by_coupon", promotion.coupon],
  ],
};

export const TAX_ID: Collection<ApiTaxId> = {
  name: "tax_id",
  noun: "tax ID",
  lists: ({ customer }) => [["tax_ids_by_customer", customer]],
};

/** The tax of a customer. */
export interface Taxation {
  country: string;
  percent: number;
  reason:
    | "customer_exempt"
    | "not_collecting"
    | "reverse_charge"
    | "standard_rated";
}

/** With the coupon's terms at redemption: deleting the coupon does not end its discounts. */
export const DISCOUNT: Collection<ApiDiscount, ApiCoupon> = {
  name: "discount",
  noun: "discount",
  lists: () => [],
};
/** A coupon, redeemed directly or by a promotion code. */
export interface Redemption {
  coupon: ApiCoupon;
  promotionCode: string | null;
}
export type StoredDiscount = StoredObject<ApiDiscount, ApiCoupon>;

/** `secret` is part of the URL of the hosted page; `null` until the invoice is finalized. */
type InvoiceExtra = { secret: string | null };
export const INVOICE: Collection<ApiInvoice, InvoiceExtra> = {
  name: "invoice",
  noun: "invoice",
  lists: (invoice) => [
    ["invoices"],
    ["invoices_by_customer", invoice.customer],
    ...(invoice.parent?.subscription_details
      ? [["invoices_by_subscription", subscriptionOf(invoice)]]
      : []),
    ...(advancesLater(invoice) ? [["invoices_moving", invoice.customer]] : []),
  ],
};

function subscriptionOf({ parent }: ApiInvoice): string {
  const subscription = parent?.subscription_details?.subscription ?? "";
  return typeof subscription === "string" ? subscription : subscription.id;
}

// Finalized or charged automatically at a later time.
function advancesLater(invoice: ApiInvoice): boolean {
  return invoice.status === "draft"
    ? invoice.automatically_finalizes_at !== null
    : invoice.status === "open" && invoice.next_payment_attempt !== null;
}

type Products =
  Stripe.BillingPortal.Configuration.Features.SubscriptionUpdate.Product[];
/** `products` is sent only when expanded. */
export type PortalConfigurationExtra = { products: Products };
export const PORTAL_CONFIGURATION: Collection<
  ApiPortalConfiguration,
  PortalConfigurationExtra
> = {
  name: "billing_portal.configuration",
  noun: "configuration",
  lists: () => [["portal_configurations"]],
};

/** Times are in milliseconds since the epoch. */
export type PortalSessionExtra = {
  createdMs: number;
  openedMs: number | null;
  activeMs: number;
  /** The deep-linked flow has been completed. */
  flowDone: boolean;
  /** Failed guesses of the email address, on the page of an expired link. */
  guesses: number;
};
export const PORTAL_SESSION: Collection<ApiPortalSession, PortalSessionExtra> =
  {
    name: "billing_portal.session",
    noun: "session",
    lists: () => [],
  };

/** The list name of a value: limited in length, and in lowercase because search ignores case. */
export function filedUnder(value: string): string {
  return value.toLowerCase().slice(0, 64);
}

/**
 * Reads the object that a parameter names.
 *
 * @throws {ApiError} 400 `resource_missing` if it does not exist or was deleted.
 */
export async function readParam<T extends { id: string }, X>(
  context: Context,
  collection: Collection<T, X>,
  named: { id: string; param: string },
): Promise<StoredObject<T, X>> {
  const stored = await context.store.get(collection, named.id);
  if (stored === null || stored.deleted) {
    throw noSuchParam(collection.noun, named.id, named.param);
  }
  return stored;
}

/**
 * Reads the object that a path names.
 *
 * @throws {ApiError} 404 `resource_missing` if it does not exist or was deleted.
 */
export async function readPath<T extends { id: string }, X>(
  context: Context,
  collection: Collection<T, X>,
  id: string,
): Promise<StoredObject<T, X>> {
  const stored = await context.store.get(collection, id);
  if (stored === null || stored.deleted) throw noSuchPath(collection.noun, id);
  return stored;
}

/** A billed period of a subscription item, from which credits for unused time are computed. */
export interface Debit {
  item: string;
  amountMinor: number;
  startSec: number;
  endSec: number;
  description: string;
  price: string;
  product: string;
  unitDecimal: string | null;
  quantity: number;
}

export interface SubscriptionExtra {
  debits: Debit[];
  /** `trial_will_end` was emitted. */
  trialWarned: boolean;
  /** The period end for which `invoice.upcoming` was emitted. */
  upcomingForSec: number | null;
  /** When a pause ends automatically. */
  resumeAtSec: number | null;
  /** The invoice whose payment ends the pause. */
  resumesWith: string | null;
}

const ENDED = new Set(["canceled", "incomplete_expired"]);

/** Reports whether a subscription has not ended. */
export function isLive({ status }: Pick<ApiSubscription, "status">): boolean {
  return !ENDED.has(status);
}

export const SUBSCRIPTION: Collection<ApiSubscription, SubscriptionExtra> = {
  name: "subscription",
  noun: "subscription",
  lists: (subscription) => [
    ["subscriptions"],
    ["subscriptions_by_customer", subscription.customer],
    ...(isLive(subscription)
      ? [
        ["subscriptions_live"],
        ["subscriptions_live_by_customer", subscription.customer],
      ]
      : []),
  ],
};

/** `releasesEarly`: the subscription is released when the last phase starts. */
type ScheduleExtra = { releasesEarly: boolean };
export const SCHEDULE: Collection<ApiSchedule, ScheduleExtra> = {
  name: "subscription_schedule",
  noun: "subscription schedule",
  lists: ({ customer }) => [["schedules"], ["schedules_by_customer", customer]],
};

export const INVOICE_ITEM: Collection<ApiInvoiceItem> = {
  name: "invoiceitem",
  noun: "invoiceitem",
  lists: ({ customer, invoice }) => [
    ["invoiceitems"],
    ["invoiceitems_by_customer", customer],
    ...(invoice === null ? [["invoiceitems_pending", customer]] : []),
  ],
};

export const PAYMENT_INTENT: Collection<ApiPaymentIntent> = {
  name: "payment_intent",
  noun: "payment_intent",
  lists: ({ customer }) => [
    ["payment_intents"],
    ...(customer === null ? [] : [["payment_intents_by_customer", customer]]),
  ],
};

export const CHARGE: Collection<ApiCharge> = {
  name: "charge",
  noun: "charge",
  lists: ({ customer, payment_intent: intent }) => [
    ["charges"],
    ["charges_by_payment_intent", intent],
    ...(customer === null ? [] : [["charges_by_customer", customer]]),
  ],
};

export const BALANCE_TRANSACTION: Collection<
  Stripe.BalanceTransaction & { source: string }
> = {
  name: "balance_transaction",
  noun: "balance transaction",
  lists: ({ source }) => [
    ["balance_transactions"],
    ["balance_transactions_by_source", source],
  ],
};

/** The pending outcome of a refund. `atSec` is in the customer's time. */
export interface Settlement {
  atSec: number;
  status: "failed" | "succeeded";
}

export const REFUND: Collection<ApiRefund, Settlement | null> = {
  name: "refund",
  noun: "refund",
  lists: ({ charge, customer, payment_intent: intent }, settlement) => [
    ["refunds"],
    ["refunds_by_charge", charge],
    ["refunds_by_payment_intent", intent],
    ...(settlement === null || typeof customer !== "string"
      ? []
      : [["refunds_moving"], ["refunds_moving_by_customer", customer]]),
  ],
};

export interface DisputeExtra {
  /** The customer whose billing owns the dispute; a guest's payment has no `customer`. */
  customer: string;
  /** The bank's pending decision; `null` after it, or before evidence was submitted. */
  ruling: { atSec: number; status: "lost" | "won" } | null;
}

export const DISPUTE: Collection<ApiDispute, DisputeExtra> = {
  name: "dispute",
  noun: "dispute",
  lists: (
    { charge, payment_intent: intent },
    { customer, ruling },
  ) => [
    ["disputes"],
    ["disputes_by_charge", charge],
    ["disputes_by_payment_intent", intent],
    ...(ruling === null
      ? []
      : [["disputes_moving"], ["disputes_moving_by_customer", customer]]),
  ],
};

export const INVOICE_PAYMENT: Collection<ApiInvoicePayment> = {
  name: "invoice_payment",
  noun: "invoice payment",
  lists: ({ invoice, payment }) => [
    ["invoice_payments"],
    ["invoice_payments_by_invoice", invoice],
    ["invoice_payments_by_payment_intent", payment.payment_intent],
  ],
};

export const TEST_CLOCK: Collection<ApiTestClock> = {
  name: "test_helpers.test_clock",
  noun: "billingclock",
  lists: ({ status }) => [
    ["test_clocks"],
    ...(status === "advancing" ? [["test_clocks_advancing"]] : []),
  ],
};

export type StoredSubscription = StoredObject<
  ApiSubscription,
  SubscriptionExtra
>;

export type StoredDispute = StoredObject<ApiDispute, DisputeExtra>;

export type StoredInvoice = StoredObject<ApiInvoice, InvoiceExtra>;

export type StoredPaymentMethod = StoredObject<
  ApiPaymentMethod,
  PaymentMethodExtra
>;
