import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import {
  type Choice,
  CHOICE_BY_LOOKUP_KEY,
  type Interval,
  INTERVALS,
  PLAN_BY_OLDER_PRICE,
  type Price,
  type Prices,
} from "./plans.ts";
import { idOf, retrieveOrNull } from "./stripe_client.ts";

/** Returns the catalogue's prices; never throws. */
export type PriceList = () => Promise<Prices>;

/** The prices of a process that has not loaded them yet. */
const NOT_LOADED: Prices = new Map();

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
  let known = NOT_LOADED;
  let refreshAtMs = -Infinity;
  let loading: Promise<void> | null = null;

  async function load(): Promise<void> {
    try {
      const client = await stripe();
      known = new Map([
        ...await fetchPrices(client),
        ...await fetchOlderPrices(client),
      ]);
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

/**
 * Returns the prices for work that would otherwise take a catalogue price for
 * an unknown one.
 *
 * @throws {BillingError} `unavailable` until they are loaded.
 */
export async function requireLoadedPrices(
  services: { prices: PriceList },
): Promise<Prices> {
  const prices = await services.prices();
  if (prices === NOT_LOADED) throw notLoaded();
  return prices;
}

/**
 * Returns the prices for work that a missing catalogue must delay.
 *
 * @throws {BillingError} `unavailable` until Stripe has returned a price.
 */
export async function requirePrices(
  services: { prices: PriceList },
): Promise<Prices> {
  const prices = await services.prices();
  if (prices.size === 0) throw notLoaded();
  return prices;
}

function notLoaded(): BillingError {
  return new BillingError("unavailable", "Prices are not loaded yet", {
    retryAfterSec: BACK_OFF_MS / 1000,
  });
}

/** Stripe's limit. */
const LOOKUP_KEYS_PER_CALL = 10;

/**
 * Reads all prices of the catalogue from Stripe, without older prices.
 *
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function fetchPrices(stripe: Stripe): Promise<Prices> {
  const keys = [...CHOICE_BY_LOOKUP_KEY.keys()];
  const prices = await listPrices(stripe, keys, { active: true });
  return new Map(prices.flatMap((price) => asEntry(price.lookup_key, price)));
}

/** Reads the prices of `alsoPrices`, which are often archived. */
async function fetchOlderPrices(stripe: Stripe): Promise<Prices> {
  const names = [...PLAN_BY_OLDER_PRICE.keys()];
  const listed = await listPrices(stripe, names, {});
  const found = new Set(listed.map((price) => price.lookup_key));
  const ids = names.filter((name) => !found.has(name));
  const retrieved = await Promise.all(
    ids.map((id) => retrieveOrNull(stripe.prices.retrieve(id))),
  );
  return new Map([
    ...listed.flatMap((price) => asEntry(price.lookup_key, price)),
    ...retrieved.flatMap((price) => price ? asEntry(price.id, price) : []),
  ]);
}

async function listPrices(
  stripe: Stripe,
  lookupKeys: string[],
  filter: Stripe.PriceListParams,
): Promise<Stripe.Price[]> {
  const calls: Promise<Stripe.ApiList<Stripe.Price>>[] = [];
  for (let i = 0; i < lookupKeys.length; i += LOOKUP_KEYS_PER_CALL) {
    calls.push(stripe.prices.list({
      lookup_keys: lookupKeys.slice(i, i + LOOKUP_KEYS_PER_CALL),
      limit: LOOKUP_KEYS_PER_CALL,
      ...filter,
    }));
  }
  return (await Promise.all(calls)).flatMap(({ data }) => data);
}

function asEntry(name: string | null, price: Stripe.Price): [string, Price][] {
  if (name === null || price.unit_amount === null) return [];
  return [[name, {
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
 * Finds the choice that a price sells: by its lookup key, as an older price of
 * a plan, or by its product for a replaced price that subscriptions still use.
 *
 * @returns Null for a price that is not part of the catalogue.
 */
export function choiceOf(prices: Prices, price: Stripe.Price): Choice | null {
  const interval = intervalOf(price);
  const named = choiceNamed(price.lookup_key ?? "", interval) ??
    choiceNamed(price.id, interval);
  if (named) return named;
  const productId = idOf(price.product);
  for (const [name, { productId: sold, interval: soldPer }] of prices) {
    if (sold !== productId) continue;
    const choice = choiceNamed(name, soldPer);
    if (choice === null) continue;
    if ("credits" in choice || choice.interval === interval) return choice;
  }
  return null;
}

/** Finds the choice that a known price sells. */
export function choiceById(prices: Prices, priceId: string): Choice | null {
  for (const [name, { id, interval }] of prices) {
    if (id === priceId) return choiceNamed(name, interval);
  }
  return null;
}

/** Finds the choice of a product's first known price. */
export function choiceByProduct(
  prices: Prices,
  product: string,
): Choice | null {
  for (const [name, { productId, interval }] of prices) {
    if (productId === product) return choiceNamed(name, interval);
  }
  return null;
}

/** @param name A lookup key, or an entry of `alsoPrices`. */
function choiceNamed(name: string, interval: Interval | null): Choice | null {
  const plan = PLAN_BY_OLDER_PRICE.get(name);
  if (plan !== undefined && interval !== null) return { plan, interval };
  return CHOICE_BY_LOOKUP_KEY.get(name) ?? null;
}
