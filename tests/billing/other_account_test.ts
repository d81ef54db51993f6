import { assertEquals, assertRejects } from "@std/assert";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { reconcile } from "@/lib/reconcile.ts";
import {
  authorization,
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { deliver, stripeEvent } from "@/tests/helpers/stripe_events.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";

/** An app with a subscriber whose key can be exchanged for another account's. */
async function openSubscriber() {
  const app = await openTestApp();
  const other = await openTestApp();
  const customer = await giveCustomer(app);
  const subscription = await subscribe(app, customer);
  await syncSubscription(app.services, ORG);
  const { stripe } = app.services;
  // The local Stripe creates its products at the first call.
  await (await other.services.stripe()).products.list();
  other.stripe.controls.reset();
  const useKeyOf = (account: "own" | "other") =>
    void Object.assign(app.services, {
      stripe: account === "own" ? stripe : other.services.stripe,
    });
  return {
    app,
    other,
    customer,
    subscription,
    useKeyOf,
    stored: () => app.services.store.readBilling(ORG, app.clock.nowMs),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

const CALLS: Record<string, [path: string, body?: unknown]> = {
  "the portal": ["/api/v1/account/billing-portal", {}],
  "the portal redirect": ["/api/v1/operations/payment/customer-portal"],
  "Checkout": ["/api/v1/operations/payment/checkout", { credits: "small" }],
  "invoices": ["/api/v1/billing/invoices"],
};

async function call(app: TestApp, path: string, body?: unknown) {
  const response = await app.fetch(path, {
    headers: {
      ...await authorization(),
      "Content-Type": "application/json",
    },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  await response.body?.cancel();
  return response.status;
}

for (const [name, [path, body]] of Object.entries(CALLS)) {
  Deno.test(`with another account's key, ${name} fails and forgets nothing`, async () => {
    await using place = await openSubscriber();
    const { app, useKeyOf, stored } = place;
    const before = await stored();
    useKeyOf("other");
    assertEquals(await call(app, path, body), 500);
    assertEquals(await stored(), before);
    const logged = app.lines.filter((line) =>
      line.includes("STRIPE_SECRET_KEY")
    );
    assertEquals(logged.length, 1);
  });
}

Deno.test("with another account's key, an event fails until the key is corrected", async () => {
  await using place = await openSubscriber();
  const { app, customer, subscription, useKeyOf, stored } = place;
  const before = await stored();
  const event = stripeEvent("customer.subscription.updated", {
    id: subscription.id,
    object: "subscription",
    customer,
  });
  useKeyOf("other");
  assertEquals((await deliver(app, event)).status, 500);
  assertEquals(await stored(), before);
  useKeyOf("own");
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals((await stored()).subscription?.plan, "pro");
});

Deno.test("with another account's key, reconciliation ends before the first organization", async () => {
  await using place = await openSubscriber();
  const { app, other, useKeyOf, stored } = place;
  for (let index = 0; index < 30; index++) {
    await giveCustomer(app, `org_${index}`);
  }
  const before = await stored();
  useKeyOf("other");
  await assertRejects(
    () => reconcile(app.services, { paceMs: 0 }),
    Error,
    "STRIPE_SECRET_KEY",
  );
  const methods = other.stripe.controls.requests.map(({ method, path }) =>
    `${method} ${path.replace(/cus_\w+/, ":id")}`
  );
  assertEquals([...new Set(methods)], ["GET /v1/customers/:id"]);
  assertEquals(await stored(), before);
  useKeyOf("own");
  const report = await reconcile(app.services, { paceMs: 0 });
  assertEquals([report?.organizations, report?.drifted], [31, 0]);
});

Deno.test("reconciliation goes on if Stripe misses some customers", async () => {
  await using app = await openTestApp();
  const { store } = app.services;
  const stripeCustomerId = "cus_unknown";
  await store.linkCustomer("org_a", { stripeCustomerId, createdAtMs: 0 });
  await giveCustomer(app, "org_b");
  const report = await reconcile(app.services, { paceMs: 0 });
  assertEquals([report?.organizations, report?.failed], [2, 1]);
  assertEquals(
    (await store.readCustomer("org_a"))?.stripeCustomerId,
    stripeCustomerId,
  );
});

Deno.test("with another account's key, a deletion fails and is completed later", async () => {
  await using place = await openSubscriber();
  const { app, subscription, useKeyOf } = place;
  const { services } = app;
  const status = async () =>
    (await (await services.stripe()).subscriptions.retrieve(subscription.id))
      .status;
  useKeyOf("other");
  await assertRejects(
    () => deleteOrganization(services, ORG),
    Error,
    "STRIPE_SECRET_KEY",
  );
  useKeyOf("own");
  assertEquals(await status(), "active");
  await deleteOrganization(services, ORG);
  assertEquals(await status(), "canceled");
});

Deno.test("with another account's key, an interrupted deletion is not completed", async () => {
  await using place = await openSubscriber();
  const { app, customer, useKeyOf } = place;
  const { store } = app.services;
  const read = await store.readCustomerEntry(ORG);
  await store.buryOrganization(ORG, {
    requestedAtMs: app.clock.nowMs,
    completedAtMs: null,
    stripeCustomerIds: [customer],
    pendingPaymentIds: [],
  }, read);
  useKeyOf("other");
  await assertRejects(() => deleteOrganization(app.services, ORG));
  assertEquals((await store.readDeletion(ORG))?.completedAtMs, null);
});
