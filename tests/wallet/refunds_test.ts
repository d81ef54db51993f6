import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import type { Choice } from "@/lib/billing/plans.ts";
import { reverseDispute, reverseRefund } from "@/lib/wallet/refunds.ts";
import type { Services } from "@/lib/services.ts";
import { DISPUTE, REFUND } from "@/packages/local-stripe/src/store/schema.ts";
import { Store } from "@/packages/local-stripe/src/store/store.ts";
import type { ClockStep } from "local-stripe";
import { openTestApp, ORG, type TestApp } from "@/tests/helpers/app.ts";
import {
  CARD,
  makeSession,
  openCheckout,
  payOnPage,
} from "@/tests/helpers/checkout_page.ts";
import {
  deliver,
  deliverAllAgain,
  stripeEvent,
} from "@/tests/helpers/stripe_events.ts";
import { postTo } from "@/tests/helpers/wallet_app.ts";
import { charge } from "@/tests/helpers/postings.ts";

/** Test cards by their later outcome. */
const CARDS = {
  pays: CARD.number,
  refundsLater: "4000000000007726",
  refundFailsLater: "4000000000005126",
  isDisputed: "4000000000000259",
  isDisputedAsNotReceived: "4000000000002685",
};

/**
 * Buys on the hosted page, by default a small pack of 10,000 tokens for 1,000
 * cents.
 *
 * @returns The payment, which a subscription's session does not name.
 */
async function buy(
  app: TestApp,
  { card = "pays", choice = { credits: "small" } }: {
    card?: keyof typeof CARDS;
    choice?: Choice;
  } = {},
): Promise<string | null> {
  const url = await openCheckout(app.services, { orgId: ORG, choice });
  const back = await payOnPage(app, url, { ...CARD, number: CARDS[card] });
  const id = new URL(back).searchParams.get("checkout") ?? "";
  const { checkout } = await app.services.stripe();
  const { payment_intent } = await checkout.sessions.retrieve(id);
  return payment_intent === null ? null : String(payment_intent);
}

/** Refunds a payment, by default in full. */
async function refund(
  { services }: TestApp,
  payment_intent: string | null,
  params: Stripe.RefundCreateParams = {},
): Promise<string> {
  assert(payment_intent !== null);
  const { refunds } = await services.stripe();
  return (await refunds.create({ payment_intent, ...params })).id;
}

/** The payment's only dispute. */
async function disputeOf(
  { services }: TestApp,
  payment_intent: string | null,
): Promise<Stripe.Dispute> {
  assert(payment_intent !== null);
  const { disputes } = await services.stripe();
  const { data: [dispute] } = await disputes.list({ payment_intent });
  assert(dispute !== undefined);
  return dispute;
}

/** Submits evidence for a dispute and processes the bank's decision. */
async function answer(
  app: TestApp,
  { id }: Stripe.Dispute,
  uncategorized_text: string,
): Promise<string> {
  const { disputes } = await app.services.stripe();
  assertEquals(await reverseDispute(app.services, id), ORG);
  const evidence = { uncategorized_text };
  const { status } = await disputes.update(id, { evidence });
  assertEquals(status, "under_review");
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 10_000);
  return (await disputes.retrieve(id)).status;
}

/** Banks may reverse a ruling, but the local Stripe has no such event. */
async function win(app: TestApp, disputeId: string): Promise<void> {
  await new Store(app.sandboxKv).update(DISPUTE, disputeId, ({ object }) => ({
    object: { ...object, status: "won" as const },
  }));
}

async function moveOn(app: TestApp, step: ClockStep): Promise<void> {
  const customer = await app.services.store.readCustomer(ORG);
  await app.stripe.clocks.step(customer?.stripeCustomerId ?? "", step);
  await app.stripe.controls.drain();
}

async function purchased({ services }: TestApp): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

async function entriesOf({ services }: TestApp) {
  const options = { limit: 100, beforeSeq: Infinity };
  const entries = await services.store.listEntries(ORG, options);
  return entries.map(({ kind, purchased }) => [kind, purchased]).toReversed();
}

