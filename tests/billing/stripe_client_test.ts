import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type Stripe from "stripe";
import {
  createStripe,
  STRIPE_API_VERSION,
} from "@/lib/billing/stripe_client.ts";
import { createLocalStripe } from "local-stripe";

/** A server that takes connections and never says a word. */
function silentServer() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    url: new URL(`http://127.0.0.1:${listener.addr.port}`),
    connections,
    async close() {
      listener.close();
      for (const connection of connections) connection.close();
      await accepting;
    },
  };
}

Deno.test("a Stripe that never answers is given up within ten seconds", async () => {
  const server = silentServer();
  const stripe = await createStripe({
    mode: "test",
    secretKey: "sk_test_1",
    webhookSecrets: ["whsec_1"],
    apiBase: server.url,
  })();
  const startedMs = performance.now();
  await assertRejects(() => stripe.customers.retrieve("cus_1"));
  assert(performance.now() - startedMs < 10_000);
  assertEquals(server.connections.length, 2);
  await server.close();
});

Deno.test("the SDK is loaded once, and speaks the version that we wrote for", async () => {
  using kv = await Deno.openKv(":memory:");
  const local = createLocalStripe({ kv, pagesUrl: "http://127.0.0.1:9" });
  const stripe = createStripe({ mode: "sandbox" }, local.fetch);
  assertEquals(await stripe(), await stripe());
  await (await stripe()).customers.list();
  const [request] = local.controls.requests;
  assertEquals(request?.stripeVersion, STRIPE_API_VERSION);
});

/** The SDK over the local Stripe. */
async function withLocalStripe(
  run: (stripe: Stripe) => Promise<void>,
): Promise<void> {
  using kv = await Deno.openKv(":memory:");
  const local = createLocalStripe({ kv, pagesUrl: "http://127.0.0.1:9" });
  await run(await createStripe({ mode: "sandbox" }, local.fetch)());
}

Deno.test("a failed call's error shows the functions that awaited it", () =>
  withLocalStripe(async (stripe) => {
    async function retrieveForTest() {
      return await stripe.customers.retrieve("cus_missing");
    }
    const error = await assertRejects(retrieveForTest, Error, "cus_missing");
    assertStringIncludes(error.stack ?? "", "No such customer");
    assertStringIncludes(error.stack ?? "", "retrieveForTest");
    assertStringIncludes(error.stack ?? "", "stripe_client_test.ts");
  }));

Deno.test("a failed page of an iterated list rejects once, with its stack", () =>
  withLocalStripe(async (stripe) => {
    async function iterateForTest() {
      await stripe.customers.list({ limit: 0 }).autoPagingToArray({ limit: 9 });
    }
    // A second, unhandled rejection would fail the test.
    const error = await assertRejects(iterateForTest);
    assert(error instanceof Error);
    assertStringIncludes(error.stack ?? "", "iterateForTest");
  }));

Deno.test("a call restores the number of stack frames, also if it throws", () =>
  withLocalStripe(async (stripe) => {
    const limit = Error.stackTraceLimit;
    const call = stripe.customers.list();
    assertEquals(Error.stackTraceLimit, limit);
    await call;
    assertThrows(
      // @ts-expect-error The SDK throws at once for an unusable option.
      () => stripe.customers.list({}, { authenticator: 7 }),
      Error,
      "authenticator",
    );
    assertEquals(Error.stackTraceLimit, limit);
  }));

Deno.test("a call that succeeds formats no stack trace", () =>
  withLocalStripe(async (stripe) => {
    await stripe.customers.list();
    const sizes: number[] = [];
    // V8 calls this to format a stack, once it is read.
    Reflect.set(Error, "prepareStackTrace", (_: Error, frames: unknown[]) => {
      sizes.push(frames.length);
      return "";
    });
    const call = stripe.customers.list();
    const counted = new Error("counted").stack === "";
    Reflect.deleteProperty(Error, "prepareStackTrace");
    await call;
    assert(counted);
    assertEquals(sizes.filter((size) => size > 0).length, 1);
  }));
