import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";
import { APP_URL, sessionToken } from "@/tests/helpers/tokens.ts";

const REDIRECT = "/api/v1/operations/payment/customer-portal";
const JSON_URL = "/api/v1/account/billing-portal";
const PORTAL_URL = /^https:\/\/billing\.example\/sandbox\/stripe\/p\/session\//;

/** Each endpoint's request and its portal's return URL. */
const ENDPOINTS = [
  { path: REDIRECT, method: "GET", back: `${APP_URL}/organization#/plans` },
  { path: JSON_URL, method: "POST", back: `${APP_URL}/account` },
] as const;

/** Every portal session requested from Stripe. */
function sessionsAt({ stripe }: TestApp) {
  return stripe.controls.requests.filter(({ path }) =>
    path === "/v1/billing_portal/sessions"
  );
}

async function post(app: TestApp, body?: unknown): Promise<Response> {
  return await app.fetch(JSON_URL, {
    method: "POST",
    headers: {
      ...await authorization(),
      ...(body !== undefined && { "Content-Type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

Deno.test("the redirect endpoint redirects to the portal with no-store and no-referrer", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const response = await app.fetch(REDIRECT, {
    headers: await authorization(),
  });
  assertEquals(response.status, 302);
  assertMatch(response.headers.get("Location") ?? "", PORTAL_URL);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(response.headers.get("Referrer-Policy"), "no-referrer");
  assertEquals(await response.text(), "");
  const [session] = sessionsAt(app);
  assertEquals(session?.params["customer"], customer);
  assertEquals(session?.params["return_url"], `${APP_URL}/organization#/plans`);
});

Deno.test("the JSON endpoint returns the portal URL", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const response = await post(app);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(response.headers.get("X-Content-Type-Options"), "nosniff");
  assertMatch(response.headers.get("X-Request-Id") ?? "", /^req_[0-9a-f]{32}$/);
  const { url, ...rest } = await response.json();
  assertMatch(url, PORTAL_URL);
  assertEquals(rest, {});
  assertEquals(sessionsAt(app)[0]?.params["return_url"], `${APP_URL}/account`);
});

Deno.test("every call creates a session", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const urls = [await post(app), await post(app)];
  const [one, two] = await Promise.all(urls.map((answer) => answer.json()));
  assert(one.url !== two.url);
  assertEquals(sessionsAt(app).length, 2);
});

Deno.test("return URLs come from the configuration, whatever the request says", async () => {
  await using app = await openTestApp({
    FRONTEND_URL: "https://front.example/app/",
  });
  await giveCustomer(app);
  const evil = { "Host": "evil.example", "X-Forwarded-Host": "evil.example" };
  await app.fetch(`${REDIRECT}?return_url=https://evil.example`, {
    headers: { ...await authorization(), ...evil },
  });
  await post(app, {
    return_url: "https://evil.example",
    customer: "cus_other",
  });
  const asked = sessionsAt(app).map(({ params }) => params["return_url"]);
  assertEquals(asked, [
    `${APP_URL}/organization#/plans`,
    "https://front.example/app/account",
  ]);
});

Deno.test("return_to selects the page that the portal returns to", async () => {
  await using app = await openTestApp({
    FRONTEND_URL: "https://front.example",
  });
  await giveCustomer(app);
  const headers = await authorization();
  const flow = "flow=payment_method_update";
  await app.fetch(`${REDIRECT}?return_to=account&${flow}`, { headers });
  await post(app, { return_to: "organization" });
  const [redirect, json] = sessionsAt(app).map(({ params }) => params);
  assertEquals(redirect?.["return_url"], "https://front.example/account");
  assertEquals(
    redirect?.["flow_data[after_completion][redirect][return_url]"],
    "https://front.example/account",
  );
  assertEquals(json?.["return_url"], `${APP_URL}/organization#/plans`);
});

Deno.test("an unknown return_to is 400 and creates no session", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const headers = await authorization();
  for (const value of ["", "plans", "https://evil.example"]) {
    const query = `return_to=${encodeURIComponent(value)}`;
    const redirect = await app.fetch(`${REDIRECT}?${query}`, { headers });
    assertEquals(redirect.status, 400);
    await redirect.body?.cancel();
    const json = await post(app, { return_to: value });
    assertEquals(json.status, 400);
    assertMatch((await json.json()).message, /return_to/);
  }
  assertEquals(sessionsAt(app), []);
});

Deno.test("every session uses the configured portal configuration", async () => {
  await using app = await openTestApp({ STRIPE_PORTAL_CONFIGURATION: "bpc_x" });
  await giveCustomer(app);
  await post(app); // the local Stripe has no such configuration and fails
  assertEquals(sessionsAt(app)[0]?.params["configuration"], "bpc_x");
});

Deno.test("signed out is 401 in both formats", async () => {
  await using app = await openTestApp();
  const operations = await app.fetch(REDIRECT);
  assertEquals(operations.status, 401);
  assertEquals(operations.headers.get("WWW-Authenticate"), "Bearer");
  assertEquals(await operations.json(), {
    error: { code: "UNAUTHORIZED", message: "Authentication required" },
  });
  const account = await app.fetch(JSON_URL, { method: "POST" });
  assertEquals(account.status, 401);
  assertEquals(account.headers.get("WWW-Authenticate"), "Bearer");
  assertEquals(await account.json(), {
    error: "unauthorized",
    message: "Authentication required",
  });
  assertEquals(app.stripe.controls.requests, []);
});

Deno.test("a token without an organization is 400 in both formats", async () => {
  await using app = await openTestApp();
  const headers = await authorization({});
  const operations = await app.fetch(REDIRECT, { headers });
  assertEquals(operations.status, 400);
  assertEquals(await operations.json(), {
    error: { code: "VALIDATION_ERROR", message: "Organization ID is required" },
  });
  const account = await app.fetch(JSON_URL, { method: "POST", headers });
  assertEquals(account.status, 400);
  assertEquals(await account.json(), {
    error: "validation_error",
    message: "Organization ID is required",
  });
});

Deno.test("an organization without a customer is 404 or 400 by endpoint", async () => {
  await using app = await openTestApp();
  const headers = await authorization();
  const message = `Stripe customer for organization ${ORG} not found`;
  const operations = await app.fetch(REDIRECT, { headers });
  assertEquals(operations.status, 404);
  assertEquals(await operations.json(), {
    error: { code: "NOT_FOUND", message },
  });
  const account = await app.fetch(JSON_URL, { method: "POST", headers });
  assertEquals(account.status, 400);
  assertEquals(await account.json(), { error: "no_stripe_customer", message });
  assertEquals(app.stripe.controls.requests, []);
});

Deno.test("a role without billing permission is 403, one with it is accepted", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await giveCustomer(app);
  const member = await authorization(memberClaims({ role: "member" }));
  const refused = await app.fetch(REDIRECT, { headers: member });
  assertEquals(refused.status, 403);
  assertEquals((await refused.json()).error.code, "FORBIDDEN");
  const alike = await app.fetch(JSON_URL, { method: "POST", headers: member });
  assertEquals(alike.status, 403);
  assertEquals((await alike.json()).error, "forbidden");
  assertEquals(sessionsAt(app), []);
  const admin = await app.fetch(REDIRECT, { headers: await authorization() });
  assertEquals(admin.status, 302);
});

Deno.test("an impersonated session cannot open the portal", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const claims = { ...memberClaims(), act: { sub: "user_support" } };
  const headers = await authorization(claims);
  for (const { path, method } of ENDPOINTS) {
    assertEquals((await app.fetch(path, { method, headers })).status, 401);
  }
  assertEquals(sessionsAt(app), []);
});

