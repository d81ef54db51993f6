import type {
  FormerPlan,
  Subscription,
  SubscriptionStatus,
} from "@/lib/store/subscriptions.ts";

/** The result of a sync with Stripe. */
export interface SyncOutcome {
  /** False if the organization has no customer, or Stripe has deleted it. */
  hasCustomer: boolean;
  /** Null if the organization has never subscribed. */
  subscription: Subscription | null;
  /** Whether the stored billing differed from Stripe's. */
  changed: boolean;
}

const ENDED: readonly SubscriptionStatus[] = ["canceled", "incomplete_expired"];
export const PAID_STATUSES: readonly SubscriptionStatus[] = [
  "active",
  "trialing",
  "past_due",
];
const OVERDUE: readonly SubscriptionStatus[] = [
  "incomplete",
  "past_due",
  "unpaid",
];

/**
 * Reports whether the subscription has not ended. An organization with such a
 * subscription must not start a second one.
 */
export function hasSubscription(
  subscription: Subscription | null,
): subscription is Subscription {
  return subscription !== null && !ENDED.includes(subscription.status);
}

/**
 * Reports whether the organization gets the benefits of its plan.
 */
export function isPaid(
  subscription: Subscription | null,
): subscription is Subscription {
  return subscription !== null && PAID_STATUSES.includes(subscription.status);
}

/** Reports whether a payment of the subscription has failed and is due. */
export function isOverdue(subscription: Subscription | null): boolean {
  return subscription !== null && OVERDUE.includes(subscription.status);
}

/** Returns the id of the plan that a month of a paid year began with. */
export function planAt(
  { plan, formerPlans = [] }: Subscription,
  atMs: number,
): string | null {
  const isCurrent = ({ untilMs }: FormerPlan) => atMs <= untilMs;
  return formerPlans.find(isCurrent)?.plan ?? plan;
}
