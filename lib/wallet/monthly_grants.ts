import { findPlan, FREE_PLAN, type Plan } from "@/lib/billing/plans.ts";
import { isPaid, planAt } from "@/lib/billing/subscription.ts";
import type { Account } from "@/lib/store/accounts.ts";
import type { Grant } from "@/lib/store/ledger_types.ts";
import type { Store } from "@/lib/store/mod.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

/**
 * Posts the grants that are due by the calendar alone, without an invoice: the
 * free plan's tokens on the first of each UTC month, and a yearly plan's tokens
 * for the months after the first. The first read of the wallet in a month posts
 * them, or the nightly reconciliation; each grant is posted once, by its source.
 *
 * @param account The organization's account, just read.
 * @returns The account after the grants.
 * @throws {Error} An error of the store.
 */
export async function postDueGrants(
  store: Store,
  { orgId, account, nowMs }: {
    orgId: string;
    account: Account;
    nowMs: number;
  },
): Promise<Account> {
  let { wallet } = account;
  for (const grant of dueGrants(account, nowMs)) {
    ({ wallet } = await store.post(orgId, grant, nowMs));
  }
  return { ...account, wallet };
}

/**
 * Returns the grants that are due to an account. If the plan's tokens expire,
 * this is at most the current month's grant: missed months are skipped.
 *
 * @param findPlanById Looks up a plan; the catalogue by default.
 */
export function dueGrants(
  { subscription, wallet }: Account,
  nowMs: number,
  findPlanById: (id: string) => Plan | undefined = findPlan,
): Grant[] {
  const due = isPaid(subscription)
    ? yearlyPlanGrants(subscription, nowMs, findPlanById)
    : [freePlanGrant(nowMs)];
  return due.filter(({ periodStartMs }) =>
    periodStartMs > wallet.grantedForMs &&
    periodStartMs > (wallet.grantsAfterMs ?? 0)
  );
}

function freePlanGrant(nowMs: number): Grant {
  return monthlyGrant(FREE_PLAN, {
    source: `free:${monthName(nowMs)}`,
    periodStartMs: monthStart(nowMs),
  });
}

export const MONTHS_PER_YEAR = 12;

/**
 * Grants for the begun months of a paid year. Its invoice grants the first
 * month. Until a renewal is paid (`past_due`), its year has not begun.
 */
function yearlyPlanGrants(
  subscription: Subscription,
  nowMs: number,
  findPlanById: (id: string) => Plan | undefined,
): Grant[] {
  const { id, interval, status, currentPeriodEndMs } = subscription;
  if (interval !== "year" || status !== "active") return [];
  const begun = [];
  for (let month = 1; month < MONTHS_PER_YEAR; month++) {
    const startMs = addMonths(currentPeriodEndMs, month - MONTHS_PER_YEAR);
    const plan = findPlanById(planAt(subscription, startMs) ?? "");
    if (startMs <= nowMs && plan !== undefined) begun.push({ plan, startMs });
  }
  const due = begun.at(-1)?.plan.rollsOver ? begun : begun.slice(-1);
  return due.map(({ plan, startMs }) => yearlyPlanGrant(plan, id, startMs));
}

/** Returns the grant for a month of a paid year, except the first. */
export function yearlyPlanGrant(
  plan: Plan,
  subscriptionId: string,
  periodStartMs: number,
): Grant {
  const source = `month:${subscriptionId}:${dayName(periodStartMs)}`;
  return monthlyGrant(plan, { source, periodStartMs });
}

/** Returns the grant of a plan's monthly tokens. */
export function monthlyGrant(
  plan: Plan,
  { source, periodStartMs }: { source: string; periodStartMs: number },
): Grant {
  return {
    kind: "grant",
    tokens: plan.tokensPerMonth,
    description: `${plan.name} plan – monthly tokens`,
    rollsOver: plan.rollsOver,
    source,
    periodStartMs,
  };
}

/** The time of the next grant, and its plan. */
export interface NextGrant {
  atMs: number;
  plan: Plan;
}

/**
 * Predicts an organization's next grant. Unused granted tokens expire then,
 * unless they roll over.
 *
 * @returns Null if it cannot be predicted: a payment is open or late, or the
 * plan is not in the catalogue.
 */
export function nextGrant(
  subscription: Subscription | null,
  nowMs: number,
): NextGrant | null {
  if (!isPaid(subscription)) {
    return { atMs: addMonths(monthStart(nowMs), 1), plan: FREE_PLAN };
  }
  const { status, cancelAtMs, scheduled } = subscription;
  const atMs = nextPeriodStart(subscription, nowMs);
  if (status === "past_due" || atMs === null) return null;
  if (cancelAtMs !== null && cancelAtMs <= atMs) {
    return cancelAtMs > nowMs ? { atMs: cancelAtMs, plan: FREE_PLAN } : null;
  }
  const changes = scheduled !== null && scheduled.atMs <= atMs;
  const plan = findPlan((changes ? scheduled.plan : subscription.plan) ?? "");
  return plan === undefined ? null : { atMs, plan };
}

/** Start of the next billing period, or of the next month in a paid year. */
function nextPeriodStart(
  { interval, status, currentPeriodEndMs }: Subscription,
  nowMs: number,
): number | null {
  // The period has ended and its renewal is not synced yet.
  if (currentPeriodEndMs <= nowMs) return null;
  if (interval !== "year" || status === "trialing") return currentPeriodEndMs;
  for (let month = 1 - MONTHS_PER_YEAR; month < 0; month++) {
    const startMs = addMonths(currentPeriodEndMs, month);
    if (startMs > nowMs) return startMs;
  }
  return currentPeriodEndMs;
}

/** Time that the result of a grant check is reused, in milliseconds. */
const GRANT_CHECK_TTL_MS = 60_000;
const MAX_ORGANIZATIONS = 10_000;

/**
 * Organizations found to have no monthly grant due in the last minute, so that
 * a charge need not check each time. A result never outlives the UTC month.
 */
export class GrantCheckCache {
  /** Expiry times, least recently added first. */
  readonly #untilMs = new Map<string, number>();

  has(orgId: string, nowMs: number): boolean {
    return nowMs < (this.#untilMs.get(orgId) ?? 0);
  }

  add(orgId: string, nowMs: number): void {
    this.#untilMs.delete(orgId);
    const [oldest] = this.#untilMs.keys();
    if (oldest !== undefined && this.#untilMs.size >= MAX_ORGANIZATIONS) {
      this.#untilMs.delete(oldest);
    }
    const nextMonthMs = addMonths(monthStart(nowMs), 1);
    this.#untilMs.set(orgId, Math.min(nowMs + GRANT_CHECK_TTL_MS, nextMonthMs));
  }

  delete(orgId: string): void {
    this.#untilMs.delete(orgId);
  }
}

/**
 * Adds months to a time, by the calendar in UTC; a negative number subtracts.
 * If the month is too short for the day, the result is its last day, as in
 * Stripe's billing cycles.
 */
export function addMonths(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, daysIn(date)));
  return date.getTime();
}

function daysIn(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0))
    .getUTCDate();
}

function monthStart(timeMs: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** The UTC month of a time, as `2026-11`. */
function monthName(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** The UTC day of a time, as `2026-11-21`. */
function dayName(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
