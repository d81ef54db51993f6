import { assert, assertEquals, assertRejects } from "@std/assert";
import { createServices } from "@/compose.ts";
import { ensureCustomer, forgetCustomer } from "@/lib/billing/customers.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import { openTestApp, ORG, type TestApp } from "@/tests/helpers/app.ts";
import { until } from "@/tests/helpers/until.ts";

const CUSTOMERS = "/v1/customers";

/** Every customer requested from Stripe, with its idempotency key. */
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

/** A second process on the same store and Stripe. */
async function secondProcess(
  { services, kv }: TestApp,
  now = services.now,
): Promise<Services> {
  const { config, log, stripe } = services;
  const other = await createServices(config, { kv, log, now });
  return { ...other.services, stripe };
}

Deno.test("ensureCustomer() creates the customer once and finds it later", async () => {
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

Deno.test("64 concurrent callers in two processes create one customer", async () => {
  await using app = await openTestApp();
  const other = await secondProcess(app);
  await app.services.prices(); // creates the catalogue
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

/** Leaves the claim of a process that crashed while creating the customer. */
async function crash(
  { services }: TestApp,
  { created }: { created: boolean },
): Promise<void> {
  await services.prices(); // creates the catalogue
  await services.store.claimCustomer(ORG, services.now());
  if (!created) return;
  const stripe = await services.stripe();
  await stripe.customers.create(
    { metadata: { organization: ORG } },
    { idempotencyKey: `customer-${ORG}-0` },
  );
}

/** @returns The retry delay in seconds. */
async function refusedAsBusy(work: Promise<unknown>): Promise<number> {
  const error = await assertRejects(() => work, BillingError);
  assertEquals(error.code, "unavailable");
  const { retryAfterSec = 0 } = error.details;
  assert(retryAfterSec >= 1 && retryAfterSec <= 10, `${retryAfterSec}`);
  return retryAfterSec;
}

/** Waits until a caller has claimed the customer's creation. */
function untilClaimed({ kv }: TestApp): Promise<void> {
  return until(async () => (await kv.get(["customer", ORG])).value !== null);
}

async function tookMs(work: () => Promise<unknown>): Promise<number> {
  const beganAt = performance.now();
  await work();
  return performance.now() - beganAt;
}

for (const created of [false, true]) {
  const moment = created ? "after" : "before";
  Deno.test(`a crash ${moment} Stripe's response leaves one customer, created by the next caller`, async () => {
    await using app = await openTestApp();
    await crash(app, { created });
    const took = await tookMs(() => ensureCustomer(app.services, ORG));
    assert(took < 4_000, `took ${took} ms`);
    const made = await app.services.store.readCustomer(ORG);
    assertEquals(await customersAt(app), [made?.stripeCustomerId]);
  });
}

for (const hours of [-3, 3]) {
  Deno.test(`a crashed owner's claim is taken over with clocks ${hours} h apart`, async () => {
    await using app = await openTestApp();
    await crash(app, { created: true });
    const nowMs = app.clock.nowMs + hours * 3_600_000;
    const other = await secondProcess(app, () => nowMs);
    const made = await ensureCustomer(other, ORG);
    assertEquals(await customersAt(app), [made.stripeCustomerId]);
  });

  Deno.test(`a slow owner keeps its claim with clocks ${hours} h apart`, async () => {
    await using app = await openTestApp();
    const nowMs = app.clock.nowMs + hours * 3_600_000;
    const other = await secondProcess(app, () => nowMs);
    await app.services.prices(); // creates the catalogue
    const slow = { kind: "slow", method: "POST", path: CUSTOMERS } as const;
    app.stripe.controls.fail({ ...slow, delayMs: 3_000 });
    const owner = ensureCustomer(app.services, ORG);
    await untilClaimed(app);
    const [made, took] = await Promise.all([
      owner,
      tookMs(() => refusedAsBusy(ensureCustomer(other, ORG))),
    ]);
    assert(took > 1_500 && took < 4_000, `took ${took} ms`);
    assertEquals(created(app).length, 1);
    assertEquals(await ensureCustomer(other, ORG), made);
    assertEquals(await customersAt(app), [made.stripeCustomerId]);
  });
}

Deno.test("callers in the owner's process also wait two seconds", async () => {
  await using app = await openTestApp();
  await app.services.prices(); // creates the catalogue
  const slow = { kind: "slow", method: "POST", path: CUSTOMERS } as const;
  app.stripe.controls.fail({ ...slow, delayMs: 3_000 });
  const owner = ensureCustomer(app.services, ORG);
  await untilClaimed(app);
  const [made, took] = await Promise.all([
    owner,
    tookMs(() => refusedAsBusy(ensureCustomer(app.services, ORG))),
  ]);
  assert(took > 1_500 && took < 4_000, `took ${took} ms`);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
});

Deno.test("an owner that resumes after a takeover creates no second customer", async () => {
  await using app = await openTestApp();
  const { store } = app.services;
  const renewClaim = () => Promise.resolve();
  const stalled = { ...app.services, store: { ...store, renewClaim } };
  await app.services.prices(); // creates the catalogue
  const slow = { kind: "slow", method: "POST", path: CUSTOMERS } as const;
  app.stripe.controls.fail({ ...slow, delayMs: 3_000 });
  const owner = ensureCustomer(stalled, ORG);
  await untilClaimed(app);
  const other = await secondProcess(app);
  const [made] = await Promise.all([
    owner,
    refusedAsBusy(ensureCustomer(other, ORG)),
  ]);
  assertEquals(await ensureCustomer(other, ORG), made);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
  const keys = new Set(created(app).map((one) => one.idempotencyKey));
  assertEquals([...keys], [`customer-${ORG}-0`]);
});

/** The number of idempotency keys at the local Stripe. */
async function countKeys({ sandboxKv }: TestApp): Promise<number> {
  let count = 0;
  for await (const { key } of sandboxKv.list({ prefix: ["sandbox"] })) {
    if (key.includes("idempotency")) count++;
  }
  return count;
}

Deno.test("an attempt in progress at Stripe keeps its idempotency key", async () => {
  await using app = await openTestApp();
  const { services, stripe: { controls } } = app;
  const stripe = await services.stripe();
  controls.fail({
    kind: "slow",
    method: "POST",
    path: CUSTOMERS,
    delayMs: 3_000,
  });
  await stripe.customers.list(); // creates the catalogue
  const before = await countKeys(app);
  const first = stripe.customers.create(
    { metadata: { organization: ORG } },
    { idempotencyKey: `customer-${ORG}-0` },
  );
  await until(async () => await countKeys(app) > before);
  await refusedAsBusy(ensureCustomer(services, ORG));
  const { id } = await first;
  assertEquals((await ensureCustomer(services, ORG)).stripeCustomerId, id);
  assertEquals(await customersAt(app), [id]);
});

Deno.test("a key used with other parameters moves to the next", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  const idempotencyKey = `customer-${ORG}-0`;
  await stripe.customers.create({ name: "Acme" }, { idempotencyKey });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  const made = await ensureCustomer(app.services, ORG);
  assertEquals(created(app).at(-1)?.idempotencyKey, `customer-${ORG}-1`);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
});

/** A customer whose idempotency key Stripe has expired. */
async function leaveCustomer(app: TestApp): Promise<string> {
  await crash(app, { created: true });
  const [id = ""] = await customersAt(app);
  app.clock.nowMs += 25 * 3_600_000;
  return id;
}

Deno.test("a claim from a day ago is taken over after a search", async () => {
  await using app = await openTestApp();
  const id = await leaveCustomer(app);
  const made = await ensureCustomer(app.services, ORG);
  assertEquals(made.stripeCustomerId, id);
  assertEquals(await customersAt(app), [id]);
});

Deno.test("without Search, customers of that time are listed on all pages", async () => {
  await using app = await openTestApp();
  const { services, stripe: { controls } } = app;
  controls.fail({ kind: "no_search", times: Infinity });
  await services.store.claimCustomer(ORG, services.now());
  const stripe = await services.stripe();
  const { id } = await stripe.customers.create({
    metadata: { organization: ORG },
  });
  for (let index = 0; index < 120; index++) await stripe.customers.create();
  app.clock.nowMs += 25 * 3_600_000;
  const made = await ensureCustomer(services, ORG);
  assertEquals(made.stripeCustomerId, id);
  assert(app.lines.some((line) => line.includes("customer search refused")));
});

Deno.test("a failed Search creates no customer", async () => {
  await using app = await openTestApp();
  const id = await leaveCustomer(app);
  const path = `${CUSTOMERS}/search`;
  app.stripe.controls.fail({ kind: "server_error", path });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  assertEquals((await ensureCustomer(app.services, ORG)).stripeCustomerId, id);
});

Deno.test("callers wait for another caller's claim", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const outcome = await services.store.claimCustomer(ORG, services.now());
  if (outcome.kind !== "claimed") throw new Error("the claim is free");
  const waiting = ensureCustomer(services, ORG);
  await new Promise((done) => setTimeout(done, 50));
  const customer = { stripeCustomerId: "cus_theirs", createdAtMs: 1 };
  await services.store.linkCustomer(ORG, customer, {
    claim: outcome.claim,
  });
  assertEquals((await waiting).stripeCustomerId, "cus_theirs");
  assertEquals(created(app), []);
});

Deno.test("of concurrent takeovers of one claim, one succeeds", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  await store.claimCustomer(ORG, now());
  const busy = await store.claimCustomer(ORG, now());
  if (busy.kind !== "busy") throw new Error("the claim is held");
  const taken = await Promise.all(
    [1, 2, 3].map(() => store.claimCustomer(ORG, now(), busy.version)),
  );
  const kinds = taken.map(({ kind }) => kind).toSorted();
  assertEquals(kinds, ["busy", "busy", "claimed"]);
});

Deno.test("a renewed or lost claim is neither taken over nor linked", async () => {
  await using app = await openTestApp();
  const { store, now } = app.services;
  const first = await store.claimCustomer(ORG, now());
  const busy = await store.claimCustomer(ORG, now());
  assert(first.kind === "claimed" && busy.kind === "busy");
  await store.renewClaim(ORG, first.claim);
  const renewed = await store.claimCustomer(ORG, now(), busy.version);
  assert(renewed.kind === "busy" && renewed.version !== busy.version);
  const taken = await store.claimCustomer(ORG, now(), renewed.version);
  assertEquals(taken.kind, "claimed");
  const customer = { stripeCustomerId: "cus_late", createdAtMs: 1 };
  await store.renewClaim(ORG, first.claim);
  await store.releaseClaim(ORG, first.claim, 7);
  assertEquals(
    await store.linkCustomer(ORG, customer, { claim: first.claim }),
    false,
  );
  assertEquals((await store.claimCustomer(ORG, now())).kind, "busy");
});

Deno.test("after an outage, the next caller retries at once with the same key", async () => {
  await using app = await openTestApp();
  const { controls } = app.stripe;
  controls.fail({
    kind: "unreachable",
    method: "POST",
    path: CUSTOMERS,
    times: 2,
  });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  const made = await ensureCustomer(app.services, ORG);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
  const keys = new Set(created(app).map((one) => one.idempotencyKey));
  assertEquals([...keys], [`customer-${ORG}-0`]);
});

Deno.test("a truncated response leads to the same customer", async () => {
  await using app = await openTestApp();
  const { controls } = app.stripe;
  const path = CUSTOMERS;
  controls.fail({ kind: "cut", method: "POST", path, times: 2 });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  const made = await ensureCustomer(app.services, ORG);
  assertEquals(await customersAt(app), [made.stripeCustomerId]);
});

Deno.test("a failure that Stripe stores under the key moves to the next", async () => {
  await using app = await openTestApp();
  const { controls } = app.stripe;
  const path = CUSTOMERS;
  controls.fail({ kind: "server_error", method: "POST", path });
  await assertRejects(() => ensureCustomer(app.services, ORG));
  await ensureCustomer(app.services, ORG);
  assertEquals(created(app).at(-1)?.idempotencyKey, `customer-${ORG}-1`);
  assertEquals((await customersAt(app)).length, 1);
});

Deno.test("a forgotten customer is created again under another key", async () => {
  await using app = await openTestApp();
  const { services } = app;
  const first = await ensureCustomer(services, ORG);
  await (await services.stripe()).customers.del(first.stripeCustomerId);
  await forgetCustomer(services, ORG, first);
  const second = await ensureCustomer(services, ORG);
  assertEquals(await customersAt(app), [second.stripeCustomerId]);
  assertEquals(created(app).at(-1)?.idempotencyKey, `customer-${ORG}-1`);
});
