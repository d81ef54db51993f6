import type Stripe from "stripe";
import { withDeadline } from "@/lib/async/timeout.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";
import { noCustomer, withCustomer } from "./customers.ts";
import { portalRecord } from "./portal.ts";
import { hasSubscription } from "./subscription.ts";
import { idOf } from "./stripe_client.ts";

/**
 * Keeps the current plan: releases a scheduled plan change, and removes a
 * scheduled cancellation. Safe to repeat. The next page syncs and
 * shows the change.
 *
 * @param read The organization's billing, if the request has read it already.
 * @throws {BillingError} `no_stripe_customer`, or `unavailable` if Stripe takes
 * too long.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export async function keepCurrentPlan(
  services: Services,
  orgId: string,
  read: Billing | null = null,
): Promise<void> {
  const billing = read ??
    await services.store.readBilling(orgId, services.now());
  const { customer, subscription } = billing;
  if (customer === null) throw noCustomer(orgId);
  if (!hasSubscription(subscription)) return;
  const record = portalRecord(billing, services.now());
  const marked = services.store.markPortalOpened(orgId, record);
  const keeping = withCustomer(
    services,
    { orgId, customer },
    (stripe) => keep(stripe, subscription.id),
  );
  const done = Promise.all([marked, keeping]).then(() => {});
  await withDeadline(services, "keeping a plan", done);
}

/** Asks Stripe first: another tab or the portal may have undone it already. */
async function keep(stripe: Stripe, subscriptionId: string): Promise<void> {
  const subscription = await stripe.subscriptions.retrieve(subscriptionId);
  const { schedule, cancel_at, cancel_at_period_end } = subscription;
  if (schedule !== null) await release(stripe, subscriptionId, schedule);
  if (cancel_at_period_end) {
    await stripe.subscriptions.update(subscriptionId, {
      cancel_at_period_end: false,
    });
  } else if (cancel_at !== null) {
    await stripe.subscriptions.update(subscriptionId, { cancel_at: "" });
  }
}

/**
 * Stripe refuses to release a schedule twice, as a double click does. Without
 * an idempotency key: Stripe would repeat a saved failure for a day.
 */
async function release(
  stripe: Stripe,
  subscriptionId: string,
  schedule: string | Stripe.SubscriptionSchedule,
): Promise<void> {
  try {
    await stripe.subscriptionSchedules.release(idOf(schedule));
  } catch (error) {
    const now = await stripe.subscriptions.retrieve(subscriptionId);
    if (now.schedule !== null) throw error;
  }
}
