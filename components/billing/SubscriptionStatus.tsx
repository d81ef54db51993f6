import type { ComponentChildren } from "preact";
import { Day } from "@/components/layout/Time.tsx";
import { findPlan, type Prices } from "@/lib/billing/plans.ts";
import { hasSubscription, isPaid } from "@/lib/billing/subscription.ts";
import { paymentMethodLabel } from "@/lib/pages/payment_method_label.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  INVOICE_HREF,
  openInvoice,
  planIntervalLabel,
  planName,
  rateLabel,
  subscriptionRate,
} from "./plan_labels.ts";

/** The subscription's next charge, scheduled change, end date or problem. */
export function SubscriptionStatus(
  { subscription, prices, mayManageBilling, locale }: {
    subscription: Subscription | null;
    prices: Prices;
    /** If false, there is no link to the open invoice. */
    mayManageBilling: boolean;
    locale: string;
  },
) {
  if (subscription === null) return null;
  const t = translator(locale);
  const due = hasSubscription(subscription)
    ? null
    : openInvoice(subscription, locale);
  const card = paymentMethodLabel(subscription, locale);
  const willBeCharged = subscription.cancelAtMs === null &&
    isPaid(subscription);
  return (
    <>
      <p class="subscription-status">
        <StatusLine
          subscription={subscription}
          prices={prices}
          locale={locale}
        />
      </p>
      {willBeCharged && (
        <p class="soft">
          {card ? t("status.charged_to", { card }) : t("status.no_card")}
        </p>
      )}
      {due && (
        <p class="soft">
          {t("invoice.due", due)}{" "}
          {mayManageBilling && (
            <a href={INVOICE_HREF}>{t("action.pay_invoice")}</a>
          )}
        </p>
      )}
    </>
  );
}

interface StatusProps {
  subscription: Subscription;
  locale: string;
}

function StatusLine(
  { subscription, prices, locale }: StatusProps & { prices: Prices },
): ComponentChildren {
  const t = translator(locale);
  const { status, cancelAtMs, scheduled } = subscription;
  const plan = planName(subscription.plan, locale);
  const end = cancelAtMs === null
    ? null
    : <Day ms={cancelAtMs} locale={locale} />;
  switch (status) {
    case "incomplete":
      return t("status.incomplete", { plan });
    case "incomplete_expired":
      return t("status.incomplete_expired", { plan });
    case "paused":
      return t("status.paused");
    case "unpaid":
      return t("status.unpaid");
    case "canceled":
      return end === null
        ? t("status.ended", { plan })
        : <>{t.rich(endKey(subscription), { plan, date: end })}</>;
  }
  if (end !== null) return <>{t.rich("status.ends_on", { date: end })}</>;
  if (scheduled !== null) {
    return (
      <ScheduledChange
        subscription={subscription}
        prices={prices}
        locale={locale}
      />
    );
  }
  if (status === "past_due") return t("status.past_due");
  return <NextCharge subscription={subscription} locale={locale} />;
}

function endKey({ endReason }: Subscription) {
  if (endReason === "payment_failed") return "status.ended_unpaid";
  if (endReason === "payment_disputed") return "status.ended_disputed";
  return "status.ended_on";
}

function ScheduledChange(
  { subscription, prices, locale }: StatusProps & { prices: Prices },
) {
  const { scheduled, plan, interval } = subscription;
  if (scheduled === null) return null;
  const isIntervalChange = scheduled.plan === plan &&
    scheduled.interval !== interval;
  const next = isIntervalChange
    ? planIntervalLabel(plan, scheduled.interval, locale)
    : planName(scheduled.plan, locale);
  const date = <Day ms={scheduled.atMs} locale={locale} />;
  const t = translator(locale);
  const keys = findPlan(scheduled.plan ?? "")?.lookupKeys;
  const price = keys && scheduled.interval &&
    prices.get(keys[scheduled.interval]);
  if (!price) return <>{t.rich("status.change", { plan: next, date })}</>;
  const rate = rateLabel(price, scheduled.interval, locale);
  return <>{t.rich("status.change_rate", { plan: next, date, rate })}</>;
}

function NextCharge({ subscription, locale }: StatusProps) {
  const t = translator(locale);
  const { status, trialEndMs, currentPeriodEndMs, price } = subscription;
  if (status === "trialing" && trialEndMs !== null) {
    const rate = subscriptionRate(subscription, locale);
    const date = <Day ms={trialEndMs} locale={locale} />;
    return rate === null
      ? <>{t.rich("status.trial", { date })}</>
      : <>{t.rich("status.trial_then", { date, rate })}</>;
  }
  const { amountMinor, currency } = price;
  const date = <Day ms={currentPeriodEndMs} locale={locale} />;
  if (amountMinor === null) {
    return <>{t.rich("status.next_charge", { date })}</>;
  }
  const amount = rateLabel({ amountMinor, currency }, null, locale);
  return <>{t.rich("status.next_charge_amount", { amount, date })}</>;
}
