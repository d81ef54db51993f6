import { assertEquals } from "@std/assert";
import {
  authorization,
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  lastInvoice,
  openTestClockApp,
  subscribe,
} from "@/tests/helpers/test_clock.ts";
import { deliver, stripeEvent } from "@/tests/helpers/stripe_events.ts";
import { subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";

/** Keys of the local Stripe in the same store. */
const STRIPE = "sandbox";

/**
 * Records the keys of each store read, without the organization, and the method
 * and path of each call to Stripe.
 */
function record({ kv, stripe }: Pick<TestApp, "kv" | "stripe">) {
  const reads: string[] = [];
  const { get, getMany } = kv;
  const note = (keys: readonly Deno.KvKey[]) => {
    if (keys.some(([first]) => first === STRIPE)) return;
    reads.push(keys.map(([first]) => String(first)).join(" "));
  };
  kv.get = ((key, options) => {
    note([key]);
    return get.call(kv, key, options);
  }) as typeof get;
  kv.getMany = ((keys, options) => {
    note(keys);
    return getMany.call(kv, keys, options);
  }) as typeof getMany;
  stripe.controls.reset();
  const calls = () =>
    stripe.controls.requests.map(({ method, path }) => `${method} ${path}`);
  return { reads, calls };
}

const BILLING = "customer subscription portal_opened";
const ACCOUNT = "customer subscription wallet";

/** Store reads of a first request and of a second one with a cached plan. */
async function readsOf(
  app: TestApp,
  path: string,
  init: RequestInit = {},
): Promise<string[][]> {
  const headers = { ...await authorization(), ...init.headers };
  const { reads } = record(app);
  const rounds: string[][] = [];
  for (let round = 0; round < 2; round++) {
    const response = await app.fetch(path, { ...init, headers });
    await response.body?.cancel();
    assertEquals(response.status < 400, true, `${response.status}`);
    await app.services.background.settled();
    rounds.push(reads.splice(0));
  }
  return rounds;
}

const PORTAL = "/api/v1/account/billing-portal";
const REDIRECT = "/api/v1/operations/payment/customer-portal";

Deno.test("the portal reads the store once and calls Stripe once", async () => {
  for (const [method, path] of [["POST", PORTAL], ["GET", REDIRECT]] as const) {
    await using app = await openTestApp();
    await giveCustomer(app);
    const { calls } = record(app);
    const rounds = await readsOf(app, path, { method });
    assertEquals(rounds, [[BILLING], [BILLING]]);
    const call = "POST /v1/billing_portal/sessions";
    assertEquals(calls(), [call, call]);
  }
});

Deno.test("a portal flow for the subscription reads the store once", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  const path = `${REDIRECT}?flow=subscription_cancel`;
  assertEquals(await readsOf(app, path), [[BILLING], [BILLING]]);
});

Deno.test("a balance reads the store once when the plan is cached", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const [, next] = await readsOf(app, "/api/v1/account/balance");
  assertEquals(next, [ACCOUNT]);
});

Deno.test("a subscription event looks up its organization once", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const { reads, calls } = record(app);
  const event = stripeEvent("customer.subscription.updated", { customer });
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals(reads, ["event", "organization", BILLING]);
  assertEquals(calls(), ["GET /v1/subscriptions"]);
});

Deno.test("a paid invoice's event looks up its organization once", async () => {
  await using app = await openTestClockApp(Date.UTC(2026, 10, 5));
  await subscribe(app, "pro_month");
  await app.services.prices();
  const invoice = await lastInvoice(app);
  const { reads, calls } = record(app);
  const event = stripeEvent("invoice.paid", invoice);
  assertEquals((await deliver(app, event)).status, 200);
  assertEquals(reads.filter((key) => key === "organization").length, 1);
  assertEquals(calls(), [
    "GET /v1/subscriptions",
    `GET /v1/invoices/${invoice.id}`,
  ]);
  const { granted } = await app.services.store.readWallet(ORG);
  assertEquals(granted, 50_000);
});

Deno.test("an invoice of another customer grants nothing", async () => {
  await using app = await openTestClockApp(Date.UTC(2026, 10, 5));
  await subscribe(app, "pro_month");
  const { id } = await lastInvoice(app);
  const other = await giveCustomer(app, "org_other");
  const event = stripeEvent("invoice.paid", { id, customer: other });
  assertEquals((await deliver(app, event)).status, 200);
  const { granted } = await app.services.store.readWallet("org_other");
  assertEquals(granted, 0);
});
