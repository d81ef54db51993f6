import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStripe, STRIPE_API_VERSION } from "@/lib/stripe.ts";
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
