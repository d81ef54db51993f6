import { assertEquals, assertRejects } from "@std/assert";
import { grantForInvoice } from "@/lib/wallet/invoice_grants.ts";
import { ORG } from "@/tests/helpers/app.ts";
import {
  catalogued,
  change,
  lastInvoice,
  openTestClockApp,
  subscribe,
  type TestClockApp,
} from "@/tests/helpers/test_clock.ts";

const HOUR_MS = 3_600_000;
/** Half of a 30-day period remains. */
const NOV_5 = Date.UTC(2026, 10, 5);
const NOV_20 = Date.UTC(2026, 10, 20);
const DEC_5 = Date.UTC(2026, 11, 5);

const open = (nowMs = NOV_5) => openTestClockApp(nowMs);

/** Granted tokens after an invoice, by default the last. */
async function granted(app: TestClockApp, invoice?: string): Promise<number> {
  const id = invoice ?? (await lastInvoice(app)).id;
  const customer = await app.services.store.readCustomer(ORG);
  const stripeCustomerId = customer?.stripeCustomerId ?? "";
  const owner = { orgId: ORG, stripeCustomerId };
  await grantForInvoice(app.services, owner, id);
  return (await app.services.store.readWallet(ORG)).granted;
}

Deno.test("a paid invoice grants its plan's monthly tokens once", async () => {
  await using app = await open();
  await subscribe(app, "pro_month");
  const { id } = await lastInvoice(app);
  await Promise.all(Array.from({ length: 8 }, () => granted(app, id)));
  await app.stripe.controls.release();
  assertEquals(await granted(app, id), 50_000);
});

Deno.test("a yearly invoice grants one month", async () => {
  await using app = await open();
  await subscribe(app, "scale_year");
  assertEquals(await granted(app), 500_000);
});

Deno.test("a trial's zero invoice grants a month", async () => {
  await using app = await open();
  await subscribe(app, "pro_month", { trial_period_days: 14 });
  const { amount_paid, status } = await lastInvoice(app);
  assertEquals([amount_paid, status], [0, "paid"]);
  assertEquals(await granted(app), 50_000);
});

Deno.test("unused tokens expire at the next invoice's grant", async () => {
  await using app = await open();
  await subscribe(app, "pro_month");
  await granted(app);
  await app.until(DEC_5 + 2 * HOUR_MS);
  assertEquals(await granted(app), 50_000);
  const [expiry] = await app.services.store.listEntries(ORG, {
    limit: 1,
    beforeSeq: Infinity,
  });
  assertEquals(expiry?.kind, "expiry");
  assertEquals(expiry?.granted, -50_000);
});

Deno.test("an old price of the plan's product is the plan's", async () => {
  await using app = await open();
  const { product } = await catalogued(app, "pro_month");
  const { id } = await app.api.prices.create({
    product,
    currency: "usd",
    unit_amount: 1_900,
    recurring: { interval: "month" },
  });
  await subscribe(app, id);
  assertEquals(await granted(app), 50_000);
});

const AT_ONCE = { proration_behavior: "always_invoice" } as const;
const LATER = { proration_behavior: "create_prorations" } as const;

Deno.test("an upgrade grants the prorated difference for the rest of the month", async () => {
  await using app = await open();
  const pro = await subscribe(app, "pro_month");
  await granted(app);
  await app.until(NOV_20);
  await change(app, pro, { lookupKey: "scale_month", ...AT_ONCE });
  assertEquals(await granted(app), 50_000 + 225_000);
  assertEquals(await granted(app), 50_000 + 225_000);
});

Deno.test("an upgrade of a yearly plan grants for the rest of its month", async () => {
  await using app = await open(Date.UTC(2026, 4, 5));
  const pro = await subscribe(app, "pro_year");
  await app.until(NOV_20);
  await change(app, pro, { lookupKey: "scale_year", ...AT_ONCE });
  // The month itself had not been granted.
  assertEquals(await granted(app), 50_000 + 225_000);
});

