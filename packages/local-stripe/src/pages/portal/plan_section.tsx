import { perInterval } from "../checkout/checkout_copy.ts";
import { Section } from "../layout.tsx";
import { formatDay, formatMoney } from "../../money.ts";
import type { PortalSession } from "./portal_session.ts";
import { may, type Plan } from "./plans.ts";
import { BUSINESS_NAME } from "../../context.ts";

/** What the customer has, how long, and what can be done about it. */
export function Plans(
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
  return (
    <div class="empty">
      <p class="empty-title">No subscription yet</p>
      <p>
        {returnUrl
          ? (
            <>
              Choose a plan{" "}
              <a href={returnUrl} rel="noreferrer">in {BUSINESS_NAME}</a>, and
              it will be shown here.
            </>
          )
          : <>Choose a plan in {BUSINESS_NAME}, and it will be shown here.</>}
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
        <Standing plan={plan} />
      </div>
      <p class="plan-price">{priceWords(plan, portal.locale)}</p>
      <p class="muted">{whenWords(plan, portal.locale)}</p>
      {plan.unpaid && <Unpaid portal={portal} plan={plan} />}
      <PlanActions portal={portal} plan={plan} />
    </article>
  );
}

const STANDINGS: Record<string, string> = {
  incomplete: "Not paid yet",
  past_due: "Payment failed",
  paused: "Paused",
  trialing: "Trial",
  unpaid: "Unpaid",
};

function Standing({ plan: { subscription } }: Pick<PlanProps, "plan">) {
  const { cancel_at: end, status } = subscription;
  const words = end !== null && status === "active"
    ? "Ending"
    : STANDINGS[status];
  if (words === undefined) return null;
  return (
    <span class="badge" data-status={end !== null ? "ending" : status}>
      {words}
    </span>
  );
}

/** "$29.00 per month", "2 × $29.00 per month". */
export function priceWords(
  { price, quantity }: Pick<Plan, "price" | "quantity">,
  locale: string,
): string {
  const minor = price.unit_amount ?? Math.round(
    Number(price.unit_amount_decimal),
  );
  const each = `${formatMoney(minor, price.currency, locale)} ${
    perInterval(price)
  }`;
  return quantity > 1 ? `${quantity} × ${each}` : each;
}

function whenWords(
  { next, subscription }: Plan,
  locale: string,
): string {
  const { cancel_at: end, items, status, trial_end: trial } = subscription;
  const day = (timeSec: number) => formatDay(timeSec, locale);
  if (end !== null) return `Ends on ${day(end)}. Nothing more is charged.`;
  if (status === "paused") return "Paused: nothing is charged meanwhile.";
  if (status === "incomplete") return "It begins once it is paid for.";
  if (next !== null) {
    const price = priceWords({ price: next.price, quantity: 1 }, locale);
    return `Changes to ${next.name}, ${price}, on ${day(next.atSec)}.`;
  }
  const ends = items.data.map((item) => item.current_period_end);
  return status === "trialing" && trial !== null
    ? `The trial ends on ${day(trial)}, and the first payment is due then.`
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
        <strong>{amount} could not be collected.</strong>{" "}
        Nothing is lost yet: use another card, or try this one again.
      </p>
      <div class="plan-actions">
        {portal.configuration.features.payment_method_update.enabled && (
          <a class="primary" href={`${portal.base}/card`}>Update card</a>
        )}
        <form
          method="post"
          action={`${portal.base}/invoices/${unpaid.id}/pay`}
        >
          <button class="quiet" type="submit">Pay {amount} now</button>
        </form>
      </div>
    </div>
  );
}

function PlanActions({ portal, plan }: PlanProps) {
  const { subscription } = plan;
  const { features } = portal.configuration;
  const base = `${portal.base}/plans/${subscription.id}`;
  const ending = subscription.cancel_at !== null;
  const pauses = features.subscription_pause?.enabled;
  return (
    <div class="plan-actions">
      {may(portal, "subscription_update", plan) && !ending && (
        <a
          class={plan.unpaid ? "quiet" : "primary"}
          href={`${base}/change`}
        >
          Change plan
        </a>
      )}
      {ending && features.subscription_cancel.enabled && (
        <Act action={`${base}/keep`} words="Keep plan" strong />
      )}
      {plan.next && features.subscription_update.enabled && (
        <Act action={`${base}/drop`} words={`Stay with ${plan.name}`} />
      )}
      {subscription.status === "paused" && pauses && (
        <Act action={`${base}/resume`} words="Resume plan" strong />
      )}
      {may(portal, "subscription_pause", plan) && !ending && (
        <a class="secondary" href={`${base}/pause`}>Pause plan</a>
      )}
      {may(portal, "subscription_cancel", plan) && (
        <a class="secondary" href={`${base}/cancel`}>Cancel plan</a>
      )}
    </div>
  );
}

function Act(props: { action: string; words: string; strong?: boolean }) {
  return (
    <form method="post" action={props.action}>
      <button class={props.strong ? "primary" : "quiet"} type="submit">
        {props.words}
      </button>
    </form>
  );
}
