import type { Subscription } from "@/lib/store/subscriptions.ts";

/**
 * Adds the plans that a yearly subscription has had since its year began to
 * the subscription read from Stripe, which has only the current one.
 */
export function withFormerPlans(
  read: Subscription | null,
  stored: Subscription | null,
): Subscription | null {
  if (read === null || stored === null || !isSameYear(read, stored)) {
    return read;
  }
  const formerPlans = [...stored.formerPlans ?? []];
  if (stored.plan !== null && stored.plan !== read.plan) {
    const untilMs = changedAtMs(read, stored);
    formerPlans.push({ plan: stored.plan, untilMs });
  }
  if (formerPlans.length === 0) return read;
  return { ...read, formerPlans: formerPlans.slice(-MAX_FORMER_PLANS) };
}

/** Enough for one change a week. */
const MAX_FORMER_PLANS = 50;

function isSameYear(one: Subscription, other: Subscription): boolean {
  return one.id === other.id && one.interval === "year" &&
    other.interval === "year" &&
    one.currentPeriodEndMs === other.currentPeriodEndMs;
}

/** A change is invoiced at once; without an invoice, its time is not known. */
function changedAtMs(
  { invoice, readAtMs }: Subscription,
  { latestInvoiceId }: Subscription,
): number {
  const isNew = invoice && invoice.id !== latestInvoiceId;
  return isNew ? invoice.createdAtMs : readAtMs;
}
