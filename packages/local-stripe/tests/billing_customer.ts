import { assert } from "@std/assert";
import type Stripe from "stripe";
import { advanceCustomer } from "../src/billing/scheduler.ts";
import type { Context } from "../src/context.ts";
import { Store } from "../src/store/store.ts";
import { PAGES, type StandIn, withStripe } from "./local_stripe.ts";

export const DAY = 86_400;
export const HOUR = 3_600;

/** A customer with a card and its own time, and recurring prices. */
export interface Billing extends StandIn {
  customer: string;
  context: Context;
  /** Prices of the product "Pro", by interval, and of the more expensive "Scale". */
  pro: Stripe.Price;
  proYear: Stripe.Price;
  scale: Stripe.Price;
  subscribe(
    params?: Partial<Stripe.SubscriptionCreateParams>,
  ): Promise<Stripe.Subscription>;
  read(subscription: { id: string }): Promise<Stripe.Subscription>;
  /** Advances the customer's time, in seconds since the epoch. */
  until(toSec: number): Promise<void>;
  /** The customer's invoices, oldest first. */
  invoices(): Promise<Stripe.Invoice[]>;
  /** Types of the events since the last call, oldest first, without products and prices. */
  told(): Promise<string[]>;
  /** Attaches a test card as the customer's default. */
  card(name: string): Promise<string>;
}

interface Terms {
  currency?: string;
  proMinor?: number;
  scaleMinor?: number;
  testClock?: string;
}

/** Runs a test on a new local Stripe with a customer. */
export function withBilling(
  test: (billing: Billing) => Promise<void>,
  terms: Terms = {},
): Promise<void> {
  return withStripe(async (standIn) => test(await billingOn(standIn, terms)));
}

async function billingOn(standIn: StandIn, terms: Terms): Promise<Billing> {
  const { stripe, kv, clock } = standIn;
  const { currency = "usd", proMinor = 2_900, scaleMinor = 9_900 } = terms;
  const { id: customer } = await stripe.customers.create({ name: "Acme" });
  const priced = (name: string, amount: number, interval: "month" | "year") =>
    stripe.prices.create({
      currency,
      unit_amount: amount,
      recurring: { interval },
      product_data: { name },
    });
  const pro = await priced("Pro", proMinor, "month");
  const context = {
    store: new Store(kv),
    pagesUrl: PAGES,
    businessName: "Portico",
    branding: {},
    now: () => clock.nowMs,
  };
  const seen = new Set<string>();
  const billing: Billing = {
    ...standIn,
    customer,
    context,
    pro,
    proYear: await priced("Pro", proMinor * 10, "year"),
    scale: await priced("Scale", scaleMinor, "month"),
    subscribe: (params = {}) =>
      stripe.subscriptions.create({
        customer,
        items: [{ price: pro.id }],
        ...params,
      }),
    read: ({ id }) => stripe.subscriptions.retrieve(id),
    until: (toSec) => advanceCustomer(context, customer, toSec),
    invoices: async () =>
      (await stripe.invoices.list({ customer, limit: 100 })).data.reverse(),
    told: () => newEvents(stripe, seen),
    async card(name) {
      const { id } = await stripe.paymentMethods.attach(`pm_card_${name}`, {
        customer,
      });
      await stripe.customers.update(customer, {
        invoice_settings: { default_payment_method: id },
      });
      return id;
    },
  };
  await billing.card("visa");
  await billing.told();
  return billing;
}

async function newEvents(
  stripe: Stripe,
  seen: Set<string>,
): Promise<string[]> {
  const all = await stripe.events.list({ limit: 100 })
    .autoPagingToArray({ limit: 1_000 });
  const fresh = all.filter(({ id }) => !seen.has(id)).reverse();
  for (const { id } of fresh) seen.add(id);
  return fresh.map(({ type }) => type)
    .filter((type) => !/^(price|product)\./.test(type));
}

/** The only item of a subscription. */
export function itemOf(
  subscription: Stripe.Subscription,
): Stripe.SubscriptionItem {
  const [item] = subscription.items.data;
  assert(item);
  return item;
}

/** The last element. */
export function last<T>(all: readonly T[]): T {
  const found = all.at(-1);
  assert(found !== undefined);
  return found;
}

/** Noon UTC of a day, in seconds. The local Stripe's clock starts on 1 November 2026. */
export function noon(month: number, day: number, year = 2026): number {
  return Date.UTC(year, month - 1, day, 12) / 1_000;
}
