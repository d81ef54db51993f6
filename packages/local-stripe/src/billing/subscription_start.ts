import { invalidRequest } from "../api/errors.ts";
import { CUSTOMER, type Redemption, SUBSCRIPTION } from "../store/schema.ts";
import type { BillingTransaction } from "./transaction.ts";
import { paymentProblem } from "./card_charge.ts";
import {
  type Attempt,
  type ChargeOptions,
  chooseMethod,
} from "./payment_collection.ts";
import { draftForSubscription, finalizeInvoice } from "./invoice_lifecycle.ts";
import {
  addDiscount,
  type DiscountTerms,
  replaceDiscounts,
} from "./discounts.ts";
import { automaticTax } from "./subscription_objects.ts";
import { debitOf, type Entry, periodEntry } from "./invoice_lines.ts";
import { readRecurring, type RecurringPrice } from "./recurring_prices.ts";
import { bill } from "./invoice_settlement.ts";
import {
  newItem,
  newSubscription,
  newSubscriptionExtra,
  withItems,
} from "./subscription_objects.ts";
import { boundary, DAY_SEC } from "./periods.ts";
import type { ApiInvoice, ApiSubscription } from "../api/api_types.ts";

/** The effect of a failed payment. */
export type PaymentBehavior =
  /** Creates an incomplete subscription, or marks a running one past due. */
  | "allow_incomplete"
  /** Leaves the payment to the client. */
  | "default_incomplete"
  /** Refuses the request with 402. */
  | "error_if_incomplete";

/** The terms of a new subscription. */
export interface Start {
  items: {
    price: string;
    quantity?: number;
    metadata?: Record<string, string>;
  }[];
  /** The end of the trial, in seconds of the customer's time. */
  trialEndSec?: number;
  defaultPaymentMethod?: string;
  description?: string;
  metadata?: Record<string, string>;
  missingPaymentMethod?: "cancel" | "create_invoice" | "pause";
  paymentBehavior?: PaymentBehavior;
  /** The cardholder has just authenticated the first payment. */
  authenticated?: boolean;
  /** The coupon of the Checkout session. */
  redemption?: Redemption;
  /** The coupons of an API request. */
  redeems?: DiscountTerms[];
  automaticTax?: boolean;
  /** The Checkout session that creates it. */
  session?: string;
}

/** How long before a trial ends `trial_will_end` is sent. */
export const WARNING_SEC = 3 * DAY_SEC;
const MAX_ITEMS = 20;

/**
 * Creates a subscription, finalizes its first invoice and pays it, unless `paymentBehavior` leaves
 * the payment to the client.
 *
 * @throws {ApiError} 400 for invalid prices or without a payment method; 402 if the payment has to
 * succeed and fails.
 */
export async function start(
  tx: BillingTransaction,
  request: Start,
): Promise<ApiSubscription> {
  const prices = await readPrices(tx, request);
  const draft = await draftSubscription(tx, request, prices);
  const { entries } = draft;
  const object = await withDiscounts(tx, request, draft.object);
  const extra = {
    ...newSubscriptionExtra(),
    debits: entries.map(debitOf),
    trialWarned: endsSoon(object, tx.nowSec),
  };
  tx.insert(SUBSCRIPTION, object, extra);
  for (const { id } of object.items.data) {
    tx.point(["subscription_item", id], object.id);
  }
  await payFirst(tx, { request, subscription: object, entries });
  const { object: begun } = await tx.need(SUBSCRIPTION, object.id);
  tx.emitCreated("customer.subscription.created", begun);
  if (extra.trialWarned) {
    tx.emit("customer.subscription.trial_will_end", begun);
  }
  return begun;
}

async function withDiscounts(
  tx: BillingTransaction,
  { redeems = [], redemption, session }: Start,
  subscription: ApiSubscription,
): Promise<ApiSubscription> {
  if (redemption === undefined) {
    const discounts = await replaceDiscounts(tx, subscription, redeems);
    return { ...subscription, discounts };
  }
  const { object } = await addDiscount(tx, redemption, {
    checkout_session: session ?? null,
    subscription: subscription.id,
  });
  return { ...subscription, discounts: [object.id] };
}

async function readPrices(
  tx: BillingTransaction,
  { items }: Start,
): Promise<RecurringPrice[]> {
  if (items.length < 1 || items.length > MAX_ITEMS) {
    throw invalidRequest(`A subscription has 1 to ${MAX_ITEMS} items.`, {
      param: "items",
    });
  }
  const prices = await Promise.all(
    items.map(({ price }, place) =>
      readRecurring(tx.context, { id: price, param: `items[${place}][price]` })
    ),
  );
  checkPrices(prices);
  const [first] = prices;
  if (first) await checkCurrency(tx, first.currency);
  return prices;
}

