import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  displayPrefix,
  generateApiKey,
  isWellFormedApiKey,
} from "@/lib/auth/api_key_format.ts";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import type { Scope } from "@/lib/store/api_keys.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { APP_URL, sessionToken } from "@/tests/helpers/tokens.ts";

const CREDENTIALS = "/api/v1/account/credentials";
const PORTAL = "/api/v1/account/billing-portal";
const REDIRECT = "/api/v1/operations/payment/customer-portal";
const BY = { actor: { type: "user", id: "user_1" }, nowMs: 0 } as const;
const INVOICES = "/api/v1/billing/invoices";

async function make(
  app: TestApp,
  body: unknown = { name: "Build server", scopes: ["billing:read"] },
  headers?: HeadersInit,
): Promise<Response> {
  return await app.fetch(CREDENTIALS, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...headers ?? await authorization(),
    },
    body: JSON.stringify(body),
  });
}

/** Creates an organization's key in the store. */
async function keyOf(
  { services }: TestApp,
  scopes: Scope[],
  orgId = ORG,
): Promise<{ id: string; key: string; headers: { Authorization: string } }> {
  const { apiKey, key } = await createApiKey(services, {
    orgId,
    createdBy: "user_1",
    name: "Test",
    scopes,
  });
  const headers = { Authorization: `Bearer ${key}` };
  return { id: apiKey.id, key, headers };
}

async function list(app: TestApp) {
  const response = await app.fetch(CREDENTIALS, {
    headers: await authorization(),
  });
  assertEquals(response.status, 200);
  const { items } = await response.json();
  return items;
}

Deno.test("a new key is shown once and listed without its secret", async () => {
  await using app = await openTestApp();
  const response = await make(app);
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  const { key, ...made } = await response.json();
  assertMatch(key, /^portico_test_[0-9A-Za-z]{39}$/);
  assertMatch(made.id, /^key_[0-9a-f]{32}$/);
  assertEquals(made.prefix, key.slice(0, "portico_test_".length + 4));
  assertEquals([made.name, made.scopes, made.last_used_at], [
    "Build server",
    ["billing:read"],
    null,
  ]);
  const items = await list(app);
  assertEquals(items, [made]);
});

Deno.test("neither the store nor the log contains a key", async () => {
  await using app = await openTestApp();
  const { key } = await (await make(app)).json();
  await app.fetch(INVOICES, { headers: { Authorization: `Bearer ${key}` } });
  await app.fetch(INVOICES, { headers: { Authorization: `Bearer ${key}x` } });
  await app.services.background.settled();
  const secret = key.slice(displayPrefix(key).length);
  for await (const entry of app.kv.list({ prefix: [] })) {
    assert(!Deno.inspect(entry, { depth: 9 }).includes(secret));
  }
  assert(!app.lines.join().includes(secret));
});

Deno.test("live and test keys have different prefixes", () => {
  const live = generateApiKey("live");
  assertMatch(live, /^portico_live_/);
  assert(isWellFormedApiKey(live, "live"));
  assert(!isWellFormedApiKey(live, "test"));
});

Deno.test("a key has 192 random bits", () => {
  const digits = [..."0123456789", ..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  digits.push(..."abcdefghijklmnopqrstuvwxyz");
  let [everSet, everClear] = [0n, 0n];
  const all = 2n ** 192n - 1n;
  for (let made = 0; made < 100; made++) {
    const secret = generateApiKey("test").slice("portico_test_".length, -6);
    const number = Array.from(secret).reduce(
      (value, digit) => value * 62n + BigInt(digits.indexOf(digit)),
      0n,
    );
    everSet |= number;
    everClear |= ~number & all;
  }
  assertEquals(everSet, all);
  assertEquals(everClear, all);
});

Deno.test("a mistyped key is refused without reading the store", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read"]);
  const find = app.services.store.findApiKey;
  let looks = 0;
  Object.assign(app.services.store, {
    findApiKey: (digest: string) => {
      looks++;
      return find(digest);
    },
  });
  const at = "portico_test_".length;
  for (let index = at; index < key.length; index++) {
    const other = key.charAt(index) === "x" ? "y" : "x";
    const typo = key.slice(0, index) + other + key.slice(index + 1);
    const headers = { Authorization: `Bearer ${typo}` };
    assertEquals((await app.fetch(INVOICES, { headers })).status, 401);
  }
  assertEquals(looks, 0);
});

