import type { Interval, Plan, Prices } from "@/lib/billing/plans.ts";
import { formatCount, formatPrice } from "@/lib/pages/formats.ts";
import { translator } from "@/lib/pages/translate.ts";

/** Compares the plans' limits and prices, one column per plan. */
export function LimitsTable({ plans, prices, locale }: {
  plans: readonly Plan[];
  prices: Prices;
  locale: string;
}) {
  const t = translator(locale);
  const price = (plan: Plan, interval: Interval) => {
    if (plan.lookupKeys === null) return "–";
    const found = prices.get(plan.lookupKeys[interval]);
    return found === undefined
      ? t("limits.unavailable")
      : formatPrice(found, locale);
  };
  const rows: [label: string, format: (plan: Plan) => string][] = [
    [t("limits.tokens"), (plan) => formatCount(plan.tokensPerMonth, locale)],
    [t("limits.calls"), (plan) => formatCount(plan.callsPerMinute, locale)],
    [t("limits.monthly"), (plan) => price(plan, "month")],
    [t("limits.yearly"), (plan) => price(plan, "year")],
  ];
  return (
    <table class="table">
      <thead>
        <tr>
          <td></td>
          {plans.map(({ id, name }) => <th key={id} scope="col">{name}</th>)}
        </tr>
      </thead>
      <tbody>
        {rows.map(([label, format]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {plans.map((plan) => <td key={plan.id}>{format(plan)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
