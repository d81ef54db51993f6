import type { ComponentChildren } from "preact";
import ChoosePlan from "@/islands/ChoosePlan.tsx";
import { type Offer, planAction } from "@/lib/pages/plan_actions.ts";
import type { Interval, Plan, Prices } from "@/lib/billing/plans.ts";
import type { Subscription } from "@/lib/store/mod.ts";
import {
  INVOICE_HREF,
  planName,
  PORTAL_HREF,
  ratePaid,
} from "./plan_labels.ts";
import { Day } from "@/components/layout/Time.tsx";

/** For whom plans are offered. */
export interface OfferContext {
  subscription: Subscription | null;
  prices: Prices;
  locale: string;
  /** Without it everything is said and nothing offered. */
  mayManageBilling: boolean;
  /** Where somebody signs in again whose session ended in the open page. */
  signInHref: string;
}

/** What an organization can do about a plan: below it, and for nobody else. */
export function PlanOffer(
  { plan, context }: { plan: Plan; context: OfferContext },
) {
  const { subscription, prices } = context;
  const offer = (interval: Interval) =>
    planAction(subscription, { plan, interval, prices });
  const month = offer("month");
  const year = offer("year");
  if (month.kind === "subscribe") {
    return (
      <Subscribe plan={plan} trialDays={month.trialDays} context={context} />
    );
  }
  if (isSame(month, year)) {
    return (
      <OfferFor plan={plan} interval="month" offer={month} context={context} />
    );
  }
  return (
    <>
      <div class="by-month">
        <OfferFor
          plan={plan}
          interval="month"
          offer={month}
          context={context}
        />
      </div>
      <div class="by-year">
        <OfferFor plan={plan} interval="year" offer={year} context={context} />
      </div>
    </>
  );
}

/** Links of a change name its interval, so two of them are never one. */
function isSame(one: Offer, other: Offer): boolean {
  return one.kind !== "change" && JSON.stringify(one) === JSON.stringify(other);
}

function Subscribe({ plan, trialDays, context }: {
  plan: Plan;
  trialDays: number;
  context: OfferContext;
}) {
  if (!context.mayManageBilling) return null;
  const label = trialDays === 0
    ? `Choose ${plan.name}`
    : `Try ${plan.name} for ${trialDays} days`;
  return (
    <ChoosePlan
      plan={plan.id}
      label={label}
      signInHref={context.signInHref}
    />
  );
}

interface OneOffer {
  plan: Plan;
  interval: Interval;
  offer: Offer;
  context: OfferContext;
}

function OfferFor({ plan, interval, offer, context }: OneOffer) {
  const { subscription, locale } = context;
  switch (offer.kind) {
    case "current":
      return <Said>{ownWords(plan, context)}</Said>;
    case "starts":
      return (
        <Said>
          Starts on <Day ms={offer.atMs} locale={locale} />
        </Said>
      );
    case "keep":
      return (
        <Way href={PORTAL_HREF} label={`Keep ${plan.name}`} context={context}>
          Ends on <Day ms={offer.endsAtMs} locale={locale} />
        </Way>
      );
    case "finish_payment":
      return (
        <Way href={INVOICE_HREF} label="Finish payment" context={context}>
          Starts once it is paid
        </Way>
      );
    case "fix_payment":
      return (
        <Said>
          {subscription?.status === "unpaid"
            ? "On hold until what is open is paid"
            : "Goes on while Stripe tries again"}
        </Said>
      );
    case "resume":
      return (
        <Way href={PORTAL_HREF} label={`Resume ${plan.name}`} context={context}>
          Paused, nothing is charged
        </Way>
      );
    case "cancel":
      return <Cancel planId={subscription?.plan ?? null} context={context} />;
    case "change":
      return (
        <Change
          plan={plan}
          interval={interval}
          offer={offer}
          context={context}
        />
      );
    case "subscribe":
    case "none":
      return <Said>{obstacleWords(offer, subscription)}</Said>;
  }
}

/** A way out that is as easy to find as it is not to press by mistake. */
function Cancel(
  { planId, context }: { planId: string | null; context: OfferContext },
) {
  if (!context.mayManageBilling) return null;
  return (
    <a class="plan-quiet" href={`${PORTAL_HREF}?flow=subscription_cancel`}>
      {planId === null ? "Cancel your plan" : `Cancel ${planName(planId)}`}
    </a>
  );
}

function Change({ plan, interval, offer, context }: OneOffer) {
  const { subscription, locale } = context;
  const label = subscription?.plan === plan.id
    ? `Switch to ${interval === "year" ? "yearly" : "monthly"}`
    : `Switch to ${plan.name}`;
  const later = offer.kind === "change" && offer.timing === "period_end";
  return (
    <Way
      href={`/organization/change?plan=${plan.id}&interval=${interval}`}
      label={label}
      context={context}
      plain
    >
      {later && subscription && (
        <>
          From <Day ms={subscription.currentPeriodEndMs} locale={locale} />
        </>
      )}
    </Way>
  );
}

/** A word on how it stands, and the way on for who may go it. */
function Way({ href, label, context, plain = false, children }: {
  href: string;
  label: string;
  context: OfferContext;
  plain?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <>
      {children && <Said>{children}</Said>}
      {context.mayManageBilling && (
        <a class={plain ? "button plain" : "button"} href={href}>{label}</a>
      )}
    </>
  );
}

function Said({ children }: { children: ComponentChildren }) {
  return <p class="plan-said">{children}</p>;
}

function ownWords(plan: Plan, { subscription, locale }: OfferContext): string {
  if (plan.lookupKeys === null || subscription === null) {
    return "What you have now";
  }
  if (subscription.scheduled !== null) {
    return "Until the change that is set";
  }
  const rate = ratePaid(subscription, locale);
  if (rate === null) return "What you have now";
  return subscription.status === "trialing"
    ? `On trial, then ${rate}`
    : `You pay ${rate}`;
}

function obstacleWords(offer: Offer, subscription: Subscription | null) {
  if (offer.kind !== "none") return null;
  const name = planName(subscription?.plan ?? null);
  switch (offer.obstacle) {
    case "payment_unfinished":
      return `Once the payment for ${name} is finished`;
    case "payment_failed":
      return `Once the payment for ${name} is settled`;
    case "paused":
      return `Once ${name} is resumed`;
    case "change_scheduled":
      return "A change is set already; Manage Billing can take it back";
    case "custom_plan":
      return "Your plan was made for you: ask us to change it";
  }
}
