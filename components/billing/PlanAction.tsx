import type { ComponentChildren } from "preact";
import { CHECKOUT_PATH } from "@/components/layout/hrefs.ts";
import { Day } from "@/components/layout/Time.tsx";
import ChoosePlan from "@/islands/ChoosePlan.tsx";
import { forOrganization } from "@/lib/auth/page_organization.ts";
import type { Interval, Plan, Prices } from "@/lib/billing/plans.ts";
import { hasSubscription } from "@/lib/billing/subscription.ts";
import {
  type Obstacle,
  type PlanAction as Action,
  planAction,
} from "@/lib/pages/plan_actions.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  INVOICE_HREF,
  KEEP_HREF,
  planName,
  PORTAL_HREF,
  subscriptionRate,
} from "./plan_labels.ts";
import { redirectText } from "./redirect_text.ts";

/** The organization and visitor that plan actions are shown to. */
export interface PlanActionContext {
  orgId: string;
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
  const { locale } = context;
  const t = translator(locale);
  const button = trialDays === 0
    ? t("plan.choose", { plan: plan.name })
    : t("plan.try", { plan: plan.name, days: trialDays });
  return (
    <ChoosePlan
      plan={plan.id}
      orgId={context.orgId}
      formAction={forOrganization(CHECKOUT_PATH, context.orgId)}
      plain={!plan.recommended}
      signInHref={context.signInHref}
      text={{
        ...redirectText(locale),
        button,
        unavailable: t("redirect.plan_unavailable"),
      }}
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
  const t = translator(locale);
  switch (action.kind) {
    case "current":
      return <Status>{currentPlanLabel(plan, context)}</Status>;
    case "starts":
      return (
        <Status>
          {t.rich("plan.starts_on", {
            date: <Day ms={action.atMs} locale={locale} />,
          })}
        </Status>
      );
    case "keep":
      return (
        <>
          <Status>
            {t.rich("plan.ends_on", {
              date: <Day ms={action.endsAtMs} locale={locale} />,
            })}
          </Status>
          {context.mayManageBilling && (
            <form
              method="post"
              action={forOrganization(KEEP_HREF, context.orgId)}
            >
              <button class="button" type="submit">
                {t("plan.keep", { plan: plan.name })}
              </button>
            </form>
          )}
        </>
      );
    case "undo":
      return (
        <StatusWithLink
          href={KEEP_HREF}
          label={t("plan.undo_change")}
          context={context}
          plain
        >
          {t.rich("plan.until", {
            date: <Day ms={action.changesAtMs} locale={locale} />,
          })}
        </StatusWithLink>
      );
    case "finish_payment":
      return (
        <StatusWithLink
          href={INVOICE_HREF}
          label={t("action.finish_payment")}
          context={context}
        >
          {t("plan.starts_once_paid")}
        </StatusWithLink>
      );
    case "fix_payment":
      return (
        <Status>
          {subscription?.status === "unpaid"
            ? t("plan.on_hold")
            : t("plan.retrying")}
        </Status>
      );
    case "resume":
      return (
        <StatusWithLink
          href={PORTAL_HREF}
          label={t("action.resume", { plan: plan.name })}
          context={context}
        >
          {t("plan.paused")}
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
      return (
        <Subscribe
          plan={plan}
          trialDays={action.trialDays}
          context={context}
        />
      );
    case "none":
      return action.obstacle === "prices_unknown"
        ? <PricesUnknown plan={plan} interval={interval} context={context} />
        : <Status>{obstacleLabel(action.obstacle, context)}</Status>;
  }
}

/** Styled as a plain link, so that it is not clicked by mistake. */
function Cancel(
  { planId, context }: { planId: string | null; context: PlanActionContext },
) {
  const { mayManageBilling, locale } = context;
  if (!mayManageBilling) return null;
  const t = translator(locale);
  return (
    <a class="plan-cancel" href={`${PORTAL_HREF}?flow=subscription_cancel`}>
      {planId === null
        ? t("plan.cancel_custom")
        : t("plan.cancel", { plan: planName(planId, locale) })}
    </a>
  );
}

/** A disabled button, with the reason. */
function PricesUnknown(
  { plan, interval, context }: Omit<IntervalActionProps, "action">,
) {
  const { subscription, locale, mayManageBilling } = context;
  if (!mayManageBilling) return null;
  const t = translator(locale);
  const id = `prices-unknown-${plan.id}-${interval}`;
  return (
    <>
      <button class="button" type="button" disabled aria-describedby={id}>
        {hasSubscription(subscription)
          ? switchLabel({ plan, interval, context })
          : t("plan.choose", { plan: plan.name })}
      </button>
      <p id={id} class="note">{t("plan.prices_unknown")}</p>
    </>
  );
}

function switchLabel(
  { plan, interval, context }: Omit<IntervalActionProps, "action">,
): string {
  const t = translator(context.locale);
  if (context.subscription?.plan !== plan.id) {
    return t("plan.switch", { plan: plan.name });
  }
  return t(interval === "year" ? "plan.switch_year" : "plan.switch_month");
}

function Change({ plan, interval, action, context }: IntervalActionProps) {
  const { subscription, locale } = context;
  const t = translator(locale);
  const later = action.kind === "change" && action.timing === "period_end";
  return (
    <StatusWithLink
      href={`/organization/change?plan=${plan.id}&interval=${interval}`}
      label={switchLabel({ plan, interval, context })}
      context={context}
      plain
    >
      {later && subscription && t.rich("plan.from", {
        date: <Day ms={subscription.currentPeriodEndMs} locale={locale} />,
      })}
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
  const t = translator(locale);
  if (plan.lookupKeys === null || subscription === null) {
    return t("plan.current");
  }
  const rate = subscriptionRate(subscription, locale);
  if (rate === null) return t("plan.current");
  return subscription.status === "trialing"
    ? t("plan.trial_then", { rate })
    : t("plan.current_rate", { rate });
}

function obstacleLabel(
  obstacle: Exclude<Obstacle, "prices_unknown">,
  { subscription, locale }: PlanActionContext,
): string {
  const t = translator(locale);
  const plan = planName(subscription?.plan ?? null, locale);
  switch (obstacle) {
    case "payment_unfinished":
      return t("plan.after_first_payment", { plan });
    case "payment_failed":
      return t("plan.after_payment");
    case "paused":
      return t("plan.after_resume", { plan });
    case "change_scheduled":
      return t("plan.change_scheduled");
    case "ending":
      return t("plan.keep_to_switch", { plan });
    case "custom_plan":
      return t("plan.custom_change");
  }
}
