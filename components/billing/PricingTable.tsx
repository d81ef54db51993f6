import { renderedOnce } from "@/components/layout/cached_markup.ts";
import { type Interval, PLANS, type Prices } from "@/lib/billing/plans.ts";
import { formatPrice } from "@/lib/pages/formats.ts";
import { translator } from "@/lib/pages/translate.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { PlanAction, type PlanActionContext } from "./PlanAction.tsx";
import { PlanCard } from "./PlanCard.tsx";

/** All plans side by side, on the organization page and the pricing page. */
export function PricingTable({ prices, locale, heading, context }: {
  prices: Prices;
  locale: string;
  /** With a heading, the plans' own headings are one level lower. */
  heading?: string;
  /** Omitted on the public pricing page. */
  context?: PlanActionContext;
}) {
  const current = context ? currentPlanId(context.subscription) : null;
  const interval = context?.subscription?.interval ?? "month";
  return (
    <>
      <div class="pricing-head">
        {heading && <h2>{heading}</h2>}
        <IntervalSwitch prices={prices} locale={locale} interval={interval} />
      </div>
      <ul class="pricing-table columns">
        {PLANS.map((plan) => (
          <PlanCard
            key={plan.id}
            plan={plan}
            prices={prices}
            locale={locale}
            current={plan.id === current}
            headingLevel={heading ? 3 : 2}
          >
            {context && <PlanAction plan={plan} context={context} />}
          </PlanCard>
        ))}
      </ul>
    </>
  );
}

/**
 * Switches between monthly and yearly prices: two radio buttons that CSS
 * reads, so that it works without JavaScript.
 */
function IntervalSwitch({ prices, locale, interval }: {
  prices: Prices;
  locale: string;
  /** Selected initially. */
  interval: Interval;
}) {
  const t = translator(locale);
  return (
    <fieldset
      class="switch"
      dangerouslySetInnerHTML={renderedOnce(
        prices,
        `switch ${locale} ${interval}`,
        () => (
          <>
            <legend class="visually-hidden">{t("interval.legend")}</legend>
            <label>
              <input
                type="radio"
                name="billed"
                value="month"
                checked={interval === "month"}
              />
              {t("interval.month")}
            </label>
            <label>
              <input
                type="radio"
                name="billed"
                value="year"
                checked={interval === "year"}
              />
              {t("interval.year")} <MaxSaving prices={prices} locale={locale} />
            </label>
          </>
        ),
      )}
    />
  );
}

/** The highest saving of yearly billing across the plans. */
function MaxSaving({ prices, locale }: { prices: Prices; locale: string }) {
  const savings = PLANS.flatMap(({ lookupKeys }) => {
    const month = lookupKeys && prices.get(lookupKeys.month);
    const year = lookupKeys && prices.get(lookupKeys.year);
    if (!month || !year || month.currency !== year.currency) return [];
    const amountMinor = month.amountMinor * 12 - year.amountMinor;
    return [{ amountMinor, currency: year.currency }];
  });
  const [most] = savings.toSorted((a, b) => b.amountMinor - a.amountMinor);
  const oneCurrency = new Set(savings.map(({ currency }) => currency)).size < 2;
  if (most === undefined || most.amountMinor <= 0 || !oneCurrency) return null;
  return (
    <span class="switch-saving">
      {translator(locale)("interval.save_up_to", {
        amount: formatPrice(most, locale),
      })}
    </span>
  );
}
