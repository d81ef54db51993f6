import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServiceKey } from "@/lib/auth/service_keys.ts";
import { SERVICE_SCOPES } from "@/lib/store/service_keys.ts";
import { errorFormatOf } from "@/lib/http/error_responses.ts";
import { type Operation, OPERATIONS } from "@/lib/http/openapi/operations.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { chargeByApi, fillWallet } from "@/tests/helpers/wallet_app.ts";
import { APP_URL, sessionToken } from "@/tests/helpers/tokens.ts";

/** Rules for every endpoint. */
const API = OPERATIONS.filter(({ path }) => path.startsWith("/api/"));
const OWN = API.filter(({ access }) => access !== "public");
const WRITES = OWN.filter(({ method }) =>
  ["post", "patch", "delete"].includes(method)
);
const WITH_BODY = OWN.filter(({ body }) => body !== undefined);
const READS = OWN.filter(({ method }) => method === "get");

/** A valid body for each operation that takes one. */
const BODIES: Record<string, unknown> = {
  openPortal: {},
  openCheckout: { credits: "small" },
  charge: { tokens: 1 },
  changeApiKey: { name: "Worker" },
  adjust: { tokens: 1, reason: "Goodwill" },
  createApiKey: { name: "Build server", scopes: ["billing:read"] },
};

/** Reports whether only service keys may call an operation. */
function isForServiceKeys({ access }: Operation): boolean {
  return access.includes("organizations:write");
}

/** The headers of a caller who may call an operation. */
async function allowedHeaders(
  { services }: TestApp,
  operation: Operation,
): Promise<Record<string, string>> {
  if (!isForServiceKeys(operation)) return await authorization();
  const { key } = await createServiceKey(services, {
    name: "Backend",
    scopes: SERVICE_SCOPES,
  });
  return { "Authorization": `Bearer ${key}`, "Portico-Organization": ORG };
}

interface Ask {
  headers?: HeadersInit;
  /** Default: the operation's valid body. */
  body?: string;
  type?: string;
  query?: string;
}

async function ask(
  app: TestApp,
  { method, path, id }: Operation,
  { headers, body, type = "application/json", query = "" }: Ask = {},
): Promise<Response> {
  const good = BODIES[id];
  const text = body ?? (good === undefined ? null : JSON.stringify(good));
  return await app.fetch(`${path.replace("{id}", "key_none")}${query}`, {
    method: method.toUpperCase(),
    headers: {
      "Idempotency-Key": crypto.randomUUID(),
      ...(text !== null && { "Content-Type": type }),
      ...headers,
    },
    body: text,
  });
}

/** The error code, or null without a body. */
async function codeOf(
  { path }: Operation,
  response: Response,
): Promise<string | null> {
  const text = await response.text();
  if (text === "") return null;
  const { error } = JSON.parse(text);
  return errorFormatOf(path) === "operations"
    ? error.code.toLowerCase()
    : error;
}

function labelOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

Deno.test("every endpoint authenticates", async () => {
  await using app = await openTestApp();
  for (const operation of OWN) {
    const response = await ask(app, operation);
    assertEquals(response.status, 401, labelOf(operation));
    assertEquals(response.headers.get("WWW-Authenticate"), "Bearer");
    const code = await codeOf(operation, response);
    const expected = operation.method === "head" ? null : "unauthorized";
    assertEquals(code, expected, labelOf(operation));
  }
});

Deno.test("every endpoint requires an organization", async () => {
  await using app = await openTestApp();
  const headers = await authorization({});
  for (const operation of OWN) {
    const response = await ask(app, operation, { headers });
    assertEquals(response.status, 400, labelOf(operation));
    assertEquals(
      (await response.text()).includes("Organization ID is required"),
      operation.method !== "head",
    );
  }
});

Deno.test("every cookie write from another origin is refused", async () => {
  await using app = await openTestApp();
  const Cookie = `__session=${await sessionToken({ claims: memberClaims() })}`;
  const elsewhere: Record<string, string>[] = [
    {},
    { "Sec-Fetch-Site": "same-site", "Origin": APP_URL },
    { "Sec-Fetch-Site": "none" },
    { "Origin": "https://evil.example" },
    { "Origin": "null" },
  ];
  for (const operation of WRITES) {
    for (const from of elsewhere) {
      const headers = { Cookie, ...from };
      const response = await ask(app, operation, { headers });
      assertEquals(response.status, 403, labelOf(operation));
      assertEquals(await codeOf(operation, response), "forbidden");
    }
    const headers = { Cookie, Origin: APP_URL };
    const own = await ask(app, operation, { headers });
    const isRefused = [401, 403].includes(own.status);
    assertEquals(isRefused, isForServiceKeys(operation), labelOf(operation));
    await own.body?.cancel();
  }
});

