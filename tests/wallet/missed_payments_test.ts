import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import type Stripe from "stripe";
import type { Choice } from "@/lib/billing/plans.ts";
import { refreshFromStripe } from "@/lib/pages/refresh.ts";
import { reconcile } from "@/lib/reconcile.ts";
import { key } from "@/lib/store/keys.ts";
import { DISPUTE, REFUND } from "@/packages/local-stripe/src/store/schema.ts";
import { Store } from "@/packages/local-stripe/src/store/store.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  bankAccount,
  CARD,
  makeSession,
  openCheckout,
  payOnPage,
} from "@/tests/helpers/checkout_page.ts";
import { subscribe as subscribeCustomer } from "@/tests/helpers/subscriptions.ts";
import {
  change,
  openTestClockApp,
  subscribe,
} from "@/tests/helpers/test_clock.ts";
import { NOW_MS } from "@/tests/helpers/tokens.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const SMALL = { credits: "small" } as const;
const DISPUTED = "4000000000000259";

/** An app that no event reaches. */
async function openDeafApp(): Promise<TestApp> {
  const app = await openTestApp();
  await app.stripe.controls.hold();
  return app;
}

/** Buys a pack and closes the tab on Stripe's page. */
async function buy(
  app: TestApp,
  { number = CARD.number, choice = SMALL }: {
    number?: string;
    choice?: Choice;
  } = {},
): Promise<Stripe.Checkout.Session> {
  const { services } = app;
  const url = await openCheckout(services, { orgId: ORG, choice });
  await payOnPage(app, url, { ...CARD, number });
  const stored = await services.store.readCheckout(ORG);
  const { checkout } = await services.stripe();
  return await checkout.sessions.retrieve(stored?.sessionId ?? "");
}

async function purchased({ services }: TestApp): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

async function entriesOf({ services }: TestApp) {
  const options = { limit: 100, beforeSeq: Infinity };
  const entries = await services.store.listEntries(ORG, options);
  return entries.filter(({ kind }) => kind !== "grant")
    .map(({ kind, purchased }) => [kind, purchased]).toReversed();
}

async function sweep(app: TestApp): Promise<void> {
  const report = await reconcile(app.services, { paceMs: 0 });
  assertEquals([report?.failed, report?.finished], [0, true]);
}

async function refresh(app: TestApp): Promise<void> {
  app.clock.nowMs += 10_000;
  assertEquals(await refreshFromStripe(app.services, ORG), "checked");
}

/** Makes a repair, and again, which must change nothing. */
async function twice(app: TestApp, repair: (app: TestApp) => Promise<void>) {
  await repair(app);
  const entries = await entriesOf(app);
  app.clock.nowMs += DAY_MS;
  await repair(app);
  assertEquals(await entriesOf(app), entries);
}

Deno.test("the next checkout adds a paid pack whose event was missed", async () => {
  await using app = await openDeafApp();
  const { id } = await buy(app);
  await openCheckout(app.services, { orgId: ORG, choice: SMALL });
  assertEquals(await purchased(app), 10_000);
  const stored = await app.services.store.readCheckout(ORG);
  assertNotEquals(stored?.sessionId, id);
});

Deno.test("the next checkout for a plan adds a missed pack, too", async () => {
  await using app = await openDeafApp();
  await buy(app);
  const choice = { plan: "pro", interval: "month" } as const;
  await openCheckout(app.services, { orgId: ORG, choice });
  assertEquals(await purchased(app), 10_000);
});

Deno.test("the next checkout records a missed bank debit as pending", async () => {
  await using app = await openDeafApp();
  const { services } = app;
  const request = { orgId: ORG, choice: SMALL };
  const url = await openCheckout(services, request);
  await payOnPage(app, url, bankAccount("succeeds"));
  const { sessionId } = await services.store.readCheckout(ORG) ?? {};
  await openCheckout(services, request);
  const pending = await services.store.readPendingPurchase(
    ORG,
    sessionId ?? "",
  );
  assertEquals(pending?.state, "on_its_way");
});

