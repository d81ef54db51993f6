import type { ComponentChildren } from "preact";
import { renderedOnce } from "@/components/layout/cached_markup.ts";
import type { Plan, Price, Prices } from "@/lib/billing/plans.ts";
import { formatCount, formatPrice } from "@/lib/pages/formats.ts";

/** The props that determine a card's markup, and thus its cache key. */
interface PlanCardProps {
  plan: Plan;
  prices: Prices;
  locale: string;
  /** Whether this is the organization's current plan. */
  current: boolean;
  headingLevel: 2 | 3;
}

/** A column of the pricing table. Children hold the visitor's plan action. */
export function PlanCard(
  { children, ...props }: PlanCardProps & { children?: ComponentChildren },
) {
  const { plan, prices, locale, current, headingLevel } = props;
  const key = `${plan.id} ${locale} ${current} ${headingLevel}`;
  return (
    <li class={current ? "plan plan--current column" : "plan column"}>
      <div
        dangerouslySetInnerHTML={renderedOnce(
          prices,
          key,
          () => <Card {...props} />,
        )}
      />
      {children && <div class="plan-action">{children}</div>}
    </li>
  );
}

function Card(
  { plan, prices, locale, current, headingLevel }: PlanCardProps,
) {
  const Heading = headingLevel === 2 ? "h2" : "h3";
  return (
    <>
      <div class="plan-head">
        <Heading class="plan-name">{plan.name}</Heading>
        {current && <span class="badge">Your plan</span>}
      </div>
      <p class="soft">{plan.summary}</p>
      <PlanPrice plan={plan} prices={prices} locale={locale} />
      <dl class="limits">
        <div>
          <dt>Tokens a month</dt>
          <dd>{formatCount(plan.tokensPerMonth, locale)}</dd>
        </div>
        <div>
          <dt>API calls a minute</dt>
          <dd>{formatCount(plan.callsPerMinute, locale)}</dd>
        </div>
      </dl>
      <ul class="features">
        {plan.features.map((feature) => <li key={feature}>{feature}</li>)}
      </ul>
    </>
  );
}

function PlanPrice({ plan, prices, locale }: {
  plan: Plan;
  prices: Prices;
  locale: string;
}) {
  if (plan.lookupKeys === null) {
    return (
      <p class="price">
        <strong>No charge</strong>
        <span class="price-year">no card needed</span>
      </p>
    );
  }
  const month = prices.get(plan.lookupKeys.month);
  const year = prices.get(plan.lookupKeys.year);
  if (month === undefined) {
    return (
      <p class="price">
        <span class="price-unknown">Price shown at checkout</span>
      </p>
    );
  }
  const saving = year ? savingText({ month, year, locale }) : "";
  return (
    <>
      <p class={year ? "price by-month" : "price"}>
        <strong>{formatPrice(month, locale)}</strong> a month
        {year && (
          <span class="price-year">
            {`or ${formatPrice(year, locale)} a year${saving && ", "}${saving}`}
          </span>
        )}
      </p>
      {year && (
        <p class="price by-year">
          <strong>{formatPrice(year, locale)}</strong> a year
          <span class="price-year">
            {saving || `or ${formatPrice(month, locale)} a month`}
          </span>
        </p>
      )}
    </>
  );
}

/** Empty if yearly billing saves nothing or uses another currency. */
function savingText(
  { month, year, locale }: { month: Price; year: Price; locale: string },
): string {
  const amountMinor = month.amountMinor * 12 - year.amountMinor;
  if (month.currency !== year.currency || amountMinor <= 0) return "";
  const { currency } = year;
  return `saves ${formatPrice({ amountMinor, currency }, locale)}`;
}
