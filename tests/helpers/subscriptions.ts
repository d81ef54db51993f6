import type Stripe from "stripe";
import { createPriceList } from "@/lib/billing/prices.ts";
import { lookupKeyOf } from "@/lib/billing/plans.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import type {
  Subscription,
  SubscriptionInvoice,
} from "@/lib/store/subscriptions.ts";
import { giveCustomer, ORG, type TestApp } from "./app.ts";
import { NOW_MS } from "./tokens.ts";

export const DAY_MS = 24 * 60 * 60 * 1000;

const INVOICE = {
  id: "in_test",
  number: "NORTH-0007",
  isOpen: false,
  amountDueMinor: 0,
  amountPaidMinor: 2_900,
  currency: "usd",
  retryAtMs: null,
  createdAtMs: 0,
};

/** An unpaid invoice of Pro. Stripe does not retry it by default. */
export function openInvoice(
  { retryAtMs = null }: { retryAtMs?: number | null } = {},
): SubscriptionInvoice {
  const amounts = { amountDueMinor: 2_900, amountPaidMinor: 0 };
  return { ...INVOICE, ...amounts, isOpen: true, retryAtMs };
}

/** A stored subscription, by default active on Pro monthly. */
export function storedSubscription(
  members: Partial<Subscription> = {},
): Subscription {
  return {
    stripeCustomerId: "cus_test",
    id: "sub_test",
    itemId: "si_test",
    status: "active",
    plan: "pro",
    interval: "month",
    price: { id: "price_test", amountMinor: 2_900, currency: "usd" },
    currentPeriodEndMs: NOW_MS + 20 * DAY_MS,
    cancelAtMs: null,
    trialEndMs: null,
    scheduled: null,
    paymentMethod: { brand: "visa", last4: "4242" },
    latestInvoiceId: "in_test",
    invoice: INVOICE,
    endReason: null,
    readAtMs: NOW_MS,
    ...members,
  };
}

/** The id of a catalogue price at the app's Stripe. */
export async function priceOf(
  { services }: TestApp,
  lookupKey: string,
): Promise<string> {
  return (await services.prices()).get(lookupKey)?.id ?? "";
}

/**
 * Subscribes a customer at the app's Stripe with a working card, by default to
 * Pro monthly.
 */
export async function subscribe(
  app: TestApp,
  customer: string,
  { lookupKey = "pro_month", card = "pm_card_visa", ...params }:
    & { lookupKey?: string; card?: string }
    & Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  const stripe = await app.services.stripe();
  const { id } = await stripe.paymentMethods.attach(card, { customer });
  return await stripe.subscriptions.create({
    customer,
    items: [{ price: await priceOf(app, lookupKey) }],
    default_payment_method: id,
    ...params,
  });
}

/** Scale's monthly price. */
export const SCALE_PRICE = {
  id: "price_scale",
  amountMinor: 9_900,
  currency: "usd",
};

/** Stores a subscription and its customer. */
export async function storeSubscription(
  app: TestApp,
  members: Partial<Subscription> = {},
  orgId: string = ORG,
): Promise<Subscription> {
  const { store, now } = app.services;
  const known = await store.readCustomer(orgId);
  const stripeCustomerId = known?.stripeCustomerId ??
    await giveCustomer(app, orgId);
  const subscription = storedSubscription({ stripeCustomerId, ...members });
  const read = await store.readBilling(orgId, now());
  if (!await store.writeSubscription(orgId, subscription, read)) {
    throw new Error("The subscription was written concurrently");
  }
  return subscription;
}

/** A purchase at the local Stripe. */
export interface Bought {
  plan?: "pro" | "scale";
  interval?: "month" | "year";
  trialDays?: number;
}

/** Subscribes an organization at the local Stripe with a working card. */
export async function subscribeAtStripe(
  app: TestApp,
  { plan = "pro", interval = "month", trialDays }: Bought = {},
): Promise<Subscription> {
  const { services } = app;
  const stripe = await services.stripe();
  const customer = await giveCustomer(app);
  const card = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const price = (await services.prices()).get(lookupKeyOf({ plan, interval }));
  if (price === undefined) throw new Error("The catalogue has no prices");
  await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    default_payment_method: card.id,
    metadata: { organization: ORG },
    ...(trialDays !== undefined && { trial_period_days: trialDays }),
  });
  const { subscription } = await syncSubscription(services, ORG);
  if (subscription === null) throw new Error("The sync found no subscription");
  return subscription;
}

/** Makes a process that has not read the prices fail to read them. */
export function cutOffPrices({ services, stripe }: TestApp): void {
  const path = "/v1/prices";
  stripe.controls.fail({ kind: "server_error", path, times: Infinity });
  Object.assign(services, { prices: createPriceList(services) });
}
