import type { LocalizedText } from "@/lib/config/languages.ts";
import type { Money } from "./money.ts";

/** A plan of the catalogue. Operators edit {@linkcode PLANS} to change them. */
export interface Plan {
  /** Part of the API and of stored records: never change it. */
  id: string;
  name: string;
  /** One line about the intended customers. */
  summary: LocalizedText;
  /** Features other than the limits below, one line each. */
  features: readonly LocalizedText[];
  /** For the product's own checks. */
  entitlements: Entitlements;
  /** Whether the pricing table highlights it. */
  recommended: boolean;
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
   * Ids or lookup keys of older Stripe prices, billed monthly or yearly, whose
   * subscribers keep their price and have this plan.
   */
  alsoPrices?: readonly string[];
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
    summary: {
      en: "For trying things out.",
      de: "Zum Ausprobieren.",
      es: "Para probar el producto.",
      fr: "Pour découvrir le produit.",
      ja: "まずは試してみたい方に。",
      "pt-BR": "Para experimentar.",
    },
    features: [
      {
        en: "1 project",
        de: "1 Projekt",
        es: "1 proyecto",
        fr: "1 projet",
        ja: "プロジェクト1件",
        "pt-BR": "1 projeto",
      },
      {
        en: "Community support",
        de: "Community-Support",
        es: "Soporte de la comunidad",
        fr: "Assistance de la communauté",
        ja: "コミュニティサポート",
        "pt-BR": "Suporte da comunidade",
      },
    ],
    recommended: false,
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
    summary: {
      en: "For teams that ship every week.",
      de: "Für Teams, die jede Woche ausliefern.",
      es: "Para equipos que publican cada semana.",
      fr: "Pour les équipes qui livrent chaque semaine.",
      ja: "毎週リリースするチームに。",
      "pt-BR": "Para equipes que fazem entregas toda semana.",
    },
    features: [
      {
        en: "Unlimited projects",
        de: "Unbegrenzt viele Projekte",
        es: "Proyectos ilimitados",
        fr: "Projets illimités",
        ja: "プロジェクト数無制限",
        "pt-BR": "Projetos ilimitados",
      },
      {
        en: "Roles and API keys",
        de: "Rollen und API-Schlüssel",
        es: "Roles y claves de API",
        fr: "Rôles et clés d’API",
        ja: "ロールとAPIキー",
        "pt-BR": "Funções e chaves de API",
      },
      {
        en: "Support within 1 day",
        de: "Support innerhalb eines Tages",
        es: "Soporte en 1 día",
        fr: "Assistance sous 1 jour",
        ja: "1日以内のサポート",
        "pt-BR": "Suporte em até 1 dia",
      },
    ],
    recommended: true,
    entitlements: { features: ["roles"], limits: {} },
    tokensPerMonth: 50_000,
    rollsOver: false,
    callsPerMinute: 300,
    trialDays: 14,
    lookupKeys: { month: "pro_month", year: "pro_year" },
    alsoPrices: [],
    suggestedAmounts: { month: 2_900, year: 29_000 },
  },
  {
    id: "scale",
    name: "Scale",
    summary: {
      en: "For products that others depend on.",
      de: "Für Produkte, auf die sich andere verlassen.",
      es: "Para productos de los que dependen otros.",
      fr: "Pour les produits dont d’autres dépendent.",
      ja: "多くの人が頼るプロダクトに。",
      "pt-BR": "Para produtos essenciais para outras pessoas.",
    },
    features: [
      {
        en: "Everything in Pro",
        de: "Alles aus Pro",
        es: "Todo lo de Pro",
        fr: "Tout ce qu’offre Pro",
        ja: "Proのすべての機能",
        "pt-BR": "Tudo do Pro",
      },
      {
        en: "Audit log",
        de: "Audit-Protokoll",
        es: "Registro de auditoría",
        fr: "Journal d’audit",
        ja: "監査ログ",
        "pt-BR": "Registro de auditoria",
      },
      {
        en: "Support within 1 hour",
        de: "Support innerhalb einer Stunde",
        es: "Soporte en 1 hora",
        fr: "Assistance sous 1 heure",
        ja: "1時間以内のサポート",
        "pt-BR": "Suporte em até 1 hora",
      },
    ],
    recommended: false,
    entitlements: { features: ["roles", "audit_log"], limits: {} },
    tokensPerMonth: 500_000,
    rollsOver: false,
    callsPerMinute: 1_200,
    trialDays: 0,
    lookupKeys: { month: "scale_month", year: "scale_year" },
    alsoPrices: [],
    suggestedAmounts: { month: 9_900, year: 99_000 },
  },
] as const satisfies readonly Plan[];

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
  name: LocalizedText;
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
    name: {
      en: "Small",
      de: "Klein",
      es: "Pequeño",
      fr: "Petit",
      ja: "スモール",
      "pt-BR": "Pequeno",
    },
    tokens: 10_000,
    lookupKey: "credits_small",
    suggestedAmount: 1_000,
  },
  {
    id: "medium",
    name: {
      en: "Medium",
      de: "Mittel",
      es: "Mediano",
      fr: "Moyen",
      ja: "ミディアム",
      "pt-BR": "Médio",
    },
    tokens: 60_000,
    lookupKey: "credits_medium",
    suggestedAmount: 5_000,
  },
  {
    id: "large",
    name: {
      en: "Large",
      de: "Groß",
      es: "Grande",
      fr: "Grand",
      ja: "ラージ",
      "pt-BR": "Grande",
    },
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

/** The plan of each older price, by the price's id or lookup key. */
export const PLAN_BY_OLDER_PRICE: ReadonlyMap<string, PaidPlanId> = new Map(
  PLANS.filter(isPaidPlan).flatMap(({ id, alsoPrices }) =>
    (alsoPrices ?? []).map((name: string): [string, PaidPlanId] => [name, id])
  ),
);

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

/**
 * Prices by lookup key, and older prices by their name in `alsoPrices`. Prices
 * that Stripe does not have are absent.
 */
export type Prices = ReadonlyMap<string, Price>;