Deno.test("an organization cannot open another's portal", async () => {
  await using app = await openTestApp();
  const ours = await giveCustomer(app);
  const theirs = await giveCustomer(app, "org_other");
  await app.fetch(`${REDIRECT}?customer=${theirs}&organization=org_other`, {
    headers: await authorization(),
  });
  assertEquals(sessionsAt(app)[0]?.params["customer"], ours);
});

Deno.test("HEAD has the headers of GET and creates no session", async () => {
  await using app = await openTestApp();
  const head = async (headers: HeadersInit = {}) =>
    (await app.fetch(REDIRECT, { method: "HEAD", headers })).status;
  assertEquals(await head(), 401);
  assertEquals(await head(await authorization({})), 400);
  assertEquals(await head(await authorization()), 404);
  await giveCustomer(app);
  const response = await app.fetch(REDIRECT, {
    method: "HEAD",
    headers: await authorization(),
  });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Location"), null);
  assertEquals(await response.text(), "");
  assertEquals(sessionsAt(app), []);
});

Deno.test("a prefetch is 204 and creates no session", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  for (const purpose of ["prefetch", "prefetch;prerender"]) {
    const response = await app.fetch(REDIRECT, {
      headers: { ...await authorization(), "Sec-Purpose": purpose },
    });
    assertEquals(response.status, 204);
    assertEquals(response.headers.get("Cache-Control"), "no-store");
    assertEquals(response.headers.get("Location"), null);
  }
  const head = await app.fetch(REDIRECT, {
    method: "HEAD",
    headers: { ...await authorization(), "Sec-Purpose": "prefetch" },
  });
  assertEquals(head.status, 200);
  assertEquals(sessionsAt(app), []);
});

