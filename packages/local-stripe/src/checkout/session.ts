import type Stripe from "stripe";
import type { Context } from "../context.ts";
import { PRICE } from "../store/schema.ts";
import type { ListOf } from "../api/pagination.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import type { ApiPrice } from "../api/api_types.ts";

type Session = Stripe.Checkout.Session;
/** Sent only for sessions that ask for them, or when expanded. */
type Left =
  | "branding_settings"
  | "excluded_payment_method_types"
  | "line_items"
  | "name_collection"
  | "optional_items"
  | "phone_number_collection"
  | "presentment_details"
  | "redirect_on_completion"
  | "return_url"
  | "tax_id_collection";

type References = "customer" | "invoice" | "payment_intent" | "subscription";
/** A Checkout session as the API sends it, references as ids. */
export type ApiCheckoutSession =
  & Required<Omit<Session, Left | References | "currency_conversion">>
  & Record<References, string | null>
  & { currency_conversion: null; excluded_payment_method_types?: string[] };

/** A line of a session; the price is read when the line is shown. */
export type ApiLineItem = Omit<Stripe.LineItem, "price"> & {
  price: ApiPrice | null;
};

/** What is sold, settled when the session is made. */
export interface Line {
  id: string;
  price: string;
  quantity: number;
  amountMinor: number;
  /** What a coupon takes off that; absent without one. */
  discountMinor?: number;
  currency: string;
  description: string;
  recurring: boolean;
  metadata: Record<string, string>;
}

/** What the subscription is to be made with. */
export interface SubscriptionTerms {
  description?: string;
  metadata?: Record<string, string>;
  trialEndSec?: number;
  trialPeriodDays?: number;
  missingPaymentMethod?: "cancel" | "create_invoice" | "pause";
}

/** What the payment is to be made with. */
export interface PaymentTerms {
  description?: string;
  metadata?: Record<string, string>;
  setupFutureUsage?: "off_session" | "on_session";
}

/** A card whose bank is being asked; it is nobody's until the bank has agreed. */
export interface Pending {
  method: string;
  payer: Payer;
}

/** A bank has been asked for the money, and takes its time. */
export interface Debit {
  /** When it answers, in seconds of the customer's time; `null` for one that never does. */
  dueSec: number | null;
  succeeds: boolean;
}

/** Who pays, as typed on the page. */
export interface Payer {
  email: string;
  name: string;
  country: string;
}

/** What only this stand-in knows of a session. */
export interface CheckoutExtra {
  secret: string;
  lines: Line[];
  subscription: SubscriptionTerms | null;
  payment: PaymentTerms | null;
  pending: Pending | null;
  debit: Debit | null;
  /** Why the latest attempt to pay failed, for the page that comes after the bank's. */
  failure: string | null;
  /** The terms of the customer's details: which of them the page may overwrite. */
  customerUpdate: { address: boolean; name: boolean };
}

export type StoredSession = StoredObject<ApiCheckoutSession, CheckoutExtra>;

export const CHECKOUT_SESSION: Collection<ApiCheckoutSession, CheckoutExtra> = {
  name: "checkout.session",
  noun: "checkout.session",
  lists: ({ customer, status }, { debit }) => [
    ["checkout_sessions"],
    ...(customer === null ? [] : [["checkout_sessions_by_customer", customer]]),
    ...(status === "open" ? [["checkout_sessions_open"]] : []),
    ...(debit && customer !== null ? [["checkout_debits", customer]] : []),
  ],
};

/** The session with the address that it has now: only while it is open, and never stored. */
export function presentSession(
  context: Context,
  { object, extra }: Pick<StoredSession, "object" | "extra">,
): ApiCheckoutSession {
  const link = `${context.pagesUrl}/c/pay/${extra.secret}`;
  const { after_expiration: after, status } = object;
  const recovery = after?.recovery && {
    ...after.recovery,
    url: after.recovery.expires_at === null ? null : link,
  };
  return {
    ...object,
    after_expiration: after && { recovery: recovery ?? null },
    url: status === "open" ? link : null,
  };
}

/** Lines as the API shows them. */
export async function lineItemsOf(
  context: Context,
  stored: StoredSession,
): Promise<ListOf<ApiLineItem>> {
  const trial = hasTrial(stored.extra.subscription);
  const data = await Promise.all(
    stored.extra.lines.map((line) => lineItemOf(context, line, trial)),
  );
  return {
    object: "list",
    data,
    has_more: false,
    url: `/v1/checkout/sessions/${stored.object.id}/line_items`,
  };
}

async function lineItemOf(
  { store }: Context,
  line: Line,
  trial: boolean,
): Promise<ApiLineItem> {
  const amountMinor = trial && line.recurring ? 0 : line.amountMinor;
  const { discountMinor = 0 } = line;
  return {
    id: line.id,
    object: "item",
    adjustable_quantity: null,
    amount_discount: discountMinor,
    amount_subtotal: amountMinor,
    amount_tax: 0,
    amount_total: amountMinor - discountMinor,
    currency: line.currency,
    description: line.description,
    metadata: line.metadata,
    price: (await store.get(PRICE, line.price))?.object ?? null,
    quantity: line.quantity,
  };
}

/** What is to pay now: nothing of what recurs, while there is a trial first. */
export function dueTodayMinor({ extra }: Pick<StoredSession, "extra">): number {
  const trial = hasTrial(extra.subscription);
  return extra.lines.filter(({ recurring }) => !(trial && recurring))
    .reduce((sum, line) => sum + line.amountMinor, 0) -
    discountMinor({ extra });
}

/** What a coupon takes off. */
export function discountMinor({ extra }: Pick<StoredSession, "extra">): number {
  return extra.lines.reduce((sum, line) => sum + (line.discountMinor ?? 0), 0);
}

/** Whether the subscription begins with a trial. */
export function hasTrial(terms: SubscriptionTerms | null): boolean {
  return terms !== null &&
    (terms.trialEndSec !== undefined || terms.trialPeriodDays !== undefined);
}

/** Whether the page asks how to pay. */
export function asksForMethod(stored: Pick<StoredSession, "object" | "extra">) {
  return stored.object.payment_method_collection !== "if_required" ||
    dueTodayMinor(stored) > 0;
}

/** Nobody becomes a customer by a payment that nothing is kept of; an order of nothing has one. */
export function isGuest(
  { object, extra }: Pick<StoredSession, "object" | "extra">,
) {
  return dueTodayMinor({ extra }) > 0 && object.mode === "payment" &&
    object.customer === null &&
    object.customer_creation !== "always" &&
    !object.invoice_creation?.enabled && !extra.payment?.setupFutureUsage;
}
