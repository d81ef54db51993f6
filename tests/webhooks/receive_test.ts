import { assert, assertEquals } from "@std/assert";
import { HANDLERS } from "@/lib/webhooks/handlers.ts";
import { receiveEvent } from "@/lib/webhooks/receive.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  deliver,
  sign,
  stripeEvent,
  WEBHOOK_PATH,
} from "@/tests/helpers/stripe_events.ts";

/** Number of subscription reads at Stripe for an organization. */
function reads({ stripe }: TestApp): number {
  return stripe.controls.requests
    .filter(({ path }) => path === "/v1/subscriptions").length;
}

/** A customer deletion event, which needs no call to Stripe. */
function deletion(customer: string) {
  return stripeEvent("customer.deleted", { id: customer, object: "customer" });
}

function warnings({ lines }: TestApp): string[] {
  return lines.map((line) => JSON.parse(line))
    .filter(({ level }) => level === "warn").map(({ message }) => message);
}

Deno.test("a signed event is accepted with 200", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const response = await deliver(app, deletion(customer));
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(await response.json(), { received: true });
  assertEquals(await app.services.store.readCustomer(ORG), null);
});

Deno.test("an invalid signature is 400 and changes nothing", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const event = deletion(customer);
  const body = JSON.stringify(event);
  const nowSec = Math.floor(app.clock.nowMs / 1000);
  const good = await sign(app, body);
  const headers = {
    "none": null,
    "empty": "",
    "another secret": await sign(app, body, { secret: "whsec_other" }),
    "another text": await sign(app, `${body} `),
    "too old": await sign(app, body, { timestampSec: nowSec - 301 }),
    "from the future": await sign(app, body, { timestampSec: nowSec + 301 }),
    "two times": `t=${nowSec - 900},${good}`,
    "no time": good.replace(/^t=\d+,/, ""),
    "an old scheme": good.replace("v1=", "v0="),
    "another time": good.replace(/t=\d+/, `t=${nowSec - 1}`),
  };
  for (const [name, signature] of Object.entries(headers)) {
    const response = await app.fetch(WEBHOOK_PATH, {
      method: "POST",
      body,
      ...(signature !== null && {
        headers: { "Stripe-Signature": signature },
      }),
    });
    assertEquals(response.status, 400, name);
    assertEquals((await response.json()).error, "validation_error", name);
  }
  assert(await app.services.store.readCustomer(ORG) !== null);
});

Deno.test("a signature up to five minutes old or early is valid", async () => {
  await using app = await openTestApp();
  const nowSec = Math.floor(app.clock.nowMs / 1000);
  for (const timestampSec of [nowSec - 300, nowSec + 300]) {
    const event = stripeEvent("ping", {});
    const response = await deliver(app, event, { timestampSec });
    assertEquals(response.status, 200);
  }
});

Deno.test("any of several secrets and any of several signatures is valid", async () => {
  await using app = await openTestApp();
  const services = { ...app.services, webhookSecrets: ["whsec_a", "whsec_b"] };
  const body = JSON.stringify(stripeEvent("ping", {}));
  const by = (secret: string) => sign(app, body, { secret });
  const [, second = ""] = (await by("whsec_b")).split(",");
  const signatures = [
    await by("whsec_a"),
    await by("whsec_b"),
    `${await by("whsec_other")},${second}`,
  ];
  for (const signature of signatures) {
    assertEquals(await receiveEvent(services, { body, signature }), "ignored");
  }
});

Deno.test("signed text that is not an event is 400", async () => {
  await using app = await openTestApp();
  const texts = [
    "{",
    "null",
    "[]",
    JSON.stringify({ object: "v2.core.event", id: "evt_1", type: "x" }),
    JSON.stringify(stripeEvent("ping", {}, { id: "evt_" + "x".repeat(300) })),
    JSON.stringify(stripeEvent("ping", {}, { id: 7 })),
    JSON.stringify(stripeEvent("ping", {}, { data: null })),
  ];
  for (const text of texts) {
    assertEquals((await deliver(app, text)).status, 400, text.slice(0, 60));
  }
});

Deno.test("an event over 1 MiB is 413, one below is accepted", async () => {
  await using app = await openTestApp();
  const sized = (bytes: number) =>
    stripeEvent("ping", { text: "x".repeat(bytes) });
  assertEquals((await deliver(app, sized(1024 * 1024))).status, 413);
  assertEquals((await deliver(app, sized(1024 * 1023))).status, 200);
});

Deno.test("a body without a plausible signature is not read", async () => {
  await using app = await openTestApp();
  const nowSec = Math.floor(app.clock.nowMs / 1000);
  const v1 = "0".repeat(64);
  const headers = [
    "",
    `v1=${v1}`,
    `t=${nowSec}`,
    `t=${nowSec},v1=short`,
    `t=${nowSec},v0=${v1}`,
    `t=${nowSec - 301},v1=${v1}`,
    `t=${nowSec + 301},v1=${v1}`,
    `t=${nowSec},t=${nowSec},v1=${v1}`,
  ];
  for (const header of headers) {
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>();
    const response = await app.fetch(WEBHOOK_PATH, {
      method: "POST",
      headers: { "Stripe-Signature": header },
      body: endless,
    });
    assertEquals([response.status, endless.locked], [400, false], header);
  }
});

