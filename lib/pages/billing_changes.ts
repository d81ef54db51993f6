import type { Money } from "@/lib/billing/money.ts";
import { hasSubscription } from "@/lib/billing/subscription.ts";
import type {
  ScheduledChange,
  Subscription,
} from "@/lib/store/subscriptions.ts";

/** A change of an organization's billing, for the page to show. */
export type BillingChange =
  /** A subscription began. */
  | { kind: "started"; plan: string | null }
  | {
    kind: "plan_changed";
    plan: string | null;
    interval: "month" | "year" | null;
    paid: Money | null;
  }
  | {
    kind: "interval_changed";
    interval: "month" | "year" | null;
    paid: Money | null;
  }
  | { kind: "change_scheduled"; plan: string | null; next: ScheduledChange }
  | { kind: "change_undone"; plan: string | null }
  | { kind: "ends"; plan: string | null; atMs: number }
  /** The subscription has ended. */
  | { kind: "ended"; plan: string | null }
  /** A scheduled cancellation or a pause was undone. */
  | { kind: "resumed"; plan: string | null }
  | { kind: "paused"; plan: string | null }
  /** A payment that was due or had failed went through. */
  | { kind: "paid"; plan: string | null; paid: Money | null }
  | {
    kind: "card_changed";
    paymentMethod: NonNullable<Subscription["paymentMethod"]>;
  };

/**
 * Compares the subscription before a visit to Stripe's pages with the current
 * one.
 *
 * @returns The changes, the most important first; empty if there are none.
 */
export function billingChanges(
  before: Subscription | null,
  after: Subscription | null,
): BillingChange[] {
  const change = subscriptionChange(before, after);
  const card = cardChange(before, after);
  return [change, card].filter((one) => one !== null);
}

function subscriptionChange(
  before: Subscription | null,
  after: Subscription | null,
): BillingChange | null {
  if (!hasSubscription(after)) {
    if (!hasSubscription(before)) return null;
    return { kind: "ended", plan: before.plan };
  }
  const { plan, interval, scheduled, cancelAtMs } = after;
  if (!hasSubscription(before) || before.id !== after.id) {
    return { kind: "started", plan };
  }
  const paid = paidSince(before, after);
  if (before.plan !== plan) {
    return { kind: "plan_changed", plan, interval, paid };
  }
  if (before.interval !== interval) {
    return { kind: "interval_changed", interval, paid };
  }
  if (cancelAtMs !== null && cancelAtMs !== before.cancelAtMs) {
    return { kind: "ends", plan, atMs: cancelAtMs };
  }
  if (scheduled !== null && !isSame(scheduled, before.scheduled)) {
    return { kind: "change_scheduled", plan, next: scheduled };
  }
  return undoneChange(before, after);
}

/** The amount of an invoice paid during the visit; null if nothing was paid. */
function paidSince(
  before: Subscription,
  { invoice }: Subscription,
): Money | null {
  if (!invoice || invoice.isOpen || invoice.amountPaidMinor === 0) return null;
  const known = before.invoice?.id ?? before.latestInvoiceId;
  if (invoice.id === known && !before.invoice?.isOpen) return null;
  return { amountMinor: invoice.amountPaidMinor, currency: invoice.currency };
}

function undoneChange(
  before: Subscription,
  after: Subscription,
): BillingChange | null {
  const { plan, scheduled, cancelAtMs, status } = after;
  if (status === "paused" && before.status !== "paused") {
    return { kind: "paused", plan };
  }
  const resumes = cancelAtMs === null && before.cancelAtMs !== null ||
    before.status === "paused" && status !== "paused";
  if (resumes) return { kind: "resumed", plan };
  const paid = ["active", "trialing"].includes(status) &&
    ["incomplete", "past_due", "unpaid"].includes(before.status);
  if (paid) return { kind: "paid", plan, paid: paidSince(before, after) };
  const undone = scheduled === null && before.scheduled !== null;
  return undone ? { kind: "change_undone", plan } : null;
}

function cardChange(
  before: Subscription | null,
  after: Subscription | null,
): BillingChange | null {
  const paymentMethod = after?.paymentMethod ?? null;
  if (before === null || paymentMethod === null) return null;
  return isSame(paymentMethod, before.paymentMethod)
    ? null
    : { kind: "card_changed", paymentMethod };
}

function isSame(one: object, other: object | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
