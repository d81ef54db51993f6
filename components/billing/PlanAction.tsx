import type { ComponentChildren } from "preact";
import { Day } from "@/components/layout/Time.tsx";
import ChoosePlan from "@/islands/ChoosePlan.tsx";
import type { Interval, Plan, Prices } from "@/lib/billing/plans.ts";
import {
  type PlanAction as Action,
  planAction,
} from "@/lib/pages/plan_actions.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  INVOICE_HREF,
  KEEP_HREF,
  planName,
  PORTAL_HREF,
  subscriptionRate,
} from "./plan_labels.ts";

/** The organization and visitor that plan actions are shown to. */
export interface PlanActionContext {
  subscription: Subscription | null;
  prices: Prices;
  locale: string;
  /** If false, statuses are shown without buttons or links. */
  mayManageBilling: boolean;
  /** Offered if the session ends while the page is open. */
  signInHref: string;
}

/** The status of a plan and the button to choose, change or keep it. */
export function PlanAction(
  { plan, context }: { plan: Plan; context: PlanActionContext },
) {
  const { subscription, prices } = context;
  const actionFor = (interval: Interval) =>
    planAction(subscription, { plan, interval, prices });
  const month = actionFor("month");
  const year = actionFor("year");
  if (month.kind === "subscribe") {
    return (
      <Subscribe plan={plan} trialDays={month.trialDays} context={context} />
    );
  }
  if (isSameAction(month, year)) {
    return (
      <IntervalAction
        plan={plan}
        interval="month"
        action={month}
        context={context}
      />
    );
  }
  return (
    <>
      <div class="by-month">
        <IntervalAction
          plan={plan}
          interval="month"
          action={month}
          context={context}
        />
      </div>
      <div class="by-year">
        <IntervalAction
          plan={plan}
          interval="year"
          action={year}
          context={context}
        />
      </div>
    </>
  );
}

/** Two changes always differ, because their links contain the interval. */
function isSameAction(one: Action, other: Action): boolean {
  return one.kind !== "change" && JSON.stringify(one) === JSON.stringify(other);
}

function Subscribe({ plan, trialDays, context }: {
  plan: Plan;
  trialDays: number;
  context: PlanActionContext;
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

interface IntervalActionProps {
  plan: Plan;
  interval: Interval;
  action: Action;
  context: PlanActionContext;
}

function IntervalAction(
  { plan, interval, action, context }: IntervalActionProps,
) {
  const { subscription, locale } = context;
  switch (action.kind) {
    case "current":
      return <Status>{currentPlanLabel(plan, context)}</Status>;
    case "starts":
      return (
        <Status>
          Starts on <Day ms={action.atMs} locale={locale} />
        </Status>
      );
    case "keep":
      return (
        <>
          <Status>
            Ends on <Day ms={action.endsAtMs} locale={locale} />
          </Status>
          {context.mayManageBilling && (
            <form method="post" action={KEEP_HREF}>
              <button class="button" type="submit">
                {`Keep ${plan.name}`}
              </button>
            </form>
          )}
        </>
      );
    case "undo":
      return (
        <StatusWithLink
          href={KEEP_HREF}
          label="Undo change"
          context={context}
          plain
        >
          Until <Day ms={action.changesAtMs} locale={locale} />
        </StatusWithLink>
      );
    case "finish_payment":
      return (
        <StatusWithLink
          href={INVOICE_HREF}
          label="Finish payment"
          context={context}
        >
          Starts once it is paid
        </StatusWithLink>
      );
    case "fix_payment":
      return (
        <Status>
          {subscription?.status === "unpaid"
            ? "On hold until what is open is paid"
            : "Goes on while Stripe tries again"}
        </Status>
      );
    case "resume":
      return (
        <StatusWithLink
          href={PORTAL_HREF}
          label={`Resume ${plan.name}`}
          context={context}
        >
          Paused, nothing is charged
        </StatusWithLink>
      );
    case "cancel":
      return <Cancel planId={subscription?.plan ?? null} context={context} />;
    case "change":
      return (
        <Change
          plan={plan}
          interval={interval}
          action={action}
          context={context}
        />
      );
    case "subscribe":
    case "none":
      return <Status>{obstacleLabel(action, subscription)}</Status>;
  }
}

/** Styled as a plain link, so that it is not clicked by mistake. */
function Cancel(
  { planId, context }: { planId: string | null; context: PlanActionContext },
) {
  if (!context.mayManageBilling) return null;
  return (
    <a class="plan-cancel" href={`${PORTAL_HREF}?flow=subscription_cancel`}>
      {planId === null ? "Cancel your plan" : `Cancel ${planName(planId)}`}
    </a>
  );
}

function Change({ plan, interval, action, context }: IntervalActionProps) {
  const { subscription, locale } = context;
  const label = subscription?.plan === plan.id
    ? `Switch to ${interval === "year" ? "yearly" : "monthly"}`
    : `Switch to ${plan.name}`;
  const later = action.kind === "change" && action.timing === "period_end";
  return (
    <StatusWithLink
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
    </StatusWithLink>
  );
}

/** A status line, followed by a link for visitors with billing rights. */
function StatusWithLink({ href, label, context, plain = false, children }: {
  href: string;
  label: string;
  context: PlanActionContext;
  plain?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <>
      {children && <Status>{children}</Status>}
      {context.mayManageBilling && (
        <a class={plain ? "button plain" : "button"} href={href}>{label}</a>
      )}
    </>
  );
}

function Status({ children }: { children: ComponentChildren }) {
  return <p class="plan-status">{children}</p>;
}

function currentPlanLabel(
  plan: Plan,
  { subscription, locale }: PlanActionContext,
): string {
  if (plan.lookupKeys === null || subscription === null) {
    return "What you have now";
  }
  const rate = subscriptionRate(subscription, locale);
  if (rate === null) return "What you have now";
  return subscription.status === "trialing"
    ? `On trial, then ${rate}`
    : `You pay ${rate}`;
}

function obstacleLabel(action: Action, subscription: Subscription | null) {
  if (action.kind !== "none") return null;
  const name = planName(subscription?.plan ?? null);
  switch (action.obstacle) {
    case "payment_unfinished":
      return `Once the payment for ${name} is finished`;
    case "payment_failed":
      return `Once the payment for ${name} is settled`;
    case "paused":
      return `Once ${name} is resumed`;
    case "change_scheduled":
      return "A plan change is scheduled";
    case "ending":
      return `Keep ${name} to switch plans`;
    case "custom_plan":
      return "Your plan was made for you: ask us to change it";
  }
}
