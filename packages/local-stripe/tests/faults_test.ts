import { assert, assertEquals, assertRejects } from "@std/assert";
import Stripe from "stripe";
import { failureOf, withStripe } from "./local_stripe.ts";

Deno.test("unreachable is a connection error without side effects", () =>
  withStripe(async ({ stripe, local, call }) => {
    local.controls.fail({ kind: "unreachable", times: 2 });
    const error = await failureOf(stripe.customers.create({ name: "Acme" }));
    assert(error instanceof Stripe.errors.StripeConnectionError);
    await assertRejects(() => call("GET", "/v1/customers"), TypeError);
    assertEquals((await stripe.customers.list()).data, []);
    assertEquals(local.controls.requests.map(({ status }) => status), [
      0,
      0,
      200,
    ]);
  }));

Deno.test("rate_limited is 429 with its reason and without side effects", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "rate_limited" });
    const error = await failureOf(stripe.customers.create());
    assert(error instanceof Stripe.errors.StripeRateLimitError);
    assertEquals(error.statusCode, 429);
    assertEquals(error.headers?.["stripe-rate-limited-reason"], "global-rate");
    assertEquals((await stripe.customers.list()).data, []);
  }));

Deno.test("lock_timeout is 429 and not stored under the idempotency key", () =>
  withStripe(async ({ stripe, local }) => {
    const options = { idempotencyKey: "order-1" };
    local.controls.fail({ kind: "lock_timeout" });
    const error = await failureOf(stripe.customers.create({}, options));
    assertEquals([error.statusCode, error.code], [429, "lock_timeout"]);
    assertEquals(error.headers?.["stripe-rate-limited-reason"], undefined);
    assertEquals(
      (await stripe.customers.create({}, options)).object,
      "customer",
    );
  }));

Deno.test("unauthorized, server_error and garbage fail as at Stripe", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "unauthorized" });
    const refused = await failureOf(stripe.customers.list());
    assert(refused instanceof Stripe.errors.StripeAuthenticationError);
    local.controls.fail({ kind: "server_error" });
    assertEquals((await failureOf(stripe.customers.list())).statusCode, 500);
    local.controls.fail({ kind: "garbage", status: 200 });
    const garbage = await failureOf(stripe.customers.list());
    assert(garbage instanceof Stripe.errors.StripeAPIError);
    assertEquals(garbage.statusCode, undefined);
  }));

Deno.test("no_search refuses Search and leaves lists alone", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "no_search", times: Infinity });
    const query = "metadata['organization']:'org_1'";
    const error = await failureOf(stripe.customers.search({ query }));
    assert(error instanceof Stripe.errors.StripeInvalidRequestError);
    assertEquals(error.statusCode, 400);
    assertEquals((await stripe.customers.list()).data, []);
  }));

Deno.test("cut is a connection error after the work is done", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "cut" });
    const error = await failureOf(
      stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" }),
    );
    assert(error instanceof Stripe.errors.StripeConnectionError);
    const { id } = await stripe.customers.create({ name: "Acme" }, {
      idempotencyKey: "k",
    });
    assertEquals(
      (await stripe.customers.list()).data.map((customer) => customer.id),
      [id],
    );
  }));

Deno.test("slow delays the response", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "slow", delayMs: 30 });
    const began = performance.now();
    await stripe.customers.list();
    assert(performance.now() - began >= 29);
  }));

Deno.test("aborting a slow request rejects, but the work is done", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "slow", delayMs: 60_000 });
    const options = { idempotencyKey: "k", timeout: 20 };
    const error = await failureOf(
      stripe.customers.create({ name: "Acme" }, options),
    );
    assert(error instanceof Stripe.errors.StripeConnectionError);
    const { id } = await stripe.customers.create({ name: "Acme" }, {
      idempotencyKey: "k",
    });
    assertEquals(
      (await stripe.customers.list()).data.map((customer) => customer.id),
      [id],
    );
  }));

Deno.test("an aborted request has no side effects", () =>
  withStripe(async ({ local }) => {
    const signal = AbortSignal.abort();
    await assertRejects(
      () => local.fetch("https://api.stripe.com/v1/customers", { signal }),
      DOMException,
    );
    assertEquals(local.controls.requests, []);
  }));

Deno.test("a fault applies to matching requests, `times` times, until the reset", () =>
  withStripe(async ({ stripe, local }) => {
    const { controls } = local;
    controls.fail({
      kind: "server_error",
      method: "POST",
      path: "/v1/customers",
      times: 2,
    });
    await stripe.customers.list();
    await stripe.products.create({ name: "P" });
    await failureOf(stripe.customers.create());
    await failureOf(stripe.customers.create());
    await stripe.customers.create();
    controls.fail({ kind: "server_error", times: Infinity });
    for (let index = 0; index < 5; index++) {
      await failureOf(stripe.customers.list());
    }
    controls.reset();
    assertEquals(controls.requests, []);
    await stripe.customers.list();
    assertEquals(controls.requests.length, 1);
  }));

Deno.test("the SDK's retry succeeds after one unreachable request", () =>
  withStripe(async ({ stripe, local }) => {
    local.controls.fail({ kind: "unreachable" });
    await stripe.customers.create({ name: "Acme" }, { maxNetworkRetries: 1 });
    const keys = local.controls.requests.map(({ idempotencyKey }) =>
      idempotencyKey
    );
    assertEquals(keys.length, 2);
    assertEquals(keys[0], keys[1]);
  }));

Deno.test("the last 10,000 requests are recorded", () =>
  withStripe(async ({ stripe, local, call }) => {
    await stripe.customers.create({ metadata: { org: "o1" } }, {
      idempotencyKey: "k",
    });
    const [request] = local.controls.requests;
    assert(request);
    const { requestId, ...rest } = request;
    assert(requestId.startsWith("req_"));
    assertEquals(rest, {
      method: "POST",
      path: "/v1/customers",
      params: { "metadata[org]": "o1" },
      idempotencyKey: "k",
      stripeVersion: "2026-10-28.endive",
      status: 200,
    });
    local.controls.fail({ kind: "garbage", times: Infinity });
    for (let index = 0; index < 10_010; index++) {
      await (await call("GET", "/v1/account")).body?.cancel();
    }
    assertEquals(local.controls.requests.length, 10_000);
  }));