for (const repair of [sweep, refresh]) {
  Deno.test(`a ${repair.name} adds a paid pack whose event was missed`, async () => {
    await using app = await openDeafApp();
    await buy(app);
    await twice(app, repair);
    assertEquals(await entriesOf(app), [["purchase", 10_000]]);
    assertEquals(await app.services.store.readCheckout(ORG), null);
    assert(app.lines.some((line) => line.includes("credit pack was missed")));
  });

  Deno.test(`a ${repair.name} applies a refund whose event was missed`, async () => {
    await using app = await openDeafApp();
    const { payment_intent } = await buy(app);
    await repair(app);
    const { refunds } = await app.services.stripe();
    await refunds.create({
      payment_intent: String(payment_intent),
      amount: 400,
    });
    await twice(app, repair);
    assertEquals(await entriesOf(app), [
      ["purchase", 10_000],
      ["refund", -4_000],
    ]);
  });

  Deno.test(`a ${repair.name} applies a lost dispute whose event was missed`, async () => {
    await using app = await openDeafApp();
    await buy(app, { number: DISPUTED });
    await repair(app);
    assertEquals(await purchased(app), 10_000);
    const { disputes } = await app.services.stripe();
    const { data: [dispute] } = await disputes.list();
    await disputes.close(dispute?.id ?? "");
    await twice(app, repair);
    assertEquals(await purchased(app), 0);
  });
}

