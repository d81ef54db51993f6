import { assert, assertEquals } from "@std/assert";
import { startServing, untilServed } from "./serving.ts";
import { APP_URL, testKey } from "./tokens.ts";

/** Greets as a KV Connect server does, and can answer nothing after that. */
function brokenStore(): { url: string; tokens: Set<string> } & AsyncDisposable {
  const tokens = new Set<string>();
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    ({ url, headers }) => {
      const { origin, pathname } = new URL(url);
      if (pathname !== "/") return new Response("down", { status: 500 });
      tokens.add(headers.get("Authorization") ?? "");
      return Response.json({
        version: 3,
        databaseId: "6f9ff0b2-8c43-4b58-8f0c-1f7c7c1d5a11",
        endpoints: [{ url: `${origin}/v3`, consistency: "strong" }],
        token: "of_the_session",
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    tokens,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("serve reaches a KV Connect server, and is not ready while that is down", async () => {
  await using store = brokenStore();
  await using served = await startServing({
    APP_URL,
    AUTH_JWT_KEY: (await testKey()).pem,
    STRIPE_SECRET_KEY: "sk_test_1",
    STRIPE_WEBHOOK_SECRET: "whsec_1",
    KV_PATH: store.url,
    DENO_KV_ACCESS_TOKEN: "of_the_server",
  });
  await untilServed(served);
  assert(store.tokens.has("Bearer of_the_server"));
  const response = await fetch(`${served.url}/readyz`);
  assertEquals(response.status, 503);
  assertEquals(await response.json(), { ok: false, failing: ["store"] });
});
