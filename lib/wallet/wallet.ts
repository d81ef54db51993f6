import { timeOf } from "@/lib/billing/customer_time.ts";
import {
  type Entitlements,
  findPlan,
  FREE_PLAN,
  type Interval,
} from "@/lib/billing/plans.ts";
import { isPaid } from "@/lib/billing/subscription.ts";
import type { Services } from "@/lib/services.ts";
import type { Account } from "@/lib/store/accounts.ts";
import type {
  Subscription,
  SubscriptionStatus,
} from "@/lib/store/subscriptions.ts";
import { grantForInvoice } from "./invoice_grants.ts";
import { postDueGrants } from "./monthly_grants.ts";

/**
 * Reads an organization's account, and posts the grants due by now. It costs
 * one read of the store, and a commit at the start of a month. After a change
 * of plan, a due grant may take up to a minute to appear.
 *
 * @throws {Error} An error of the store.
 */
export async function readAccount(
  services: Services,
  orgId: string,
): Promise<Account> {
  const { store, recentGrantChecks } = services;
  const account = await store.readAccount(orgId);
  const nowMs = await timeOf(services, orgId, account.stripeCustomerId);
  if (recentGrantChecks.has(orgId, nowMs)) return account;
  const current = await postDueGrants(store, { orgId, account, nowMs });
  recentGrantChecks.add(orgId, nowMs);
  return current;
}

/**
 * Posts grants that no event or page view has posted: those due by the
 * calendar, and the grant of the subscription's latest invoice.
 *
 * @throws {Error} An error of Stripe's SDK or the store.
 */
export async function postMissedGrants(
  services: Services,
  orgId: string,
): Promise<void> {
  const { subscription } = await readAccount(services, orgId);
  if (!isPaid(subscription) || subscription.latestInvoiceId === null) return;
  const { stripeCustomerId, latestInvoiceId } = subscription;
  const owner = { orgId, stripeCustomerId };
  await grantForInvoice(services, owner, latestInvoiceId);
}

/**
 * The API representation of an account.
 */
export interface Balance extends Entitlements {
  plan: "free" | "paid";
  /** Null for a custom plan. */
  plan_id: string | null;
  /** Null without a paid plan. */
  interval: Interval | null;
  /** Null if the organization never subscribed. */
  status: SubscriptionStatus | null;
  /** RFC 3339 in UTC, as `current_period_end`. */
  cancel_at: string | null;
  current_period_end: string | null;
  tokens: { total: number; granted: number; purchased: number };
  has_customer: boolean;
}

/** Returns the API representation of an account. */
export function showBalance(
  { wallet, subscription, stripeCustomerId }: Account,
): Balance {
  const paid = isPaid(subscription);
  const { granted, purchased } = wallet;
  return {
    plan: paid ? "paid" : "free",
    plan_id: paid ? subscription.plan : FREE_PLAN.id,
    interval: paid ? subscription.interval : null,
    status: subscription?.status ?? null,
    cancel_at: toTime(subscription?.cancelAtMs),
    current_period_end: toTime(subscription?.currentPeriodEndMs),
    tokens: { total: granted + purchased, granted, purchased },
    has_customer: stripeCustomerId !== null,
    ...entitlementsOf(subscription),
  };
}

/** A custom plan is not in the catalogue, which lists nothing for it. */
const NO_ENTITLEMENTS: Entitlements = { features: [], limits: {} };

/** Returns the entitlements of the current plan. */
function entitlementsOf(subscription: Subscription | null): Entitlements {
  if (!isPaid(subscription)) return FREE_PLAN.entitlements;
  const plan = subscription.plan === null ? null : findPlan(subscription.plan);
  return plan?.entitlements ?? NO_ENTITLEMENTS;
}

function toTime(timeMs: number | null | undefined): string | null {
  return timeMs === null || timeMs === undefined
    ? null
    : new Date(timeMs).toISOString();
}
