import { assertEquals, assertNotEquals } from "@std/assert";
import { openTestApp, ORG, type TestApp } from "@/tests/helpers/app.ts";
import {
  bankAccount,
  CARD,
  openCheckout,
  payOnPage,
} from "@/tests/helpers/checkout_page.ts";

const SMALL = { credits: "small" } as const;

/** An app that no event reaches. */
async function openDeafApp(): Promise<TestApp> {
  const app = await openTestApp();
  await app.stripe.controls.hold();
  return app;
}

/** Buys a pack and closes the tab on Stripe's page. */
async function buy(app: TestApp): Promise<string> {
  const { services } = app;
  const url = await openCheckout(services, { orgId: ORG, choice: SMALL });
  await payOnPage(app, url, CARD);
  const stored = await services.store.readCheckout(ORG);
  return stored?.sessionId ?? "";
}

async function purchased({ services }: TestApp): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

Deno.test("the next checkout adds a paid pack whose event was missed", async () => {
  await using app = await openDeafApp();
  const id = await buy(app);
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