Deno.test("an unknown or incomplete key is refused", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read"]);
  const wrong = [
    generateApiKey("test"),
    generateApiKey("live"),
    key.slice(0, -1),
    `${key}0`,
    key.toUpperCase(),
    key.replace("portico_test_", "portico_"),
    "portico_",
  ];
  for (const token of wrong) {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await app.fetch(INVOICES, { headers });
    assertEquals(response.status, 401, token);
    assertEquals(response.headers.get("WWW-Authenticate"), "Bearer");
    const { message } = await response.json();
    assertEquals(message, "Authentication required");
  }
});

Deno.test("a key is never tried as a session token, nor the cookie after it", async () => {
  await using app = await openTestApp();
  const Cookie = `__session=${await sessionToken({ claims: memberClaims() })}`;
  const headers = { Authorization: `Bearer ${generateApiKey("test")}`, Cookie };
  assertEquals((await app.fetch(INVOICES, { headers })).status, 401);
  assert(!app.lines.join().includes("session token refused"));
});

Deno.test("a key in a cookie or the query is ignored", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read"]);
  const cookie = { Cookie: `__session=${key}` };
  assertEquals((await app.fetch(INVOICES, { headers: cookie })).status, 401);
  const query = await app.fetch(`${INVOICES}?api_key=${key}`);
  assertEquals(query.status, 401);
});

const READING = [
  "GET /api/v1/account/balance",
  "GET /api/v1/billing/history",
  `GET ${INVOICES}`,
];
const MANAGING = [
  `POST ${PORTAL}`,
  `GET ${REDIRECT}`,
  "POST /api/v1/operations/payment/checkout",
];
const CHARGING = ["POST /api/v1/billing/charges"];

/** Endpoints that each scope allows. */
const ALLOWED: Record<Scope, readonly string[]> = {
  "billing:read": READING,
  "billing:manage": [...READING, ...MANAGING],
  "usage:write": CHARGING,
};

Deno.test("a key may do only what its scopes allow", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await giveCustomer(app);
  for (const [scope, allowed] of Object.entries(ALLOWED)) {
    const { headers } = await keyOf(app, [scope as Scope]);
    for (const call of [...READING, ...MANAGING, ...CHARGING]) {
      const [method = "", path = ""] = call.split(" ");
      const response = await app.fetch(path, { method, headers });
      const open = allowed.includes(call);
      assertEquals(response.status !== 403, open, `${scope} ${call}`);
      await response.body?.cancel();
    }
  }
});

Deno.test("a key acts for its organization", async () => {
  await using app = await openTestApp();
  await giveCustomer(app, "org_other");
  const ours = await keyOf(app, ["billing:manage"]);
  const theirs = await keyOf(app, ["billing:manage"], "org_other");
  const call = ({ headers }: typeof ours) =>
    app.fetch(PORTAL, { method: "POST", headers });
  assertEquals((await call(ours)).status, 400);
  assertEquals((await call(theirs)).status, 200);
});

Deno.test("a key may write without an Origin header", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const { headers } = await keyOf(app, ["billing:manage"]);
  const elsewhere = { Origin: "https://evil.example", ...headers };
  const response = await app.fetch(PORTAL, {
    method: "POST",
    headers: { "Sec-Fetch-Site": "cross-site", ...elsewhere },
  });
  assertEquals(response.status, 200);
});

Deno.test("a key cannot manage keys", async () => {
  await using app = await openTestApp();
  const { id, headers } = await keyOf(app, [
    "billing:read",
    "billing:manage",
    "usage:write",
  ]);
  const answers = [
    await app.fetch(CREDENTIALS, { headers }),
    await make(app, { name: "More", scopes: ["usage:write"] }, headers),
    await app.fetch(`${CREDENTIALS}/${id}`, { method: "DELETE", headers }),
  ];
  for (const answer of answers) {
    assertEquals(answer.status, 403);
    assertEquals((await answer.json()).error, "forbidden");
  }
  assertEquals((await list(app)).length, 1);
});

Deno.test("a role without permission cannot list, create or revoke keys", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const { id } = await keyOf(app, ["billing:read"]);
  const headers = await authorization(memberClaims({ role: "member" }));
  const answers = [
    await app.fetch(CREDENTIALS, { headers }),
    await make(app, undefined, headers),
    await app.fetch(`${CREDENTIALS}/${id}`, { method: "DELETE", headers }),
  ];
  for (const answer of answers) {
    assertEquals(answer.status, 403);
    await answer.body?.cancel();
  }
});

Deno.test("with a cookie, keys can be created only from the app's pages", async () => {
  await using app = await openTestApp();
  const Cookie = `__session=${await sessionToken({ claims: memberClaims() })}`;
  assertEquals((await make(app, undefined, { Cookie })).status, 403);
  const own = { Cookie, Origin: APP_URL };
  assertEquals((await make(app, undefined, own)).status, 201);
});

