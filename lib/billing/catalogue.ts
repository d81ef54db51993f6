import {
  CREDIT_PACKS,
  type CreditPack,
  type Plan,
  PLANS,
  type Prices,
} from "./plans.ts";
import type { Services } from "@/lib/services.ts";

/** A price as the API shows it: `amount` in the currency's minor unit. */
interface ShownPrice {
  amount: number;
  currency: string;
}

/**
 * The catalogue with Stripe's prices, as `GET /api/v1/plans` answers it. A
 * price that Stripe does not have, or has not told yet, is null.
 *
 * @see The HTTP contract, GET /api/v1/plans.
 */
export async function catalogue({ prices }: Pick<Services, "prices">) {
  const known = await prices();
  return {
    plans: PLANS.map((plan) => showPlan(plan, known)),
    credits: CREDIT_PACKS.map((pack) => showPack(pack, known)),
  };
}

function showPlan(plan: Plan, prices: Prices) {
  const { lookupKeys } = plan;
  return {
    id: plan.id,
    name: plan.name,
    summary: plan.summary,
    features: plan.features,
    tokens_per_month: plan.tokensPerMonth,
    rolls_over: plan.rollsOver,
    calls_per_minute: plan.callsPerMinute,
    trial_days: plan.trialDays,
    prices: lookupKeys && {
      month: showPrice(prices, lookupKeys.month),
      year: showPrice(prices, lookupKeys.year),
    },
  };
}

function showPack({ id, name, tokens, lookupKey }: CreditPack, prices: Prices) {
  return { id, name, tokens, price: showPrice(prices, lookupKey) };
}

function showPrice(prices: Prices, lookupKey: string): ShownPrice | null {
  const price = prices.get(lookupKey);
  if (price === undefined) return null;
  return { amount: price.amountMinor, currency: price.currency };
}
