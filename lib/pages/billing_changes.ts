import { hasSubscription } from "@/lib/billing/subscription.ts";
import type {
  ScheduledChange,
  Subscription,
} from "@/lib/store/subscriptions.ts";

/** A change of an organization's billing, as the page tells it. */
export type BillingChange =
  /** A subscription began. */
  | { kind: "started"; plan: string | null }
  | {
    kind: "plan_changed";
    plan: string | null;
    interval: "month" | "year" | null;
  }
  | { kind: "interval_changed"; interval: "month" | "year" | null }
  | { kind: "change_scheduled"; plan: string | null; next: ScheduledChange }
  | { kind: "change_undone"; plan: string | null }
  | { kind: "ends"; plan: string | null; atMs: number }
  /** The subscription has ended. */
  | { kind: "ended"; plan: string | null }
  /** A scheduled cancellation or a pause was undone. */
  | { kind: "resumed"; plan: string | null }
  | { kind: "paused"; plan: string | null }
  /** A payment that was due or had failed went through. */
  | { kind: "paid"; plan: string | null }
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
  if (before.plan !== plan) return { kind: "plan_changed", plan, interval };
  if (before.interval !== interval) {
    return { kind: "interval_changed", interval };
  }
  if (cancelAtMs !== null && cancelAtMs !== before.cancelAtMs) {
    return { kind: "ends", plan, atMs: cancelAtMs };
  }
  if (scheduled !== null && !isSame(scheduled, before.scheduled)) {
    return { kind: "change_scheduled", plan, next: scheduled };
  }
  return undoneChange(before, after);
}

function undoneChange(
  before: Subscription,
  { plan, scheduled, cancelAtMs, status }: Subscription,
): BillingChange | null {
  if (status === "paused" && before.status !== "paused") {
    return { kind: "paused", plan };
  }
  const resumes = cancelAtMs === null && before.cancelAtMs !== null ||
    before.status === "paused" && status !== "paused";
  if (resumes) return { kind: "resumed", plan };
  const paid = ["active", "trialing"].includes(status) &&
    ["incomplete", "past_due", "unpaid"].includes(before.status);
  if (paid) return { kind: "paid", plan };
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
