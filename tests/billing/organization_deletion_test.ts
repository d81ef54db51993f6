import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { createServiceKey } from "@/lib/auth/service_keys.ts";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { reconcile } from "@/lib/reconcile.ts";
import { STRIPE } from "@/lib/store/activity.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  bankAccount,
  CARD,
  makeSession,
  payOnPage,
} from "@/tests/helpers/checkout_page.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";
import {
  deliver,
  deliverAllAgain,
  stripeEvent,
} from "@/tests/helpers/stripe_events.ts";
import { subscribe, subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";

const CHECKOUT = "/api/v1/operations/payment/checkout";
const BALANCE = "/api/v1/account/balance";

async function serviceKey(
  { services }: TestApp,
  scopes: ServiceScope[] = ["organizations:write"],
): Promise<{ Authorization: string }> {
  const created = await createServiceKey(services, { name: "Backend", scopes });
  return { Authorization: `Bearer ${created.key}` };
}

async function callOrganization(
  app: TestApp,
  method: "GET" | "DELETE",
  headers?: HeadersInit,
  id = ORG,
): Promise<Response> {
  return await app.fetch(`/api/v1/organizations/${id}`, {
    method,
    headers: headers ?? await serviceKey(app),
  });
}

/** The page where the organization pays for its choice. */
async function checkOut(app: TestApp, choice: object): Promise<string> {
  const response = await app.fetch(CHECKOUT, {
    method: "POST",
    headers: {
      ...await authorization(),
      "Content-Type": "application/json",
    },
    body: JSON.stringify(choice),
  });
  assertEquals(response.status, 200);
  return (await response.json()).url;
}

const PRO = { plan: "pro", interval: "month" };
const SCALE = { plan: "scale", interval: "month" };

/** An app whose organization has one record of each kind. */
async function openUsedApp(): Promise<TestApp> {
  const app = await openTestApp();
  await payOnPage(app, await checkOut(app, SCALE));
  await app.stripe.controls.drain();
  await payOnPage(app, await checkOut(app, { credits: "small" }));
  await app.stripe.controls.drain();
  await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  // Left open.
  await checkOut(app, { credits: "large" });
  const balance = await app.fetch(BALANCE, { headers: await authorization() });
  assertEquals((await balance.json()).plan_id, "scale");
  const portal = await app.fetch("/api/v1/account/billing-portal", {
    method: "POST",
    headers: await authorization(),
  });
  assertEquals(portal.status, 200);
  await app.services.background.settled();
  app.clock.nowMs += 2_000; // payments in the second of the deletion are refunded
  return app;
}

/** All keys whose key or value names the organization, or a customer of it. */
async function recordsOf(
  { kv }: TestApp,
  names: readonly string[],
): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key, value } of kv.list({ prefix: [] })) {
    const family = String(key[0]);
    // The local Stripe's objects and short-lived counters.
    if (family === "sandbox" || family === "call_count") continue;
    const text = JSON.stringify([key, value]);
    if (names.some((name) => text.includes(name))) keys.push(family);
  }
  return [...new Set(keys)].toSorted();
}

/** The state of billing at Stripe. */
async function billingOf({ services }: TestApp, customer: string) {
  const stripe = await services.stripe();
  const subscriptions = await stripe.subscriptions.list({
    customer,
    status: "all",
  });
  const open = await stripe.checkout.sessions.list({
    customer,
    status: "open",
  });
  const unpaid = await stripe.invoices.list({ customer, status: "open" });
  const { data: charges } = await stripe.charges.list({ customer });
  const paid = charges.filter(({ status, refunded }) =>
    status === "succeeded" && !refunded
  );
  const found = await stripe.customers.retrieve(customer);
  return {
    live: subscriptions.data.filter(({ status }) => status !== "canceled")
      .length,
    open: open.data.length,
    unpaid: unpaid.data.length,
    paid: paid.length,
    metadata: (found as Stripe.Customer).metadata,
  };
}

async function customerOf({ services }: TestApp): Promise<string> {
  const customer = await services.store.readCustomer(ORG);
  assert(customer !== null);
  return customer.stripeCustomerId;
}

