import {
  FREE_PLAN,
  type Interval,
  type Plan,
  type Prices,
} from "@/lib/billing/plans.ts";
import { allowsFlow } from "@/lib/billing/portal_flows.ts";
import { hasSubscription } from "@/lib/billing/subscription.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

/** The action that the plans page shows for a plan and an interval. */
export type PlanAction =
  /** The current plan; no action. */
  | { kind: "current" }
  /** Checkout. `trialDays` is 0 if there is no trial. */
  | { kind: "subscribe"; trialDays: number }
  /** Change the subscription, after a preview of the cost. */
  | { kind: "change"; timing: ChangeTiming }
  /** Pay the first invoice. */
  | { kind: "finish_payment" }
  /** Update the payment method. */
  | { kind: "fix_payment" }
  /** Resume a paused subscription. */
  | { kind: "resume" }
  /** Undo a scheduled cancellation. */
  | { kind: "keep"; endsAtMs: number }
  /** Undo a scheduled change to another plan. */
  | { kind: "undo"; changesAtMs: number }
  /** Cancel the subscription, to return to the free plan. */
  | { kind: "cancel" }
  /** Already scheduled; no action. */
  | { kind: "starts"; atMs: number }
  /** Not available for the given reason. */
  | { kind: "none"; obstacle: Obstacle };

/** Whether a change takes effect immediately or at the end of the period. */
type ChangeTiming = "now" | "period_end";

/** The reason why an organization cannot change its plan. */
export type Obstacle =
  | "payment_unfinished"
  | "payment_failed"
  | "paused"
  | "change_scheduled"
  | "ending"
  | "custom_plan"
  /** Stripe has not returned the plan's price. */
  | "prices_unknown";

/**
 * Returns the action that an organization is offered for a plan, based on its
 * stored subscription.
 *
 * @param subscription Null if the organization has never subscribed.
 */
export function planAction(
  subscription: Subscription | null,
  { plan, interval, prices }: {
    plan: Plan;
    interval: Interval;
    prices: Prices;
  },
): PlanAction {
  if (plan.lookupKeys === null) return freePlanAction(subscription);
  const price = prices.get(plan.lookupKeys[interval]);
  if (!hasSubscription(subscription)) {
    if (price === undefined) return PRICES_UNKNOWN;
    const trialDays = subscription === null ? plan.trialDays : 0;
    return { kind: "subscribe", trialDays };
  }
  const { scheduled } = subscription;
  if (isOf(subscription, plan, interval)) {
    return currentPlanAction(subscription);
  }
  if (scheduled !== null && isOf(scheduled, plan, interval)) {
    return { kind: "starts", atMs: scheduled.atMs };
  }
  const obstacle = obstacleTo(subscription);
  if (obstacle !== null) return { kind: "none", obstacle };
  if (price === undefined) return PRICES_UNKNOWN;
  const timing = timingOf(subscription, { interval, price });
  return { kind: "change", timing };
}

const PRICES_UNKNOWN: PlanAction = { kind: "none", obstacle: "prices_unknown" };

function isOf(
  one: Pick<Subscription, "plan" | "interval">,
  plan: Plan,
  interval: Interval,
): boolean {
  return one.plan === plan.id && one.interval === interval;
}

function currentPlanAction(
  { status, cancelAtMs, scheduled }: Subscription,
): PlanAction {
  if (status === "incomplete") return { kind: "finish_payment" };
  if (status === "past_due" || status === "unpaid") {
    return { kind: "fix_payment" };
  }
  if (status === "paused") return { kind: "resume" };
  if (cancelAtMs !== null) return { kind: "keep", endsAtMs: cancelAtMs };
  if (scheduled !== null) return { kind: "undo", changesAtMs: scheduled.atMs };
  return { kind: "current" };
}

/** An organization returns to the free plan when its subscription ends. */
function freePlanAction(subscription: Subscription | null): PlanAction {
  if (!hasSubscription(subscription)) return { kind: "current" };
  if (subscription.status === "incomplete") return { kind: "current" };
  if (subscription.cancelAtMs !== null) {
    return { kind: "starts", atMs: subscription.cancelAtMs };
  }
  const cancels = allowsFlow({ flow: "subscription_cancel" }, subscription);
  return cancels
    ? { kind: "cancel" }
    : { kind: "none", obstacle: "change_scheduled" };
}

function obstacleTo(
  { status, scheduled, cancelAtMs, plan }: Subscription,
): Obstacle | null {
  if (status === "incomplete") return "payment_unfinished";
  if (status === "past_due" || status === "unpaid") return "payment_failed";
  if (status === "paused") return "paused";
  if (scheduled !== null) return "change_scheduled";
  // Stripe refuses to change a subscription that is set to end.
  if (cancelAtMs !== null) return "ending";
  // A custom plan: the catalogue does not say what a change would remove.
  if (plan === null) return "custom_plan";
  return null;
}

/**
 * A lower price or a shorter interval takes effect at the end of the period.
 * Any other change, and every change of a trial, takes effect immediately. The
 * portal configuration that `deno task stripe:setup` creates does the same.
 */
function timingOf(
  subscription: Subscription,
  { interval, price }: {
    interval: Interval;
    price: { amountMinor: number; currency: string };
  },
): ChangeTiming {
  if (subscription.status === "trialing") return "now";
  if (subscription.interval === "year" && interval === "month") {
    return "period_end";
  }
  const { amountMinor, currency } = subscription.price;
  const isLower = amountMinor !== null && price.currency === currency &&
    price.amountMinor < amountMinor;
  return isLower ? "period_end" : "now";
}

/**
 * Returns the id of the organization's current plan, including a plan whose
 * payment has failed.
 *
 * @returns Null for a custom plan, which is not in the catalogue.
 */
export function currentPlanId(
  subscription: Subscription | null,
): string | null {
  if (!hasSubscription(subscription)) return FREE_PLAN.id;
  if (subscription.status === "incomplete") return FREE_PLAN.id;
  return subscription.plan;
}
