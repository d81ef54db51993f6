import type { Page } from "playwright-core";
import { createPriceList } from "@/lib/billing/prices.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import type { TestApp } from "@/tests/helpers/app.ts";
import {
  DAY_MS,
  openInvoice,
  SCALE_PRICE,
} from "@/tests/helpers/subscriptions.ts";
import { NOW_MS } from "@/tests/helpers/tokens.ts";

const END_MS = NOW_MS + 20 * DAY_MS;

/**
 * The states of a subscription in which pages differ, by name, with the
 * members that differ from an active Pro subscription. Null: no subscription.
 */
export const SUBSCRIPTION_STATES = {
  "never subscribed": null,
  incomplete: { status: "incomplete", invoice: openInvoice() },
  active: {},
  "trialing, five days left": {
    status: "trialing",
    trialEndMs: NOW_MS + 5 * DAY_MS,
  },
  "trialing without a card": {
    status: "trialing",
    trialEndMs: NOW_MS + 5 * DAY_MS,
    paymentMethod: null,
  },
  cancelling: { cancelAtMs: END_MS },
  "a change is scheduled": {
    plan: "scale",
    price: SCALE_PRICE,
    scheduled: { plan: "pro", interval: "month", atMs: END_MS },
  },
  "past due": {
    status: "past_due",
    invoice: openInvoice({ retryAtMs: NOW_MS + 3 * DAY_MS }),
  },
  "past due, no retry left": { status: "past_due", invoice: openInvoice() },
  unpaid: { status: "unpaid", invoice: openInvoice() },
  paused: { status: "paused" },
  "paused without a card": { status: "paused", paymentMethod: null },
  canceled: { status: "canceled", cancelAtMs: NOW_MS - DAY_MS },
  "ended for non-payment": {
    status: "canceled",
    cancelAtMs: NOW_MS - DAY_MS,
    endReason: "payment_failed",
    invoice: openInvoice(),
  },
  "expired before it was paid": {
    status: "incomplete_expired",
    cancelAtMs: NOW_MS - DAY_MS,
  },
} satisfies Record<string, Partial<Subscription> | null>;

/** A name in {@linkcode SUBSCRIPTION_STATES}. */
export type StateName = keyof typeof SUBSCRIPTION_STATES;

/** The visible action below each plan. */
export async function planActions(page: Page): Promise<string[]> {
  const texts = await page.locator(".plan-action").allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, " ").trim());
}

/** The organization of `ADMIN` and `MEMBER`. */
export const NORTHWIND = "org_northwind";

/** Pages of a signed-in user. */
export const PAGES = [
  "/organization#/plans",
  "/organization/usage",
  "/organization/invoices",
  "/organization/api-keys",
  "/organization/activity",
  "/organization/details",
  "/organization/change?plan=scale&interval=year",
  "/account",
] as const;

/** Pages without sign-in. */
export const PUBLIC_PAGES = ["/pricing", "/sign-in", "/sandbox"] as const;

/** Pages that differ while Stripe is unreachable. */
export const OUTAGE_PAGES = [
  "/organization",
  "/organization/usage",
  "/organization/invoices",
  "/organization/details",
  "/api/v1/operations/payment/customer-portal",
] as const;

/** Makes Stripe unreachable for a process that has not read its prices. */
export function cutOffStripe({ services, stripe }: TestApp): void {
  stripe.controls.fail({ kind: "unreachable", times: Infinity });
  Object.assign(services, { prices: createPriceList(services) });
}

/** Roles of the environment in which `MEMBER` cannot manage billing. */
export const ADMINS_ONLY = { BILLING_ROLES: "org:admin" };

/** A size and color scheme in which pages are checked. */
export interface View {
  name: string;
  options: {
    colorScheme: "light" | "dark";
    viewport: { width: number; height: number };
  };
}

/** The sizes and color schemes. */
export const VIEWS: readonly [View, ...View[]] = [
  viewOf(390, "light"),
  viewOf(390, "dark"),
  viewOf(1280, "light"),
  viewOf(1280, "dark"),
];

function viewOf(width: number, colorScheme: "light" | "dark"): View {
  return {
    name: `${width} px, ${colorScheme}`,
    options: { colorScheme, viewport: { width, height: 900 } },
  };
}

/**
 * Whether pages are checked in every size, scheme and language, as in CI. The
 * tests otherwise check each page and state in the views most likely to fail.
 */
export const ALL_VIEWS = Deno.env.get("PAGE_VIEWS") === "all";

/** The widths in which a layout is checked: all, or the first and the last. */
export function checkedWidths(...widths: number[]): number[] {
  if (ALL_VIEWS) return widths;
  return widths.filter((_, at) => at === 0 || at === widths.length - 1);
}

/** A language of the visitor, and the views in which its pages are checked. */
interface CheckedLanguage {
  language: string;
  locale: string;
  views: readonly View[];
}

/** English and Japanese in every view, or English in the outer light ones. */
export function checkedLanguages(): readonly CheckedLanguage[] {
  const english = { language: "en", locale: "en-US" };
  const wide = viewOf(1920, "light");
  if (!ALL_VIEWS) return [{ ...english, views: [VIEWS[0], wide] }];
  const views = [viewOf(320, "light"), viewOf(768, "light"), ...VIEWS, wide];
  return [
    { ...english, views },
    { language: "ja", locale: "ja-JP", views },
  ];
}

/** A name of 80 letters without a space. */
export const LONG_NAME =
  "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbau"
    .padEnd(80, "unterbeamtengesellschaft");
