import { formatPrice } from "@/lib/pages/money.ts";
import { type Interval, PLANS, type Prices } from "@/lib/billing/plans.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { PlanCard } from "./PlanCard.tsx";
import { type OfferContext, PlanOffer } from "./PlanAction.tsx";
import { renderedOnce } from "@/components/layout/cached_markup.ts";

/** All plans side by side, for an organization or for anybody. */
export function Portico({ prices, locale, heading, offers }: {
  prices: Prices;
  locale: string;
  /** Of the list; the plans' own are a level below it, or as high without. */
  heading?: string;
  /** For whom; left out where nobody is asked for. */
  offers?: OfferContext;
}) {
  const current = offers ? currentPlanId(offers.subscription) : null;
  const interval = offers?.subscription?.interval ?? "month";
  return (
    <>
      <div class="portico-head">
        {heading && <h2>{heading}</h2>}
        <IntervalSwitch prices={prices} locale={locale} interval={interval} />
      </div>
      <ul class="portico columns">
        {PLANS.map((plan) => (
          <PlanCard
            key={plan.id}
            plan={plan}
            prices={prices}
            locale={locale}
            current={plan.id === current}
            level={heading ? 3 : 2}
          >
            {offers && <PlanOffer plan={plan} context={offers} />}
          </PlanCard>
        ))}
      </ul>
    </>
  );
}

/**
 * Whether prices are shown by the month or by the year: two radio buttons
 * that CSS reads, so it works with no script.
 */
function IntervalSwitch({ prices, locale, interval }: {
  prices: Prices;
  locale: string;
  /** What is shown first. */
  interval: Interval;
}) {
  return (
    <fieldset
      class="switch"
      dangerouslySetInnerHTML={renderedOnce(
        prices,
        `switch ${locale} ${interval}`,
        () => (
          <>
            <legend class="unseen">Prices by the</legend>
            <label>
              <input
                type="radio"
                name="billed"
                value="month"
                checked={interval === "month"}
              />
              Month
            </label>
            <label>
              <input
                type="radio"
                name="billed"
                value="year"
                checked={interval === "year"}
              />
              Year
              <Saving prices={prices} locale={locale} />
            </label>
          </>
        ),
      )}
    />
  );
}

/** The most that a year saves, in real money; nothing if it saves nothing. */
function Saving({ prices, locale }: { prices: Prices; locale: string }) {
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
      {`save up to ${formatPrice(most, locale)}`}
    </span>
  );
}