Deno.test("webhook bodies in flight beyond 32 MiB are 503 with Retry-After", async () => {
  await using app = await openTestApp();
  using others = app.services.eventBytes.share();
  others.add(32 * 1024 * 1024 - 100);
  const refused = await deliver(app, stripeEvent("ping", {}));
  assertEquals(refused.status, 503);
  assertEquals(refused.headers.get("Retry-After"), "5");
  others[Symbol.dispose]();
  assertEquals((await deliver(app, stripeEvent("ping", {}))).status, 200);
  others.add(32 * 1024 * 1024); // the budget is free again
});

Deno.test("a repeated event is handled once", async () => {
  await using app = await openTestApp();
  const event = deletion(await giveCustomer(app));
  await deliver(app, event);
  const again = await giveCustomer(app);
  const customer = { id: again, object: "customer" };
  const repeated = { ...event, data: { object: customer } };
  assertEquals((await deliver(app, repeated)).status, 200);
  assert(await app.services.store.readCustomer(ORG) !== null);
  app.clock.nowMs += 91 * 86_400_000;
  await deliver(app, repeated);
  assertEquals(await app.services.store.readCustomer(ORG), null);
});

Deno.test("an event of an unused type is 200 and does nothing", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  app.stripe.controls.reset();
  const object = { id: "x", customer };
  const events = [
    stripeEvent("price.created", object),
    stripeEvent("constructor", object),
    stripeEvent("customer.subscription.updated", object, {
      account: "acct_connected",
    }),
    stripeEvent("customer.subscription.updated", { customer: "cus_nobody" }),
    stripeEvent("customer.subscription.updated", { id: "sub_1" }),
    stripeEvent("customer.deleted", { id: "cus_nobody" }),
  ];
  for (const event of events) {
    assertEquals((await deliver(app, event)).status, 200);
    const seen = await app.services.store.hasEvent(String(event["id"]), 0);
    assertEquals(seen, false);
  }
  assertEquals(app.stripe.controls.requests, []);
  assertEquals(warnings(app), []);
});

Deno.test("an event without an object is 200 and ignored, whatever its type", async () => {
  await using app = await openTestApp();
  for (const type of HANDLERS.keys()) {
    const response = await deliver(app, stripeEvent(type, null));
    assertEquals(response.status, 200, type);
    assertEquals(await response.json(), { received: true });
  }
});

Deno.test("a sparse object of an unknown customer is 200, whatever its type", async () => {
  await using app = await openTestApp();
  const customer = "cus_unknown";
  const sparse = [{}, { id: "x_1" }, { customer }, { id: "x_1", customer }];
  // The customer of a refund or a dispute is only known at Stripe.
  const types = HANDLERS.keys().filter((type) => !/refund|dispute/.test(type));
  for (const type of types) {
    for (const object of sparse) {
      const response = await deliver(app, stripeEvent(type, object));
      assertEquals(response.status, 200, `${type} ${JSON.stringify(object)}`);
    }
  }
});

Deno.test("a failed payment with a sparse object is 200", async () => {
  await using app = await openTestApp();
  const object = { id: "in_1", customer: await giveCustomer(app) };
  const amount = { ...object, amount_due: 2900, currency: "usd" };
  for (const sparse of [object, amount]) {
    const event = stripeEvent("invoice.payment_failed", sparse);
    assertEquals((await deliver(app, event)).status, 200);
  }
});

Deno.test("a refund or dispute event without an id is 200 and logged", async () => {
  await using app = await openTestApp();
  const types = ["refund", "charge.dispute"];
  const [refund, dispute] = types.map((object) => ({ object }));
  for (
    const event of [
      stripeEvent("refund.created", refund),
      stripeEvent("refund.updated", { ...refund, id: "" }),
      stripeEvent("charge.dispute.closed", dispute),
    ]
  ) {
    assertEquals((await deliver(app, event)).status, 200);
  }
  assertEquals(
    warnings(app),
    Array(3).fill("ignored event: object without id"),
  );
});

Deno.test("an event of the other mode is ignored and logged once", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  for (let index = 0; index < 3; index++) {
    const event = { ...deletion(customer), livemode: true };
    assertEquals((await deliver(app, event)).status, 200);
  }
  assert(await app.services.store.readCustomer(ORG) !== null);
  assertEquals(warnings(app).length, 1);
  assert(warnings(app)[0]?.includes("other mode"));
});

Deno.test("an event with neither mode nor account is handled", async () => {
  await using app = await openTestApp();
  const { id, type, data } = deletion(await giveCustomer(app));
  const event = { id, type, data, account: null };
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals(await app.services.store.readCustomer(ORG), null);
});

Deno.test("an event of another API version is handled and logged once", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const version = { api_version: "2020-08-27" };
  await deliver(app, stripeEvent("ping", {}, version));
  await deliver(app, { ...deletion(customer), ...version });
  assertEquals(await app.services.store.readCustomer(ORG), null);
  const logged = warnings(app).filter((line) => line.includes("API version"));
  assertEquals(logged.length, 1);
});

