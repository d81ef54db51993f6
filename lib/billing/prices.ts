import type Stripe from "stripe";
import type { Log } from "@/lib/log.ts";
import {
  type Choice,
  CHOICE_BY_LOOKUP_KEY,
  type Interval,
  INTERVALS,
  type Price,
  type Prices,
} from "./plans.ts";
import { idOf } from "./stripe_client.ts";

/** Returns the catalogue's prices; never throws. */
export type PriceList = () => Promise<Prices>;

const FRESH_MS = 60_000;
/** Pause after a failed request. */
const BACK_OFF_MS = 10_000;

/**
 * Caches the catalogue's prices from Stripe for a minute. Stale prices are
 * returned while new ones are fetched and while Stripe is unreachable, so only
 * the first request waits for Stripe.
 *
 * @returns A function that returns the prices. They are empty until the first
 * successful response from Stripe.
 */
export function createPriceList(
  { stripe, now, log }: {
    stripe: () => Promise<Stripe>;
    now: () => number;
    log: Log;
  },
): PriceList {
  let known: Prices = new Map();
  let refreshAtMs = -Infinity;
  let loading: Promise<void> | null = null;

  async function load(): Promise<void> {
    try {
      known = await fetchPrices(await stripe());
      refreshAtMs = now() + FRESH_MS;
    } catch (error) {
      refreshAtMs = now() + BACK_OFF_MS;
      log.warn("price refresh failed", { known: known.size }, error);
    } finally {
      loading = null;
    }
  }

  return async () => {
    if (now() < refreshAtMs) return known;
    loading ??= load();
    if (known.size === 0) await loading;
    return known;
  };
}

/** Stripe's limit. */
const LOOKUP_KEYS_PER_CALL = 10;

/**
 * Reads all prices of the catalogue from Stripe.
 *
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function fetchPrices(stripe: Stripe): Promise<Prices> {
  const keys = [...CHOICE_BY_LOOKUP_KEY.keys()];
  const calls: Promise<Stripe.ApiList<Stripe.Price>>[] = [];
  for (let first = 0; first < keys.length; first += LOOKUP_KEYS_PER_CALL) {
    calls.push(stripe.prices.list({
      lookup_keys: keys.slice(first, first + LOOKUP_KEYS_PER_CALL),
      active: true,
      limit: LOOKUP_KEYS_PER_CALL,
    }));
  }
  const lists = await Promise.all(calls);
  return new Map(lists.flatMap(({ data }) => data.flatMap(asEntry)));
}

function asEntry(price: Stripe.Price): [string, Price][] {
  if (price.lookup_key === null || price.unit_amount === null) return [];
  return [[price.lookup_key, {
    id: price.id,
    productId: idOf(price.product),
    amountMinor: price.unit_amount,
    currency: price.currency,
    interval: intervalOf(price),
  }]];
}

function intervalOf({ recurring }: Stripe.Price): Interval | null {
  if (recurring?.interval_count !== 1) return null;
  return INTERVALS.find((interval) => interval === recurring.interval) ?? null;
}

/**
 * Finds the choice that a price sells: by its lookup key, or by its product
 * for a replaced price that subscriptions still use.
 *
 * @returns Null for a price that is not part of the catalogue.
 */
export function choiceOf(prices: Prices, price: Stripe.Price): Choice | null {
  const named = price.lookup_key &&
    CHOICE_BY_LOOKUP_KEY.get(price.lookup_key);
  if (named) return named;
  const productId = idOf(price.product);
  const interval = intervalOf(price);
  for (const [lookupKey, { productId: sold }] of prices) {
    const choice = CHOICE_BY_LOOKUP_KEY.get(lookupKey);
    if (sold !== productId || choice === undefined) continue;
    if ("credits" in choice) return choice;
    if (choice.interval === interval) return choice;
  }
  return null;
}

/** Finds the choice that a current price of the catalogue sells. */
export function choiceById(prices: Prices, priceId: string): Choice | null {
  for (const [lookupKey, { id }] of prices) {
    if (id === priceId) return CHOICE_BY_LOOKUP_KEY.get(lookupKey) ?? null;
  }
  return null;
}
