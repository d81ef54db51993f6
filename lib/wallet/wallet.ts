import type * as v from "valibot";
import { grantForInvoice } from "./invoice_grants.ts";
import { postDueGrants } from "./monthly_grants.ts";
import { FREE_PLAN } from "@/lib/billing/plans.ts";
import type { balanceAnswer } from "@/lib/http/schemas/wallet.ts";
import type { Services } from "@/lib/services.ts";
import type { Account } from "@/lib/store/mod.ts";
import { isPaid } from "@/lib/billing/subscription.ts";

/**
 * What an organization has, with the tokens that are due to it by now: one
 * read of the store, and a commit where a month has begun. After a change of
 * plan it may take a minute until what is due by it is there.
 *
 * @throws {Error} What the store throws.
 */
export async function readAccount(
  services: Services,
  orgId: string,
): Promise<Account> {
  const { store, recentGrantChecks, now } = services;
  const account = await store.readAccount(orgId);
  if (recentGrantChecks.knows(orgId, now())) return account;
  const current = await postDueGrants(services, orgId, account);
  recentGrantChecks.note(orgId, now());
  return current;
}

/**
 * Grants what no event told of and no visit brought: the tokens that are due
 * by the calendar, and those of the subscription's last invoice.
 *
 * @throws {Error} What Stripe's SDK or the store throws.
 */
export async function grantMissed(
  services: Services,
  orgId: string,
): Promise<void> {
  const { subscription } = await readAccount(services, orgId);
  if (!isPaid(subscription) || subscription.latestInvoiceId === null) return;
  const { stripeCustomerId, latestInvoiceId } = subscription;
  const owner = { orgId, stripeCustomerId };
  await grantForInvoice(services, owner, latestInvoiceId);
}

/** The balance as the API shows it. Times are RFC 3339 in UTC. */
export type Balance = Omit<v.InferOutput<typeof balanceAnswer>, "plan_id"> & {
  plan_id: string | null;
};

/**
 * An account as the API shows it.
 *
 * @see The HTTP contract, GET /api/v1/account/balance.
 */
export function showBalance(
  { wallet, subscription, hasCustomer }: Account,
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
    has_customer: hasCustomer,
  };
}

function toTime(timeMs: number | null | undefined): string | null {
  return timeMs === null || timeMs === undefined
    ? null
    : new Date(timeMs).toISOString();
}