Deno.test("flow and locale reach Stripe from both endpoints", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const choice = { flow: "payment_method_update", locale: "pt-BR" };
  await app.fetch(`${REDIRECT}?${new URLSearchParams(choice)}`, {
    headers: await authorization(),
  });
  const json = await post(app, choice);
  assertEquals(json.status, 200);
  for (const [index, { back }] of ENDPOINTS.entries()) {
    const params = sessionsAt(app)[index]?.params;
    assertEquals(params?.["locale"], "pt-BR");
    assertEquals(params?.["flow_data[type]"], "payment_method_update");
    const done = "flow_data[after_completion]";
    assertEquals(params?.[`${done}[type]`], "redirect");
    assertEquals(params?.[`${done}[redirect][return_url]`], back);
  }
});

Deno.test("the owner may request a new link after one expires", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  await post(app);
  const params = sessionsAt(app)[0]?.params;
  assertEquals(params?.["after_expiration[type]"], "customer_login");
});

const BAD_CHOICES: Record<string, Record<string, string>> = {
  "an unknown flow": { flow: "everything" },
  "an unknown locale": { locale: "tlh" },
  "an unknown plan": {
    flow: "subscription_update_confirm",
    plan: "gold",
    interval: "month",
  },
  "a plan that costs nothing": {
    flow: "subscription_update_confirm",
    plan: "free",
    interval: "month",
  },
  "a confirmation without a plan": { flow: "subscription_update_confirm" },
  "a plan without its flow": { plan: "pro", interval: "month" },
  "an update without a subscription": { flow: "subscription_update" },
  "a cancellation without a subscription": { flow: "subscription_cancel" },
  "a pause without a subscription": { flow: "subscription_pause" },
  "a plan change without a subscription": {
    flow: "subscription_update_confirm",
    plan: "pro",
    interval: "year",
  },
};
for (const [name, choice] of Object.entries(BAD_CHOICES)) {
  Deno.test(`${name} is 400 in both formats`, async () => {
    await using app = await openTestApp();
    await giveCustomer(app);
    const query = new URLSearchParams(choice);
    const operations = await app.fetch(`${REDIRECT}?${query}`, {
      headers: await authorization(),
    });
    assertEquals(operations.status, 400);
    assertEquals((await operations.json()).error.code, "VALIDATION_ERROR");
    const account = await post(app, choice);
    assertEquals(account.status, 400);
    assertEquals((await account.json()).error, "validation_error");
    assertEquals(sessionsAt(app), []);
  });
}

