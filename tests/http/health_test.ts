import { VERSION } from "@/lib/version.ts";
import { assertEquals } from "@std/assert";
import { createStore } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { readiness } from "@/lib/http/readiness.ts";
import { openTestApp } from "@/tests/helpers/app.ts";

Deno.test("healthz succeeds while the process runs", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/healthz");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(await response.json(), { ok: true, version: VERSION });
});

Deno.test("readyz names the failing part", async () => {
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

Deno.test("readyz fails when the store is unreachable", async () => {
  const app = await openTestApp();
  await app.services.background.settled();
  app.kv.close();
  const response = await app.fetch("/readyz");
  assertEquals(response.status, 503);
  assertEquals(response.headers.get("Retry-After"), "5");
  assertEquals(await response.json(), { ok: false, failing: ["store"] });
  assertEquals((await app.fetch("/healthz")).status, 200);
});

Deno.test("readyz fails when the store is read-only", async () => {
  await using app = await openTestApp();
  const readOnly = createStore(
    new Proxy(app.kv, {
      get(kv, name) {
        if (name === "set") return () => Promise.reject(new Error("read-only"));
        const member: unknown = Reflect.get(kv, name);
        return typeof member === "function" ? member.bind(kv) : member;
      },
    }),
    applyPosting,
  );
  const services = { ...app.services, store: readOnly };
  assertEquals(await readiness(services), ["store"]);
});

Deno.test("readyz leaves no record in the store", async () => {
  await using app = await openTestApp();
  const count = async () =>
    (await Array.fromAsync(app.kv.list({ prefix: [] }))).length;
  const before = await count();
  await Promise.all([1, 2, 3].map(() => readiness(app.services)));
  assertEquals(await count(), before);
});

Deno.test("the version is that of deno.json and of the newest release notes", async () => {
  const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
  assertEquals(VERSION, version);
  const notes = await Deno.readTextFile("CHANGELOG.md");
  const [, newest] = /^## (\d+\.\d+\.\d+)$/m.exec(notes) ?? [];
  assertEquals(VERSION, newest);
});
