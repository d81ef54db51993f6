import { BillingError } from "@/lib/errors.ts";
import type { PortalIntent } from "@/lib/http/schemas/requests.ts";
import type { Subscription, SubscriptionStatus } from "@/lib/store/mod.ts";

type Flow = NonNullable<PortalIntent["flow"]>;

/** In what state a subscription can go through a flow. */
interface FlowRule {
  statuses: readonly SubscriptionStatus[];
  /** Whether it can while its end is set. */
  whileEnding: boolean;
}

const RUNNING = ["active", "trialing", "past_due"] as const;

/**
 * Flows that are about a subscription. None is possible while a change is
 * scheduled: Stripe refuses both update and cancellation then.
 *
 * @see Stripe's guide to deep links in the customer portal.
 */
const RULES: Partial<Record<Flow, FlowRule>> = {
  subscription_update: { statuses: RUNNING, whileEnding: true },
  subscription_update_confirm: { statuses: RUNNING, whileEnding: true },
  subscription_cancel: {
    statuses: [...RUNNING, "unpaid", "paused"],
    whileEnding: false,
  },
  subscription_pause: { statuses: ["active", "trialing"], whileEnding: false },
};

/** Whether a portal visit is about the organization's subscription. */
export function flowNeedsSubscription({ flow }: PortalIntent): boolean {
  return flow !== undefined && RULES[flow] !== undefined;
}

/**
 * The subscription that a flow is about.
 *
 * @throws {BillingError} `validation_error` where there is none, or none that
 * Stripe would take through this flow.
 */
export function requireFlow(
  intent: PortalIntent,
  subscription: Subscription | null,
): Subscription {
  const obstacle = obstacleTo(intent, subscription);
  if (subscription !== null && obstacle === null) return subscription;
  throw new BillingError(
    "validation_error",
    `Cannot open flow ${intent.flow}: ${obstacle}`,
  );
}

/** Whether {@linkcode requireFlow} would let the visit pass. */
export function allowsFlow(
  intent: PortalIntent,
  subscription: Subscription | null,
): boolean {
  return obstacleTo(intent, subscription) === null;
}

function obstacleTo(
  { flow, plan, interval }: PortalIntent,
  subscription: Subscription | null,
): string | null {
  const rule = flow && RULES[flow];
  if (rule === undefined) return null;
  if (subscription === null) return "the organization has no subscription";
  const { status, scheduled, cancelAtMs } = subscription;
  if (!rule.statuses.includes(status)) return `the subscription is ${status}`;
  if (scheduled !== null) return "a change is already scheduled";
  if (cancelAtMs !== null && !rule.whileEnding) {
    return "the subscription is already set to end";
  }
  const same = plan === subscription.plan && interval === subscription.interval;
  if (flow === "subscription_update_confirm" && same) {
    return "the organization has this plan already";
  }
  return null;
}
