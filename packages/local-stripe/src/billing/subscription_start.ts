import { invalidRequest } from "../api/errors.ts";
import { CUSTOMER, SUBSCRIPTION } from "../store/schema.ts";
import type { BillingTransaction } from "./transaction.ts";
import { paymentProblem } from "./card_charge.ts";
import { type Attempt, chooseMethod } from "./payment_collection.ts";
import { draftInvoice, finalizeInvoice } from "./invoice_lifecycle.ts";
import { debitOf, type Entry, periodEntry } from "./invoice_lines.ts";
import { readRecurring, type RecurringPrice } from "./recurring_prices.ts";
import { bill } from "./invoice_settlement.ts";
import {
  newItem,
  newSubscription,
  newSubscriptionExtra,
} from "./subscription_objects.ts";
import { boundary, DAY_SEC } from "./periods.ts";
import type { ApiSubscription } from "../api/api_types.ts";

/** What to do about a payment that does not go through. */
export type PaymentBehavior =
  /** Go on, with a subscription that waits for it. */
  | "allow_incomplete"
  /** Do not try: leave it to the client. */
  | "default_incomplete"
  /** Do nothing at all, and say why. */
  | "error_if_incomplete";

/** A new subscription. */
export interface Start {
  items: {
    price: string;
    quantity?: number;
    metadata?: Record<string, string>;
  }[];
  /** When its trial ends, in seconds of the customer's time. */
  trialEndSec?: number;
  defaultPaymentMethod?: string;
  description?: string;
  metadata?: Record<string, string>;
  missingPaymentMethod?: "cancel" | "create_invoice" | "pause";
  paymentBehavior?: PaymentBehavior;
  /** The cardholder has just confirmed the first payment with the bank. */
  authenticated?: boolean;
}

/** A trial's end is told of this long before it. */
export const WARNING_SEC = 3 * DAY_SEC;
const MAX_ITEMS = 20;

/** Begins a subscription: its first invoice is finalized, and paid if it can be. */
export async function start(
  transaction: BillingTransaction,
  request: Start,
): Promise<ApiSubscription> {
  const prices = await readPrices(transaction, request);
  const draft = await draftSubscription(transaction, request, prices);
  const { object, entries } = draft;
  const extra = {
    ...newSubscriptionExtra(),
    debits: entries.map(debitOf),
    trialWarned: endsSoon(object, transaction.nowSec),
  };
  transaction.insert(SUBSCRIPTION, object, extra);
  for (const { id } of object.items.data) {
    transaction.point(["subscription_item", id], object.id);
  }
  await payFirst(transaction, { request, subscription: object, entries });
  const { object: begun } = await transaction.need(SUBSCRIPTION, object.id);
  transaction.emitCreated("customer.subscription.created", begun);
  if (extra.trialWarned) {
    transaction.emit("customer.subscription.trial_will_end", begun);
  }
  return begun;
}

async function readPrices(
  transaction: BillingTransaction,
  { items }: Start,
): Promise<RecurringPrice[]> {
  if (items.length < 1 || items.length > MAX_ITEMS) {
    throw invalidRequest(`A subscription has 1 to ${MAX_ITEMS} items.`, {
      param: "items",
    });
  }
  const prices = await Promise.all(
    items.map(({ price }, place) =>
      readRecurring(transaction.context, {
        id: price,
        param: `items[${place}][price]`,
      })
    ),
  );
  checkPrices(prices);
  const [first] = prices;
  if (first) await checkCurrency(transaction, first.currency);
  return prices;
}

/** @throws {ApiError} 400 for a price that is there twice, or two currencies. */
export function checkPrices(
  prices: readonly { id: string; currency: string }[],
): void {
  if (new Set(prices.map(({ id }) => id)).size < prices.length) {
    throw invalidRequest(
      "A price can be there only once on a subscription: use its quantity instead.",
      { param: "items" },
    );
  }
  if (new Set(prices.map(({ currency }) => currency)).size > 1) {
    throw invalidRequest("The prices of a subscription share one currency.", {
      param: "items",
    });
  }
}

