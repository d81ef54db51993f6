import type { Services } from "@/lib/services.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";

/**
 * Adds the plans that a yearly subscription has had since its year began to
 * the subscription read from Stripe, which has only the current one. Asks
 * Stripe for the time of a change, when the plan differs from the stored one.
 *
 * @throws {Error} An error of Stripe's SDK.
 */
export async function withFormerPlans(
  services: Services,
  read: Subscription | null,
  stored: Subscription | null,
): Promise<Subscription | null> {
  if (read === null || stored === null || !isSameYear(read, stored)) {
    return read;
  }
  const formerPlans = [...stored.formerPlans ?? []];
  if (stored.plan !== null && stored.plan !== read.plan) {
    const untilMs = await changedAtMs(services, read, stored);
    formerPlans.push({ plan: stored.plan, untilMs });
  }
  if (formerPlans.length === 0) return read;
  return { ...read, formerPlans: formerPlans.slice(-MAX_FORMER_PLANS) };
}

/** A change back and forth each week of a year. */
const MAX_FORMER_PLANS = 50;

function isSameYear(one: Subscription, other: Subscription): boolean {
  return one.id === other.id && one.interval === "year" &&
    other.interval === "year" &&
    one.currentPeriodEndMs === other.currentPeriodEndMs;
}

/** A change is invoiced at once; if it was not, its time is not known. */
async function changedAtMs(
  { stripe }: Services,
  read: Subscription,
  stored: Subscription,
): Promise<number> {
  const { latestInvoiceId, readAtMs } = read;
  if (latestInvoiceId === null || latestInvoiceId === stored.latestInvoiceId) {
    return readAtMs;
  }
  const { invoices } = await stripe();
  const { created } = await invoices.retrieve(latestInvoiceId);
  return created * 1000;
}