/** @throws {ApiError} 400 for a duplicate price, or prices in different currencies. */
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

// The balance and the pending items of a customer have one currency, so subscriptions share it.
async function checkCurrency(tx: BillingTransaction, currency: string) {
  const list = ["subscriptions_live_by_customer", tx.customerId];
  const others = await tx.all(SUBSCRIPTION, list);
  const other = others.find(({ object }) => object.currency !== currency);
  if (other === undefined) return;
  throw invalidRequest(
    `You cannot combine currencies on a single customer. This customer has a subscription in ${other.object.currency}.`,
    { param: "items" },
  );
}

async function draftSubscription(
  tx: BillingTransaction,
  request: Start,
  prices: RecurringPrice[],
): Promise<{ object: ApiSubscription; entries: Entry[] }> {
  const { nowSec: createdSec } = tx;
  const currency = prices[0]?.currency ?? "usd";
  const customer = await tx.customer();
  tx.change(CUSTOMER, { ...customer, currency });
  const object = {
    ...newSubscription(customer, { currency, createdSec }),
    ...membersOf(request, createdSec),
  };
  const data = prices.map((price, place) => {
    const { metadata = {}, quantity = 1 } = request.items[place] ?? {};
    const endSec = object.trial_end ?? boundary(createdSec, price.recurring, 1);
    const period = { startSec: createdSec, endSec };
    return newItem(object.id, {
      price,
      quantity,
      metadata,
      createdSec,
      period,
    });
  });
  const trial = object.trial_end !== null;
  const entries = await Promise.all(
    data.map((item) => periodEntry(tx.context, item, { trial })),
  );
  return { entries, object: withItems(object, data) };
}

function membersOf(request: Start, nowSec: number) {
  const { trialEndSec = 0 } = request;
  return {
    ...(request.automaticTax && { automatic_tax: automaticTax(true) }),
    default_payment_method: request.defaultPaymentMethod ?? null,
    description: request.description ?? null,
    metadata: request.metadata ?? {},
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: request.missingPaymentMethod ??
          "create_invoice",
      },
    },
    ...(trialEndSec > nowSec &&
      {
        billing_cycle_anchor: trialEndSec,
        trial_end: trialEndSec,
        trial_start: nowSec,
      }),
  };
}

function endsSoon({ trial_end: end }: ApiSubscription, nowSec: number) {
  return end !== null && end - nowSec <= WARNING_SEC;
}

async function payFirst(
  tx: BillingTransaction,
  of: { request: Start; subscription: ApiSubscription; entries: Entry[] },
) {
  const { request, subscription, entries } = of;
  const draft = await draftForSubscription(tx, subscription, {
    entries,
    reason: "subscription_create",
  });
  const { authenticated = false, paymentBehavior } = request;
  if (paymentBehavior !== "default_incomplete" && draft.amount_due > 0) {
    await needMethod(tx, draft);
  }
  // The client has 23 hours to complete the first payment.
  const options = { authenticated, retries: false };
  await payDraft(tx, draft, { paymentBehavior, ...options });
}

async function needMethod(tx: BillingTransaction, invoice: ApiInvoice) {
  if (await chooseMethod(tx, invoice) !== null) return;
  throw invalidRequest(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
    { code: "resource_missing" },
  );
}

/**
 * Finalizes the draft of a subscription and pays it, unless `default_incomplete` leaves that to
 * the client.
 *
 * @throws {ApiError} 402 if the payment fails and `paymentBehavior` is `error_if_incomplete`.
 */
export async function payDraft(
  tx: BillingTransaction,
  draft: ApiInvoice,
  { paymentBehavior: behavior, ...options }: ChargeOptions & {
    paymentBehavior: PaymentBehavior | undefined;
  },
): Promise<void> {
  if (behavior === "default_incomplete" && draft.amount_due > 0) {
    await finalizeInvoice(tx, draft);
    return;
  }
  const advancing = { ...draft, auto_advance: options.retries };
  const { attempt } = await bill(tx, advancing, options);
  if (behavior === "error_if_incomplete") {
    refuseFailed(attempt, "subscription_payment_intent_requires_action");
  }
}

/** @throws {ApiError} 402 if the attempt has failed; 400 without a payment method. */
export function refuseFailed(attempt: Attempt, actionCode: string): void {
  if (attempt.result === "succeeded") return;
  if (attempt.result === "no_method") {
    throw invalidRequest("The customer has no payment method to charge.", {
      code: "resource_missing",
    });
  }
  throw paymentProblem(attempt, actionCode);
}
