import { withDeadline } from "@/lib/async/timeout.ts";
import {
  type ChangePreview,
  previewChange,
} from "@/lib/billing/invoice_preview.ts";
import {
  findPlan,
  type Interval,
  lookupKeyOf,
  type PaidPlanId,
  type Price,
} from "@/lib/billing/plans.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing, Subscription } from "@/lib/store/subscriptions.ts";
import { planAction } from "./plan_actions.ts";

/** The plan and interval to change to. */
export interface RequestedPlan {
  plan: PaidPlanId;
  interval: Interval;
}

/** A plan change, as its confirmation page shows it. */
export type PlanChange =
  & RequestedPlan
  & (
    /** Immediate. `preview` is null if Stripe cannot calculate the cost. */
    | {
      kind: "now";
      subscription: Subscription;
      price: Price;
      preview: ChangePreview | null;
    }
    /** At the end of the paid period; nothing is due before. */
    | { kind: "later"; subscription: Subscription; price: Price; atMs: number }
    /** Not possible with the current subscription. */
    | { kind: "impossible"; subscription: Subscription | null }
    /** The visitor's role does not allow it. */
    | { kind: "forbidden" }
  );

/**
 * Reads the cost and the start of a plan change. Calls Stripe only for an
 * immediate change.
 *
 * @param options `read`: the organization's billing, if the request has read
 * it already.
 * @throws {BillingError} `unavailable` if the price is unknown or Stripe takes
 * too long.
 */
export function readPlanChange(
  services: Services,
  orgId: string,
  options: { requested: RequestedPlan; read: Billing | null },
): Promise<PlanChange> {
  const reading = describeChange(services, orgId, options);
  return withDeadline(services, "previewing a plan change", reading);
}

async function describeChange(
  services: Services,
  orgId: string,
  { requested, read }: { requested: RequestedPlan; read: Billing | null },
): Promise<PlanChange> {
  const [{ customer, subscription }, prices] = await Promise.all([
    read ?? services.store.readBilling(orgId, services.now()),
    services.prices(),
  ]);
  const price = prices.get(lookupKeyOf(requested));
  if (price === undefined) throw priceUnknown();
  const plan = findPlan(requested.plan);
  const action = plan &&
    planAction(subscription, { plan, interval: requested.interval, prices });
  if (customer === null || subscription === null || action?.kind !== "change") {
    return { ...requested, kind: "impossible", subscription };
  }
  if (action.timing === "period_end") {
    const atMs = subscription.currentPeriodEndMs;
    return { ...requested, kind: "later", subscription, price, atMs };
  }
  const request = { orgId, customer, subscription, price };
  const preview = await previewChange(services, request);
  return { ...requested, kind: "now", subscription, price, preview };
}

function priceUnknown(): BillingError {
  return new BillingError(
    "unavailable",
    "The price of this plan is not available right now",
    { retryAfterSec: 10, reason: "stripe_unreachable" },
  );
}
