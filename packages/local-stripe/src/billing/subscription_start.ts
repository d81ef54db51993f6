import { invalidRequest } from "../api/errors.ts";
import { CUSTOMER, SUBSCRIPTION } from "../store/schema.ts";
import type { Books } from "./transaction.ts";
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
import type { WireSubscription } from "../api/api_types.ts";

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
  books: Books,
  request: Start,
): Promise<WireSubscription> {
  const prices = await readPrices(books, request);
  const draft = await draftSubscription(books, request, prices);
  const { object, entries } = draft;
  const extra = {
    ...newSubscriptionExtra(),
    debits: entries.map(debitOf),
    trialWarned: endsSoon(object, books.nowSec),
  };
  books.insert(SUBSCRIPTION, object, extra);
  for (const { id } of object.items.data) {
    books.point(["subscription_item", id], object.id);
  }
  await payFirst(books, { request, subscription: object, entries });
  const { object: begun } = await books.need(SUBSCRIPTION, object.id);
  books.tellMade("customer.subscription.created", begun);
  if (extra.trialWarned) {
    books.tell("customer.subscription.trial_will_end", begun);
  }
  return begun;
}

async function readPrices(
  books: Books,
  { items }: Start,
): Promise<RecurringPrice[]> {
  if (items.length < 1 || items.length > MAX_ITEMS) {
    throw invalidRequest(`A subscription has 1 to ${MAX_ITEMS} items.`, {
      param: "items",
    });
  }
  const prices = await Promise.all(
    items.map(({ price }, place) =>
      readRecurring(books.context, {
        id: price,
        param: `items[${place}][price]`,
      })
    ),
  );
  checkPrices(prices);
  const [first] = prices;
  if (first) await checkCurrency(books, first.currency);
  return prices;
}

/** @throws {StripeProblem} 400 for a price that is there twice, or two currencies. */
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
async function checkCurrency(books: Books, currency: string): Promise<void> {
  const list = ["subscriptions_live_by_customer", books.customerId];
  const others = await books.all(SUBSCRIPTION, list);
  const other = others.find(({ object }) => object.currency !== currency);
  if (other === undefined) return;
  throw invalidRequest(
    `You cannot combine currencies on a single customer. This customer has a subscription in ${other.object.currency}.`,
    { param: "items" },
  );
}

async function draftSubscription(
  books: Books,
  request: Start,
  prices: RecurringPrice[],
): Promise<{ object: WireSubscription; entries: Entry[] }> {
  const { nowSec } = books;
  const currency = prices[0]?.currency ?? "usd";
  const customer = await books.customer();
  books.change(CUSTOMER, { ...customer, currency });
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
    data.map((item) => periodEntry(books.context, item, { trial })),
  );
  return { entries, object: { ...object, items: { ...object.items, data } } };
}

function withWishes(
  blank: WireSubscription,
  request: Start,
): WireSubscription {
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
  object: WireSubscription,
  { trialEndSec: end }: Start,
  nowSec: number,
): WireSubscription {
  if (end === undefined || end <= nowSec) return object;
  return {
    ...object,
    billing_cycle_anchor: end,
    trial_end: end,
    trial_start: nowSec,
  };
}

function endsSoon({ trial_end: end }: WireSubscription, nowSec: number) {
  return end !== null && end - nowSec <= WARNING_SEC;
}

async function payFirst(
  books: Books,
  of: { request: Start; subscription: WireSubscription; entries: Entry[] },
): Promise<void> {
  const { request, subscription, entries } = of;
  const draft = await draftInvoice(books, {
    reason: "subscription_create",
    currency: subscription.currency,
    entries,
    subscription,
    takesPending: true,
    advances: false,
  });
  books.change(SUBSCRIPTION, { ...subscription, latest_invoice: draft.id });
  const behavior = request.paymentBehavior ?? "allow_incomplete";
  if (behavior === "default_incomplete" && draft.amount_due > 0) {
    await finalizeInvoice(books, draft);
    return;
  }
  if (draft.amount_due > 0) await needMethod(books, draft);
  const { attempt } = await bill(books, draft, {
    authenticated: request.authenticated ?? false,
    // The first payment is the client's to bring about, within 23 hours.
    retries: false,
  });
  if (behavior === "error_if_incomplete") {
    refuseFailed(attempt, "subscription_payment_intent_requires_action");
  }
}

async function needMethod(
  books: Books,
  invoice: Parameters<typeof chooseMethod>[1],
): Promise<void> {
  if (await chooseMethod(books, invoice) !== null) return;
  throw invalidRequest(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
    { code: "resource_missing" },
  );
}

/** @throws {StripeProblem} 402 when an attempt to be paid has failed. */
export function refuseFailed(attempt: Attempt, actionCode: string): void {
  if (attempt.result === "succeeded") return;
  if (attempt.result === "no_method") {
    throw invalidRequest("The customer has no payment method to charge.", {
      code: "resource_missing",
    });
  }
  throw paymentProblem(attempt, actionCode);
}
