import { assertEquals, assertRejects } from "@std/assert";
import { createServices } from "@/compose.ts";
import { ensureCustomer, forgetCustomer } from "@/lib/customers.ts";
import type { Services } from "@/lib/services.ts";
import { openTestApp, ORG, type TestApp } from "./app.ts";

const CUSTOMERS = "/v1/customers";

/** Every customer that Stripe was asked to make, with its idempotency key. */
function created({ stripe }: TestApp) {
  return stripe.controls.requests
    .filter(({ method, path }) => method === "POST" && path === CUSTOMERS);
}

async function customersAt({ services }: TestApp): Promise<string[]> {
  const stripe = await services.stripe();
  const { data } = await stripe.customers.list({ limit: 100 });
  return data
    .filter(({ metadata }) => metadata["organization"] === ORG)
    .map(({ id }) => id);
}

/** Another process on the same store and the same Stripe. */
async function secondProcess({ services, kv }: TestApp): Promise<Services> {
  const { config, log, now, stripe } = services;
  const other = await createServices(config, { kv, log, now });
  return { ...other.services, stripe };
}

Deno.test("ensureCustomer() makes the customer once and finds it after", async () => {
  await using app = await openTestApp();
  const made = await ensureCustomer(app.services, ORG);
  const found = await ensureCustomer(app.services, ORG);
  assertEquals(found, made);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
  const owner = await app.services.store.readOrganization(
    made.stripeCustomerId,
  );
  assertEquals(owner, ORG);
  assertEquals(created(app)[0]?.idempotencyKey, `customer-${ORG}-0`);
  assertEquals(created(app)[0]?.params, { "metadata[organization]": ORG });
});

Deno.test("64 callers at once in two processes make one customer", async () => {
  await using app = await openTestApp();
  const other = await secondProcess(app);
  const made = await Promise.all(
    Array.from(
      { length: 64 },
      (_, index) => ensureCustomer(index % 2 === 0 ? app.services : other, ORG),
    ),
  );
  const ids = new Set(made.map(({ stripeCustomerId }) => stripeCustomerId));
  assertEquals(ids.size, 1);
  assertEquals(await customersAt(app), [...ids]);
});

Deno.test("a crash between Stripe's answer and the store leaves one customer", async () => {
  await using app = await openTestApp();
  const { services, clock } = app;
  const crashing: Services = {
    ...services,
    store: {
      ...services.store,
      linkCustomer: () => Promise.reject(new Error("the process died")),
      releaseClaim: () => Promise.reject(new Error("the process died")),
    },
  };
  await assertRejects(() => ensureCustomer(crashing, ORG), Error, "died");
  assertEquals((await customersAt(app)).length, 1);
  assertEquals(await services.store.readCustomer(ORG), null);
  clock.nowMs += 60_000;
  const made = await ensureCustomer(services, ORG);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
});

Deno.test("a claim left behind a day ago is taken over by looking first", async () => {
  await using app = await openTestApp();
  const { services, clock, kv } = app;
  const stripe = await services.stripe();
  const claim = { claimId: "x", claimedAtMs: clock.nowMs, generation: 0 };
  await kv.set(["customer", ORG], { ...claim, sinceMs: clock.nowMs });
  const { id } = await stripe.customers.create({
    metadata: { organization: ORG },
  });
  clock.nowMs += 25 * 3_600_000;
  const made = await ensureCustomer(services, ORG);
  assertEquals(made.stripeCustomerId, id);
  assertEquals(await customersAt(app), [id]);
});

Deno.test("somebody else's fresh claim is waited for", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const outcome = await services.store.claimCustomer(ORG, services.now());
  if (outcome.kind !== "claimed") throw new Error("nobody else claims");
  const waiting = ensureCustomer(services, ORG);
  await new Promise((done) => setTimeout(done, 50));
  const customer = { stripeCustomerId: "cus_theirs", createdAtMs: 1 };
  await services.store.linkCustomer(ORG, customer, outcome.claim);
  assertEquals((await waiting).stripeCustomerId, "cus_theirs");
  assertEquals(created(app), []);
});

Deno.test("of two takers of one old claim one has it", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  await store.claimCustomer(ORG, now());
  const taken = await Promise.all(
    [1, 2, 3].map(() => store.claimCustomer(ORG, now() + 60_000)),
  );
  const kinds = taken.map(({ kind }) => kind).toSorted();
  assertEquals(kinds, ["busy", "busy", "claimed"]);
});

Deno.test("after an outage the next caller tries at once, under the same key", async () => {
  await using app = await openTestApp();
  const { controls } = app.stripe;
  controls.fail({ kind: "unreachable", path: CUSTOMERS, times: 2 });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  const made = await ensureCustomer(app.services, ORG);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
  const keys = new Set(created(app).map((one) => one.idempotencyKey));
  assertEquals([...keys], [`customer-${ORG}-0`]);
});

Deno.test("an answer that was cut off leads to the same customer", async () => {
  await using app = await openTestApp();
  const { controls } = app.stripe;
  const path = CUSTOMERS;
  controls.fail({ kind: "cut", method: "POST", path, times: 2 });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  const made = await ensureCustomer(app.services, ORG);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
});

Deno.test("a failure that Stripe keeps under the key moves to the next", async () => {
  await using app = await openTestApp();
  const { controls } = app.stripe;
  const path = CUSTOMERS;
  controls.fail({ kind: "server_error", method: "POST", path });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  await ensureCustomer(app.services, ORG);
  assertEquals(created(app).at(-1)?.idempotencyKey, `customer-${ORG}-1`);
  assertEquals((await customersAt(app)).length, 1);
});

Deno.test("a customer that was forgotten is made anew under another key", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const first = await ensureCustomer(services, ORG);
  await (await services.stripe()).customers.del(first.stripeCustomerId);
  await forgetCustomer(services, ORG, first);
  const second = await ensureCustomer(services, ORG);
  assertEquals(await customersAt(app), [second.stripeCustomerId]);
  assertEquals(created(app).at(-1)?.idempotencyKey, `customer-${ORG}-1`);
});
