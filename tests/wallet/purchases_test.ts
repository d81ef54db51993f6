import { assert, assertEquals, assertRejects } from "@std/assert";
import { key } from "@/lib/store/keys.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";
import { CHECKOUT_SESSION } from "@/packages/local-stripe/src/store/checkout_session.ts";
import { Store } from "@/packages/local-stripe/src/store/store.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  bankAccount,
  makeSession,
  openCheckout,
  payOnPage,
  type SessionTerms,
} from "@/tests/helpers/checkout_page.ts";
import {
  deliver,
  deliverAllAgain,
  stripeEvent,
} from "@/tests/helpers/stripe_events.ts";

/** An app with a customer and held events. */
async function openShop(): Promise<TestApp & { customer: string }> {
  const app = await openTestApp();
  await app.stripe.controls.hold();
  return Object.assign(app, { customer: await giveCustomer(app) });
}
type Shop = Awaited<ReturnType<typeof openShop>>;

/** A session paid by card. */
async function paid(app: Shop, terms: SessionTerms = {}): Promise<string> {
  const made = await makeSession(app, { customer: app.customer, ...terms });
  await payOnPage(app, made.url);
  return made.id;
}

/** Stores a checkout of a medium pack. */
async function note(app: Shop, sessionId: string, orgId = ORG): Promise<void> {
  const { store, now } = app.services;
  const choice = { credits: "medium" } as const;
  const expiresAtMs = now() + 1_000;
  const checkout = { sessionId, choice, expiresAtMs };
  await store.writeCheckout(orgId, { checkout, former: null, nowMs: now() });
}

async function purchased({ services }: Shop): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

function fulfil({ services }: Shop, sessionId: string, orgId = ORG) {
  return fulfillCheckout(services, orgId, sessionId);
}

Deno.test("a paid session adds the pack of the stored checkout", async () => {
  await using app = await openShop();
  const sessionId = await paid(app);
  await note(app, sessionId);
  const entry = await fulfil(app, sessionId);
  assertEquals(entry?.kind, "purchase");
  assertEquals(entry?.source, `checkout:${sessionId}`);
  assertEquals(await purchased(app), 60_000);
});

Deno.test("without a stored checkout, the line item's price determines the pack", async () => {
  await using app = await openShop();
  await fulfil(app, await paid(app));
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a replaced price still maps to its product's pack", async () => {
  await using app = await openShop();
  const price = await priceOf(app, { of: "credits_small" });
  const line_items = [{ price, quantity: 3 }];
  await fulfil(app, await paid(app, { line_items }));
  assertEquals(await purchased(app), 30_000);
});

/** The catalogue's price with this lookup key. */
async function catalogued({ services }: TestApp, key: string) {
  const price = (await services.prices()).get(key);
  assert(price !== undefined);
  return price.id;
}

Deno.test("every line item of a session adds its packs", async () => {
  await using app = await openShop();
  const [small, large, plan] = await Promise.all([
    catalogued(app, "credits_small"),
    catalogued(app, "credits_large"),
    priceOf(app, { of: "pro_month" }),
  ]);
  const line_items = [
    { price: plan, quantity: 1 },
    { price: small, quantity: 2 },
    ...Array.from({ length: 12 }, () => ({ price: large, quantity: 1 })),
  ];
  const entry = await fulfil(app, await paid(app, { line_items }));
  assertEquals(entry?.description, "Small and Large credit packs");
  assertEquals(await purchased(app), 2 * 10_000 + 12 * 300_000);
});

