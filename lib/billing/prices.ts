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

/** Reads the catalogue's prices; never throws. */
export type PriceList = () => Promise<Prices>;

const FRESH_MS = 60_000;
/** How long after a failure Stripe is left alone. */
const BACK_OFF_MS = 10_000;

/**
 * The catalogue's prices from Stripe, remembered for a minute. Older ones are
 * given while new ones are fetched, and for as long as Stripe cannot be
 * reached: a page is never late, or empty, for a price that it showed before.
 *
 * @returns A reader; what it gives is empty only while Stripe has never
 * answered since the start.
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
      log.warn("prices not refreshed", { known: known.size }, error);
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

/** Stripe takes no more lookup keys in one call. */
const KEYS_A_CALL = 10;

/**
 * Asks Stripe for every price of the catalogue, in as few calls as it allows.
 *
 * @throws {Error} What Stripe's SDK throws.
 */
export async function fetchPrices(stripe: Stripe): Promise<Prices> {
  const keys = [...CHOICE_BY_LOOKUP_KEY.keys()];
  const calls: Promise<Stripe.ApiList<Stripe.Price>>[] = [];
  for (let first = 0; first < keys.length; first += KEYS_A_CALL) {
    calls.push(stripe.prices.list({
      lookup_keys: keys.slice(first, first + KEYS_A_CALL),
      active: true,
      limit: KEYS_A_CALL,
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

/** The id of what Stripe gives as an id, or whole where it was expanded. */
export function idOf(reference: string | { id: string }): string {
  return typeof reference === "string" ? reference : reference.id;
}

function intervalOf({ recurring }: Stripe.Price): Interval | null {
  if (recurring?.interval_count !== 1) return null;
  return INTERVALS.find((interval) => interval === recurring.interval) ?? null;
}

/**
 * What a price sells: the one whose lookup key it has, or else, for a price
 * that was replaced and is still paid, the plan whose product it is of.
 *
 * @returns Null for a price that has nothing to do with the catalogue.
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

/** What a price of the catalogue sells, by its id alone. */
export function choiceById(prices: Prices, priceId: string): Choice | null {
  for (const [lookupKey, { id }] of prices) {
    if (id === priceId) return CHOICE_BY_LOOKUP_KEY.get(lookupKey) ?? null;
  }
  return null;
}
