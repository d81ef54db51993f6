import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  createApiKey,
  createApiKeyOnce,
  rotateApiKey,
} from "@/lib/auth/api_keys.ts";
import { createStore, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import {
  authorization,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";

const KEYS = "/api/v1/account/credentials";
const INVOICES = "/api/v1/billing/invoices";
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

async function call(
  app: TestApp,
  method: string,
  path: string,
  body?: unknown,
) {
  const response = await app.fetch(path, {
    method,
    headers: {
      ...await sessionAt(app),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? null : JSON.parse(text),
  };
}

/** A session whose token is valid at the app's current time. */
async function sessionAt({ clock }: TestApp) {
  const claims = memberClaims();
  const token = await sessionToken({ claims, nowMs: clock.nowMs });
  return { Authorization: `Bearer ${token}` };
}

const READ_KEY = { name: "Build server", scopes: ["billing:read"] };

async function make(app: TestApp, fields: object = {}) {
  const made = await call(app, "POST", KEYS, { ...READ_KEY, ...fields });
  assertEquals(made.status, 201, JSON.stringify(made.body));
  return made.body;
}

async function statusWith(app: TestApp, key: string, path = INVOICES) {
  const headers = { Authorization: `Bearer ${key}` };
  const response = await app.fetch(path, { headers });
  await response.body?.cancel();
  await app.services.background.settled();
  return response.status;
}

async function listed(app: TestApp) {
  return (await call(app, "GET", KEYS)).body.items;
}

Deno.test("a key works until it expires", async () => {
  await using app = await openTestApp();
  const { key, ...made } = await make(app, { expires_in_days: 30 });
  const expiresAtMs = app.clock.nowMs + 30 * DAY_MS;
  assertEquals(made.expires_at, new Date(expiresAtMs).toISOString());
  assertEquals((await listed(app))[0].expires_at, made.expires_at);
  app.clock.nowMs = expiresAtMs - 1;
  assertEquals(await statusWith(app, key), 200);
  app.clock.nowMs = expiresAtMs;
  assertEquals(await statusWith(app, key), 401);
  assert(app.lines.some((line) => line.includes('"reason":"expired"')));
});

Deno.test("a key without expires_in_days never expires", async () => {
  await using app = await openTestApp();
  const { key, ...made } = await make(app);
  assertEquals(made.expires_at, null);
  app.clock.nowMs += 4_000 * DAY_MS;
  assertEquals(await statusWith(app, key), 200);
});

Deno.test("an invalid expires_in_days is 400", async () => {
  await using app = await openTestApp();
  for (const expires_in_days of [0, -1, 1.5, 3_651, "30", null]) {
    const fields = { ...READ_KEY, expires_in_days };
    const refused = await call(app, "POST", KEYS, fields);
    assertEquals(refused.status, 400);
    assertMatch(refused.body.message, /expires_in_days/);
  }
  assertEquals(await listed(app), []);
});

Deno.test("name and scopes of a key change from the next request on", async () => {
  await using app = await openTestApp();
  const { key, ...made } = await make(app);
  const path = `${KEYS}/${made.id}`;
  const renamed = await call(app, "PATCH", path, { name: " Worker " });
  assertEquals(renamed, { status: 200, body: { ...made, name: "Worker" } });
  const scopes = ["usage:write"];
  const rescoped = await call(app, "PATCH", path, { scopes });
  assertEquals(rescoped.body, { ...made, name: "Worker", scopes });
  assertEquals(await statusWith(app, key), 403);
  const both = await call(app, "PATCH", path, READ_KEY);
  assertEquals(both.body, { ...made, last_used_at: both.body.last_used_at });
  assertEquals(await statusWith(app, key), 200);
});

Deno.test("an invalid change of a key is 400 or 404 and changes nothing", async () => {
  await using app = await openTestApp();
  const { key: _, ...made } = await make(app);
  const path = `${KEYS}/${made.id}`;
  for (
    const body of [
      {},
      { name: "" },
      { scopes: [] },
      { name: "Worker", scopes: ["all"] },
      { expires_in_days: 30 },
    ]
  ) {
    assertEquals((await call(app, "PATCH", path, body)).status, 400);
  }
  const unknown = await call(app, "PATCH", `${KEYS}/key_none`, READ_KEY);
  assertEquals([unknown.status, unknown.body.error], [404, "not_found"]);
  assertEquals(await listed(app), [made]);
});

Deno.test("another organization's key can be neither changed nor rotated", async () => {
  await using app = await openTestApp();
  const { apiKey } = await createApiKey(app.services, {
    orgId: "org_other",
    createdBy: "user_2",
    name: "Theirs",
    scopes: ["billing:read"],
  });
  const path = `${KEYS}/${apiKey.id}`;
  assertEquals((await call(app, "PATCH", path, READ_KEY)).status, 404);
  assertEquals((await call(app, "POST", `${path}/rotate`)).status, 404);
  assertEquals(await app.services.store.listApiKeys("org_other"), [apiKey]);
});

Deno.test("after a rotation both keys work for 24 hours", async () => {
  await using app = await openTestApp();
  const { key, ...made } = await make(app);
  app.clock.nowMs += HOUR_MS;
  const rotatedAtMs = app.clock.nowMs;
  const rotated = await call(app, "POST", `${KEYS}/${made.id}/rotate`);
  assertEquals(rotated.status, 201);
  const { key: successorKey, ...successor } = rotated.body;
  assertEquals(successor, {
    ...made,
    id: successor.id,
    prefix: successorKey.slice(0, made.prefix.length),
    created_at: new Date(rotatedAtMs).toISOString(),
  });
  assert(successor.id !== made.id && successorKey !== key);
  app.clock.nowMs = rotatedAtMs + DAY_MS - 1;
  assertEquals(await statusWith(app, key), 200);
  assertEquals(await statusWith(app, successorKey), 200);
  app.clock.nowMs = rotatedAtMs + DAY_MS;
  assertEquals(await statusWith(app, key), 401);
  assertEquals(await statusWith(app, successorKey), 200);
});

Deno.test("a successor keeps the lifetime; rotation does not extend the former key", async () => {
  await using app = await openTestApp();
  const made = await make(app, { expires_in_days: 2 });
  app.clock.nowMs += 36 * HOUR_MS;
  const { body } = await call(app, "POST", `${KEYS}/${made.id}/rotate`);
  const expected = new Date(app.clock.nowMs + 2 * DAY_MS).toISOString();
  assertEquals(body.expires_at, expected);
  const [successor, former] = await listed(app);
  assertEquals(successor.id, body.id);
  assertEquals(former.expires_at, made.expires_at);
});

Deno.test("a repeated rotation replaces an unused successor for ten seconds", async () => {
  await using app = await openTestApp();
  const { id } = await make(app);
  const path = `${KEYS}/${id}/rotate`;
  const first = await call(app, "POST", path);
  const second = await call(app, "POST", path);
  assertEquals([first.status, second.status], [201, 201]);
  assertEquals(await statusWith(app, first.body.key), 401);
  assertEquals(await statusWith(app, second.body.key), 200);
  const third = await call(app, "POST", path);
  assertEquals([third.status, third.body.error], [409, "conflict"]);
  assertEquals((await listed(app)).length, 2);
  assertEquals(
    (await call(app, "POST", `${KEYS}/${second.body.id}/rotate`)).status,
    201,
  );
});

Deno.test("a repeated rotation keeps the lifetime of the key", async () => {
  await using app = await openTestApp();
  for (const expires_in_days of [undefined, 90]) {
    const { id } = await make(app, expires_in_days ? { expires_in_days } : {});
    const path = `${KEYS}/${id}/rotate`;
    const first = await call(app, "POST", path);
    const second = await call(app, "POST", path);
    assertEquals(second.body.expires_at, first.body.expires_at);
  }
});

Deno.test("an expired key cannot be rotated", async () => {
  await using app = await openTestApp();
  const { id } = await make(app, { expires_in_days: 1 });
  app.clock.nowMs += DAY_MS;
  const { status, body } = await call(app, "POST", `${KEYS}/${id}/rotate`);
  assertEquals(status, 409);
  assertMatch(body.message, /has expired/);
});

Deno.test("all 20 keys can be rotated, and retired keys leave the list", async () => {
  await using app = await openTestApp();
  const made = [];
  for (let index = 0; index < 20; index++) made.push(await make(app));
  for (const { id } of made) {
    const rotated = await call(app, "POST", `${KEYS}/${id}/rotate`);
    assertEquals(rotated.status, 201);
  }
  const [newest] = await listed(app);
  const path = `${KEYS}/${newest.id}/rotate`;
  assertEquals((await call(app, "POST", path)).status, 409);
  assertEquals((await call(app, "POST", KEYS, READ_KEY)).status, 409);
  app.clock.nowMs += DAY_MS;
  assertEquals((await call(app, "POST", path)).status, 201);
  assertEquals((await listed(app)).length, 21);
});

Deno.test("a rotation and a change at the same time are both kept", async () => {
  await using app = await openTestApp();
  const { id } = await make(app);
  const [changed, rotated] = await Promise.all([
    call(app, "PATCH", `${KEYS}/${id}`, { name: "Worker" }),
    call(app, "POST", `${KEYS}/${id}/rotate`),
  ]);
  assertEquals([changed.status, rotated.status], [200, 201]);
  const former = (await app.services.store.listApiKeys(ORG))
    .find((apiKey) => apiKey.id === id);
  assertEquals(former?.name, "Worker");
  assertEquals(former?.successorId, rotated.body.id);
});

/** A store in which `change` is committed after the first read of the index. */
function storeDuring({ kv }: TestApp, change: () => Promise<unknown>): Store {
  let isDone = false;
  const getMany: Deno.Kv["getMany"] = async (keys, options) => {
    const entries = await kv.getMany(keys, options);
    if (!isDone && keys[0]?.[0] === "credentials") {
      isDone = true;
      await change();
    }
    return entries as never;
  };
  const slow = new Proxy(kv, {
    get(target, name) {
      if (name === "getMany") return getMany;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return createStore(slow, applyPosting);
}

Deno.test("the second of two concurrent submits of a form shows its key", async () => {
  await using app = await openTestApp();
  const request = {
    orgId: ORG,
    createdBy: "user_1",
    name: "Build server",
    scopes: ["billing:read"],
  } as const;
  const submit = (store = app.services.store) =>
    createApiKeyOnce({ ...app.services, store }, "form", request);
  const second = await submit(storeDuring(app, () => submit()));
  assert(second.kind === "created" && second.replaced);
  assertEquals(await statusWith(app, second.key), 200);
  assertEquals((await app.services.store.listApiKeys(ORG)).length, 1);
});

Deno.test("the second of two concurrent rotations shows its key", async () => {
  await using app = await openTestApp();
  const { id } = await make(app);
  const manager = {
    kind: "session",
    userId: "user_1",
    sessionId: null,
    orgId: ORG,
    role: null,
    orgName: null,
    email: null,
    impersonated: false,
    via: "cookie",
  } as const;
  const rotate = (store = app.services.store) =>
    rotateApiKey({ ...app.services, store }, manager, id);
  const second = await rotate(storeDuring(app, () => rotate()));
  assert(second.replaced);
  assertEquals(await statusWith(app, second.key), 200);
  assertEquals((await app.services.store.listApiKeys(ORG)).length, 2);
});

Deno.test("API keys and members without the role cannot change keys", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const { key, id } = await make(app, { scopes: ["billing:manage"] });
  const member = await authorization(memberClaims({ role: "member" }));
  for (const headers of [{ Authorization: `Bearer ${key}` }, member]) {
    const type = { "Content-Type": "application/json" };
    const patched = await app.fetch(`${KEYS}/${id}`, {
      method: "PATCH",
      headers: { ...headers, ...type },
      body: JSON.stringify(READ_KEY),
    });
    const rotated = await app.fetch(`${KEYS}/${id}/rotate`, {
      method: "POST",
      headers,
    });
    assertEquals([patched.status, rotated.status], [403, 403]);
    await patched.body?.cancel();
    await rotated.body?.cancel();
  }
});