Deno.test("reconciliation restores a pack after a refund that has failed", async () => {
  await using app = await openDeafApp();
  const { payment_intent } = await buy(app);
  const { refunds } = await app.services.stripe();
  const { id } = await refunds.create({
    payment_intent: String(payment_intent),
  });
  await sweep(app);
  assertEquals(await purchased(app), 0);
  await new Store(app.sandboxKv).update(REFUND, id, ({ object }) => ({
    object: { ...object, status: "failed" as const },
  }));
  await twice(app, sweep);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("reconciliation restores a pack whose lost dispute was won", async () => {
  await using app = await openDeafApp();
  await buy(app, { number: DISPUTED });
  const { disputes } = await app.services.stripe();
  const { data: [dispute] } = await disputes.list();
  const id = dispute?.id ?? "";
  await disputes.close(id);
  await sweep(app);
  assertEquals(await purchased(app), 0);
  await new Store(app.sandboxKv).update(DISPUTE, id, ({ object }) => ({
    object: { ...object, status: "won" as const },
  }));
  await twice(app, sweep);
  assertEquals(await purchased(app), 10_000);
});

/** Deletes records that are newer than a backup. */
async function loseWallet({ kv }: TestApp): Promise<void> {
  for (
    const prefix of [
      ...[key.checkoutSessions, key.wallets, key.ledgers],
      ...[["checkout"], ["ledger_source"]],
    ]
  ) {
    for await (const entry of kv.list({ prefix })) await kv.delete(entry.key);
  }
}

Deno.test("after a restore, reconciliation adds the packs bought since the backup", async () => {
  await using app = await openDeafApp();
  await buy(app);
  await buy(app, { choice: { credits: "medium" } });
  // The backup has the customer, but not the sessions.
  await loseWallet(app);
  await sweep(app);
  assertEquals(await purchased(app), 70_000);
});

Deno.test("a pack paid 89 days ago is added", async () => {
  await using app = await openDeafApp();
  await buy(app);
  app.clock.nowMs += 89 * DAY_MS;
  await sweep(app);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("reconciliation adds no packs of another integration's sessions", async () => {
  await using app = await openDeafApp();
  const customer = await giveCustomer(app);
  const { url } = await makeSession(app, { customer });
  await payOnPage(app, url);
  await sweep(app);
  assertEquals(await entriesOf(app), []);
});

Deno.test("a missed pack that is unknown does not hold up others", async () => {
  await using app = await openDeafApp();
  const { id } = await buy(app);
  const record = key.checkoutSession(id);
  const { value } = await app.kv.get<Record<string, unknown>>(record);
  const { tokens: _, ...older } = { tokens: 0, ...value, pack: "starter" };
  await app.kv.set(record, older);
  await app.kv.delete(key.checkout(ORG));
  await buy(app, { choice: { credits: "medium" } });
  const report = await reconcile(app.services, { paceMs: 0 });
  assertEquals([report?.failed, report?.finished], [1, true]);
  assertEquals(await purchased(app), 60_000);
  assert(app.lines.some((line) => line.includes("pack starter is unknown")));
});

/** The ledger's grants by source. */
async function granted({ services }: TestApp): Promise<Set<string>> {
  const options = { limit: 100, beforeSeq: Infinity };
  const entries = await services.store.listEntries(ORG, options);
  return new Set(
    entries.filter(({ kind }) => kind === "grant").map(({ source }) => source),
  );
}

Deno.test("reconciliation grants a missed renewal that an upgrade followed", async () => {
  await using app = await openTestClockApp(NOW_MS);
  const { api, customer, services } = app;
  const subscription = await subscribe(app, "pro_month");
  await app.until(NOW_MS + 32 * DAY_MS);
  await change(app, subscription, {
    lookupKey: "scale_month",
    proration_behavior: "always_invoice",
  });
  app.clock.nowMs = NOW_MS + 33 * DAY_MS;
  await sweep(app);
  const { data: invoices } = await api.invoices.list({ customer });
  assertEquals(invoices.map(({ status }) => status), ["paid", "paid", "paid"]);
  const sources = await granted(app);
  for (const { id } of invoices) assert(sources.has(`invoice:${id}`), id);
  const wallet = await services.store.readWallet(ORG);
  assert(wallet.granted > 450_000, `${wallet.granted}`);
  await sweep(app);
  assertEquals(await services.store.readWallet(ORG), wallet);
});

Deno.test("reconciliation grants no earlier invoice of an imported customer", async () => {
  await using app = await openTestClockApp(NOW_MS);
  const { api, customer, services } = app;
  await subscribe(app, "pro_month");
  await app.until(NOW_MS + 32 * DAY_MS);
  app.clock.nowMs = NOW_MS + 33 * DAY_MS;
  const { store } = services;
  const known = await store.readCustomer(ORG);
  assert(known !== null);
  await store.forgetCustomer(ORG, known);
  await store.linkCustomer(ORG, {
    stripeCustomerId: customer,
    createdAtMs: app.clock.nowMs,
  });
  await sweep(app);
  const { data: [latest, first] } = await api.invoices.list({ customer });
  const sources = await granted(app);
  assert(sources.has(`invoice:${latest?.id}`));
  assert(!sources.has(`invoice:${first?.id}`));
});

/**
 * The calls for each organization in a reconciliation that finds nothing to
 * repair. A run begins with one call that checks the account.
 */
async function calls(app: TestApp): Promise<string[]> {
  await sweep(app);
  app.stripe.controls.reset();
  await sweep(app);
  const [check = "", ...calls] = app.stripe.controls.requests
    .map(({ method, path }) => `${method} ${path}`);
  assertMatch(check, /^GET \/v1\/customers\/cus_/);
  return calls;
}

const SYNC = "GET /v1/subscriptions";
const INVOICES = "GET /v1/invoices";
const SESSIONS = "GET /v1/checkout/sessions";

Deno.test("reconciliation calls Stripe twice for a customer, three times for a subscriber", async () => {
  await using app = await openDeafApp();
  const customer = await giveCustomer(app);
  const { payment_intent } = await buy(app);
  const { refunds } = await app.services.stripe();
  await refunds.create({ payment_intent: String(payment_intent) });
  assertEquals(await calls(app), [SYNC, SESSIONS]);
  await subscribeCustomer(app, customer);
  assertEquals(new Set(await calls(app)), new Set([SYNC, INVOICES, SESSIONS]));
  assertEquals((await calls(app)).length, 3);
});

Deno.test("reconciliation reads more than one page of packs", async () => {
  await using app = await openDeafApp();
  for (let count = 0; count < 26; count++) await buy(app);
  assertEquals(await purchased(app), 25 * 10_000);
  await loseWallet(app);
  await sweep(app);
  assertEquals(await purchased(app), 26 * 10_000);
});
