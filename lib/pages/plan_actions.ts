import {
  FREE_PLAN,
  type Interval,
  type Plan,
  type PlanId,
  type Prices,
} from "@/lib/billing/plans.ts";
import { allowsFlow } from "@/lib/billing/portal_flows.ts";
import type { Subscription } from "@/lib/store/mod.ts";
import { hasSubscription } from "@/lib/billing/sync.ts";

/** What the plans page offers for a plan and an interval. */
export type Offer =
  /** What the organization has, with nothing to do about it. */
  | { kind: "current" }
  /** Checkout; `trialDays` is 0 where none is left to be had. */
  | { kind: "subscribe"; trialDays: number }
  /** A change of what it has, which its own page tells the cost of. */
  | { kind: "change"; timing: ChangeTiming }
  /** The first payment is to be finished. */
  | { kind: "finish_payment" }
  /** The payment method is to be mended. */
  | { kind: "fix_payment" }
  /** It goes on only if that is asked for. */
  | { kind: "resume" }
  /** It ends, unless the organization keeps it. */
  | { kind: "keep"; endsAtMs: number }
  /** It ends, and gives way to what costs nothing. */
  | { kind: "cancel" }
  /** It comes by itself. */
  | { kind: "starts"; atMs: number }
  /** Nothing, and why. */
  | { kind: "none"; obstacle: Obstacle };

/** Whether a change counts at once or from the end of the period. */
export type ChangeTiming = "now" | "period_end";

/** What stands between an organization and another plan. */
export type Obstacle =
  | "payment_unfinished"
  | "payment_failed"
  | "paused"
  | "change_scheduled"
  | "custom_plan";

/**
 * What an organization is offered for a plan, by what Stripe said last of its
 * subscription.
 *
 * @param subscription Null: never subscribed, as far as is known.
 * @see The house's table "State → what the page offers".
 */
export function planAction(
  subscription: Subscription | null,
  { plan, interval, prices }: {
    plan: Plan;
    interval: Interval;
    prices: Prices;
  },
): Offer {
  if (plan.lookupKeys === null) return freeOffer(subscription);
  if (!hasSubscription(subscription)) {
    const trialDays = subscription === null ? plan.trialDays : 0;
    return { kind: "subscribe", trialDays };
  }
  const { scheduled } = subscription;
  if (isOf(subscription, plan, interval)) return ownOffer(subscription);
  if (scheduled !== null && isOf(scheduled, plan, interval)) {
    return { kind: "starts", atMs: scheduled.atMs };
  }
  const obstacle = obstacleTo(subscription);
  if (obstacle !== null) return { kind: "none", obstacle };
  const price = prices.get(plan.lookupKeys[interval]);
  const timing = timingOf(subscription, { interval, price });
  return { kind: "change", timing };
}

function isOf(
  one: Pick<Subscription, "plan" | "interval">,
  plan: Plan,
  interval: Interval,
): boolean {
  return one.plan === plan.id && one.interval === interval;
}

function ownOffer(
  { status, cancelAtMs }: Subscription,
): Offer {
  if (status === "incomplete") return { kind: "finish_payment" };
  if (status === "past_due" || status === "unpaid") {
    return { kind: "fix_payment" };
  }
  if (status === "paused") return { kind: "resume" };
  if (cancelAtMs !== null) return { kind: "keep", endsAtMs: cancelAtMs };
  return { kind: "current" };
}

/** The plan that costs nothing is what is left when another one ends. */
function freeOffer(subscription: Subscription | null): Offer {
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
  { status, scheduled, plan }: Subscription,
): Obstacle | null {
  if (status === "incomplete") return "payment_unfinished";
  if (status === "past_due" || status === "unpaid") return "payment_failed";
  if (status === "paused") return "paused";
  if (scheduled !== null) return "change_scheduled";
  // Sold by hand: what a change would take away is in no catalogue.
  if (plan === null) return "custom_plan";
  return null;
}

/**
 * When a change counts: less money or a shorter interval from the end of the
 * period, anything else at once, as a trial is over with it. What setup tells
 * Stripe's portal to do.
 */
function timingOf(
  subscription: Subscription,
  { interval, price }: {
    interval: Interval;
    price: { amountMinor: number; currency: string } | undefined;
  },
): ChangeTiming {
  if (subscription.status === "trialing") return "now";
  if (subscription.interval === "year" && interval === "month") {
    return "period_end";
  }
  const { amountMinor, currency } = subscription.price;
  const isLess = price !== undefined && amountMinor !== null &&
    price.currency === currency && price.amountMinor < amountMinor;
  return isLess ? "period_end" : "now";
}

/**
 * The plan that a page marks as the organization's: what it is subscribed to,
 * also while a payment of it failed.
 *
 * @returns An id of the catalogue; null for what was sold by hand.
 */
export function currentPlanId(
  subscription: Subscription | null,
): PlanId | null {
  if (!hasSubscription(subscription)) return FREE_PLAN.id;
  if (subscription.status === "incomplete") return FREE_PLAN.id;
  return subscription.plan;
}