Deno.test("several changes on one invoice grant their net difference", async () => {
  await using app = await open();
  const pro = await subscribe(app, "pro_month");
  await app.until(Date.UTC(2026, 10, 10));
  const scale = await change(app, pro, { lookupKey: "scale_month", ...LATER });
  await app.until(NOV_20);
  await change(app, scale, { lookupKey: "pro_month", ...AT_ONCE });
  // Ten of thirty days on the larger plan.
  assertEquals(await granted(app), 150_000);
});

Deno.test("a downgrade grants nothing", async () => {
  await using app = await open();
  const scale = await subscribe(app, "scale_month");
  await app.until(NOV_20);
  await change(app, scale, { lookupKey: "pro_month", ...AT_ONCE });
  const { status, total } = await lastInvoice(app);
  assertEquals([status, total], ["paid", -3_500]);
  assertEquals(await granted(app), 0);
});

Deno.test("a proration on the next invoice adds nothing to its month", async () => {
  await using app = await open();
  const pro = await subscribe(app, "pro_month");
  await app.until(NOV_20);
  await change(app, pro, { lookupKey: "scale_month", ...LATER });
  await app.until(DEC_5 + 2 * HOUR_MS);
  assertEquals((await lastInvoice(app)).lines.data.length, 3);
  assertEquals(await granted(app), 500_000);
});

Deno.test("lines beyond the first ten are read", async () => {
  await using app = await open();
  const { customer } = app;
  for (let index = 0; index < 10; index++) {
    const fee = { amount: 100, currency: "usd", description: `Fee ${index}` };
    await app.api.invoiceItems.create({ customer, ...fee });
  }
  await subscribe(app, "pro_month");
  const { lines } = await lastInvoice(app);
  assertEquals([lines.data.length, lines.has_more], [10, true]);
  assertEquals(await granted(app), 50_000);
});

/** Bills a one-time price of a product at once. */
async function bill(app: TestClockApp, price: string): Promise<void> {
  const { api, customer } = app;
  await api.invoiceItems.create({ customer, pricing: { price } });
  const { id = "" } = await api.invoices.create({
    customer,
    pending_invoice_items_behavior: "include",
  });
  await api.invoices.pay(id);
}

/** Invoices that grant nothing. */
const NOTHING: Record<string, (app: TestClockApp) => Promise<unknown>> = {
  "an open invoice": (app) =>
    subscribe(app, "pro_month", { payment_behavior: "default_incomplete" }),
  async "another customer's invoice"(app) {
    const { id: customer } = await app.api.customers.create({
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    await subscribe({ ...app, customer }, "pro_month");
    Object.assign(app, { customer });
  },
  "an invoice of a pack": async (app) =>
    bill(app, (await catalogued(app, "credits_small")).id),
  async "an invoice of something else"(app) {
    const { id } = await app.api.prices.create({
      currency: "usd",
      unit_amount: 900,
      product_data: { name: "Stickers" },
    });
    await bill(app, id);
  },
  async "a fee for the plan's product"(app) {
    const { product } = await catalogued(app, "pro_month");
    const price = { product, currency: "usd", unit_amount: 900 };
    await bill(app, (await app.api.prices.create(price)).id);
  },
};
for (const [name, make] of Object.entries(NOTHING)) {
  Deno.test(`${name} grants nothing`, async () => {
    await using app = await open();
    await make(app);
    assertEquals(await granted(app), 0);
    assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
  });
}

Deno.test("a fee for the plan's product does not reduce an upgrade's grant", async () => {
  await using app = await open();
  const pro = await subscribe(app, "pro_month");
  await app.until(NOV_20);
  const { product } = await catalogued(app, "pro_month");
  const { id: price } = await app.api.prices.create({
    product,
    currency: "usd",
    unit_amount: 900,
  });
  const { customer } = app;
  await app.api.invoiceItems.create({ customer, pricing: { price } });
  await change(app, pro, { lookupKey: "scale_month", ...AT_ONCE });
  assertEquals(await granted(app), 225_000);
});

Deno.test("without Stripe's prices, no plan is guessed", async () => {
  await using app = await open();
  await subscribe(app, "pro_month");
  const { controls } = app.stripe;
  controls.fail({ kind: "unauthorized", path: "/v1/prices", times: Infinity });
  await assertRejects(() => granted(app), Error, "not loaded");
  controls.reset();
  app.clock.nowMs += 10_000;
  assertEquals(await granted(app), 50_000);
});
