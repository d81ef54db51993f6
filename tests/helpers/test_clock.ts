import { assert } from "@std/assert";
import type Stripe from "stripe";
import { openTestApp, ORG, type TestApp } from "./app.ts";

/** An app whose customer has a test clock and a card. */
export interface TestClockApp extends TestApp {
  customer: string;
  /** Stripe's SDK, connected to the local Stripe. */
  api: Stripe;
  /** Advances the customer's clock. */
  until(toMs: number): Promise<void>;
}

/**
 * Opens the app with the customer's clock at `nowMs`. Webhook deliveries are
 * held, so tests decide which events arrive.
 */
export async function openTestClockApp(nowMs: number): Promise<TestClockApp> {
  const app = await openTestApp();
  await app.stripe.controls.hold();
  const api = await app.services.stripe();
  const { testClocks } = api.testHelpers;
  const clock = await testClocks.create({ frozen_time: nowMs / 1000 });
  const { id: customer } = await api.customers.create({
    metadata: { organization: ORG },
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
    test_clock: clock.id,
  });
  const stored = { stripeCustomerId: customer, createdAtMs: nowMs };
  await app.services.store.linkCustomer(ORG, stored);
  const until = async (toMs: number) => {
    await testClocks.advance(clock.id, { frozen_time: toMs / 1000 });
    await testClocks.retrieve(clock.id);
  };
  return Object.assign(app, { customer, api, until });
}

/** The catalogue's price with this lookup key. */
export async function catalogued(
  { api }: TestClockApp,
  lookupKey: string,
): Promise<{ id: string; product: string }> {
  const { data: [price] } = await api.prices.list({ lookup_keys: [lookupKey] });
  assert(price !== undefined, `There is no price ${lookupKey}`);
  return { id: price.id, product: String(price.product) };
}

/** Subscribes the customer to a lookup key or a price id. */
export async function subscribe(
  app: TestClockApp,
  price: string,
  more: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  const id = price.startsWith("price_")
    ? price
    : (await catalogued(app, price)).id;
  const { customer } = app;
  const items = [{ price: id }];
  return await app.api.subscriptions.create({ customer, items, ...more });
}

/** Changes the price of a subscription with one item. */
export async function change(
  app: TestClockApp,
  { id, items }: Stripe.Subscription,
  to: {
    lookupKey: string;
    proration_behavior: "always_invoice" | "create_prorations";
  },
): Promise<Stripe.Subscription> {
  const { lookupKey, proration_behavior } = to;
  const price = (await catalogued(app, lookupKey)).id;
  return await app.api.subscriptions.update(id, {
    items: [{ id: items.data[0]?.id ?? "", price }],
    proration_behavior,
  });
}

/** The customer's newest invoice. */
export async function lastInvoice(
  { api, customer }: TestClockApp,
): Promise<Stripe.Invoice & { id: string }> {
  const { data: [last] } = await api.invoices.list({ customer, limit: 1 });
  assert(last?.id !== undefined, "There is no invoice");
  return { ...last, id: last.id };
}