Deno.test("a revoked key is refused from the next request on", async () => {
  await using app = await openTestApp();
  const { id, headers } = await keyOf(app, ["billing:read"]);
  assertEquals((await app.fetch(INVOICES, { headers })).status, 200);
  const revoke = async () =>
    await app.fetch(`${CREDENTIALS}/${id}`, {
      method: "DELETE",
      headers: await authorization(),
    });
  assertEquals((await revoke()).status, 204);
  assertEquals((await app.fetch(INVOICES, { headers })).status, 401);
  assertEquals(await list(app), []);
  assertEquals((await revoke()).status, 404);
});

Deno.test("recording a use does not restore a revoked key", async () => {
  await using app = await openTestApp();
  const { store } = app.services;
  const { id, headers } = await keyOf(app, ["billing:read"]);
  const note = store.recordApiKeyUse;
  const held = Promise.withResolvers<void>();
  Object.assign(store, {
    recordApiKeyUse: async (...args: Parameters<typeof note>) => {
      await held.promise;
      await note(...args);
    },
  });
  await app.fetch(INVOICES, { headers });
  assert(await store.removeApiKey(ORG, id, BY));
  held.resolve();
  await app.services.background.settled();
  assertEquals((await app.fetch(INVOICES, { headers })).status, 401);
});

Deno.test("a key cannot be revoked by another organization", async () => {
  await using app = await openTestApp();
  const { id, headers } = await keyOf(app, ["billing:read"], "org_other");
  const response = await app.fetch(`${CREDENTIALS}/${id}`, {
    method: "DELETE",
    headers: await authorization(),
  });
  assertEquals(response.status, 404);
  assertEquals((await app.fetch(INVOICES, { headers })).status, 200);
});

Deno.test("last use is written at most once a minute", async () => {
  await using app = await openTestApp();
  const { headers } = await keyOf(app, ["billing:read"]);
  const use = async () => {
    assertEquals((await app.fetch(INVOICES, { headers })).status, 200);
    await app.services.background.settled();
    const [{ last_used_at }] = await list(app);
    return Date.parse(last_used_at);
  };
  const firstMs = app.clock.nowMs;
  assertEquals(await use(), firstMs);
  app.clock.nowMs += 59_999;
  assertEquals(await use(), firstMs);
  app.clock.nowMs += 1;
  assertEquals(await use(), firstMs + 60_000);
});

Deno.test("a failed write of the last use is logged and the call succeeds", async () => {
  await using app = await openTestApp();
  const { id, headers } = await keyOf(app, ["billing:read"]);
  Object.assign(app.services.store, {
    recordApiKeyUse: () => Promise.reject(new Error("disk full")),
  });
  assertEquals((await app.fetch(INVOICES, { headers })).status, 200);
  await app.services.background.settled();
  const [line] = app.lines.filter((line) => line.includes("disk full"));
  assertMatch(line ?? "", new RegExp(`recording the use of API key ${id}`));
});

Deno.test("an organization has at most twenty keys, even when created concurrently", async () => {
  await using app = await openTestApp();
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => make(app)),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  assertEquals(statuses.filter((status) => status === 201).length, 20);
  assertEquals(statuses.filter((status) => status === 409).length, 5);
  const items = await list(app);
  assertEquals(items.length, 20);
  assertEquals(new Set(items.map(({ id }: { id: string }) => id)).size, 20);
  assert(await app.services.store.removeApiKey(ORG, items[3].id, BY));
  assertEquals((await make(app)).status, 201);
});

const REFUSED: Record<string, unknown> = {
  "no name": { scopes: ["billing:read"] },
  "a blank name": { name: "   ", scopes: ["billing:read"] },
  "a name of 81 characters": { name: "x".repeat(81), scopes: ["usage:write"] },
  "a name on two lines": { name: "a\nb", scopes: ["usage:write"] },
  "no scope": { name: "x", scopes: [] },
  "an unknown scope": { name: "x", scopes: ["billing:*"] },
  "a scope twice": { name: "x", scopes: ["usage:write", "usage:write"] },
};
for (const [what, body] of Object.entries(REFUSED)) {
  Deno.test(`a key with ${what} is not created`, async () => {
    await using app = await openTestApp();
    const response = await make(app, body);
    assertEquals(response.status, 400);
    assertEquals((await response.json()).error, "validation_error");
    assertEquals(await list(app), []);
  });
}

Deno.test("API keys cannot open pages", async () => {
  await using app = await openTestApp();
  const { headers } = await keyOf(app, ["billing:manage"]);
  const response = await app.fetch("/account", { headers });
  assertEquals(response.status === 200, false);
  await response.body?.cancel();
});
