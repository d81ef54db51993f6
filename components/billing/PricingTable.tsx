import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { cachedMarkup } from "@/components/layout/cached_markup.ts";
import {
  FREE_PLAN,
  type Interval,
  type Plan,
  PLANS,
  type Prices,
} from "@/lib/billing/plans.ts";
import { yearlySaving } from "@/lib/billing/money.ts";
import { formatPrice } from "@/lib/pages/formats.ts";
import { KEEP_INTERVAL } from "@/lib/pages/interval_choice.ts";
import { translator } from "@/lib/pages/translate.ts";
import { currentPlanId } from "@/lib/pages/plan_actions.ts";
import { PlanAction, type PlanActionContext } from "./PlanAction.tsx";
import { PlanCard } from "./PlanCard.tsx";

/** All plans side by side, on the plans page and the pricing page. */
export function PricingTable({ prices, locale, chosen, heading, context }: {
  prices: Prices;
  locale: string;
  /** The billing interval that the visitor has selected. */
  chosen: Interval | null;
  /** With a heading, the plans' own headings are one level lower. */
  heading?: string;
  /** Null for visitors without an organization. */
  context: PlanActionContext | null;
}) {
  const current = context ? currentPlanId(context.subscription) : null;
  const interval = chosen ?? context?.subscription?.interval ?? "month";
  const isUpgradable = current === null || current === FREE_PLAN.id;
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
            recommended={plan.recommended && isUpgradable}
            headingLevel={heading ? 3 : 2}
          >
            {context
              ? <PlanAction plan={plan} context={context} />
              : <StartLink plan={plan} locale={locale} />}
          </PlanCard>
        ))}
      </ul>
      <script dangerouslySetInnerHTML={{ __html: KEEP_INTERVAL }} />
    </>
  );
}

/** Leads to the plans page, by way of the sign-in. */
function StartLink({ plan, locale }: { plan: Plan; locale: string }) {
  const t = translator(locale);
  const label = plan.lookupKeys === null
    ? t("pricing.start")
    : plan.trialDays > 0
    ? t("plan.try", { plan: plan.name, days: plan.trialDays })
    : t("plan.choose", { plan: plan.name });
  return (
    <a
      class={plan.recommended ? "button" : "button plain"}
      href={PLANS_HREF}
    >
      {label}
    </a>
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
      dangerouslySetInnerHTML={cachedMarkup(
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
    return (month && year && yearlySaving(month, year)) ?? [];
  });
  const [most] = savings.toSorted((a, b) => b.amountMinor - a.amountMinor);
  const oneCurrency = new Set(savings.map(({ currency }) => currency)).size < 2;
  if (most === undefined || !oneCurrency) return null;
  return (
    <span class="switch-saving">
      {translator(locale)("interval.save_up_to", {
        amount: formatPrice(most, locale),
      })}
    </span>
  );
}
