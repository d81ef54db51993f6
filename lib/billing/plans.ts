import type { Money } from "./money.ts";

/** A plan of the catalogue. Operators edit {@linkcode PLANS} to change them. */
export interface Plan {
  /** Part of the API and of stored records: never change it. */
  id: string;
  name: string;
  /** One line about the intended customers. */
  summary: string;
  /** Features other than the limits below, one line each. */
  features: readonly string[];
  /** For the product's own checks. */
  entitlements: Entitlements;
  /** Wallet tokens granted each month. */
  tokensPerMonth: number;
  /** Whether unused tokens are kept for the next month. */
  rollsOver: boolean;
  /** The API rate limit. */
  callsPerMinute: number;
  /** Length of the trial of an organization's first subscription, or 0. */
  trialDays: number;
  /** Lookup keys of the Stripe prices; null for a free plan. */
  lookupKeys: Record<Interval, string> | null;
  /**
   * The prices that `deno task stripe:setup` creates, in the minor unit of
   * {@linkcode SUGGESTED_CURRENCY}. Pages show the prices from Stripe.
   */
  suggestedAmounts: Record<Interval, number> | null;
}

/** A plan's entitlements, for programs. They are part of the API. */
export interface Entitlements {
  /** For example `audit_log`. */
  features: readonly string[];
  /** Whole numbers, for example `{ projects: 1 }`; no entry is no limit. */
  limits: Readonly<Record<string, number>>;
}

export const INTERVALS = ["month", "year"] as const;
export type Interval = typeof INTERVALS[number];

export const PLANS = [
  {
    id: "free",
    name: "Free",
    summary: "To try things out, for as long as you like.",
    features: ["1 project", "Community support"],
    entitlements: { features: [], limits: { projects: 1 } },
    tokensPerMonth: 1_000,
    rollsOver: false,
    callsPerMinute: 60,
    trialDays: 0,
    lookupKeys: null,
    suggestedAmounts: null,
  },
  {
    id: "pro",
    name: "Pro",
    summary: "For a team that ships every week.",
    features: ["Unlimited projects", "Roles and API keys", "Answers in a day"],
    entitlements: { features: ["roles"], limits: {} },
    tokensPerMonth: 50_000,
    rollsOver: false,
    callsPerMinute: 300,
    trialDays: 14,
    lookupKeys: { month: "pro_month", year: "pro_year" },
    suggestedAmounts: { month: 2_900, year: 29_000 },
  },
  {
    id: "scale",
    name: "Scale",
    summary: "For a product that others depend on.",
    features: ["Everything in Pro", "Audit log", "Answers in an hour"],
    entitlements: { features: ["roles", "audit_log"], limits: {} },
    tokensPerMonth: 500_000,
    rollsOver: false,
    callsPerMinute: 1_200,
    trialDays: 0,
    lookupKeys: { month: "scale_month", year: "scale_year" },
    suggestedAmounts: { month: 9_900, year: 99_000 },
  },
] as const satisfies readonly Plan[];

export type PlanId = typeof PLANS[number]["id"];

/** The free plan, which must be the first of {@linkcode PLANS}. */
export const FREE_PLAN = PLANS[0] satisfies FreePlan;

type FreePlan = Extract<typeof PLANS[number], { lookupKeys: null }>;
type PaidPlan = Exclude<typeof PLANS[number], { lookupKeys: null }>;

function isPaidPlan(plan: typeof PLANS[number]): plan is PaidPlan {
  return plan.lookupKeys !== null;
}

export const PAID_PLAN_IDS = PLANS.filter(isPaidPlan).map(({ id }) => id);

export type PaidPlanId = PaidPlan["id"];

/** A one-time purchase of wallet tokens. */
export interface CreditPack {
  /** Part of the API and of stored records: never change it. */
  id: string;
  name: string;
  /** Wallet tokens added by the purchase. */
  tokens: number;
  /** Lookup key of the Stripe price. */
  lookupKey: string;
  /** Like `suggestedAmounts` of a plan. */
  suggestedAmount: number;
}

export const CREDIT_PACKS = [
  {
    id: "small",
    name: "Small",
    tokens: 10_000,
    lookupKey: "credits_small",
    suggestedAmount: 1_000,
  },
  {
    id: "medium",
    name: "Medium",
    tokens: 60_000,
    lookupKey: "credits_medium",
    suggestedAmount: 5_000,
  },
  {
    id: "large",
    name: "Large",
    tokens: 300_000,
    lookupKey: "credits_large",
    suggestedAmount: 20_000,
  },
] as const satisfies readonly CreditPack[];

export type PackId = typeof CREDIT_PACKS[number]["id"];
export const PACK_IDS = CREDIT_PACKS.map(({ id }) => id);

/** The currency of the suggested amounts: lower-case ISO 4217. */
export const SUGGESTED_CURRENCY = "usd";

/** A purchasable item: a plan with its billing interval, or a credit pack. */
export type Choice =
  | { plan: PaidPlanId; interval: Interval }
  | { credits: PackId };

/** The choice that each lookup key sells. */
export const CHOICE_BY_LOOKUP_KEY: ReadonlyMap<string, Choice> = new Map([
  ...PLANS.filter(isPaidPlan).flatMap(planChoices),
  ...CREDIT_PACKS.map(({ id, lookupKey }): [string, Choice] => [
    lookupKey,
    { credits: id },
  ]),
]);

function planChoices({ id, lookupKeys }: PaidPlan): [string, Choice][] {
  return INTERVALS.map((interval) => [
    lookupKeys[interval],
    { plan: id, interval },
  ]);
}

/**
 * Returns the lookup key of a choice.
 *
 * @throws {TypeError} If the catalogue does not contain the choice.
 */
export function lookupKeyOf(choice: Choice): string {
  for (const [lookupKey, sold] of CHOICE_BY_LOOKUP_KEY) {
    if (isSameChoice(choice, sold)) return lookupKey;
  }
  throw new TypeError("Cannot sell a choice that is not in the catalogue");
}

/** A choice from a stored record, which may have left the catalogue. */
type StoredChoice =
  | { plan: string; interval: Interval }
  | { credits: string };

export function isSameChoice(one: StoredChoice, other: StoredChoice): boolean {
  if ("credits" in one || "credits" in other) {
    return "credits" in one && "credits" in other &&
      one.credits === other.credits;
  }
  return one.plan === other.plan && one.interval === other.interval;
}

/** Finds a plan by id; undefined if the catalogue does not contain it. */
export function findPlan(id: string): Plan | undefined {
  return PLANS.find((plan) => plan.id === id);
}

/** Finds a credit pack by id; undefined if the catalogue does not contain it. */
export function findPack(id: string): CreditPack | undefined {
  return CREDIT_PACKS.find((pack) => pack.id === id);
}

/** A Stripe price of a plan or a pack. */
export interface Price extends Money {
  /** `price_…` */
  id: string;
  /** `prod_…` */
  productId: string;
  /** Null for a one-time price. */
  interval: Interval | null;
}

/** Prices by lookup key. Prices that Stripe does not have are absent. */
export type Prices = ReadonlyMap<string, Price>;
