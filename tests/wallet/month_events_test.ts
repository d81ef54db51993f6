import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { HANDLERS } from "@/lib/webhooks/handlers.ts";
import { ORG } from "@/tests/helpers/app.ts";
import {
  change,
  openTestClockApp,
  subscribe,
  type TestClockApp,
} from "@/tests/helpers/test_clock.ts";
import { makeSession, payOnPage } from "@/tests/helpers/checkout_page.ts";
import { deliver } from "@/tests/helpers/stripe_events.ts";
import { permutations, randomOf, shuffled } from "@/tests/helpers/random.ts";
import { postTo } from "@/tests/helpers/wallet_app.ts";
import { charge } from "@/tests/helpers/postings.ts";

const HOUR_MS = 3_600_000;
const NOV_5 = Date.UTC(2026, 10, 5);
const DEC_5 = Date.UTC(2026, 11, 5);
const DEC_20 = Date.UTC(2026, 11, 20);

/** Stripe's events of a type, oldest first. */
async function eventsOf({ api }: TestClockApp, type?: string) {
  const { data } = await api.events.list({ limit: 100, ...type && { type } });
  return data.filter(({ type }) => HANDLERS.has(type)).toReversed();
}

interface Month {
  app: TestClockApp;
  /** Events before the month. */
  before: Stripe.Event[];
  /** Renewal, upgrade, downgrade and refund. */
  month: Stripe.Event[];
}

/**
 * Buys Pro and a pack in November. In December upgrades while the renewal is a
 * draft, downgrades two weeks later, and refunds the pack.
 */
async function liveThroughDecember(app: TestClockApp): Promise<Month> {
  const { api, customer } = app;
  const { id, url } = await makeSession(app, { customer });
  await payOnPage(app, url);
  const pro = await subscribe(app, "pro_month");
  const before = await eventsOf(app);
  const at_once = { proration_behavior: "always_invoice" } as const;
  await app.until(DEC_5 + HOUR_MS / 2);
  const scale = await change(app, pro, {
    lookupKey: "scale_month",
    ...at_once,
  });
  await app.until(DEC_20);
  await change(app, scale, { lookupKey: "pro_month", ...at_once });
  const { payment_intent } = await api.checkout.sessions.retrieve(id);
  await api.refunds.create({ payment_intent: String(payment_intent) });
  const known = new Set(before.map(({ id }) => id));
  const month = [
    ...await eventsOf(app, "invoice.paid"),
    ...await eventsOf(app, "refund.created"),
  ].filter(({ id }) => !known.has(id));
  assertEquals(month.map(({ type }) => type), [
    ...Array.from({ length: 3 }, () => "invoice.paid"),
    "refund.created",
  ]);
  return { app, before, month };
}

/** Resets the wallet to the end of November. */
async function startAgain({ app, before }: Month): Promise<void> {
  for (const prefix of ["wallet", "ledger", "ledger_source", "event"]) {
    for await (const { key } of app.kv.list({ prefix: [prefix] })) {
      await app.kv.delete(key);
    }
  }
  await deliverAll(app, before);
}

async function deliverAll(app: TestClockApp, events: readonly Stripe.Event[]) {
  for (const event of events) {
    const { status } = await deliver(app, { ...event });
    assertEquals(status, 200);
  }
}

async function walletOf({ services: { store } }: TestClockApp) {
  assertEquals((await verifyLedgers(store)).differences, []);
  const { entries: _, ...wallet } = await store.readWallet(ORG);
  return wallet;
}

/** 449,698 is the prorated difference from half an hour into the period. */
const DECEMBER = { granted: 50_000 + 449_698, purchased: 0 };

Deno.test("every order of a month's Stripe events gives one wallet", async () => {
  await using app = await openTestClockApp(NOV_5);
  const story = await liveThroughDecember(app);
  for (const order of permutations(story.month)) {
    await startAgain(story);
    await postTo(app, charge("charge:1", 30_000));
    await deliverAll(app, [...order, ...order]);
    const { granted, purchased } = await walletOf(app);
    assertEquals({ granted, purchased }, DECEMBER);
  }
});

Deno.test("charges between a month's Stripe events lose no grant", async () => {
  await using app = await openTestClockApp(NOV_5);
  const story = await liveThroughDecember(app);
  for (let seed = 1; seed <= 10; seed++) {
    await startAgain(story);
    const random = randomOf(seed);
    let charged = 0;
    for (const event of shuffled([...story.month, ...story.month], random)) {
      const tokens = 1 + Math.floor(random() * 10_000);
      await postTo(app, charge(`charge:${charged}`, tokens));
      charged += tokens;
      await deliverAll(app, [event]);
    }
    const { granted } = await walletOf(app);
    assert(granted >= DECEMBER.granted - charged, `seed ${seed}`);
    assert(granted <= DECEMBER.granted, `seed ${seed}`);
  }
});
