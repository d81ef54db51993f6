import { findPack, findPlan } from "@/lib/billing/plans.ts";
import type {
  Activity,
  ActivityDetails,
  SubscriptionState,
} from "@/lib/store/activity.ts";
import { formatDay, formatMoney } from "./formats.ts";
import { localized } from "./translate.ts";

const TEXT = {
  portal: "Opened the billing portal",
  portalFlows: {
    payment_method_update: "Opened the billing portal to update the card",
    customer_update: "Opened the billing portal to update billing details",
    subscription_update: "Opened the billing portal to change the plan",
    subscription_update_confirm: "Opened the billing portal to change the plan",
    subscription_cancel: "Opened the billing portal to cancel the plan",
    subscription_pause: "Opened the billing portal to pause the plan",
  } as Record<string, string>,
  checkoutStarted: (item: string) => `Started checkout for ${item}`,
  checkoutCompleted: (item: string) => `Completed checkout for ${item}`,
  customPlan: "the custom plan",
  rate: (plan: string, interval: string) => `${plan} (${interval})`,
  interval: { month: "monthly", year: "yearly" },
  pack: (name: string) => `the ${name} credit pack`,
  unknownPack: "a credit pack",
  subscriptionRemoved: "The subscription was removed",
  started: (plan: string) => `${plan} started`,
  trial: (plan: string) => `The trial of ${plan} started`,
  switched: (from: string, to: string) => `Switched from ${from} to ${to}`,
  scheduled: (from: string, day: string, to: string) =>
    `${from} until ${day}, then ${to}`,
  unscheduled: (plan: string) => `The scheduled change of ${plan} was undone`,
  ends: (plan: string, day: string) => `${plan} will end on ${day}`,
  kept: (plan: string) => `${plan} will renew again`,
  status: {
    active: (plan: string) => `${plan} is active`,
    trialing: (plan: string) => `${plan} is in its trial`,
    past_due: (plan: string) => `The payment for ${plan} is overdue`,
    unpaid: (plan: string) => `${plan} is on hold: all payment retries failed`,
    paused: (plan: string) => `${plan} was paused`,
    canceled: (plan: string) => `${plan} ended`,
    incomplete: (plan: string) => `${plan} waits for its first payment`,
    incomplete_expired: (plan: string) =>
      `The first payment for ${plan} lapsed`,
  } as Record<string, (plan: string) => string>,
  updated: (plan: string) => `${plan} was updated`,
  paymentFailed: (amount: string) => `A payment of ${amount} failed`,
  cardRemoved: "The default payment method was removed",
  cardChanged: (card: string) => `The default payment method is now ${card}`,
  keyCreated: (key: string) => `Created the API key ${key}`,
  keyChanged: (key: string) => `Changed the API key ${key}`,
  keyRenamed: (from: string, to: string) =>
    `Renamed the API key ${from} to ${to}`,
  keyRotated: (key: string) => `Rotated the API key ${key}`,
  keyRevoked: (key: string) => `Revoked the API key ${key}`,
  adjusted: (tokens: string, reason: string) =>
    `Adjusted the wallet by ${tokens} tokens: ${reason}`,
  linked: "Connected the organization to Stripe",
  deleted: "Deleted the organization's billing data",
};

/** Describes an activity in one sentence without its actor. */
export function summaryOf(activity: Activity, locale: string): string {
  switch (activity.action) {
    case "portal.opened":
      return TEXT.portalFlows[activity.details.flow ?? ""] ?? TEXT.portal;
    case "checkout.started":
      return TEXT.checkoutStarted(itemName(activity.details, locale));
    case "checkout.completed":
      return TEXT.checkoutCompleted(itemName(activity.details, locale));
    case "subscription.changed":
      return subscriptionSummary(activity.details, locale);
    case "payment.failed": {
      const { amount, currency } = activity.details;
      const money = { amountMinor: amount, currency };
      return TEXT.paymentFailed(formatMoney(money, locale));
    }
    case "payment_method.changed":
      return cardSummary(activity.details);
    case "api_key.created":
      return TEXT.keyCreated(activity.details.name);
    case "api_key.changed": {
      const { name, before } = activity.details;
      return name === before.name
        ? TEXT.keyChanged(name)
        : TEXT.keyRenamed(before.name, name);
    }
    case "api_key.rotated":
      return TEXT.keyRotated(activity.details.name);
    case "api_key.revoked":
      return TEXT.keyRevoked(activity.details.name);
    case "wallet.adjusted": {
      const { tokens, reason } = activity.details;
      const sign = { signDisplay: "exceptZero" } as const;
      return TEXT.adjusted(tokens.toLocaleString(locale, sign), reason);
    }
    case "customer.linked":
      return TEXT.linked;
    case "organization.deleted":
      return TEXT.deleted;
  }
}

function itemName(
  item: ActivityDetails["checkout.started"],
  locale: string,
): string {
  if (!("credits" in item)) return rateName(item);
  const pack = findPack(item.credits);
  return pack === undefined
    ? TEXT.unknownPack
    : TEXT.pack(localized(pack.name, locale));
}

function rateName(
  { plan, interval }: Pick<SubscriptionState, "plan" | "interval">,
): string {
  return interval === null
    ? planName(plan)
    : TEXT.rate(planName(plan), TEXT.interval[interval]);
}

function planName(id: string | null): string {
  return (id === null ? undefined : findPlan(id)?.name) ?? TEXT.customPlan;
}

/** Names the most important difference. */
function subscriptionSummary(
  { before, after }: ActivityDetails["subscription.changed"],
  locale: string,
): string {
  if (after === null) return TEXT.subscriptionRemoved;
  const plan = planName(after.plan);
  if (before === null || isEnded(before)) {
    if (after.status === "active") return TEXT.started(rateName(after));
    if (after.status === "trialing") return TEXT.trial(rateName(after));
    return statusSummary(after);
  }
  if (isEnded(after)) return statusSummary(after);
  if (rateName(before) !== rateName(after)) {
    return TEXT.switched(rateName(before), rateName(after));
  }
  if (before.status !== after.status) return statusSummary(after);
  const { scheduled, cancel_at } = after;
  if (cancel_at !== before.cancel_at) {
    return cancel_at === null
      ? TEXT.kept(plan)
      : TEXT.ends(plan, formatDay(Date.parse(cancel_at), locale));
  }
  if (scheduled === null) return TEXT.unscheduled(plan);
  const day = formatDay(Date.parse(scheduled.at), locale);
  return TEXT.scheduled(rateName(after), day, rateName(scheduled));
}

function isEnded({ status }: SubscriptionState): boolean {
  return status === "canceled" || status === "incomplete_expired";
}

function statusSummary({ plan, status }: SubscriptionState): string {
  return capitalize((TEXT.status[status] ?? TEXT.updated)(planName(plan)));
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function cardSummary(
  { after }: ActivityDetails["payment_method.changed"],
): string {
  if (after === null) return TEXT.cardRemoved;
  const brand = capitalize(after.brand.replaceAll("_", " "));
  return TEXT.cardChanged(
    after.last4 === null ? brand : `${brand} ${after.last4}`,
  );
}