Deno.test("a failure is 500, and the redelivered event is handled", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const event = stripeEvent("customer.updated", { id: customer });
  app.stripe.controls.fail({ kind: "rate_limited", path: "/v1/subscriptions" });
  assertEquals((await deliver(app, event)).status, 500);
  const read = reads(app);
  await deliver(app, event);
  assert(reads(app) > read, "Stripe is asked again");
});

Deno.test("a detached card is mapped to its previous customer", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  app.stripe.controls.reset();
  const object = { id: "pm_1", object: "payment_method", customer: null };
  const data = { object, previous_attributes: { customer } };
  await deliver(app, stripeEvent("payment_method.detached", object, { data }));
  assertEquals(reads(app), 1);
});

Deno.test("a deletion keeps a customer created since", async () => {
  await using app = await openTestApp();
  const first = await giveCustomer(app);
  await deliver(app, deletion(first));
  const second = await giveCustomer(app);
  await deliver(app, deletion(first));
  const stands = await app.services.store.readCustomer(ORG);
  assertEquals(stands?.stripeCustomerId, second);
});

/** A completed session as in its event. */
function completed(customer: string, organization: string | null) {
  return stripeEvent("checkout.session.completed", {
    id: "cs_test_1",
    object: "checkout.session",
    client_reference_id: organization,
    customer,
    metadata: { organization },
    mode: "subscription",
    payment_status: "paid",
  });
}

async function strayCustomer({ services }: TestApp, organization: string) {
  const stripe = await services.stripe();
  const { id } = await stripe.customers.create({ metadata: { organization } });
  return id;
}

Deno.test("a paid session links the organization's customer", async () => {
  await using app = await openTestApp();
  const customer = await strayCustomer(app, ORG);
  await deliver(app, completed(customer, ORG));
  assertEquals(await app.services.store.readOrganization(customer), ORG);
});

Deno.test("a paid session links no other organization's customer", async () => {
  await using app = await openTestApp();
  const theirs = await strayCustomer(app, "org_other");
  assertEquals((await deliver(app, completed(theirs, ORG))).status, 200);
  assertEquals((await deliver(app, completed(theirs, null))).status, 200);
  assertEquals(await app.services.store.readOrganization(theirs), null);
  const own = await giveCustomer(app);
  const second = await strayCustomer(app, ORG);
  await deliver(app, completed(second, ORG));
  const stands = await app.services.store.readCustomer(ORG);
  assertEquals(stands?.stripeCustomerId, own);
});

Deno.test("a paid session of a customer unknown to Stripe is ignored", async () => {
  await using app = await openTestApp();
  const response = await deliver(app, completed("cus_unknown", ORG));
  assertEquals(response.status, 200);
  assertEquals(await app.services.store.readCustomer(ORG), null);
  const known = await giveCustomer(app);
  await (await app.services.stripe()).customers.del(known);
  assertEquals((await deliver(app, completed(known, ORG))).status, 200);
  await deliver(app, deletion(known));
  assertEquals((await deliver(app, completed(known, ORG))).status, 200);
  assertEquals(await app.services.store.readCustomer(ORG), null);
});

Deno.test("a paid session is delivered again while a customer is being created", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  const customer = await strayCustomer(app, ORG);
  const owner = await store.claimCustomer(ORG, now());
  assert(owner.kind === "claimed");
  const renewing = setInterval(() => store.renewClaim(ORG, owner.claim), 200);
  const event = completed(customer, ORG);
  const early = await deliver(app, event);
  clearInterval(renewing);
  assertEquals([early.status, (await early.json()).error], [
    503,
    "unavailable",
  ]);
  assertEquals(await store.readOrganization(customer), null);
  await store.releaseClaim(ORG, owner.claim, 0);
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals(await store.readOrganization(customer), ORG);
});

Deno.test("a paid session replaces the claim of a crashed process", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  const customer = await strayCustomer(app, ORG);
  await store.claimCustomer(ORG, now());
  assertEquals((await deliver(app, completed(customer, ORG))).status, 200);
  assertEquals(await store.readOrganization(customer), ORG);
});

Deno.test("the end of a checkout clears its own session only", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const { store, now } = app.services;
  await store.writeCheckout(ORG, {
    checkout: {
      sessionId: "cs_test_1",
      choice: { credits: "small" },
      expiresAtMs: now() + 1_000,
    },
    former: null,
    nowMs: now(),
  });
  const ended = (id: string) =>
    stripeEvent("checkout.session.expired", { id, customer });
  await deliver(app, ended("cs_test_other"));
  assertEquals((await store.readCheckout(ORG))?.sessionId, "cs_test_1");
  await deliver(app, ended("cs_test_1"));
  assertEquals(await store.readCheckout(ORG), null);
});

Deno.test("methods other than POST are 405", async () => {
  await using app = await openTestApp();
  const response = await app.fetch(WEBHOOK_PATH);
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("Allow"), "POST, OPTIONS");
});