Deno.test("a refund debits the pack's remaining tokens once", async () => {
  await using app = await openTestApp();
  await app.stripe.controls.hold();
  const id = await refund(app, await buy(app));
  // The refund event precedes the purchase, which is then added first.
  assertEquals(await reverseRefund(app.services, id), ORG);
  const entries = [["purchase", 10_000], ["refund", -10_000]];
  assertEquals(await entriesOf(app), entries);
  await Promise.all([
    ...Array.from({ length: 8 }, () => reverseRefund(app.services, id)),
    app.stripe.controls.release({ newestFirst: true }),
  ]);
  const types = await deliverAllAgain(app);
  assert(types.includes("refund.created") && types.includes("refund.updated"));
  assertEquals(await entriesOf(app), entries);
});

Deno.test("a refund's events debit in either order", async () => {
  for (const newestFirst of [true, false]) {
    await using app = await openTestApp();
    await app.stripe.controls.hold();
    await refund(app, await buy(app));
    assertEquals(await entriesOf(app), []);
    await app.stripe.controls.release({ newestFirst });
    assertEquals(await entriesOf(app), [
      ["purchase", 10_000],
      ["refund", -10_000],
    ]);
  }
});

Deno.test("each event of a refund is enough alone", async () => {
  for (const type of ["refund.created", "refund.updated"]) {
    await using app = await openTestApp();
    await app.stripe.controls.hold();
    const id = await refund(app, await buy(app));
    const { status } = await deliver(app, stripeEvent(type, { id }));
    assertEquals(status, 200);
    assertEquals((await entriesOf(app)).at(-1), ["refund", -10_000], type);
  }
  await using app = await openTestApp();
  const id = await refund(app, await buy(app, { card: "refundFailsLater" }));
  await app.stripe.controls.drain();
  await app.stripe.controls.hold();
  await moveOn(app, "day");
  await deliver(app, stripeEvent("refund.failed", { id }));
  assertEquals((await entriesOf(app)).at(-1), ["adjustment", 10_000]);
});

Deno.test("a refund of a partly used pack debits the rest", async () => {
  await using app = await openTestApp();
  await refund(app, await buy(app, { card: "refundsLater" }));
  await app.stripe.controls.drain();
  // A pending refund leaves the tokens usable.
  assertEquals(await entriesOf(app), [["purchase", 10_000]]);
  await postTo(app, charge("charge:c", 7_000));
  assertEquals(await purchased(app), 3_000);
  await moveOn(app, "day");
  assertEquals(await purchased(app), 0);
  assertEquals((await entriesOf(app)).at(-1), ["refund", -3_000]);
});

Deno.test("partial refunds debit parts, up to the full pack", async () => {
  await using app = await openTestApp();
  const payment = await buy(app);
  for (const amount of [333, 333, 334]) await refund(app, payment, { amount });
  await app.stripe.controls.drain();
  const entries = await entriesOf(app);
  assertEquals(entries[0], ["purchase", 10_000]);
  // Simultaneous events arrive in any order.
  const taken = entries.slice(1).map(([, tokens]) => Number(tokens));
  assertEquals(taken.toSorted(), [-3_330, -3_330, -3_340]);
  assertEquals(await purchased(app), 0);
});

Deno.test("a refund that found no tokens debits none of a later pack", async () => {
  await using app = await openTestApp();
  const payment = await buy(app);
  await app.stripe.controls.drain();
  await postTo(app, charge("charge:c", 10_000));
  await refund(app, payment);
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 0);
  await buy(app);
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 10_000);
  await deliverAllAgain(app);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a refund that fails later credits its debit once", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "refundFailsLater" });
  await refund(app, payment, { amount: 400 });
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 6_000);
  await moveOn(app, "day");
  const types = await deliverAllAgain(app);
  assert(types.includes("refund.failed"));
  assertEquals(await entriesOf(app), [
    ["purchase", 10_000],
    ["refund", -4_000],
    ["adjustment", 4_000],
  ]);
});

