import { findPack, findPlan } from "@/lib/billing/plans.ts";
import type {
  Activity,
  ActivityDetails,
  SubscriptionState,
} from "@/lib/store/activity.ts";
import type { SubscriptionStatus } from "@/lib/store/subscriptions.ts";
import { formatDay, formatMoney } from "./formats.ts";
import { paymentMethodLabel } from "./payment_method_label.ts";
import { localized, type MessageKey, translator } from "./translate.ts";

const PORTAL_KEYS = new Map<string | null, PortalKey>([
  ["payment_method_update", "activity.portal_card"],
  ["customer_update", "activity.portal_details"],
  ["subscription_update", "activity.portal_plan"],
  ["subscription_update_confirm", "activity.portal_plan"],
  ["subscription_cancel", "activity.portal_cancel"],
  ["subscription_pause", "activity.portal_pause"],
]);
type PortalKey = Extract<MessageKey, `activity.portal${string}`>;

const STATUS_KEYS = new Map<string, StatusKey>([
  ["active", "activity.active"],
  ["trialing", "activity.trialing"],
  ["past_due", "activity.past_due"],
  ["unpaid", "activity.unpaid"],
  ["paused", "activity.paused"],
  ["canceled", "activity.canceled"],
  ["incomplete", "activity.incomplete"],
  ["incomplete_expired", "activity.incomplete_expired"],
]);
type StatusKey = `activity.${SubscriptionStatus}`;

/** Describes an activity in one sentence without its actor. */
export function summaryOf(activity: Activity, locale: string): string {
  const t = translator(locale);
  switch (activity.action) {
    case "portal.opened":
      return t(PORTAL_KEYS.get(activity.details.flow) ?? "activity.portal");
    case "checkout.started":
      return t("activity.checkout_started", {
        item: itemName(activity.details, locale),
      });
    case "checkout.completed":
      return t("activity.checkout_completed", {
        item: itemName(activity.details, locale),
      });
    case "subscription.changed":
      return capitalize(subscriptionSummary(activity.details, locale));
    case "payment.failed": {
      const { amount, currency } = activity.details;
      const money = { amountMinor: amount, currency };
      return t("activity.payment_failed", {
        amount: formatMoney(money, locale),
      });
    }
    case "payment_method.changed":
      return cardSummary(activity.details, locale);
    case "api_key.created":
      return t("activity.key_created", { key: activity.details.name });
    case "api_key.changed": {
      const { name, before } = activity.details;
      return name === before.name
        ? t("activity.key_changed", { key: name })
        : t("activity.key_renamed", { from: before.name, to: name });
    }
    case "api_key.rotated":
      return t("activity.key_rotated", { key: activity.details.name });
    case "api_key.revoked":
      return t("activity.key_revoked", { key: activity.details.name });
    case "wallet.adjusted": {
      const { tokens, reason } = activity.details;
      const sign = { signDisplay: "exceptZero" } as const;
      return t("activity.adjusted", {
        tokens: tokens.toLocaleString(locale, sign),
        reason,
      });
    }
    case "customer.linked":
      return t("activity.linked");
    case "organization.deleted":
      return t("activity.deleted");
  }
}

function itemName(
  item: ActivityDetails["checkout.started"],
  locale: string,
): string {
  if (!("credits" in item)) return rateName(item, locale);
  const t = translator(locale);
  const pack = findPack(item.credits);
  return pack === undefined
    ? t("activity.unknown_pack")
    : t("activity.pack", { pack: localized(pack.name, locale) });
}

function rateName(
  { plan: id, interval }: Pick<SubscriptionState, "plan" | "interval">,
  locale: string,
): string {
  const plan = planName(id, locale);
  if (interval === null) return plan;
  return translator(locale)(`plan_interval.${interval}`, { plan });
}

function planName(id: string | null, locale: string): string {
  return (id === null ? undefined : findPlan(id)?.name) ??
    translator(locale)("activity.custom_plan");
}

/** Names the most important difference. */
function subscriptionSummary(
  { before, after }: ActivityDetails["subscription.changed"],
  locale: string,
): string {
  const t = translator(locale);
  if (after === null) return t("activity.removed");
  const plan = planName(after.plan, locale);
  const key = STATUS_KEYS.get(after.status) ?? "activity.updated";
  const status = t(key, { plan });
  const to = rateName(after, locale);
  if (before === null || isEnded(before)) {
    if (after.status === "active") return t("activity.started", { plan: to });
    if (after.status === "trialing") return t("activity.trial", { plan: to });
    return status;
  }
  if (isEnded(after)) return status;
  const from = rateName(before, locale);
  if (from !== to) return t("activity.switched", { from, to });
  if (before.status !== after.status) return status;
  return endSummary({ before, after }, locale);
}

/** Describes a change of the scheduled end or plan. */
function endSummary(
  { before, after }: { before: SubscriptionState; after: SubscriptionState },
  locale: string,
): string {
  const t = translator(locale);
  const plan = planName(after.plan, locale);
  const { scheduled, cancel_at } = after;
  if (cancel_at !== before.cancel_at) {
    return cancel_at === null ? t("activity.kept", { plan }) : t(
      "activity.ends",
      { plan, date: formatDay(Date.parse(cancel_at), locale) },
    );
  }
  if (scheduled === null) return t("activity.unscheduled", { plan });
  return t("activity.scheduled", {
    from: rateName(after, locale),
    date: formatDay(Date.parse(scheduled.at), locale),
    to: rateName(scheduled, locale),
  });
}

function isEnded({ status }: SubscriptionState): boolean {
  return status === "canceled" || status === "incomplete_expired";
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function cardSummary(
  { after }: ActivityDetails["payment_method.changed"],
  locale: string,
): string {
  const t = translator(locale);
  const card = paymentMethodLabel({ paymentMethod: after }, locale);
  return card === null
    ? t("activity.card_removed")
    : t("activity.card_changed", { card });
}
