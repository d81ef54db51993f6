import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import Stripe from "stripe";
import { errorOf, failureOf, standInOn, withStripe } from "./local_stripe.ts";

const DAY_MS = 24 * 3_600_000;

Deno.test("the same key and parameters replay the first response", () =>
  withStripe(async ({ call, stripe }) => {
    const headers = { "Idempotency-Key": "order-1" };
    const first = await call("POST", "/v1/customers", {
      body: "name=Acme&phone=1",
      headers,
    });
    const again = await call("POST", "/v1/customers", {
      body: "phone=1&name=Acme",
      headers,
    });
    assertEquals(first.headers.get("idempotency-key"), "order-1");
    assertEquals(first.headers.get("idempotent-replayed"), null);
    assertEquals(again.headers.get("idempotent-replayed"), "true");
    assertEquals(
      again.headers.get("original-request"),
      first.headers.get("request-id"),
    );
    assertNotEquals(
      again.headers.get("request-id"),
      first.headers.get("request-id"),
    );
    assertEquals(await again.text(), await first.text());
    assertEquals((await stripe.customers.list()).data.length, 1);
  }));

Deno.test("a key with other parameters or another URL is an idempotency error", () =>
  withStripe(async ({ stripe }) => {
    const options = { idempotencyKey: "order-1" };
    const { id } = await stripe.customers.create({ name: "Acme" }, options);
    const works = [
      () => stripe.customers.create({ name: "Other" }, options),
      () => stripe.customers.update(id, { name: "Acme" }, options),
    ];
    for (const work of works) {
      const error = await failureOf(work());
      assert(error instanceof Stripe.errors.StripeIdempotencyError);
      assertEquals(error.statusCode, 400);
      assertMatch(
        error.message,
        /^Keys for idempotent requests can only be used with the same parameters/,
      );
    }
  }));

Deno.test("a key expires after 24 hours", () =>
  withStripe(async ({ stripe, clock }) => {
    const create = () =>
      stripe.customers.create({ name: "Acme" }, { idempotencyKey: "order-1" });
    const first = await create();
    clock.nowMs += DAY_MS - 1;
    assertEquals((await create()).id, first.id);
    clock.nowMs += 1;
    assertNotEquals((await create()).id, first.id);
  }));

Deno.test("a validation error is not stored under the key", () =>
  withStripe(async ({ stripe }) => {
    const options = { idempotencyKey: "order-1" };
    await failureOf(stripe.customers.create({ email: "nobody" }, options));
    await failureOf(
      stripe.customers.create({ colour: "red" } as never, options),
    );
    await failureOf(stripe.customers.create({ expand: ["nothing"] }, options));
    assertEquals(
      (await stripe.customers.create({ name: "Acme" }, options)).name,
      "Acme",
    );
  }));

Deno.test("an error of the operation is stored and replayed", () =>
  withStripe(async ({ stripe, local }) => {
    const options = { idempotencyKey: "order-1" };
    const session = {
      customer: "cus_nobody",
      return_url: "https://example.com",
    };
    const first = await failureOf(
      stripe.billingPortal.sessions.create(session, options),
    );
    const again = await failureOf(
      stripe.billingPortal.sessions.create(session, options),
    );
    assertEquals([first.statusCode, again.statusCode], [400, 400]);
    assertEquals(again.headers?.["idempotent-replayed"], "true");

    local.controls.fail({ kind: "server_error" });
    const broken = await failureOf(
      stripe.customers.create({}, { idempotencyKey: "order-2" }),
    );
    const replayed = await failureOf(
      stripe.customers.create({}, { idempotencyKey: "order-2" }),
    );
    assertEquals([broken.statusCode, replayed.statusCode], [500, 500]);
    assertEquals(
      (await stripe.customers.create({}, { idempotencyKey: "order-3" })).object,
      "customer",
    );
  }));

Deno.test("a second request while the first is running is 409", () =>
  withStripe(async ({ stripe, local }) => {
    const options = { idempotencyKey: "order-1" };
    local.controls.fail({ kind: "slow", delayMs: 60 });
    const first = stripe.customers.create({ name: "Acme" }, options);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const error = await failureOf(
      stripe.customers.create({ name: "Acme" }, options),
    );
    assertEquals([error.statusCode, error.rawType, error.code], [
      409,
      "idempotency_error",
      "idempotency_key_in_use",
    ]);
    assertEquals(error.headers?.["idempotent-replayed"], undefined);
    const { id } = await first;
    assertEquals(
      (await stripe.customers.create({ name: "Acme" }, options)).id,
      id,
    );
  }));

