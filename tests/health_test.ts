import { assertEquals } from "@std/assert";
import { openTestApp } from "./app.ts";

Deno.test("healthz answers while the process does", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/healthz");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(await response.json(), { ok: true });
});

Deno.test("readyz names the part that cannot be reached", async () => {
  await using app = await openTestApp();
  assertEquals((await app.fetch("/readyz")).status, 200);
  await using lost = await openTestApp({
    AUTH_JWT_KEY: "",
    AUTH_JWKS_URL: "http://127.0.0.1:9/jwks.json",
  });
  const response = await lost.fetch("/readyz");
  assertEquals(response.status, 503);
  assertEquals(await response.json(), { ok: false, failing: ["key_set"] });
});

Deno.test("readyz tells that the store cannot be reached", async () => {
  const app = await openTestApp();
  await app.services.background.settled();
  app.kv.close();
  const response = await app.fetch("/readyz");
  assertEquals(response.status, 503);
  assertEquals(response.headers.get("Retry-After"), "5");
  assertEquals(await response.json(), { ok: false, failing: ["store"] });
  assertEquals((await app.fetch("/healthz")).status, 200);
});
