import { assert, assertEquals, assertMatch } from "@std/assert";
import { displayPrefix, generateApiKey } from "@/lib/auth/api_key_format.ts";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { createServiceKey } from "@/lib/auth/service_keys.ts";
import { SERVICE_SCOPES, type ServiceScope } from "@/lib/store/service_keys.ts";
import { CommandError } from "@/tasks/run_command.ts";
import { manageServiceKeys } from "@/tasks/service_key.ts";
import {
  authorization,
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";

const BALANCE = "/api/v1/account/balance";
const CHARGES = "/api/v1/billing/charges";
const CREDENTIALS = "/api/v1/account/credentials";
const PORTAL = "/api/v1/account/billing-portal";
const HEADER = "Portico-Organization";

async function keyOf({ services }: TestApp, scopes: readonly ServiceScope[]) {
  return await createServiceKey(services, { name: "Backend", scopes });
}

/** The headers of a service key's call for an organization. */
function callBy(key: string, orgId: string | null = ORG): HeadersInit {
  return {
    Authorization: `Bearer ${key}`,
    ...(orgId !== null && { [HEADER]: orgId }),
  };
}

async function charge(
  app: TestApp,
  headers: HeadersInit,
  tokens = 1,
): Promise<Response> {
  return await app.fetch(CHARGES, {
    method: "POST",
    headers: {
      ...headers,
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(),
    },
    body: JSON.stringify({ tokens }),
  });
}

async function task(app: TestApp, ...args: string[]): Promise<string[]> {
  return await manageServiceKeys(app.services, args);
}

Deno.test("a service key acts for the organization that the call names", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read", "usage:write"]);
  const first = await charge(app, callBy(key, "org_1"), 400);
  assertEquals(first.status, 201);
  assertEquals((await first.json()).balance, 600);
  for (const [orgId, total] of [["org_1", 600], ["org_2", 1_000]] as const) {
    const response = await app.fetch(BALANCE, { headers: callBy(key, orgId) });
    assertEquals(response.status, 200);
    assertEquals((await response.json()).tokens.total, total);
  }
});

Deno.test("a service key's call without a valid organization is 400", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read"]);
  for (const orgId of [null, "", "org 1", "../org", "org_1, org_2"]) {
    const headers = callBy(key, orgId);
    const response = await app.fetch(BALANCE, { headers });
    assertEquals(response.status, 400, String(orgId));
    assertMatch(
      response.headers.get("RateLimit-Policy") ?? "",
      /"service_key"/,
    );
    const { error, message } = await response.json();
    assertEquals(error, "validation_error");
    assertMatch(message, /Portico-Organization/);
  }
});

Deno.test("an API key in a call for another organization is 403", async () => {
  await using app = await openTestApp();
  const { key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  const statusFor = async (orgId: string) => {
    const response = await app.fetch(BALANCE, { headers: callBy(key, orgId) });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusFor(ORG), 200);
  assertEquals(await statusFor("org_other"), 403);
});

Deno.test("the header does not change a session's organization", async () => {
  await using app = await openTestApp();
  await charge(app, await authorization(), 100);
  const headers = { ...await authorization(), [HEADER]: "org_other" };
  const response = await app.fetch(BALANCE, { headers });
  assertEquals((await response.json()).tokens.total, 900);
});

const READING = [
  `GET ${BALANCE}`,
  "GET /api/v1/billing/history",
  "GET /api/v1/billing/invoices",
];
const MANAGING = [
  `POST ${PORTAL}`,
  "GET /api/v1/operations/payment/customer-portal",
  "HEAD /api/v1/operations/payment/customer-portal",
  "POST /api/v1/operations/payment/checkout",
];
const CHARGING = [`POST ${CHARGES}`];
const WRITING = ["POST /api/v1/billing/adjustments"];

const ALLOWED: Record<ServiceScope, readonly string[]> = {
  "billing:read": READING,
  "billing:manage": [...READING, ...MANAGING],
  "usage:write": CHARGING,
  "organizations:write": WRITING,
};

Deno.test("a service key may do only what its scopes allow, on every route", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  for (const scope of SERVICE_SCOPES) {
    const { key } = await keyOf(app, [scope]);
    for (const call of [...READING, ...MANAGING, ...CHARGING, ...WRITING]) {
      const [method = "", path = ""] = call.split(" ");
      const response = await app.fetch(path, { method, headers: callBy(key) });
      const open = ALLOWED[scope].includes(call);
      assertEquals(response.status !== 403, open, `${scope} ${call}`);
      assert(response.status !== 401, `${scope} ${call}`);
      const body = await response.text();
      if (!open && method !== "HEAD") {
        assertMatch(body, /The key lacks the required scope/);
      }
      const unnamed = await app.fetch(path, {
        method,
        headers: callBy(key, null),
      });
      const expected = open ? [400] : [400, 403];
      assert(expected.includes(unnamed.status), `${scope} ${call}`);
      await unnamed.body?.cancel();
    }
  }
});

Deno.test("a service key cannot manage API keys", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, SERVICE_SCOPES);
  const response = await app.fetch(CREDENTIALS, { headers: callBy(key) });
  assertEquals(response.status, 403);
  await response.body?.cancel();
});

