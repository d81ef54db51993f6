import type Stripe from "stripe";
import type { Subscription } from "@/lib/store/mod.ts";
import type { TestApp } from "./app.ts";
import { NOW_MS } from "./tokens.ts";

const DAY_MS = 86_400_000;

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
