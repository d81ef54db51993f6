import type Stripe from "stripe";

import {
  type ScheduledChange,
  type Subscription,
  SUBSCRIPTION_STATUSES,
  type SubscriptionInvoice,
  type SubscriptionStatus,
} from "@/lib/store/subscriptions.ts";
import type { Choice, Prices } from "./plans.ts";
import { choiceById, choiceOf } from "./prices.ts";
import { idOf } from "./stripe_client.ts";

/**
 * Picks a customer's current subscription: a paid one, else one that has not
 * ended, else an ended one. The newest wins among equals.
 *
 * @returns Null if there are no subscriptions.
 */
export function currentSubscription(
  subscriptions: readonly Stripe.Subscription[],
): Stripe.Subscription | null {
  const ranked = subscriptions.toSorted((a, b) =>
    rank(a) - rank(b) || b.created - a.created || (a.id < b.id ? 1 : -1)
  );
  return ranked[0] ?? null;
}

const RANKS: Record<SubscriptionStatus, number> = {
  active: 0,
  trialing: 0,
  past_due: 0,
  unpaid: 1,
  paused: 1,
  incomplete: 1,
  canceled: 2,
  incomplete_expired: 2,
};

function rank(subscription: Stripe.Subscription): number {
  return RANKS[statusOf(subscription)];
}

/** Narrows Stripe's open type: this API version has no other statuses. */
function statusOf({ status }: Stripe.Subscription): SubscriptionStatus {
  const known = SUBSCRIPTION_STATUSES.find((one) => one === status);
  if (known === undefined) {
    throw new TypeError("Unknown subscription status");
  }
  return known;
}

/**
 * Maps a Stripe subscription to its stored form, which has plain values only.
 * The payment method, the customer, the schedule and the latest invoice must be
 * expanded.
 *
 * @throws {TypeError} If the subscription has no items, which Stripe does not
 * allow, or an unknown status.
 * @see Stripe's API reference, Subscription: the items have the period ends. A
 * scheduled cancellation is `cancel_at`, or `cancel_at_period_end` in the
 * classic billing mode.
 */
export function toSubscription(
  subscription: Stripe.Subscription,
  { prices, readAtMs, openInvoice = null }: {
    prices: Prices;
    readAtMs: number;
    /** An open invoice other than the latest. */
    openInvoice?: Stripe.Invoice | null;
  },
): Subscription {
  const item = planItem(subscription, prices);
  const choice = choiceOf(prices, item.price);
  const { latest_invoice: invoice } = subscription;
  return {
    stripeCustomerId: idOf(subscription.customer),
    id: subscription.id,
    itemId: item.id,
    status: statusOf(subscription),
    ...planOf(choice),
    price: {
      id: item.price.id,
      amountMinor: item.price.unit_amount,
      currency: item.price.currency,
    },
    ...quantityOf(item),
    currentPeriodEndMs: periodEndSec(subscription) * 1000,
    cancelAtMs: toMs(cancelAtSec(subscription)),
    trialEndMs: toMs(subscription.trial_end),
    scheduled: scheduledChange(subscription, prices),
    paymentMethod: paymentMethodOf(subscription),
    latestInvoiceId: invoice === null ? null : idOf(invoice),
    invoice: invoiceOf(openInvoice ?? invoice),
    endReason: subscription.cancellation_details?.reason ?? null,
    readAtMs,
  };
}

/** Operators may add other items to a subscription in the Dashboard. */
function planItem(
  { items }: Stripe.Subscription,
  prices: Prices,
): Stripe.SubscriptionItem {
  const item = items.data.find(({ price }) => {
    const choice = choiceOf(prices, price);
    return choice !== null && "plan" in choice;
  }) ?? items.data[0];
  if (item === undefined) throw new TypeError("A subscription has no items");
  return item;
}

/** Operators may sell several units in the Dashboard. */
function quantityOf(
  { quantity = 1 }: Stripe.SubscriptionItem,
): Pick<Subscription, "quantity"> {
  return quantity === 1 ? {} : { quantity };
}

function planOf(
  choice: Choice | null,
): Pick<Subscription, "plan" | "interval"> {
  if (choice === null || "credits" in choice) {
    return { plan: null, interval: null };
  }
  return choice;
}

function periodEndSec({ items }: Stripe.Subscription): number {
  return Math.max(...items.data.map((item) => item.current_period_end));
}

function cancelAtSec(subscription: Stripe.Subscription): number | null {
  const { cancel_at, ended_at, cancel_at_period_end } = subscription;
  if (ended_at !== null) return ended_at;
  return cancel_at ??
    (cancel_at_period_end ? periodEndSec(subscription) : null);
}

function toMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

function scheduledChange(
  { schedule }: Stripe.Subscription,
  prices: Prices,
): ScheduledChange | null {
  if (schedule === null || typeof schedule === "string") return null;
  const endSec = schedule.current_phase?.end_date ?? 0;
  const next = schedule.phases
    .filter((phase) => phase.start_date >= endSec)
    .toSorted((a, b) => a.start_date - b.start_date)[0];
  const price = next?.items[0]?.price;
  if (next === undefined || price === undefined) return null;
  const choice = choiceById(prices, idOf(price));
  return { ...planOf(choice), atMs: next.start_date * 1000 };
}

function invoiceOf(
  invoice: string | Stripe.Invoice | null,
): SubscriptionInvoice | null {
  if (invoice === null || typeof invoice === "string") return null;
  return {
    id: idOf(invoice),
    number: invoice.number,
    createdAtMs: invoice.created * 1000,
    isOpen: invoice.status === "open",
    amountDueMinor: invoice.amount_remaining,
    amountPaidMinor: invoice.amount_paid,
    currency: invoice.currency,
    retryAtMs: toMs(invoice.next_payment_attempt),
  };
}

/**
 * Reports whether the subscription may have an open invoice besides its latest:
 * renewals of an unpaid subscription stay drafts.
 */
export function mayOweEarlierInvoice(
  { status, latest_invoice, cancellation_details }: Stripe.Subscription,
): boolean {
  const failed = status === "past_due" || status === "unpaid" ||
    status === "canceled" && cancellation_details?.reason === "payment_failed";
  return failed && latest_invoice !== null &&
    typeof latest_invoice !== "string" && latest_invoice.status !== "open";
}

/** Stripe prefers the subscription's payment method to the customer's. */
function paymentMethodOf(
  { default_payment_method: own, customer }: Stripe.Subscription,
): Subscription["paymentMethod"] {
  const fallback = typeof customer === "string" || customer.deleted
    ? null
    : customer.invoice_settings.default_payment_method;
  return toPaymentMethod(own ?? fallback);
}

/** @param method An expanded payment method, or null. */
export function toPaymentMethod(
  method: string | Stripe.PaymentMethod | null,
): Subscription["paymentMethod"] {
  if (method === null || typeof method === "string") return null;
  const { card, type, sepa_debit: sepa, us_bank_account: bank } = method;
  return {
    brand: card?.brand ?? type,
    last4: (card ?? sepa ?? bank)?.last4 ?? null,
  };
}
