import { assertEquals } from "@std/assert";
import { takeBackDispute, takeBackRefund } from "@/lib/refunds.ts";
import { ORG } from "./app.ts";
import {
  type CannedApp,
  list,
  openCannedApp,
  PRICES,
} from "./canned_stripe.ts";
import { charge } from "./wallets.ts";

/** A small pack of 10,000 tokens that was sold for 1,000 cents. */
function sell(app: CannedApp, mode = "payment"): void {
  const price = PRICES.find(({ lookup_key }) => lookup_key === "credits_small");
  const session = {
    id: "cs_test_1",
    object: "checkout.session",
    amount_total: 1_000,
    customer: app.customer,
    status: "complete",
    payment_status: "paid",
    line_items: list([{ id: "li_1", price, quantity: 1 }]),
    mode,
  };
  app.canned["/v1/checkout/sessions/cs_test_1"] = session;
  app.canned["/v1/checkout/sessions"] = list([session]);
}

function setRefund(
  { canned }: CannedApp,
  { id = "re_1", amount = 1_000, status = "succeeded" } = {},
): void {
  canned[`/v1/refunds/${id}`] = {
    object: "refund",
    payment_intent: "pi_1",
    ...{ id, amount, status },
  };
}

async function purchased({ services }: CannedApp): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

async function entriesOf({ services }: CannedApp) {
  const options = { limit: 100, beforeSeq: Infinity };
  const entries = await services.store.listEntries(ORG, options);
  return entries.map(({ kind, purchased }) => [kind, purchased]).toReversed();
}

Deno.test("a refund takes back what is left of the pack, once", async () => {
  await using app = await openCannedApp();
  sell(app);
  setRefund(app);
  const { services } = app;
  // Told before the purchase was: that is added first.
  assertEquals(await takeBackRefund(services, "re_1"), ORG);
  await Promise.all(
    Array.from({ length: 8 }, () => takeBackRefund(services, "re_1")),
  );
  assertEquals(await entriesOf(app), [["purchase", 10_000], [
    "refund",
    -10_000,
  ]]);
});

Deno.test("of a pack that is partly used the rest is taken back", async () => {
  await using app = await openCannedApp();
  sell(app);
  setRefund(app, { status: "pending" });
  await takeBackRefund(app.services, "re_1");
  await app.services.store.post(ORG, charge("charge:c", 7_000), 1);
  assertEquals(await purchased(app), 3_000);
  setRefund(app);
  await takeBackRefund(app.services, "re_1");
  assertEquals(await purchased(app), 0);
});

Deno.test("a refund of a part takes a part, and all parts no more than all", async () => {
  await using app = await openCannedApp();
  sell(app);
  for (const [index, amount] of [333, 333, 334].entries()) {
    setRefund(app, { id: `re_${index}`, amount });
    await takeBackRefund(app.services, `re_${index}`);
  }
  assertEquals(await entriesOf(app), [
    ["purchase", 10_000],
    ["refund", -3_330],
    ["refund", -3_330],
    ["refund", -3_340],
  ]);
});

Deno.test("a refund that found nothing left takes nothing of a later pack", async () => {
  await using app = await openCannedApp();
  sell(app);
  setRefund(app, { status: "pending" });
  await takeBackRefund(app.services, "re_1");
  const { store } = app.services;
  await store.post(ORG, charge("charge:c", 10_000), 1);
  setRefund(app);
  await takeBackRefund(app.services, "re_1");
  const description = "Another pack";
  const source = "checkout:cs_2";
  const posting = {
    kind: "purchase",
    tokens: 500,
    source,
    description,
  } as const;
  await store.post(ORG, posting, 1);
  await takeBackRefund(app.services, "re_1");
  assertEquals(await purchased(app), 500);
});

Deno.test("a refund that fails later gives back what it took, once", async () => {
  await using app = await openCannedApp();
  sell(app);
  setRefund(app, { amount: 400 });
  await takeBackRefund(app.services, "re_1");
  assertEquals(await purchased(app), 6_000);
  setRefund(app, { amount: 400, status: "failed" });
  await takeBackRefund(app.services, "re_1");
  await takeBackRefund(app.services, "re_1");
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a dispute takes back when it is lost, not before", async () => {
  await using app = await openCannedApp();
  sell(app);
  const dispute = (status: string) => {
    app.canned["/v1/disputes/dp_1"] = {
      id: "dp_1",
      object: "dispute",
      amount: 1_000,
      payment_intent: "pi_1",
      status,
    };
  };
  for (const status of ["needs_response", "won"]) {
    dispute(status);
    assertEquals(await takeBackDispute(app.services, "dp_1"), ORG);
    assertEquals(await purchased(app), 10_000);
  }
  dispute("lost");
  await takeBackDispute(app.services, "dp_1");
  await takeBackDispute(app.services, "dp_1");
  assertEquals(await purchased(app), 0);
});

Deno.test("what was no pack, or is nobody's, is left alone", async () => {
  await using app = await openCannedApp();
  setRefund(app);
  app.canned["/v1/checkout/sessions"] = list([]);
  assertEquals(await takeBackRefund(app.services, "re_1"), null);
  sell(app, "subscription");
  assertEquals(await takeBackRefund(app.services, "re_1"), ORG);
  const stranger = { id: "cs_test_1", customer: "cus_other" };
  app.canned["/v1/checkout/sessions"] = list([stranger]);
  assertEquals(await takeBackRefund(app.services, "re_1"), null);
  assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
});
