import type { ComponentChildren } from "preact";
import { Day } from "@/components/layout/Time.tsx";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  paymentMethodLabel,
  planName,
  rateLabel,
  subscriptionRate,
} from "./plan_labels.ts";

/** The subscription's next charge, scheduled change, end date or problem. */
export function SubscriptionStatus({ subscription, locale }: {
  subscription: Subscription | null;
  locale: string;
}) {
  if (subscription === null) return null;
  const card = paymentMethodLabel(subscription);
  const willBeCharged = subscription.cancelAtMs === null &&
    ["active", "trialing", "past_due"].includes(subscription.status);
  return (
    <>
      <p class="subscription-status">
        <StatusLine subscription={subscription} locale={locale} />
      </p>
      {willBeCharged && (
        <p class="soft">{card ? `Charged to ${card}` : "No card to charge"}</p>
      )}
    </>
  );
}

interface StatusProps {
  subscription: Subscription;
  locale: string;
}

function StatusLine({ subscription, locale }: StatusProps): ComponentChildren {
  const { status, plan, cancelAtMs, scheduled } = subscription;
  const name = planName(plan);
  switch (status) {
    case "incomplete":
      return `${name} waits for its first payment.`;
    case "incomplete_expired":
      return `The first payment for ${name} was not finished.`;
    case "paused":
      return "Paused: nothing is charged.";
    case "unpaid":
      return "On hold until what is open is paid.";
    case "canceled":
      return (
        <>
          {`${name} ended`}
          {cancelAtMs !== null && (
            <>
              {" on "}
              <Day ms={cancelAtMs} locale={locale} />
            </>
          )}.
        </>
      );
  }
  if (cancelAtMs !== null) {
    return (
      <>
        Ends on{" "}
        <Day ms={cancelAtMs} locale={locale} />, and is not charged again.
      </>
    );
  }
  if (scheduled !== null) {
    return <ScheduledChange {...{ subscription, locale }} />;
  }
  if (status === "past_due") return "The last payment failed.";
  return <NextCharge {...{ subscription, locale }} />;
}

function ScheduledChange({ subscription, locale }: StatusProps) {
  const { scheduled, plan, interval } = subscription;
  if (scheduled === null) return null;
  const isIntervalChange = scheduled.plan === plan &&
    scheduled.interval !== interval;
  const next = isIntervalChange
    ? `${planName(plan)} by the ${scheduled.interval}`
    : planName(scheduled.plan);
  return (
    <>
      {`${next} starts on `}
      <Day ms={scheduled.atMs} locale={locale} />.
    </>
  );
}

function NextCharge({ subscription, locale }: StatusProps) {
  const { status, trialEndMs, currentPeriodEndMs, price } = subscription;
  if (status === "trialing" && trialEndMs !== null) {
    const rate = subscriptionRate(subscription, locale);
    return (
      <>
        On trial until <Day ms={trialEndMs} locale={locale} />
        {rate && `, then ${rate}`}.
      </>
    );
  }
  const { amountMinor, currency } = price;
  return (
    <>
      Next charge on <Day ms={currentPeriodEndMs} locale={locale} />
      {amountMinor !== null &&
        `, ${rateLabel({ amountMinor, currency }, null, locale)}`}.
    </>
  );
}