Deno.test("service keys are rate-limited separately", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.01" });
  const policyOf = (response: Response) =>
    response.headers.get("RateLimit-Policy");
  const [one, other] = [
    await keyOf(app, ["billing:read"]),
    await keyOf(app, ["billing:read"]),
  ];
  // 60 calls at this scale, where a free organization has one.
  for (let calls = 0; calls < 60; calls++) {
    const headers = callBy(one.key, `org_${calls % 3}`);
    const response = await app.fetch(BALANCE, { headers });
    assertEquals(response.status, 200);
    assertEquals(policyOf(response), '"service_key";q=60;w=60');
    await response.body?.cancel();
  }
  const headers = callBy(one.key, "org_new");
  const refused = await app.fetch(BALANCE, { headers });
  assertEquals(refused.status, 429);
  assert(Number(refused.headers.get("Retry-After")) > 0);
  await refused.body?.cancel();
  const free = await app.fetch(BALANCE, { headers: callBy(other.key) });
  assertEquals(free.status, 200);
  await free.body?.cancel();
});

Deno.test("the limit of a service key is 6,000 a minute", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const { key } = await keyOf(app, ["billing:read"]);
  const response = await app.fetch(BALANCE, { headers: callBy(key) });
  assertEquals(
    response.headers.get("RateLimit-Policy"),
    '"service_key";q=6000;w=60',
  );
  await response.body?.cancel();
});

Deno.test("an unknown, mistyped or foreign service key is 401", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read"]);
  const wrong = [
    `${key.slice(0, -1)}~`,
    key.slice(0, -1),
    key.replace("_test_", "_live_"),
    key.replace("service_", ""),
    generateApiKey("test").replace("portico_", "portico_service_"),
    "portico_service_",
  ];
  for (const token of wrong) {
    const response = await app.fetch(BALANCE, { headers: callBy(token) });
    assertEquals(response.status, 401, token);
    await response.body?.cancel();
  }
});

Deno.test("neither the store nor the log contains a service key", async () => {
  await using app = await openTestApp();
  const { key } = await keyOf(app, ["billing:read"]);
  for (const token of [key, `${key}x`]) {
    const response = await app.fetch(BALANCE, { headers: callBy(token) });
    await response.body?.cancel();
  }
  await app.services.background.settled();
  const secret = key.slice(displayPrefix(key).length);
  for await (const entry of app.kv.list({ prefix: [] })) {
    assert(!Deno.inspect(entry, { depth: 9 }).includes(secret));
  }
  assert(!app.lines.join().includes(secret));
});

Deno.test("the task creates, lists, rotates and revokes a service key", async () => {
  await using app = await openTestApp();
  assertEquals(await task(app, "list"), ["No service keys."]);
  const made = await task(
    app,
    ...["create", "--name", "Backend", "--scopes", "billing:read,usage:write"],
  );
  const first = made.at(-1) ?? "";
  assertMatch(first, /^portico_service_test_[0-9A-Za-z]{39}$/);
  const id = /svc_[0-9a-f]{32}/.exec(made.join())?.[0] ?? "";
  const statusOf = async (key: string) => {
    const response = await app.fetch(BALANCE, { headers: callBy(key) });
    await response.body?.cancel();
    await app.services.background.settled();
    return response.status;
  };
  assertMatch((await task(app, "list")).join(), /last used never$/);
  assertEquals(await statusOf(first), 200);
  const [listed = ""] = await task(app, "list");
  assertMatch(listed, new RegExp(`^${id} "Backend" portico_service_test_`));
  assertMatch(listed, /last used 2026-08-03T09:30:00.000Z$/);

  const rotated = await task(app, "rotate", id);
  const second = rotated[2] ?? "";
  assertMatch(rotated[3] ?? "", /stays valid until 2026-08-04T09:30:00.000Z/);
  assertEquals([await statusOf(first), await statusOf(second)], [200, 200]);
  await assertUsage(app, /rotated or changed/, "rotate", id);
  app.clock.nowMs += 24 * 3_600_000;
  assertEquals([await statusOf(first), await statusOf(second)], [401, 200]);
  const expired = (await task(app, "list")).find((line) => line.startsWith(id));
  assertMatch(expired ?? "", /, expired$/);

  const successor = /svc_[0-9a-f]{32}/.exec(rotated.join())?.[0] ?? "";
  await task(app, "revoke", successor);
  assertEquals(await statusOf(second), 401);
  await assertUsage(app, /not found/, "revoke", successor);
  await assertUsage(app, /not found/, "rotate", successor);
});

async function assertUsage(
  app: TestApp,
  expected: RegExp,
  ...args: string[]
): Promise<void> {
  let message = "";
  try {
    await task(app, ...args);
  } catch (error) {
    message = error instanceof Error ? error.message : "";
  }
  assertMatch(message, expected);
}

Deno.test("a revoked service key is not written back by a late use", async () => {
  await using app = await openTestApp();
  const { serviceKey, key } = await keyOf(app, ["billing:read"]);
  const { store } = app.services;
  const { digestOf } = await import("@/lib/auth/digest.ts");
  const digest = await digestOf(key);
  const read = await store.findServiceKey(digest);
  assert(read !== null);
  await store.removeServiceKey(serviceKey.id);
  await store.recordServiceKeyUse(digest, read, app.clock.nowMs);
  assertEquals(await store.findServiceKey(digest), null);
});

Deno.test("the task refuses wrong arguments", async () => {
  await using app = await openTestApp();
  const wrong = [
    [],
    ["make"],
    ["create", "--name", "x"],
    ["create", "--scopes", "billing:read"],
    ["create", "--name", "x", "--scopes", "billing:read,admin"],
    ["create", "--name", "x", "--scopes", "billing:read", "--force"],
    ["revoke"],
    ["revoke", "key_1"],
    ["rotate", "svc_1", "svc_2"],
  ];
  for (const args of wrong) {
    let error: unknown;
    try {
      await task(app, ...args);
    } catch (thrown) {
      error = thrown;
    }
    assert(error instanceof CommandError, args.join(" "));
  }
  assertEquals(await app.services.store.listServiceKeys(), []);
});
