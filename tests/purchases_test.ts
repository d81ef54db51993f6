import { assertEquals, assertRejects } from "@std/assert";
import { fulfilCheckout } from "@/lib/purchases.ts";
import { receiveEvent } from "@/lib/webhooks.ts";
import { ORG } from "./app.ts";
import {
  type CannedApp,
  list,
  openCannedApp,
  PRICES,
} from "./canned_stripe.ts";
import { sign, stripeEvent } from "./events.ts";

const SESSION = "cs_test_1";

/** A session that was paid, unless told otherwise. */
function setSession(app: CannedApp, members: Record<string, unknown> = {}) {
  app.canned[`/v1/checkout/sessions/${SESSION}`] = {
    id: SESSION,
    object: "checkout.session",
    customer: app.customer,
    mode: "payment",
    status: "complete",
    payment_status: "paid",
    metadata: { organization: ORG, pack: "large", tokens: "999999" },
    line_items: list([lineOf("credits_small")]),
    ...members,
  };
}

function lineOf(lookupKey: string, quantity = 1) {
  const price = PRICES.find(({ lookup_key }) => lookup_key === lookupKey);
  return { id: "li_1", object: "item", price, quantity };
}

async function note(app: CannedApp, orgId = ORG): Promise<void> {
  const { store, now } = app.services;
  const choice = { credits: "medium" } as const;
  const expiresAtMs = now() + 1_000;
  const checkout = { sessionId: SESSION, choice, expiresAtMs };
  await store.writeCheckout(orgId, { checkout, former: null, nowMs: now() });
}

async function purchased({ services }: CannedApp): Promise<number> {
  return (await services.store.readWallet(ORG)).purchased;
}

function fulfil({ services }: CannedApp, orgId = ORG) {
  return fulfilCheckout(services, orgId, SESSION);
}

Deno.test("a paid session adds the pack that we noted", async () => {
  await using app = await openCannedApp();
  setSession(app);
  await note(app);
  const entry = await fulfil(app);
  assertEquals(entry?.kind, "purchase");
  assertEquals(entry?.source, `checkout:${SESSION}`);
  assertEquals(await purchased(app), 60_000);
});

Deno.test("without a note the line item's price tells the pack", async () => {
  await using app = await openCannedApp();
  setSession(app);
  await fulfil(app);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a session is fulfilled once, however often and from where", async () => {
  await using app = await openCannedApp();
  setSession(app);
  await Promise.all(Array.from({ length: 16 }, () => fulfil(app)));
  await fulfil(app);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("a coupon that paid for all of it counts as paid", async () => {
  await using app = await openCannedApp();
  setSession(app, { payment_status: "no_payment_required" });
  await fulfil(app);
  assertEquals(await purchased(app), 10_000);
});

const UNPAID: Record<string, Record<string, unknown>> = {
  "a session that is not paid yet": { payment_status: "unpaid" },
  "a session that is open": { status: "open", payment_status: "unpaid" },
  "a session that expired": { status: "expired" },
  "a subscription's session": { mode: "subscription" },
  "a session of another's customer": { customer: "cus_other" },
  "a session of no customer": { customer: null },
  "a price that is not in the catalogue": {
    line_items: list([{ ...lineOf("credits_small"), price: PRICES[0] }]),
  },
  "no line at all": { line_items: list([]) },
};
for (const [name, members] of Object.entries(UNPAID)) {
  Deno.test(`${name} adds nothing`, async () => {
    await using app = await openCannedApp();
    setSession(app, members);
    assertEquals(await fulfil(app), null);
    assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
  });
}

Deno.test("a session that we noted for another organization adds nothing", async () => {
  await using app = await openCannedApp();
  setSession(app);
  await note(app, "org_other");
  assertEquals(await fulfil(app), null);
  assertEquals(await fulfil(app, "org_other"), null);
  assertEquals(await purchased(app), 0);
});

Deno.test("a session that Stripe does not have adds nothing", async () => {
  await using app = await openCannedApp();
  assertEquals(await fulfil(app), null);
});

Deno.test("while Stripe's prices are not known it fails, to be repeated", async () => {
  await using app = await openCannedApp();
  setSession(app);
  const prices = () => Promise.resolve(new Map());
  const services = { ...app.services, prices };
  await assertRejects(
    () => fulfilCheckout(services, ORG, SESSION),
    Error,
    "no price",
  );
  await fulfil(app);
  assertEquals(await purchased(app), 10_000);
});

Deno.test("money that arrives later adds the pack when it does", async () => {
  await using app = await openCannedApp();
  app.canned["/v1/subscriptions"] = list([]);
  const deliver = async (type: string) => {
    const event = stripeEvent(type, {
      id: SESSION,
      object: "checkout.session",
      customer: app.customer,
      mode: "payment",
    });
    const body = JSON.stringify(event);
    const signature = await sign(app, body);
    assertEquals(await receiveEvent(app.services, { body, signature }), "done");
  };
  setSession(app, { payment_status: "unpaid" });
  await deliver("checkout.session.completed");
  assertEquals(await purchased(app), 0);
  setSession(app);
  await deliver("checkout.session.async_payment_succeeded");
  await deliver("checkout.session.completed");
  assertEquals(await purchased(app), 10_000);
});