Deno.test("a flow for a subscription that changed at Stripe is 400", async () => {
  await using app = await openTestApp();
  const { id } = await subscribeAtStripe(app, { plan: "scale" });
  const stripe = await app.services.stripe();
  const status = async (choice: Record<string, string>) => {
    const response = await post(app, choice);
    await response.body?.cancel();
    return response.status;
  };
  const cancel = { flow: "subscription_cancel" };
  const { id: schedule } = await stripe.subscriptionSchedules.create({
    from_subscription: id,
  });
  assertEquals(await status(cancel), 400);
  const toPro = { plan: "pro", interval: "month" };
  const flow = "subscription_update_confirm";
  assertEquals(await status({ flow, ...toPro }), 400);
  await stripe.subscriptionSchedules.release(schedule);
  await stripe.subscriptions.cancel(id);
  assertEquals(await status(cancel), 400);
});

Deno.test("a portal configuration that is missing stays 500 with a flow", async () => {
  await using app = await openTestApp();
  await subscribeAtStripe(app);
  app.stripe.controls.fail({
    kind: "no_portal_configuration",
    path: "/v1/billing_portal/sessions",
    times: Infinity,
  });
  const response = await post(app, { flow: "subscription_cancel" });
  assertEquals(response.status, 500);
});

Deno.test("a repeated parameter is 400", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const response = await app.fetch(`${REDIRECT}?locale=de&locale=fr`, {
    headers: await authorization(),
  });
  assertEquals(response.status, 400);
});

Deno.test("a customer deleted at Stripe is forgotten", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  const stripe = await app.services.stripe();
  await stripe.customers.del(customer);
  const response = await post(app);
  assertEquals(response.status, 400);
  assertEquals((await response.json()).error, "no_stripe_customer");
  const { store } = app.services;
  assertEquals(await store.readCustomer(ORG), null);
  assertEquals(await store.readOrganization(customer), null);
});

Deno.test("the redirect reports a customer deleted at Stripe as no customer", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  await (await app.services.stripe()).customers.del(customer);
  const response = await app.fetch(REDIRECT, {
    headers: await authorization(),
  });
  assertEquals(response.status, 404);
  assertEquals((await response.json()).error.code, "NOT_FOUND");
  assertEquals(await app.services.store.readCustomer(ORG), null);
});

const OUTAGES = [
  { kind: "unreachable", tries: 2 },
  { kind: "server_error", tries: 2 },
  { kind: "garbage", tries: null },
  { kind: "cut", tries: null },
  { kind: "rate_limited", tries: 1 },
  { kind: "unauthorized", tries: 1 },
  { kind: "no_portal_configuration", tries: 1 },
] as const;
for (const { kind, tries } of OUTAGES) {
  Deno.test(`Stripe answering "${kind}" is 500, logged once, with bounded retries`, async () => {
    await using app = await openTestApp();
    const customer = await giveCustomer(app);
    app.stripe.controls.reset();
    app.stripe.controls.fail({
      kind,
      path: "/v1/billing_portal/sessions",
      times: Infinity,
    });
    const response = await post(app);
    assertEquals(response.status, 500);
    const body = await response.json();
    assertEquals(body.error, "internal_error");
    assertEquals(body.request_id, response.headers.get("X-Request-Id"));
    assert(!JSON.stringify(body).includes(customer));
    const errors = app.lines.map((line) => JSON.parse(line))
      .filter(({ level }) => level === "error");
    assertEquals(errors.length, 1);
    assertEquals(errors[0].requestId, body.request_id);
    if (tries !== null) assertEquals(sessionsAt(app).length, tries);
    assert(await app.services.store.readCustomer(ORG) !== null);
  });
}

Deno.test("a failure is logged with Stripe's request id", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  app.stripe.controls.fail({ kind: "rate_limited" });
  const response = await app.fetch(REDIRECT, {
    headers: await authorization(),
  });
  const { error } = await response.json();
  assertEquals([response.status, error.code], [500, "INTERNAL_ERROR"]);
  assertEquals(error.request_id, response.headers.get("X-Request-Id"));
  const logged = app.lines.map((line) => JSON.parse(line))
    .find(({ level }) => level === "error");
  assertMatch(logged.stripeRequestId, /^req_/);
  assertEquals(logged.stripeStatus, 429);
});