Deno.test("DELETE ends billing at Stripe and erases all records", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  const before = await billingOf(app, customer);
  assertEquals([before.live, before.open, before.paid], [1, 1, 2]);
  const response = await callOrganization(app, "DELETE");
  assertEquals(response.status, 204);
  assertEquals(await billingOf(app, customer), {
    live: 0,
    open: 0,
    unpaid: 0,
    // Earlier payments stay paid.
    paid: 2,
    metadata: {},
  });
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
  const deletion = await app.services.store.readDeletion(ORG);
  assertEquals(deletion?.completedAtMs, app.clock.nowMs);
  const invoices = await (await app.services.stripe()).invoices.list({
    customer,
  });
  assertEquals(invoices.data.length, 2);
});

Deno.test("a repeated DELETE is 204 and changes nothing", async () => {
  await using app = await openUsedApp();
  const headers = await serviceKey(app);
  for (let call = 0; call < 3; call++) {
    const response = await callOrganization(app, "DELETE", headers);
    assertEquals(response.status, 204);
  }
  const unknown = await callOrganization(app, "DELETE", headers, "org_new");
  assertEquals(unknown.status, 204);
});

Deno.test("concurrent DELETEs delete once", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  const headers = await serviceKey(app);
  const calls = Array.from(
    { length: 4 },
    () => callOrganization(app, "DELETE", headers),
  );
  for (const { status } of await Promise.all(calls)) assertEquals(status, 204);
  const after = await billingOf(app, customer);
  assertEquals([after.live, after.open, after.paid], [0, 0, 2]);
});

Deno.test("a slower concurrent deletion keeps the tombstone of the first", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const { readCustomerEntry } = services.store;
  const customer = await giveCustomer(app);
  const store: typeof services.store = {
    ...services.store,
    async readCustomerEntry(orgId) {
      await deleteOrganization(services, orgId);
      return await readCustomerEntry(orgId);
    },
  };
  await deleteOrganization({ ...services, store }, ORG);
  const deletion = await services.store.readDeletion(ORG);
  assertEquals(deletion?.stripeCustomerIds, [customer]);
  assertEquals(deletion?.completedAtMs, app.clock.nowMs);
});

