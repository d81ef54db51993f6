import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { memberClaims } from "@/tests/helpers/app.ts";
import {
  freePort,
  startServing,
  untilServed,
} from "@/tests/helpers/server_process.ts";
import { APP_URL, sessionToken, testKey } from "@/tests/helpers/tokens.ts";
import { concurrentTests } from "@/tests/helpers/concurrent.ts";

const test = concurrentTests();

/** Negotiates as a KV Connect server and fails every later request. */
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

async function startWith(kvPath: string) {
  return await startServing({
    APP_URL,
    AUTH_JWT_KEY: (await testKey()).pem,
    STRIPE_SECRET_KEY: "sk_test_1",
    STRIPE_WEBHOOK_SECRET: "whsec_1",
    KV_PATH: kvPath,
    DENO_KV_ACCESS_TOKEN: "of_the_server",
  });
}

test("serve connects to a KV Connect server and is not ready while it is down", async () => {
  await using store = brokenStore();
  await using served = await startWith(store.url);
  await untilServed(served);
  assert(store.tokens.has("Bearer of_the_server"));
  const response = await fetch(`${served.url}/readyz`);
  assertEquals(response.status, 503);
  assertEquals(await response.json(), { ok: false, failing: ["store"] });
  // Deno retries forever, so the app has a timeout.
  const token = await sessionToken({
    claims: memberClaims(),
    nowMs: Date.now(),
  });
  const balance = await fetch(`${served.url}/api/v1/account/balance`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(25_000),
  });
  assertEquals(balance.status, 500);
  assertEquals((await balance.json()).error, "internal_error");
});

test("a store that cannot be opened is a clear error at start", async () => {
  await using served = await startWith(`http://127.0.0.1:${freePort()}`);
  const { code, printed } = await served.ended();
  assertEquals(code, 1);
  assertStringIncludes(printed, "KV_PATH cannot be opened: ");
  assert(!printed.includes("    at "), printed);
});