Deno.test("neither a token nor a portal URL is logged", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const token = await sessionToken({ claims: memberClaims() });
  const headers = { Authorization: `Bearer ${token}` };
  const { url } = await (await app.fetch(JSON_URL, { method: "POST", headers }))
    .json();
  await app.fetch(REDIRECT, { headers: { Authorization: `Bearer ${token}x` } });
  const secrets = [token, new URL(url).pathname.split("/").at(-1) ?? url];
  for (const line of app.lines) {
    for (const secret of secrets) assert(!line.includes(secret), line);
  }
});

Deno.test("an unsupported method is 405 with Allow", async () => {
  await using app = await openTestApp();
  const redirect = await app.fetch(REDIRECT, { method: "POST" });
  assertEquals(redirect.status, 405);
  assertEquals(redirect.headers.get("Allow"), "GET, HEAD, OPTIONS");
  assertEquals((await redirect.json()).error.code, "METHOD_NOT_ALLOWED");
  const json = await app.fetch(JSON_URL);
  assertEquals(json.status, 405);
  assertEquals(json.headers.get("Allow"), "POST, OPTIONS");
  assertEquals((await json.json()).error, "method_not_allowed");
});

Deno.test("a body that is not JSON, too long or of another type is refused", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const send = async (body: BodyInit, type: string) => {
    const headers = { ...await authorization(), "Content-Type": type };
    const response = await app.fetch(JSON_URL, {
      method: "POST",
      headers,
      body,
    });
    return [response.status, (await response.json()).error];
  };
  const json = "application/json";
  assertEquals(await send("{", json), [400, "validation_error"]);
  assertEquals(await send("[]", json), [400, "validation_error"]);
  assertEquals(await send("null", json), [400, "validation_error"]);
  assertEquals(await send("flow=x", "text/plain"), [
    415,
    "unsupported_media_type",
  ]);
  const long = JSON.stringify({ locale: "x".repeat(70_000) });
  assertEquals(await send(long, json), [413, "payload_too_large"]);
  const stream = new Blob([long]).stream();
  assertEquals(await send(stream, json), [413, "payload_too_large"]);
  assertEquals(await send("", json), [200, undefined]);
});

Deno.test("an unknown path under /api is 404 in JSON, for every method", async () => {
  await using app = await openTestApp();
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    const account = await app.fetch("/api/v1/nothing/here", { method });
    assertEquals(account.status, 404);
    assertEquals((await account.json()).error, "not_found");
    const operations = await app.fetch("/api/v1/operations/nope", { method });
    assertEquals((await operations.json()).error.code, "NOT_FOUND");
  }
});

Deno.test("an unknown path with a trailing slash is 404", async () => {
  await using app = await openTestApp();
  const account = ["/api", "/api/", "/api/v1/nothing/"];
  const operations = ["/api/v1/operations/", "/api/v1/operations/nope/"];
  for (const path of [...account, ...operations]) {
    const response = await app.fetch(path);
    assertEquals(response.status, 404);
    assertEquals(response.headers.get("Cache-Control"), "no-store");
    assert(response.headers.has("RateLimit"));
    const { error } = await response.json();
    const code = account.includes(path) ? error : error.code.toLowerCase();
    assertEquals(code, "not_found", path);
  }
});

Deno.test("a cookie opens the redirect, and the JSON only from the app's pages", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const token = await sessionToken({ claims: memberClaims() });
  const ask = async (path: string, method: string, headers: HeadersInit = {}) =>
    (await app.fetch(path, {
      method,
      headers: { Cookie: `__session=${token}`, ...headers },
    })).status;
  assertEquals(await ask(REDIRECT, "GET"), 302);
  assertEquals(await ask(JSON_URL, "POST"), 403);
  const own = { "Sec-Fetch-Site": "same-origin" };
  assertEquals(await ask(JSON_URL, "POST", own), 200);
  const sibling = { "Sec-Fetch-Site": "same-site", "Origin": APP_URL };
  assertEquals(await ask(JSON_URL, "POST", sibling), 403);
  assertEquals(await ask(JSON_URL, "POST", { Origin: APP_URL }), 200);
});