Deno.test("32 concurrent requests with one key create one customer", () =>
  withStripe(async ({ stripe }) => {
    const create = () =>
      stripe.customers.create({ name: "Acme" }, { idempotencyKey: "order-1" });
    const all = await Promise.allSettled(Array.from({ length: 32 }, create));
    const ids = new Set(
      all.flatMap((one) => one.status === "fulfilled" ? [one.value.id] : []),
    );
    assertEquals(ids.size, 1);
    for (const one of all) {
      if (one.status === "rejected") assertEquals(one.reason.statusCode, 409);
    }
    assertEquals((await stripe.customers.list()).data.length, 1);
  }));

Deno.test("a claim left by a crash is taken over after a minute", () =>
  withStripe(async ({ kv, stripe, local }) => {
    const options = { idempotencyKey: "order-1" };
    await stripe.customers.create({ name: "Acme" }, options);
    const [entry] = await Array.fromAsync(
      kv.list<Record<string, unknown>>({
        prefix: ["sandbox", "stripe", "idempotency"],
      }),
    );
    assert(entry);
    await kv.set(entry.key, {
      ...entry.value,
      done: null,
      claimedMs: Date.now(),
    });
    assertEquals(
      (await failureOf(stripe.customers.create({ name: "Acme" }, options)))
        .statusCode,
      409,
    );
    await kv.set(entry.key, {
      ...entry.value,
      done: null,
      claimedMs: Date.now() - 61_000,
    });
    assertEquals(
      (await stripe.customers.create({ name: "Acme" }, options)).name,
      "Acme",
    );
    assertEquals(local.controls.requests.at(-1)?.status, 200);
  }));

Deno.test("a response larger than one KV value is replayed completely", () =>
  withStripe(async ({ stripe, call }) => {
    const metadata = Object.fromEntries(
      Array.from(
        { length: 50 },
        (_, index) => [`key${index}`, "v".repeat(500)],
      ),
    );
    const { id } = await stripe.customers.create({ metadata });
    const product = await stripe.products.create({ name: "P", metadata });
    const price = await stripe.prices.create({
      currency: "usd",
      unit_amount: 1,
      product: product.id,
      metadata,
    });
    assert(id !== price.id);
    const body = "nickname=x&expand[]=product.default_price&expand[]=product";
    await stripe.products.update(product.id, { default_price: price.id });
    const headers = { "Idempotency-Key": "big" };
    const first =
      await (await call("POST", `/v1/prices/${price.id}`, { body, headers }))
        .text();
    const again =
      await (await call("POST", `/v1/prices/${price.id}`, { body, headers }))
        .text();
    assert(first.length > 65_536);
    assertEquals(again, first);
  }));

Deno.test("keys have up to 255 characters and apply only to POST", () =>
  withStripe(async ({ call }) => {
    const keyed = (length: number) => ({
      headers: { "Idempotency-Key": "k".repeat(length) },
    });
    assertEquals((await call("POST", "/v1/customers", keyed(255))).status, 200);
    const long = await call("POST", "/v1/customers", keyed(256));
    assertEquals(long.status, 400);
    assertMatch((await errorOf(long))["message"] ?? "", /255/);
    const get = await call("GET", "/v1/customers", keyed(255));
    assertEquals(get.headers.get("idempotency-key"), null);
    assertEquals(get.status, 200);
    await get.body?.cancel();
  }));

Deno.test("another process on the same store replays a response", () =>
  withStripe(async ({ stripe, kv }) => {
    const options = { idempotencyKey: "order-1" };
    const { id } = await stripe.customers.create({ name: "Acme" }, options);
    const other = standInOn(kv);
    assertEquals(
      (await other.stripe.customers.create({ name: "Acme" }, options)).id,
      id,
    );
  }));

Deno.test("a 501 of the operation frees the key", () =>
  withStripe(async ({ stripe }) => {
    const create = () =>
      failureOf(
        stripe.prices.create({
          currency: "usd",
          unit_amount: 100,
          billing_scheme: "tiered",
          product_data: { name: "Tiers" },
        }, { idempotencyKey: "tiers" }),
      );
    assertEquals((await create()).statusCode, 501);
    assertEquals((await create()).statusCode, 501);
  }));
