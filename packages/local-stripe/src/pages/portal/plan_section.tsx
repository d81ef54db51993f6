import { formatDay, formatMoney } from "../../money.ts";
import { useBusinessName } from "../document.tsx";
import { Section } from "../elements.tsx";
import { PostButton } from "../forms.tsx";
import { PLAN_VERBS } from "./plan_verbs.tsx";
import { type Plan, priceText } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";

/** The customer's plans with their dates and actions. */
export function PlanSection(
  { portal, plans }: { portal: PortalSession; plans: Plan[] },
) {
  return (
    <Section
      id="plan"
      title={plans.length > 1 ? "Current plans" : "Current plan"}
    >
      {plans.length === 0 && <NoPlan returnUrl={portal.session.return_url} />}
      {plans.map((plan) => (
        <PlanCard key={plan.subscription.id} portal={portal} plan={plan} />
      ))}
    </Section>
  );
}

function NoPlan({ returnUrl }: { returnUrl: string | null }) {
  const inBusiness = `in ${useBusinessName()}`;
  return (
    <div class="empty">
      <p class="empty-title">No subscription yet</p>
      <p>
        Choose a plan {returnUrl
          ? <a href={returnUrl} rel="noreferrer">{inBusiness}</a>
          : inBusiness} to see it here.
      </p>
    </div>
  );
}

interface PlanProps {
  portal: PortalSession;
  plan: Plan;
}

function PlanCard({ portal, plan }: PlanProps) {
  return (
    <article class="plan" data-status={plan.subscription.status}>
      <div class="plan-head">
        <h3>{plan.name}</h3>
        <PlanBadge plan={plan} />
      </div>
      <p class="plan-price">{priceText(plan, portal.locale)}</p>
      {plan.discounts.map((text) => <p key={text} class="plan-off">{text}</p>)}
      <p class="muted">{renewalText(plan, portal.locale)}</p>
      {plan.unpaid && <Unpaid portal={portal} plan={plan} />}
      <PlanActions portal={portal} plan={plan} />
    </article>
  );
}

const STATUS_LABELS: Record<string, string> = {
  incomplete: "Not paid yet",
  past_due: "Payment failed",
  paused: "Paused",
  trialing: "Trial",
  unpaid: "Unpaid",
};

function PlanBadge({ plan: { subscription } }: Pick<PlanProps, "plan">) {
  const { cancel_at: end, status } = subscription;
  const label = end !== null && status === "active"
    ? "Ending"
    : STATUS_LABELS[status];
  if (label === undefined) return null;
  return (
    <span class="badge" data-status={end !== null ? "ending" : status}>
      {label}
    </span>
  );
}

function renewalText({ next, subscription }: Plan, locale: string): string {
  const { cancel_at: end, items, status, trial_end: trial } = subscription;
  const day = (timeSec: number) => formatDay(timeSec, locale);
  if (end !== null) return `Ends on ${day(end)}. You won't be charged again.`;
  if (status === "paused") {
    return "Paused. You won't be charged until you resume it.";
  }
  if (status === "incomplete") return "Starts when the payment succeeds.";
  if (next !== null) {
    const price = priceText({ price: next.price, quantity: 1 }, locale);
    return `Changes to ${next.name}, ${price}, on ${day(next.atSec)}.`;
  }
  const ends = items.data.map((item) => item.current_period_end);
  return status === "trialing" && trial !== null
    ? `The trial ends on ${day(trial)}. Your first payment is due then.`
    : `Renews on ${day(Math.min(...ends))}.`;
}

function Unpaid({ portal, plan: { unpaid } }: PlanProps) {
  if (unpaid === null) return null;
  const amount = formatMoney(
    unpaid.amount_remaining,
    unpaid.currency,
    portal.locale,
  );
  return (
    <div class="unpaid" role="alert">
      <p>
        <strong>Your payment of {amount} failed.</strong>{" "}
        To keep your plan, update your card or try again.
      </p>
      <div class="plan-actions">
        {portal.configuration.features.payment_method_update.enabled && (
          <a class="primary" href={`${portal.base}/card`}>Update card</a>
        )}
        <PostButton
          action={`${portal.base}/invoices/${unpaid.id}/pay`}
          class="quiet"
        >
          Pay {amount} now
        </PostButton>
      </div>
    </div>
  );
}

function PlanActions({ portal, plan }: PlanProps) {
  const { cancel_at: end, id } = plan.subscription;
  const url = (verb: keyof typeof PLAN_VERBS) =>
    `${portal.base}/plans/${id}/${verb}`;
  const may = (verb: keyof typeof PLAN_VERBS) =>
    PLAN_VERBS[verb].may(portal, plan);
  const isEnding = end !== null;
  return (
    <div class="plan-actions">
      {may("change") && (
        <a class={plan.unpaid ? "quiet" : "primary"} href={url("change")}>
          Change plan
        </a>
      )}
      {may("keep") && (
        <PostButton action={url("keep")} class="primary">Keep plan</PostButton>
      )}
      {may("drop") && (
        <PostButton action={url("drop")} class="quiet">
          Keep {plan.name}
        </PostButton>
      )}
      {may("resume") && (
        <PostButton action={url("resume")} class="primary">
          Resume plan
        </PostButton>
      )}
      {may("pause") && !isEnding && (
        <a class="secondary" href={url("pause")}>Pause plan</a>
      )}
      {may("cancel") && (
        <a class="secondary" href={url("cancel")}>Cancel plan</a>
      )}
    </div>
  );
}
