import { assert, assertEquals } from "@std/assert";
import { confirmCheckout } from "@/lib/pages/checkout_return.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import type { Choice } from "@/lib/billing/plans.ts";
import { ORG, type TestApp } from "@/tests/helpers/app.ts";
import { openCheckout, payOnPage } from "@/tests/helpers/checkout_page.ts";
import { deliverAllAgain } from "@/tests/helpers/stripe_events.ts";
import { openWalletApp, postTo } from "@/tests/helpers/wallet_app.ts";
import { charge } from "@/tests/helpers/postings.ts";

/** Buys on the hosted page. */
async function buy(app: TestApp, choice: Choice): Promise<string> {
  const url = await openCheckout(app.services, { orgId: ORG, choice });
  const back = await payOnPage(app, url);
  return new URL(back).searchParams.get("checkout") ?? "";
}

async function entriesOf({ services }: TestApp) {
  const { store } = services;
  const { differences } = await verifyLedgers(store);
  assertEquals(differences, []);
  const options = { limit: 100, beforeSeq: Infinity };
  return (await store.listEntries(ORG, options)).toReversed()
    .map(({ kind, granted, purchased }) => `${kind} ${granted + purchased}`);
}

Deno.test("a pack is credited once by its event and the return page", async () => {
  await using app = await openWalletApp();
  const sessionId = await buy(app, { credits: "small" });
  const ways = [
    () => confirmCheckout(app.services, ORG, sessionId),
    () => app.stripe.controls.drain(),
    () => confirmCheckout(app.services, ORG, sessionId),
  ];
  await Promise.all(ways.map((way) => way()));
  assertEquals(await entriesOf(app), ["purchase 10000"]);
});

Deno.test("a pack is credited by its event alone", async () => {
  await using app = await openWalletApp();
  await buy(app, { credits: "medium" });
  await app.stripe.controls.drain();
  assertEquals(await entriesOf(app), ["purchase 60000"]);
});

Deno.test("a first invoice grants a month once by its event and the return page", async () => {
  await using app = await openWalletApp();
  const sessionId = await buy(app, { plan: "scale", interval: "month" });
  await confirmCheckout(app.services, ORG, sessionId);
  assertEquals(await entriesOf(app), ["grant 500000"]);
  await app.stripe.controls.drain();
  assertEquals(await entriesOf(app), ["grant 500000"]);
});

Deno.test("a renewal grants the next month and expires the rest", async () => {
  await using app = await openWalletApp();
  await buy(app, { plan: "scale", interval: "month" });
  await app.stripe.controls.drain();
  await postTo(app, charge("charge:c", 200_000));
  const customer = await app.services.store.readCustomer(ORG);
  const { clocks, controls } = app.stripe;
  for (const step of ["renewal", "day"] as const) {
    await clocks.step(customer?.stripeCustomerId ?? "", step);
    await controls.drain();
  }
  assertEquals(await entriesOf(app), [
    "grant 500000",
    "charge -200000",
    "grant 500000",
    "expiry -300000",
  ]);
});

Deno.test("repeated and reordered events change nothing", async () => {
  await using app = await openWalletApp();
  await app.stripe.controls.hold();
  await buy(app, { credits: "small" });
  await app.stripe.controls.release({ newestFirst: true });
  await app.stripe.controls.drain();
  assert((await deliverAllAgain(app)).length > 0);
  assertEquals(await entriesOf(app), ["purchase 10000"]);
});