Deno.test("nothing is written for a deleted organization", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  const { key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Old",
    scopes: ["usage:write"],
  });
  const claims = memberClaims();
  const early = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const balance = () =>
    app.fetch(BALANCE, { headers: { Authorization: `Bearer ${early}` } });
  await (await balance()).body?.cancel();
  await callOrganization(app, "DELETE");
  const after = await balance();
  assertEquals(after.status, 404, "a balance read before");
  await after.body?.cancel();
  app.clock.nowMs += 120_000; // no cached plan or grant check
  const token = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const headers = { Authorization: `Bearer ${token}` };
  const post = (path: string, body: object, more: HeadersInit = headers) =>
    app.fetch(path, {
      method: "POST",
      headers: {
        ...more,
        "Content-Type": "application/json",
        "Idempotency-Key": "late",
      },
      body: JSON.stringify(body),
    });
  const service = {
    ...await serviceKey(app, ["organizations:write", "usage:write"]),
    "Portico-Organization": ORG,
  };
  const keyBody = { name: "New", scopes: ["billing:read"] };
  const adjustment = { tokens: 5, reason: "Late" };
  const calls: [Promise<Response>, number][] = [
    [app.fetch(BALANCE, { headers }), 404],
    [post("/api/v1/billing/charges", { tokens: 1 }), 404],
    [post(CHECKOUT, PRO), 404],
    [post("/api/v1/account/credentials", keyBody), 404],
    [post("/api/v1/billing/adjustments", adjustment, service), 404],
    [post("/api/v1/billing/charges", { tokens: 1 }, service), 404],
    [
      post("/api/v1/billing/charges", { tokens: 1 }, {
        Authorization: `Bearer ${key}`,
      }),
      401,
    ],
    [app.fetch("/api/v1/billing/history", { headers }), 200],
    [app.fetch("/api/v1/billing/invoices", { headers }), 200],
    [callOrganization(app, "GET"), 404],
  ];
  const statuses = await Promise.all(calls.map(async ([call]) => {
    const { status, body } = await call;
    await body?.cancel();
    return status;
  }));
  assertEquals(statuses, calls.map(([, status]) => status));
  await app.services.background.settled();
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("pages of a deleted organization fail without an internal error", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  await callOrganization(app, "DELETE");
  const token = await sessionToken({ claims: memberClaims() });
  const headers = { Cookie: `__session=${token}`, Accept: "text/html" };
  const pages = ["/organization", "/account", "/account/credentials"];
  for (const page of pages) {
    const response = await app.fetch(page, { headers });
    assert(response.status < 500, `${page}: ${response.status}`);
    await response.body?.cancel();
  }
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("events of a deleted organization write nothing", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  await callOrganization(app, "DELETE");
  const types = await deliverAllAgain(app);
  assert(types.includes("checkout.session.completed"));
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("a renewal's draft invoice is voided", async () => {
  await using app = await openTestApp();
  await payOnPage(app, await checkOut(app, SCALE));
  await app.stripe.controls.drain();
  const customer = await customerOf(app);
  const { invoices, subscriptions } = await app.services.stripe();
  const { data: [subscription] } = await subscriptions.list({ customer });
  const endsSec = subscription?.items.data[0]?.current_period_end ?? 0;
  app.clock.nowMs = endsSec * 1_000 + 60_000;
  const { data: [draft] } = await invoices.list({ customer });
  assertEquals(draft?.status, "draft");
  await callOrganization(app, "DELETE");
  const { data } = await invoices.list({ customer });
  assertEquals(data.map(({ status }) => status), ["void", "paid"]);
});

Deno.test("a payment that fails after the deletion is not recorded", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  await callOrganization(app, "DELETE");
  const invoice = {
    id: "in_1",
    object: "invoice",
    customer,
    number: "A-1",
    amount_due: 500,
    currency: "usd",
    next_payment_attempt: null,
  };
  const event = stripeEvent("invoice.payment_failed", invoice);
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("a portal opened just before the deletion is not recorded", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const atMs = app.clock.nowMs;
  const record = { openedAtMs: atMs, before: null };
  const opened = [ORG, "org_other"].map((orgId) =>
    app.services.store.markPortalOpened(orgId, record, {
      action: "portal.opened",
      atMs,
      actor: STRIPE,
      details: { flow: null },
    })
  );
  await callOrganization(app, "DELETE");
  await Promise.all(opened);
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
  assertEquals(await recordsOf(app, ["org_other"]), [
    ...["activity", "portal_opened"],
  ]);
});

/** Makes a Checkout session at Stripe and deletes the organization. */
async function openDeletedApp(sells: string, mode: "payment" | "subscription") {
  const app = await openTestApp();
  const customer = await giveCustomer(app);
  await app.stripe.controls.hold();
  await callOrganization(app, "DELETE");
  // As if created by a process that crashed before storing it.
  const session = await makeSession(app, { customer, sells, mode });
  return Object.assign(app, { customer, session });
}

for (
  const [sells, mode] of [
    ["credits_small", "payment"],
    ["scale_month", "subscription"],
    ["pro_year", "subscription"],
  ] as const
) {
  Deno.test(`a Checkout of ${sells} finished late is canceled and refunded`, async () => {
    await using app = await openDeletedApp(sells, mode);
    await payOnPage(app, app.session.url);
    assertEquals((await billingOf(app, app.customer)).paid, 1);
    await app.stripe.controls.release();
    await app.stripe.controls.drain();
    const { live, open, paid } = await billingOf(app, app.customer);
    assertEquals({ live, open, paid }, { live: 0, open: 0, paid: 0 });
    assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
    await deliverAllAgain(app);
    assertEquals((await billingOf(app, app.customer)).paid, 0);
    assertEquals(await recordsOf(app, [ORG, app.customer]), [
      ...["deleted", "deleted_customer"],
    ]);
  });
}

/** The payments of a customer after the bank has answered. */
async function settledPayments(app: TestApp, customer: string) {
  app.clock.nowMs += 5 * 24 * 3_600_000;
  const { paymentIntents } = await app.services.stripe();
  await paymentIntents.list({ customer }); // lets the bank answer
  await app.stripe.controls.drain();
  const { data } = await paymentIntents.list({ customer });
  return data.map(({ status }) => status);
}

Deno.test("a bank debit that clears after the deletion is refunded", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const { id, url } = await makeSession(app, { customer });
  await payOnPage(app, url, bankAccount("succeeds"));
  app.clock.nowMs += 2_000;
  await app.stripe.controls.drain();
  const stripe = await app.services.stripe();
  const session = await stripe.checkout.sessions.retrieve(id);
  await callOrganization(app, "DELETE");
  const deletion = await app.services.store.readDeletion(ORG);
  assertEquals(deletion?.pendingPaymentIds, [String(session.payment_intent)]);
  assertEquals(await settledPayments(app, customer), ["succeeded"]);
  const { data: [refund, ...more] } = await stripe.refunds.list();
  assertEquals(refund?.payment_intent, session.payment_intent);
  assertEquals(refund?.amount, session.amount_total);
  assertEquals(more, []);
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("a bank debit of an invoice ends with the deletion", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const url = await checkOut(app, { credits: "small" });
  await payOnPage(app, url, bankAccount("succeeds"));
  await app.stripe.controls.drain();
  await callOrganization(app, "DELETE");
  assertEquals(await settledPayments(app, customer), ["canceled"]);
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("a subscription that appears for a deleted organization is canceled", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  await callOrganization(app, "DELETE");
  const stripe = await app.services.stripe();
  const { data: [price] } = await stripe.prices.list({
    lookup_keys: ["scale_month"],
  });
  await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const { data: [method] } = await stripe.paymentMethods.list({ customer });
  await stripe.subscriptions.create({
    customer,
    items: [{ price: price?.id ?? "" }],
    default_payment_method: method?.id ?? "",
    metadata: { organization: ORG },
  });
  await app.stripe.controls.drain();
  const { live, paid, unpaid } = await billingOf(app, customer);
  assertEquals({ live, paid, unpaid }, { live: 0, paid: 0, unpaid: 0 });
});

Deno.test("reconciliation ends late billing whose event was missed", async () => {
  await using app = await openDeletedApp("scale_month", "subscription");
  await payOnPage(app, app.session.url, CARD);
  await reconcile(app.services, { paceMs: 0 });
  const { live, paid } = await billingOf(app, app.customer);
  assertEquals({ live, paid }, { live: 0, paid: 0 });
});

Deno.test("reconciliation completes a deletion, however old it is", async () => {
  await using app = await openTestApp();
  const { services: { store }, clock } = app;
  await giveCustomer(app);
  const fault = {
    kind: "unreachable",
    method: "GET",
    times: Infinity,
  } as const;
  app.stripe.controls.fail({ ...fault, path: "/v1/subscriptions" });
  assertEquals((await callOrganization(app, "DELETE")).status, 500);
  app.stripe.controls.reset();
  clock.nowMs += 100 * 24 * 60 * 60 * 1000;
  await reconcile(app.services, { paceMs: 0 });
  const deletion = await store.readDeletion(ORG);
  assertEquals(deletion?.completedAtMs, clock.nowMs);
});

Deno.test("a deletion works for a customer that Stripe has deleted", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  await app.stripe.controls.hold();
  await (await app.services.stripe()).customers.del(customer);
  assertEquals((await callOrganization(app, "DELETE")).status, 204);
  assertEquals(await recordsOf(app, [ORG, customer]), [
    ...["deleted", "deleted_customer"],
  ]);
});

Deno.test("a deletion clears every configured metadata key of a subscription", async () => {
  const keys = { STRIPE_CUSTOMER_METADATA_KEY: "tenant_id,organization" };
  await using app = await openTestApp(keys);
  const { id } = await subscribeAtStripe(app);
  const { subscriptions } = await app.services.stripe();
  await subscriptions.update(id, {
    metadata: { tenant_id: ORG, organization: ORG, region: "eu" },
  });
  await callOrganization(app, "DELETE");
  const { metadata } = await subscriptions.retrieve(id);
  assertEquals(metadata, { region: "eu" });
});

Deno.test("a customer that no record links is found by its metadata", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  const { id } = await stripe.customers.create({
    metadata: { organization: ORG, plan: "kept" },
  });
  await callOrganization(app, "DELETE");
  const { metadata } = await billingOf(app, id);
  assertEquals(metadata, { plan: "kept" });
});

Deno.test("a deletion ends the billing of every customer that names the organization", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  for (let index = 0; index < 12; index++) {
    const metadata = { organization: ORG };
    const { id } = await stripe.customers.create({ metadata });
    await subscribe(app, id);
  }
  assertEquals((await callOrganization(app, "DELETE")).status, 204);
  const { data } = await stripe.subscriptions.list({ status: "active" });
  assertEquals(data, []);
});