// A balance and pending items are of one currency, so that all of a customer's billing is.
async function checkCurrency(
  transaction: BillingTransaction,
  currency: string,
): Promise<void> {
  const list = ["subscriptions_live_by_customer", transaction.customerId];
  const others = await transaction.all(SUBSCRIPTION, list);
  const other = others.find(({ object }) => object.currency !== currency);
  if (other === undefined) return;
  throw invalidRequest(
    `You cannot combine currencies on a single customer. This customer has a subscription in ${other.object.currency}.`,
    { param: "items" },
  );
}

async function draftSubscription(
  transaction: BillingTransaction,
  request: Start,
  prices: RecurringPrice[],
): Promise<{ object: ApiSubscription; entries: Entry[] }> {
  const { nowSec } = transaction;
  const currency = prices[0]?.currency ?? "usd";
  const customer = await transaction.customer();
  transaction.change(CUSTOMER, { ...customer, currency });
  const blank = newSubscription(customer, { currency, createdSec: nowSec });
  const object = withTrial(withWishes(blank, request), request, nowSec);
  const data = prices.map((price, place) => {
    const { metadata = {}, quantity = 1 } = request.items[place] ?? {};
    const endSec = object.trial_end ?? boundary(nowSec, price.recurring, 1);
    const period = { startSec: nowSec, endSec };
    const of = { price, quantity, metadata, createdSec: nowSec, period };
    return newItem(object.id, of);
  });
  const trial = object.trial_end !== null;
  const entries = await Promise.all(
    data.map((item) => periodEntry(transaction.context, item, { trial })),
  );
  return { entries, object: { ...object, items: { ...object.items, data } } };
}

function withWishes(
  blank: ApiSubscription,
  request: Start,
): ApiSubscription {
  const missing = request.missingPaymentMethod ?? "create_invoice";
  return {
    ...blank,
    default_payment_method: request.defaultPaymentMethod ?? null,
    description: request.description ?? null,
    metadata: request.metadata ?? {},
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: missing,
      },
    },
  };
}

function withTrial(
  object: ApiSubscription,
  { trialEndSec: end }: Start,
  nowSec: number,
): ApiSubscription {
  if (end === undefined || end <= nowSec) return object;
  return {
    ...object,
    billing_cycle_anchor: end,
    trial_end: end,
    trial_start: nowSec,
  };
}

function endsSoon({ trial_end: end }: ApiSubscription, nowSec: number) {
  return end !== null && end - nowSec <= WARNING_SEC;
}

async function payFirst(
  transaction: BillingTransaction,
  of: { request: Start; subscription: ApiSubscription; entries: Entry[] },
): Promise<void> {
  const { request, subscription, entries } = of;
  const draft = await draftInvoice(transaction, {
    reason: "subscription_create",
    currency: subscription.currency,
    entries,
    subscription,
    takesPending: true,
    advances: false,
  });
  transaction.change(SUBSCRIPTION, {
    ...subscription,
    latest_invoice: draft.id,
  });
  const behavior = request.paymentBehavior ?? "allow_incomplete";
  if (behavior === "default_incomplete" && draft.amount_due > 0) {
    await finalizeInvoice(transaction, draft);
    return;
  }
  if (draft.amount_due > 0) await needMethod(transaction, draft);
  const { attempt } = await bill(transaction, draft, {
    authenticated: request.authenticated ?? false,
    // The first payment is the client's to bring about, within 23 hours.
    retries: false,
  });
  if (behavior === "error_if_incomplete") {
    refuseFailed(attempt, "subscription_payment_intent_requires_action");
  }
}

async function needMethod(
  transaction: BillingTransaction,
  invoice: Parameters<typeof chooseMethod>[1],
): Promise<void> {
  if (await chooseMethod(transaction, invoice) !== null) return;
  throw invalidRequest(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
    { code: "resource_missing" },
  );
}

/** @throws {ApiError} 402 when an attempt to be paid has failed. */
export function refuseFailed(attempt: Attempt, actionCode: string): void {
  if (attempt.result === "succeeded") return;
  if (attempt.result === "no_method") {
    throw invalidRequest("The customer has no payment method to charge.", {
      code: "resource_missing",
    });
  }
  throw paymentProblem(attempt, actionCode);
}