// JSON has null for NaN.
for (const quantity of [1.5, 0, -1, 1e12, NaN]) {
  Deno.test(`a line item of quantity ${quantity} is logged and ignored`, async () => {
    await using app = await openShop();
    const price = await catalogued(app, "credits_small");
    const line_items = [{ price, quantity: 1 }, { price, quantity: 3 }];
    const sessionId = await paid(app, { line_items });
    // Stripe refuses such a quantity, so it is written to the local store.
    await new Store(app.sandboxKv).update(
      CHECKOUT_SESSION,
      sessionId,
      (row) => ({
        extra: {
          ...row.extra,
          lines: row.extra.lines.map((line) =>
            line.quantity === 3 ? { ...line, quantity } : line
          ),
        },
      }),
    );
    const event = stripeEvent("checkout.session.completed", {
      id: sessionId,
      customer: app.customer,
      mode: "payment",
    });
    assertEquals((await deliver(app, event)).status, 200);
    assertEquals(await purchased(app), 10_000);
    const warning = app.lines.find((line) => line.includes("line item"));
    assert(warning?.includes(sessionId));
  });
}

Deno.test("a session is fulfilled once across repeated events and returns", async () => {
  await using app = await openShop();
  const sessionId = await paid(app);
  const ways = Array.from({ length: 16 }, () => fulfil(app, sessionId));
  await Promise.all([...ways, app.stripe.controls.release()]);
  await fulfil(app, sessionId);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a session fully paid by a coupon is fulfilled", async () => {
  await using app = await openShop();
  const stripe = await app.services.stripe();
  const { id: coupon } = await stripe.coupons.create({ percent_off: 100 });
  const sessionId = await paid(app, { discounts: [{ coupon }] });
  const session = await stripe.checkout.sessions.retrieve(sessionId);
  assertEquals(session.payment_status, "no_payment_required");
  await fulfil(app, sessionId);
  assertEquals(await purchased(app), 10_000);
});

/** A price outside the catalogue for the same product. */
async function priceOf(
  { services }: TestApp,
  { of }: { of: string },
): Promise<string> {
  const stripe = await services.stripe();
  const { data: [sold] } = await stripe.prices.list({ lookup_keys: [of] });
  const { id } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 900,
    product: String(sold?.product),
  });
  return id;
}

/** Sessions that add nothing. */
const NOTHING: Record<string, (app: Shop) => Promise<string>> = {
  async "a session that is not paid yet"(app) {
    const made = await makeSession(app, { customer: app.customer });
    await payOnPage(app, made.url, bankAccount("succeeds"));
    return made.id;
  },
  async "a session that is open"(app) {
    return (await makeSession(app, { customer: app.customer })).id;
  },
  async "an open session that a coupon has paid"(app) {
    const stripe = await app.services.stripe();
    const { id: coupon } = await stripe.coupons.create({ percent_off: 100 });
    const { customer } = app;
    return (await makeSession(app, { customer, discounts: [{ coupon }] })).id;
  },
  async "a session that expired"(app) {
    const { id } = await makeSession(app, { customer: app.customer });
    await (await app.services.stripe()).checkout.sessions.expire(id);
    return id;
  },
  "a subscription's session": (app) =>
    paid(app, { mode: "subscription", sells: "pro_month" }),
  async "a session of another's customer"(app) {
    const stripe = await app.services.stripe();
    const email = "other@example.com";
    const { id: customer } = await stripe.customers.create({ email });
    return await paid(app, { customer });
  },
  async "a session of no customer"(app) {
    const made = await makeSession(app, {});
    await payOnPage(app, made.url);
    return made.id;
  },
  async "a price that is no pack's"(app) {
    const price = await priceOf(app, { of: "pro_month" });
    return await paid(app, { line_items: [{ price, quantity: 1 }] });
  },
};
for (const [name, make] of Object.entries(NOTHING)) {
  Deno.test(`${name} adds nothing`, async () => {
    await using app = await openShop();
    assertEquals(await fulfil(app, await make(app)), null);
    assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
  });
}

Deno.test("a session stored for another organization adds nothing", async () => {
  await using app = await openShop();
  const sessionId = await paid(app);
  await note(app, sessionId, "org_other");
  assertEquals(await fulfil(app, sessionId), null);
  assertEquals(await fulfil(app, sessionId, "org_other"), null);
  assertEquals(await purchased(app), 0);
});