Deno.test("GET exports everything stored about the organization", async () => {
  await using app = await openUsedApp();
  const customer = await customerOf(app);
  const response = await callOrganization(app, "GET");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  const { organization, exported_at, records } = await response.json();
  assertEquals(organization, ORG);
  assertEquals(exported_at, new Date(app.clock.nowMs).toISOString());
  const families = new Set<string>(
    records.map(({ key }: { key: string[] }) => key[0]),
  );
  assertEquals([...families].toSorted(), await recordsOf(app, [ORG, customer]));
  assert(families.has("checkout_session") && families.has("credential"));
  const { entries } = await app.services.store.readWallet(ORG);
  const ledger = records.filter(({ key }: { key: string[] }) =>
    key[0] === "ledger"
  );
  assertEquals(ledger.length, entries);
});

Deno.test("an export has no other organization's records", async () => {
  await using app = await openUsedApp();
  const headers = await authorization(memberClaims({ orgId: "org_abc1234" }));
  await (await app.fetch(BALANCE, { headers })).body?.cancel();
  const text = await (await callOrganization(app, "GET")).text();
  assert(!text.includes("org_abc1234"));
  const other = await callOrganization(app, "GET", undefined, "org_abc1234");
  const { records } = await other.json();
  assert(records.length > 0);
  const unknown = await callOrganization(app, "GET", undefined, "org_none");
  assertEquals(unknown.status, 404);
  await unknown.body?.cancel();
});

