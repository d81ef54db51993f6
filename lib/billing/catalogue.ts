import type { Services } from "@/lib/services.ts";
import {
  CREDIT_PACKS,
  type CreditPack,
  type Plan,
  PLANS,
  type Prices,
} from "./plans.ts";

/** A price as the API returns it: `amount` in the currency's minor unit. */
interface ApiPrice {
  amount: number;
  currency: string;
}

/**
 * Returns the plans and credit packs with Stripe's prices, as the API returns
 * them. A price is null if Stripe does not have it or is not reachable.
 */
export async function readCatalogue({ prices }: Pick<Services, "prices">) {
  const known = await prices();
  return {
    plans: PLANS.map((plan) => toApiPlan(plan, known)),
    credits: CREDIT_PACKS.map((pack) => toApiPack(pack, known)),
  };
}

function toApiPlan(plan: Plan, prices: Prices) {
  const { lookupKeys } = plan;
  return {
    id: plan.id,
    name: plan.name,
    summary: plan.summary.en,
    features: plan.features.map(({ en }) => en),
    tokens_per_month: plan.tokensPerMonth,
    rolls_over: plan.rollsOver,
    calls_per_minute: plan.callsPerMinute,
    trial_days: plan.trialDays,
    prices: lookupKeys && {
      month: toApiPrice(prices, lookupKeys.month),
      year: toApiPrice(prices, lookupKeys.year),
    },
  };
}

function toApiPack(
  { id, name, tokens, lookupKey }: CreditPack,
  prices: Prices,
) {
  return { id, name: name.en, tokens, price: toApiPrice(prices, lookupKey) };
}

function toApiPrice(prices: Prices, lookupKey: string): ApiPrice | null {
  const price = prices.get(lookupKey);
  if (price === undefined) return null;
  return { amount: price.amountMinor, currency: price.currency };
}