/** Changes the stored record of the pack that a session sells. */
async function changeSoldPack(
  { kv }: Shop,
  sessionId: string,
  change: (record: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const record = key.checkoutSession(sessionId);
  const { value } = await kv.get<Record<string, unknown>>(record);
  assert(value !== null);
  await kv.set(record, change(value));
}

/** A pack bought through the app; its event is held. */
async function bought(app: Shop): Promise<string> {
  const choice = { credits: "small" } as const;
  const request = { orgId: ORG, choice };
  await payOnPage(app, await openCheckout(app.services, request));
  const stored = await app.services.store.readCheckout(ORG);
  assert(stored !== null);
  return stored.sessionId;
}

Deno.test("a sold pack that left the catalogue adds its sold tokens", async () => {
  await using app = await openShop();
  const sessionId = await bought(app);
  await changeSoldPack(app, sessionId, (record) => ({
    ...record,
    pack: "starter",
    name: "Starter",
    tokens: 12_000,
  }));
  const entry = await fulfil(app, sessionId);
  assertEquals(entry?.description, "Starter credit pack");
  assertEquals(await purchased(app), 12_000);
});

Deno.test("a pack's new size does not apply to packs already sold", async () => {
  await using app = await openShop();
  const sessionId = await bought(app);
  const sold = await app.services.store.readSoldPack(sessionId, 0);
  assertEquals([sold?.name, sold?.tokens], ["Small", 10_000]);
  await changeSoldPack(app, sessionId, (record) => ({
    ...record,
    tokens: 12_000,
  }));
  await fulfil(app, sessionId);
  assertEquals(await purchased(app), 12_000);
});

Deno.test("an unknown sold pack is logged and its event is delivered again", async () => {
  await using app = await openShop();
  const sessionId = await bought(app);
  await changeSoldPack(app, sessionId, ({ orgId, expiresAtMs }) => ({
    orgId,
    expiresAtMs,
    pack: "starter",
  }));
  const event = stripeEvent("checkout.session.completed", {
    id: sessionId,
    customer: app.customer,
    mode: "payment",
  });
  assertEquals((await deliver(app, event)).status, 500);
  assert(app.lines.some((line) => line.includes("pack starter is unknown")));
  await changeSoldPack(app, sessionId, (record) => ({
    ...record,
    pack: "small",
  }));
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a session that Stripe does not have adds nothing", async () => {
  await using app = await openShop();
  assertEquals(await fulfil(app, "cs_test_none"), null);
});

Deno.test("without Stripe's prices, fulfillment fails and is retried", async () => {
  await using app = await openShop();
  const sessionId = await paid(app);
  const { controls } = app.stripe;
  controls.fail({ kind: "unauthorized", path: "/v1/prices", times: Infinity });
  await assertRejects(() => fulfil(app, sessionId), Error, "not loaded");
  controls.reset();
  app.clock.nowMs += 10_000;
  await fulfil(app, sessionId);
  assertEquals(await purchased(app), 10_000);
});

/** A session paid by bank debit, which clears or fails four days later. */
async function waitForBank(app: Shop, answer: "succeeds" | "fails") {
  const { clocks, controls } = app.stripe;
  await controls.release();
  const made = await makeSession(app, { customer: app.customer });
  await payOnPage(app, made.url, bankAccount(answer));
  await controls.drain();
  assertEquals(await purchased(app), 0);
  for (let day = 0; day < 4; day++) await clocks.step(app.customer, "day");
  await controls.drain();
  const word = answer === "succeeds" ? "succeeded" : "failed";
  const types = await deliverAllAgain(app);
  assert(types.includes(`checkout.session.async_payment_${word}`));
}

Deno.test("a delayed payment adds the pack when it clears", async () => {
  await using app = await openShop();
  await waitForBank(app, "succeeds");
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a delayed payment that fails adds nothing", async () => {
  await using app = await openShop();
  await waitForBank(app, "fails");
  assertEquals(await purchased(app), 0);
});
