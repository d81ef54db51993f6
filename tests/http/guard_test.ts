import { assert, assertEquals } from "@std/assert";
import { guard } from "@/lib/http/guard.ts";
import { openTestApp } from "@/tests/helpers/app.ts";

Deno.test("a malformed escape in the path is 400, not 500", async () => {
  await using app = await openTestApp();
  const operations = await app.fetch("/api/v1/operations/%E0%A4%A");
  assertEquals(operations.status, 400);
  assertEquals((await operations.json()).error.code, "VALIDATION_ERROR");
  const account = await app.fetch("/api/v1/account/%ff");
  assertEquals(account.status, 400);
  assertEquals((await account.json()).error, "validation_error");
});

Deno.test("a method that the framework does not know is 405 with Allow", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/api/v1/account/billing-portal", {
    method: "PROPFIND",
  });
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("Allow"), "POST, OPTIONS");
  assert(response.headers.has("RateLimit"));
  assert(response.headers.has("RateLimit-Policy"));
  assertEquals((await response.json()).error, "method_not_allowed");
});

Deno.test("an unknown method counts against the rate limit", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.05" });
  const statuses: number[] = [];
  for (let call = 0; call < 4; call++) {
    const method = "PROPFIND";
    statuses.push((await app.fetch("/api/v1/plans", { method })).status);
  }
  assertEquals(statuses, [405, 405, 405, 429]);
});

Deno.test("while the process drains, every request is 503 with Retry-After", async () => {
  await using app = await openTestApp();
  let draining = false;
  const handler = guard(app.handler, () => draining);
  const ask = async () =>
    await handler(new Request("https://billing.example/healthz"), {
      remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
      completed: Promise.resolve(),
    });
  assertEquals((await ask()).status, 200);
  draining = true;
  const refused = await ask();
  assertEquals(refused.status, 503);
  assertEquals(refused.headers.get("Retry-After"), "1");
  assertEquals((await refused.json()).error, "unavailable");
});