Deno.test("a failed refund that debited nothing credits nothing", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "refundFailsLater" });
  await app.stripe.controls.drain();
  await postTo(app, charge("charge:c", 10_000));
  const id = await refund(app, payment);
  await app.stripe.controls.drain();
  await moveOn(app, "day");
  assertEquals(await reverseRefund(app.services, id), ORG);
  assertEquals((await entriesOf(app)).slice(1).map(([kind]) => kind), [
    "charge",
    "refund",
  ]);
});

Deno.test("a refund that failed before its event arrives debits nothing", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "refundFailsLater" });
  await app.stripe.controls.hold();
  await refund(app, payment);
  await moveOn(app, "day");
  await app.stripe.controls.release();
  assertEquals(await entriesOf(app), [["purchase", 10_000]]);
});

/** The app's services, with postings of one kind delayed until `goOn`. */
function delayed({ services }: TestApp, kind: "refund") {
  const { store } = services;
  const [reached, goOn] = [
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const post: typeof store.post = async (orgId, posting, nowMs) => {
    if (posting.kind === kind) {
      reached.resolve();
      await goOn.promise;
    }
    return await store.post(orgId, posting, nowMs);
  };
  const slow: Services = { ...services, store: { ...store, post } };
  return { slow, reached: reached.promise, goOn: () => goOn.resolve() };
}

/** Ways in which a succeeded refund changes state. */
const UNDOING = {
  failed: (app: TestApp) => moveOn(app, "day"),
  // Stripe cancels refunds that require action; the local Stripe has none.
  async canceled(app: TestApp, id: string) {
    await new Store(app.sandboxKv).update(REFUND, id, ({ object }) => ({
      object: { ...object, status: "canceled" as const },
    }));
  },
};
for (const [state, undo] of Object.entries(UNDOING)) {
  Deno.test(`a refund that is ${state} while its success is posted is reversed`, async () => {
    await using app = await openTestApp();
    const payment = await buy(app, { card: "refundFailsLater" });
    await app.stripe.controls.drain();
    await app.stripe.controls.hold();
    const id = await refund(app, payment, { amount: 400 });
    const { slow, reached, goOn } = delayed(app, "refund");
    const late = reverseRefund(slow, id);
    await reached;
    await undo(app, id);
    const update = stripeEvent("refund.updated", { id });
    assertEquals((await deliver(app, update)).status, 200);
    assertEquals(await entriesOf(app), [["purchase", 10_000]]);
    goOn();
    assertEquals(await late, ORG);
    const entries = [
      ["purchase", 10_000],
      ["refund", -4_000],
      ["adjustment", 4_000],
    ];
    assertEquals(await entriesOf(app), entries);
    await app.stripe.controls.release({ newestFirst: true });
    await deliverAllAgain(app);
    assertEquals(await entriesOf(app), entries);
  });
}

Deno.test("a dispute won while its loss is posted is reversed", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "isDisputed" });
  await app.stripe.controls.drain();
  await app.stripe.controls.hold();
  const { id } = await disputeOf(app, payment);
  await (await app.services.stripe()).disputes.close(id);
  const { slow, reached, goOn } = delayed(app, "refund");
  const late = reverseDispute(slow, id);
  await reached;
  await win(app, id);
  const reinstated = stripeEvent("charge.dispute.funds_reinstated", { id });
  assertEquals((await deliver(app, reinstated)).status, 200);
  assertEquals(await purchased(app), 10_000);
  goOn();
  assertEquals(await late, ORG);
  await app.stripe.controls.release();
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a dispute debits when lost, not before", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "isDisputed" });
  const dispute = await disputeOf(app, payment);
  assertEquals(dispute.status, "needs_response");
  assertEquals(await answer(app, dispute, "losing_evidence"), "lost");
  await app.stripe.controls.drain();
  const types = await deliverAllAgain(app);
  assert(types.includes("charge.dispute.closed"));
  assertEquals(await entriesOf(app), [
    ["purchase", 10_000],
    ["refund", -10_000],
  ]);
});

