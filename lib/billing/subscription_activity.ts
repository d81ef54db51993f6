import {
  type Activity,
  STRIPE,
  type SubscriptionState,
} from "@/lib/store/activity.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

/**
 * Returns the activities that a sync has found, by comparing the stored
 * subscription with the one read from Stripe.
 */
export function subscriptionActivities(
  before: Subscription | null,
  after: Subscription | null,
  { atMs }: { atMs: number },
): Activity[] {
  const activities: Activity[] = [];
  const states = { before: stateOf(before), after: stateOf(after) };
  if (isDifferent(states)) {
    activities.push({
      action: "subscription.changed",
      atMs,
      actor: STRIPE,
      details: states,
    });
  }
  const cards = {
    before: before?.paymentMethod ?? null,
    after: after?.paymentMethod ?? null,
  };
  // The first card arrives with the subscription, which is recorded already.
  if (before?.id === after?.id && isDifferent(cards)) {
    activities.push({
      action: "payment_method.changed",
      atMs,
      actor: STRIPE,
      details: cards,
    });
  }
  return activities;
}

function isDifferent({ before, after }: { before: unknown; after: unknown }) {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function stateOf(subscription: Subscription | null): SubscriptionState | null {
  if (subscription === null) return null;
  const { plan, interval, status, cancelAtMs, scheduled } = subscription;
  return {
    plan,
    interval,
    status,
    cancel_at: cancelAtMs === null ? null : toTime(cancelAtMs),
    scheduled: scheduled && {
      plan: scheduled.plan,
      interval: scheduled.interval,
      at: toTime(scheduled.atMs),
    },
  };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
