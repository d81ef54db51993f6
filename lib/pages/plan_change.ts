import {
  type ChangePreview,
  previewChange,
} from "@/lib/billing/change_preview.ts";
import { BillingError } from "@/lib/errors.ts";
import {
  findPlan,
  type Interval,
  lookupKeyOf,
  type PaidPlanId,
  type Price,
} from "@/lib/billing/plans.ts";
import { withDeadline } from "@/lib/async/timeout.ts";
import { planAction } from "./plan_actions.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing, Subscription } from "@/lib/store/mod.ts";

/** A plan by the month or the year, as somebody chose it. */
export interface Wanted {
  plan: PaidPlanId;
  interval: Interval;
}

/** What a change would be, as far as it can be told. */
export type Change =
  & Wanted
  & (
    /** At once; `preview` is null where Stripe does not tell the cost. */
    | {
      kind: "now";
      subscription: Subscription;
      price: Price;
      preview: ChangePreview | null;
    }
    /** From the end of what is paid, with nothing due before. */
    | { kind: "later"; subscription: Subscription; price: Price; atMs: number }
    /** Stripe would not take it from this organization, as it stands. */
    | { kind: "impossible"; subscription: Subscription | null }
    /** The visitor's role may not ask. */
    | { kind: "forbidden" }
  );

/**
 * What changing to another plan would cost an organization, and from when it
 * would count. Asks Stripe only for what counts at once.
 *
 * @param asked `read`: the organization's billing if it was just read.
 * @throws {BillingError} `unavailable` while the price is not known, and where
 * Stripe takes too long.
 */
export function readPlanChange(
  services: Services,
  orgId: string,
  asked: { wanted: Wanted; read: Billing | null },
): Promise<Change> {
  const reading = describeChange(services, orgId, asked);
  return withDeadline(services, "reading what a change costs", reading);
}

async function describeChange(
  services: Services,
  orgId: string,
  { wanted, read }: { wanted: Wanted; read: Billing | null },
): Promise<Change> {
  const [{ customer, subscription }, prices] = await Promise.all([
    read ?? services.store.readBilling(orgId, services.now()),
    services.prices(),
  ]);
  const plan = findPlan(wanted.plan);
  const offer = plan &&
    planAction(subscription, { plan, interval: wanted.interval, prices });
  if (customer === null || subscription === null || offer?.kind !== "change") {
    return { ...wanted, kind: "impossible", subscription };
  }
  const price = prices.get(lookupKeyOf(wanted));
  if (price === undefined) throw noPrice();
  if (offer.timing === "period_end") {
    const atMs = subscription.currentPeriodEndMs;
    return { ...wanted, kind: "later", subscription, price, atMs };
  }
  const request = { orgId, customer, subscription, price };
  const preview = await previewChange(services, request);
  return { ...wanted, kind: "now", subscription, price, preview };
}

function noPrice(): BillingError {
  return new BillingError(
    "unavailable",
    "Stripe does not tell the price of this plan right now",
    { retryAfterSec: 10 },
  );
}