Deno.test("a dispute lost and later won is reversed", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "isDisputed" });
  const { id } = await disputeOf(app, payment);
  await (await app.services.stripe()).disputes.close(id);
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 0);
  await win(app, id);
  const reinstated = stripeEvent("charge.dispute.funds_reinstated", { id });
  assertEquals((await deliver(app, reinstated)).status, 200);
  const entries = [
    ["purchase", 10_000],
    ["refund", -10_000],
    ["adjustment", 10_000],
  ];
  assertEquals(await entriesOf(app), entries);
  await deliverAllAgain(app);
  assertEquals(await entriesOf(app), entries);
});

Deno.test("a lost dispute of a partly refunded pack debits the rest of it", async () => {
  await using app = await openTestApp();
  await buy(app);
  const payment = await buy(app, { card: "isDisputed" });
  const { id, amount } = await disputeOf(app, payment);
  // The bank may dispute the full amount of a payment that was refunded before.
  await new Store(app.sandboxKv).update(DISPUTE, id, ({ object }) => ({
    object: { ...object, is_charge_refundable: true },
  }));
  await refund(app, payment, { amount: 400 });
  await app.stripe.controls.drain();
  assertEquals([amount, await purchased(app)], [1_000, 16_000]);
  await (await app.services.stripe()).disputes.close(id);
  await app.stripe.controls.drain();
  await deliverAllAgain(app);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a dispute that is won debits nothing", async () => {
  await using app = await openTestApp();
  const payment = await buy(app, { card: "isDisputedAsNotReceived" });
  const dispute = await disputeOf(app, payment);
  assertEquals(dispute.reason, "product_not_received");
  assertEquals(await answer(app, dispute, "winning_evidence"), "won");
  await app.stripe.controls.drain();
  const types = await deliverAllAgain(app);
  assert(types.includes("charge.dispute.closed"));
  assertEquals(await entriesOf(app), [["purchase", 10_000]]);
});

Deno.test("a dispute that is accepted or expires is lost", async () => {
  await using app = await openTestApp();
  const { id } = await disputeOf(app, await buy(app, { card: "isDisputed" }));
  await (await app.services.stripe()).disputes.close(id);
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 0);
  await buy(app, { card: "isDisputed" });
  await app.stripe.controls.drain();
  assertEquals(await purchased(app), 10_000);
  await moveOn(app, "month");
  assertEquals(await purchased(app), 0);
});

Deno.test("a refund or lost dispute of a plan does not change the wallet", async () => {
  for (const card of ["pays", "isDisputed"] as const) {
    await using app = await openTestApp();
    const choice = { plan: "scale", interval: "month" } as const;
    assertEquals(await buy(app, { card, choice }), null);
    await app.stripe.controls.drain();
    assertEquals(await entriesOf(app), [["grant", 0]]);
    const { charges, disputes } = await app.services.stripe();
    const { data: [paid] } = await charges.list();
    assert(paid !== undefined);
    const payment = String(paid.payment_intent);
    if (paid.disputed) {
      const { id } = await disputeOf(app, payment);
      await disputes.close(id);
      assertEquals(await reverseDispute(app.services, id), null);
    } else {
      const id = await refund(app, payment);
      assertEquals(await reverseRefund(app.services, id), null);
    }
    await app.stripe.controls.drain();
    assertEquals(await entriesOf(app), [["grant", 0]]);
  }
});

Deno.test("a refund of an unknown customer is accepted and ignored", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  const { id: customer } = await stripe.customers.create({
    email: "stranger@example.com",
  });
  const session = await makeSession(app, { customer });
  await payOnPage(app, session.url);
  const paid = await stripe.checkout.sessions.retrieve(session.id);
  const id = await refund(app, String(paid.payment_intent));
  assertEquals(await reverseRefund(app.services, id), null);
  await app.stripe.controls.drain();
  const options = { delivery_success: false } as const;
  assertEquals((await stripe.events.list(options)).data, []);
  assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
});