Deno.test("every write in an impersonated session is refused", async () => {
  await using app = await openTestApp();
  const claims = { ...memberClaims(), act: { sub: "user_9" } };
  const headers = await authorization(claims);
  for (const operation of WRITES) {
    const response = await ask(app, operation, { headers });
    assertEquals(response.status, 401, labelOf(operation));
    await response.body?.cancel();
  }
});

Deno.test("every API response has the standard headers", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const callers = [{}, await authorization({}), await authorization()];
  const seen = new Set<string>();
  for (const operation of API) {
    for (const headers of callers) {
      const response = await ask(app, operation, { headers });
      const label = `${labelOf(operation)}: ${response.status}`;
      const received = response.headers;
      const open = operation.id === "listPlans";
      const kept = open ? "public, max-age=60" : "no-store";
      assertEquals(received.get("Cache-Control"), kept, label);
      assertEquals(received.get("X-Content-Type-Options"), "nosniff", label);
      const id = received.get("X-Request-Id") ?? "";
      assertMatch(id, /^req_[0-9a-f]{32}$/, label);
      assert(!seen.has(id), label);
      seen.add(id);
      await response.body?.cancel();
    }
  }
});

Deno.test("every body must be a JSON object of at most 64 KiB", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const bad: [string, string, number, string][] = [
    ["null", "application/json", 400, "validation_error"],
    ["[]", "application/json", 400, "validation_error"],
    ['"x"', "application/json", 400, "validation_error"],
    ["{", "application/json", 400, "validation_error"],
    ["{}", "text/plain", 415, "unsupported_media_type"],
    ["{}", "multipart/form-data", 415, "unsupported_media_type"],
    [`${" ".repeat(65_535)}{}`, "application/json", 413, "payload_too_large"],
  ];
  for (const operation of WITH_BODY) {
    const headers = await allowedHeaders(app, operation);
    for (const [body, type, status, code] of bad) {
      const response = await ask(app, operation, { headers, body, type });
      assertEquals(response.status, status, `${labelOf(operation)} ${type}`);
      assertEquals(await codeOf(operation, response), code);
    }
    const form = await ask(app, operation, {
      headers,
      body: "credits=small",
      type: "application/x-www-form-urlencoded",
    });
    assertEquals(form.status, operation.form ? 303 : 415, labelOf(operation));
    await form.body?.cancel();
    const good = JSON.stringify(BODIES[operation.id]);
    const body = good.padEnd(65_536);
    const most = await ask(app, operation, { headers, body });
    const isAccepted = operation.path.includes("{id}")
      ? most.status === 404
      : most.status < 300;
    assert(isAccepted, labelOf(operation));
    await most.body?.cancel();
  }
});

Deno.test("query parameters may appear once", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const headers = await authorization();
  const queried = READS.filter(({ query }) => query !== undefined);
  assertEquals(queried.length, 4);
  for (const operation of queried) {
    const query = "?limit=1&limit=1";
    const response = await ask(app, operation, { headers, query });
    assertEquals(response.status, 400, labelOf(operation));
    assertEquals(await codeOf(operation, response), "validation_error");
  }
});

Deno.test("with an empty wallet, only charges are 402", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  await fillWallet(app, 1);
  assertEquals((await chargeByApi(app)).status, 201);
  const headers = await authorization();
  for (const operation of OWN) {
    const response = await ask(app, operation, { headers });
    const isCharge = operation.id === "charge";
    assertEquals(response.status === 402, isCharge, labelOf(operation));
    await response.body?.cancel();
  }
});

Deno.test("while token keys are unavailable, every endpoint is 503 with Retry-After", async () => {
  await using app = await openTestApp({
    AUTH_JWT_KEY: "",
    AUTH_JWKS_URL: "http://127.0.0.1:9/jwks.json",
  });
  const headers = await authorization();
  for (const operation of OWN) {
    const response = await ask(app, operation, { headers });
    assertEquals(response.status, 503, labelOf(operation));
    assertMatch(response.headers.get("Retry-After") ?? "", /^[1-9]\d*$/);
    const code = await codeOf(operation, response);
    const expected = operation.method === "head" ? null : "unavailable";
    assertEquals(code, expected, labelOf(operation));
  }
});
