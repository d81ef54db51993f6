import { addMonths, monthStart } from "./calendar.ts";
import { findPlan, FREE_PLAN, type Plan } from "@/lib/billing/plans.ts";
import type { Subscription } from "@/lib/store/mod.ts";
import { isPaid } from "@/lib/billing/subscription.ts";

/** When tokens of a plan come next, and of which. */
export interface NextGrant {
  atMs: number;
  plan: Plan;
}

/**
 * The next grant of a plan, as of now. Unused granted tokens expire with it,
 * unless they roll over.
 *
 * @returns Null where nobody can say: while a payment is open or late, or for
 * a plan that is in no catalogue.
 */
export function nextGrant(
  subscription: Subscription | null,
  nowMs: number,
): NextGrant | null {
  if (!isPaid(subscription)) {
    return { atMs: addMonths(monthStart(nowMs), 1), plan: FREE_PLAN };
  }
  const { status, cancelAtMs, scheduled } = subscription;
  const atMs = nextPeriod(subscription, nowMs);
  if (status === "past_due" || atMs === null) return null;
  if (cancelAtMs !== null && cancelAtMs <= atMs) {
    return cancelAtMs > nowMs ? { atMs: cancelAtMs, plan: FREE_PLAN } : null;
  }
  const changed = scheduled !== null && scheduled.atMs <= atMs;
  const plan = findPlan((changed ? scheduled.plan : subscription.plan) ?? "");
  return plan === undefined ? null : { atMs, plan };
}

const MONTHS_A_YEAR = 12;

/** The period that begins next: of the subscription, or a paid year's month. */
function nextPeriod(
  { interval, status, currentPeriodEndMs }: Subscription,
  nowMs: number,
): number | null {
  if (currentPeriodEndMs <= nowMs) return null; // the invoice is on its way
  if (interval !== "year" || status === "trialing") return currentPeriodEndMs;
  for (let month = 1 - MONTHS_A_YEAR; month < 0; month++) {
    const startMs = addMonths(currentPeriodEndMs, month);
    if (startMs > nowMs) return startMs;
  }
  return currentPeriodEndMs;
}
