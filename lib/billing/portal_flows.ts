import { BillingError } from "@/lib/errors.ts";
import type {
  Subscription,
  SubscriptionStatus,
} from "@/lib/store/subscriptions.ts";
import type { Interval, PaidPlanId } from "./plans.ts";

/** Portal flows that take no plan, as Stripe names them. */
export const PLAIN_FLOWS = [
  "payment_method_update",
  "customer_update",
  "subscription_update",
  "subscription_cancel",
  "subscription_pause",
] as const;

/** Languages of Stripe's portal; `auto` follows the browser. */
export const PORTAL_LOCALES = [
  ...["auto", "bg", "cs", "da", "de", "el", "en", "en-AU", "en-CA", "en-GB"],
  ...["en-IE", "en-IN", "en-NZ", "en-SG", "es", "es-419", "et", "fi", "fil"],
  ...["fr", "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms"],
  ...["mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv"],
  ...["th", "tr", "vi", "zh", "zh-HK", "zh-TW"],
] as const;

/** The pages that the portal can return to. */
export const PORTAL_RETURNS = ["organization", "account", "details"] as const;

export type PortalReturn = typeof PORTAL_RETURNS[number];

type Locale = typeof PORTAL_LOCALES[number];

/** The purpose of a portal visit, as the caller requests it. */
export type PortalIntent =
  | {
    flow: "subscription_update_confirm";
    plan: PaidPlanId;
    interval: Interval;
    locale?: Locale | undefined;
  }
  | {
    /** Absent: the portal's home page. */
    flow?: typeof PLAIN_FLOWS[number] | undefined;
    plan?: undefined;
    interval?: undefined;
    locale?: Locale | undefined;
  };

type Flow = NonNullable<PortalIntent["flow"]>;

/** The subscription states in which a flow is possible. */
interface FlowRule {
  statuses: readonly SubscriptionStatus[];
  /** Whether the flow is possible while a cancellation is scheduled. */
  whileEnding: boolean;
}

const RUNNING = ["active", "trialing", "past_due"] as const;

/**
 * Flows that concern a subscription. None is possible while a plan change is
 * scheduled: Stripe then rejects both updates and cancellations.
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

/** Reports whether the flow concerns the organization's subscription. */
export function flowNeedsSubscription({ flow }: PortalIntent): boolean {
  return flow !== undefined && RULES[flow] !== undefined;
}

/**
 * Checks that the subscription allows a flow.
 *
 * @returns The subscription.
 * @throws {BillingError} `validation_error` if there is no subscription, or
 * Stripe would reject the flow for it.
 */
export function requireFlow(
  intent: PortalIntent,
  subscription: Subscription | null,
): Subscription {
  const obstacle = findObstacle(intent, subscription);
  if (subscription !== null && obstacle === null) return subscription;
  throw new BillingError(
    "validation_error",
    `Cannot open flow ${intent.flow}: ${obstacle}`,
    { reason: "flow_refused" },
  );
}

/** Reports whether {@linkcode requireFlow} accepts the flow. */
export function allowsFlow(
  intent: PortalIntent,
  subscription: Subscription | null,
): boolean {
  return findObstacle(intent, subscription) === null;
}

function findObstacle(
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
    return "the organization already has this plan";
  }
  return null;
}
