import type { ComponentChildren } from "preact";
import type { Subscription } from "@/lib/store/mod.ts";
import { planName, ratePaid, ratePhrase } from "./plan_labels.ts";
import { cardPhrase } from "./plan_labels.ts";
import { Day } from "@/components/layout/Time.tsx";

/** How a subscription stands: what is charged next and when, or what ends. */
export function SubscriptionLines({ subscription, locale }: {
  subscription: Subscription | null;
  locale: string;
}) {
  if (subscription === null) return null;
  const card = cardPhrase(subscription);
  const charged = subscription.cancelAtMs === null &&
    ["active", "trialing", "past_due"].includes(subscription.status);
  return (
    <>
      <p class="standing-line">
        <Line subscription={subscription} locale={locale} />
      </p>
      {charged && (
        <p class="soft">{card ? `Charged to ${card}` : "No card to charge"}</p>
      )}
    </>
  );
}

interface Read {
  subscription: Subscription;
  locale: string;
}

function Line({ subscription, locale }: Read): ComponentChildren {
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
  if (scheduled !== null) return <Scheduled {...{ subscription, locale }} />;
  if (status === "past_due") return "The last payment failed.";
  return <NextCharge {...{ subscription, locale }} />;
}

function Scheduled({ subscription, locale }: Read) {
  const { scheduled, plan, interval } = subscription;
  if (scheduled === null) return null;
  const same = scheduled.plan === plan && scheduled.interval !== interval;
  const next = same
    ? `${planName(plan)} by the ${scheduled.interval}`
    : planName(scheduled.plan);
  return (
    <>
      {`${next} starts on `}
      <Day ms={scheduled.atMs} locale={locale} />.
    </>
  );
}

function NextCharge({ subscription, locale }: Read) {
  const { status, trialEndMs, currentPeriodEndMs, price } = subscription;
  if (status === "trialing" && trialEndMs !== null) {
    const rate = ratePaid(subscription, locale);
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
        `, ${ratePhrase({ amountMinor, currency }, null, locale)}`}.
    </>
  );
}
