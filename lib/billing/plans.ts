/** What an organization can be on: with the packs, all that an operator edits. */
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
  /** Whether tokens that a month leaves unused stay for the next ones. */
  rollsOver: boolean;
  /** API calls a minute. */
  callsPerMinute: number;
  /** Days before an organization's first subscription costs; 0: none. */
  trialDays: number;
  /** Lookup keys of its prices at Stripe; null: costs nothing. */
  lookupKeys: Record<Interval, string> | null;
  /**
   * What `deno task stripe:setup` sells it for, in the minor unit of
   * {@linkcode SUGGESTED_CURRENCY}. Pages show what Stripe has.
   */
  suggestedAmounts: Record<Interval, number> | null;
}

export const INTERVALS = ["month", "year"] as const;
export type Interval = typeof INTERVALS[number];

export const PLANS = [
  {
    id: "free",
    name: "Free",
    summary: "To try things out, for as long as you like.",
    features: ["1 project", "Community support"],
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
    tokensPerMonth: 500_000,
    rollsOver: false,
    callsPerMinute: 1_200,
    trialDays: 0,
    lookupKeys: { month: "scale_month", year: "scale_year" },
    suggestedAmounts: { month: 9_900, year: 99_000 },
  },
] as const satisfies readonly Plan[];

export type PlanId = typeof PLANS[number]["id"];

/** The free plan, which is the first of the list. */
export const FREE_PLAN = PLANS[0] satisfies FreePlan;

type FreePlan = Extract<typeof PLANS[number], { lookupKeys: null }>;
type PaidPlan = Exclude<typeof PLANS[number], { lookupKeys: null }>;

function isPaidPlan(plan: typeof PLANS[number]): plan is PaidPlan {
  return plan.lookupKeys !== null;
}

/** Plans that one can pay for. */
export const PAID_PLAN_IDS = PLANS.filter(isPaidPlan).map(({ id }) => id);

export type PaidPlanId = PaidPlan["id"];

/** Wallet tokens that are bought once. */
export interface CreditPack {
  /** Stable and public: stored, sent and compared. */
  id: string;
  name: string;
  /** Wallet tokens that it adds. */
  tokens: number;
  /** Lookup key of its price at Stripe. */
  lookupKey: string;
  /** As a plan's. */
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

/** What setup's suggested amounts are in: lower-case ISO 4217. */
export const SUGGESTED_CURRENCY = "usd";

/** What somebody chose to pay for. */
export type Choice =
  | { plan: PaidPlanId; interval: Interval }
  | { credits: PackId };

/** What each lookup key sells. */
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

/** The lookup key of what somebody chose. */
export function lookupKeyOf(choice: Choice): string {
  for (const [lookupKey, sold] of CHOICE_BY_LOOKUP_KEY) {
    if (isSameChoice(choice, sold)) return lookupKey;
  }
  throw new TypeError("Cannot sell what is not in the catalogue");
}

/** Whether two choices are one. */
export function isSameChoice(one: Choice, other: Choice): boolean {
  if ("credits" in one || "credits" in other) {
    return "credits" in one && "credits" in other &&
      one.credits === other.credits;
  }
  return one.plan === other.plan && one.interval === other.interval;
}

/** The plan of an id; undefined for one that is not in the catalogue. */
export function findPlan(id: string): Plan | undefined {
  return PLANS.find((plan) => plan.id === id);
}

/** The credit pack of an id; undefined for one that is not in the catalogue. */
export function findPack(id: string): CreditPack | undefined {
  return CREDIT_PACKS.find((pack) => pack.id === id);
}

/** What Stripe asks for a plan or a pack. */
export interface Price {
  /** `price_…` */
  id: string;
  /** `prod_…` */
  productId: string;
  /** In the currency's minor unit. */
  amountMinor: number;
  /** Lower-case ISO 4217, as Stripe has it. */
  currency: string;
  /** How often it is paid; null: once. */
  interval: Interval | null;
}

/** Prices by lookup key; one that Stripe does not have is not there. */
export type Prices = ReadonlyMap<string, Price>;
