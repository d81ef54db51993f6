import type Stripe from "stripe";
import type { Log } from "./log.ts";

/** What an organization can be on. The one list that an operator edits. */
export interface Plan {
  /** Stable and public: stored, sent and compared. */
  id: string;
  name: string;
  /** Whom it is for, in one line. */
  summary: string;
  /** What is in it beside its numbers, a line each. */
  features: readonly string[];
  /** Wallet tokens granted each month. */
  tokensPerMonth: number;
  /** API calls a minute. */
  callsPerMinute: number;
  /** Lookup keys of its prices at Stripe; null: costs nothing. */
  lookupKeys: Record<Interval, string> | null;
}

export type Interval = "month" | "year";

export const PLANS = [
  {
    id: "free",
    name: "Free",
    summary: "To try things out, for as long as you like.",
    features: ["1 project", "Community support"],
    tokensPerMonth: 1_000,
    callsPerMinute: 60,
    lookupKeys: null,
  },
  {
    id: "pro",
    name: "Pro",
    summary: "For a team that ships every week.",
    features: ["Unlimited projects", "Roles and API keys", "Answers in a day"],
    tokensPerMonth: 50_000,
    callsPerMinute: 300,
    lookupKeys: { month: "pro_month", year: "pro_year" },
  },
  {
    id: "scale",
    name: "Scale",
    summary: "For a product that others depend on.",
    features: ["Everything in Pro", "Audit log", "Answers in an hour"],
    tokensPerMonth: 500_000,
    callsPerMinute: 1_200,
    lookupKeys: { month: "scale_month", year: "scale_year" },
  },
] as const satisfies readonly Plan[];

/** Plans that one can pay for. */
export const PAID_PLAN_IDS = ["pro", "scale"] as const satisfies readonly (
  typeof PLANS[number]["id"]
)[];

/** What a plan costs, in the currency's minor unit. */
export interface Price {
  amountMinor: number;
  /** Lower-case ISO 4217, as Stripe has it. */
  currency: string;
}

/** Prices by lookup key; one that Stripe does not have is not there. */
export type Prices = ReadonlyMap<string, Price>;

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

async function fetchPrices(stripe: Stripe): Promise<Prices> {
  const keys = PLANS.flatMap(({ lookupKeys }) =>
    Object.values(lookupKeys ?? {})
  );
  // Ten lookup keys are the most that Stripe takes in one call.
  const { data } = await stripe.prices.list({
    lookup_keys: keys.slice(0, 10),
    active: true,
    limit: 10,
  });
  return new Map(data.flatMap(asEntry));
}

function asEntry(price: Stripe.Price): [string, Price][] {
  if (price.lookup_key === null || price.unit_amount === null) return [];
  return [[price.lookup_key, {
    amountMinor: price.unit_amount,
    currency: price.currency,
  }]];
}
