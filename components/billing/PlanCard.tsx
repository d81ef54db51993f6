import type { ComponentChildren } from "preact";
import { cachedMarkup } from "@/components/layout/cached_markup.ts";
import {
  type Plan,
  type Prices,
  SUGGESTED_CURRENCY,
} from "@/lib/billing/plans.ts";
import { yearlySaving } from "@/lib/billing/money.ts";
import { formatCount, formatPrice } from "@/lib/pages/formats.ts";
import { localized, translator } from "@/lib/pages/translate.ts";

/** The props that determine a card's markup, and thus its cache key. */
interface PlanCardProps {
  plan: Plan;
  prices: Prices;
  locale: string;
  /** Whether this is the organization's current plan. */
  current: boolean;
  recommended: boolean;
  headingLevel: 2 | 3;
}

/** A column of the pricing table. Children hold the visitor's plan action. */
export function PlanCard(
  { children, ...props }: PlanCardProps & { children?: ComponentChildren },
) {
  const { plan, prices, locale, current, recommended, headingLevel } = props;
  const key = [plan.id, locale, current, recommended, headingLevel].join(" ");
  const mark = current
    ? " plan--current"
    : recommended
    ? " plan--recommended"
    : "";
  return (
    <li class={`plan${mark} column`}>
      <div
        class="plan-card"
        dangerouslySetInnerHTML={cachedMarkup(
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
  { plan, prices, locale, current, recommended, headingLevel }: PlanCardProps,
) {
  const t = translator(locale);
  const Heading = headingLevel === 2 ? "h2" : "h3";
  return (
    <>
      <div class="plan-head">
        <Heading class="plan-name">{plan.name}</Heading>
        {current && <span class="badge">{t("plans.your_plan")}</span>}
        {recommended && (
          <span class="badge badge--strong">{t("plans.recommended")}</span>
        )}
      </div>
      <p class="soft">{localized(plan.summary, locale)}</p>
      <PlanPrice plan={plan} prices={prices} locale={locale} />
      <dl class="limits">
        <div>
          <dt>{t("limits.tokens")}</dt>
          <dd>{formatCount(plan.tokensPerMonth, locale)}</dd>
        </div>
        <div>
          <dt>{t("limits.calls")}</dt>
          <dd>{formatCount(plan.callsPerMinute, locale)}</dd>
        </div>
      </dl>
      <ul class="features">
        {plan.features.map((feature) => (
          <li key={feature.en}>{localized(feature, locale)}</li>
        ))}
      </ul>
    </>
  );
}

function PlanPrice({ plan, prices, locale }: {
  plan: Plan;
  prices: Prices;
  locale: string;
}) {
  const t = translator(locale);
  if (plan.lookupKeys === null) {
    return (
      <p class="price">
        <strong>
          {formatPrice(
            { amountMinor: 0, currency: currencyOf(prices) },
            locale,
          )}
        </strong>
        <span class="price-year">{t("price.zero_note")}</span>
      </p>
    );
  }
  const month = prices.get(plan.lookupKeys.month);
  const year = prices.get(plan.lookupKeys.year);
  if (month === undefined) {
    return <p class="price">{t("price.unavailable")}</p>;
  }
  const strong = (text: ComponentChildren) => <strong>{text}</strong>;
  const perMonth = { amount: formatPrice(month, locale), strong };
  if (year === undefined) {
    return <p class="price">{t.rich("price.per_month", perMonth)}</p>;
  }
  const perYear = { amount: formatPrice(year, locale), strong };
  const saved = yearlySaving(month, year);
  const saving = saved && formatPrice(saved, locale);
  return (
    <>
      <p class="price by-month">
        {t.rich("price.per_month", perMonth)}
        <span class="price-year">
          {saving === null
            ? t("price.or_year", { amount: perYear.amount })
            : t("price.or_year_saving", { amount: perYear.amount, saving })}
        </span>
      </p>
      <p class="price by-year">
        {t.rich("price.per_year", perYear)}
        <span class="price-year">
          {saving === null
            ? t("price.or_month", { amount: perMonth.amount })
            : t("price.saving", { saving })}
        </span>
      </p>
    </>
  );
}

/** The currency of the prices, for the free plan's zero. */
function currencyOf(prices: Prices): string {
  const [first] = prices.values();
  return first?.currency ?? SUGGESTED_CURRENCY;
}