Deno.test("only a service key with organizations:write exports and deletes", async () => {
  await using app = await openUsedApp();
  const key = await serviceKey(app);
  const lesser = await serviceKey(app, ["billing:manage", "usage:write"]);
  const refused: [HeadersInit, number, string?][] = [
    [{}, 401],
    [await authorization(), 403],
    [lesser, 403],
    [{ ...key, "Portico-Organization": "org_other" }, 400],
    [{ ...key, "Portico-Organization": "org other" }, 400],
    [key, 400, "org%201"],
    [key, 400, "o".repeat(129)],
  ];
  for (const [headers, status, id] of refused) {
    for (const method of ["GET", "DELETE"] as const) {
      const response = await callOrganization(app, method, headers, id);
      assertEquals(response.status, status, JSON.stringify([headers, id]));
      await response.body?.cancel();
    }
  }
  assertEquals(await app.services.store.readDeletion(ORG), null);
  const named = { ...key, "Portico-Organization": ORG };
  const allowed = await callOrganization(app, "GET", named);
  assertEquals(allowed.status, 200);
  await allowed.body?.cancel();
});

Deno.test("a checkout that races the deletion leaves nothing open", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const { services } = app;
  const bury = services.store.buryOrganization;
  let pending: Promise<Response> | undefined;
  Object.assign(services.store, {
    buryOrganization: async (...args: Parameters<typeof bury>) => {
      const headers = {
        ...await authorization(),
        "Content-Type": "application/json",
      };
      const body = JSON.stringify(PRO);
      pending = app.fetch(CHECKOUT, { method: "POST", headers, body });
      return await bury(...args);
    },
  });
  await deleteOrganization(services, ORG);
  const response = await pending;
  await response?.body?.cancel();
  const { open, live } = await billingOf(app, customer);
  assertEquals({ open, live }, { open: 0, live: 0 });
  const left = await recordsOf(app, [ORG, customer]);
  assertEquals(left, ["deleted", "deleted_customer"]);
});
