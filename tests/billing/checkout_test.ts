import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServices } from "@/compose.ts";
import { contentPolicy } from "@/lib/app.ts";
import { confirmCheckout } from "@/lib/pages/checkout_return.ts";
import { loadConfig } from "@/lib/config/config.ts";
import type { Services } from "@/lib/services.ts";
import {
  authorization,
  giveCustomer,
  interceptStripe,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { openCheckout } from "@/tests/helpers/checkout_page.ts";
import { APP_URL, sessionToken } from "@/tests/helpers/tokens.ts";

const PATH = "/api/v1/operations/payment/checkout";
const CHECKOUT_URL =
  /^https:\/\/billing\.example\/sandbox\/stripe\/c\/pay\/\w+$/;
const SMALL = { credits: "small" } as const;
const LARGE = { credits: "large" } as const;

async function post(app: TestApp, body: unknown): Promise<Response> {
  return await app.fetch(PATH, {
    method: "POST",
    headers: {
      ...await authorization(),
      "Content-Type": "application/json",
    },
    body: JSON.stringify(body),
  });
}

async function urlOf(response: Response): Promise<string> {
  assertEquals(response.status, 200);
  const { url, ...rest } = await response.json();
  assertEquals(rest, {});
  return url;
}

/** Every Checkout session requested from Stripe. */
function made({ stripe }: TestApp) {
  return stripe.controls.requests.filter(({ method, path }) =>
    method === "POST" && path === "/v1/checkout/sessions"
  );
}

async function sessionsAt({ services }: TestApp) {
  const stripe = await services.stripe();
  return (await stripe.checkout.sessions.list({ limit: 100 })).data;
}

async function openSessions(app: TestApp): Promise<string[]> {
  return (await sessionsAt(app))
    .filter(({ status }) => status === "open").map(({ id }) => id);
}

Deno.test("a pack opens Checkout after its customer is created", async () => {
  await using app = await openTestApp();
  const response = await post(app, SMALL);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertMatch(await urlOf(response), CHECKOUT_URL);
  const customer = await app.services.store.readCustomer(ORG);
  const params = made(app)[0]?.params ?? {};
  assertEquals(params["customer"], customer?.stripeCustomerId);
  assertEquals(params["mode"], "payment");
  assertEquals(params["client_reference_id"], ORG);
  assertEquals(params["invoice_creation[enabled]"], "true");
  const metadata = "payment_intent_data[metadata]";
  assertEquals(params[`${metadata}[organization]`], ORG);
  assertEquals(params[`${metadata}[pack]`], "small");
  assertEquals(
    params["success_url"],
    `${APP_URL}/organization?checkout={CHECKOUT_SESSION_ID}#/plans`,
  );
  assertEquals(params["cancel_url"], `${APP_URL}/account#credits`);
});

Deno.test("Checkout writes the organization under the configured metadata key", async () => {
  const keys = { STRIPE_CUSTOMER_METADATA_KEY: "tenant_id,organization" };
  await using app = await openTestApp(keys);
  await post(app, SMALL);
  await post(app, { plan: "pro", interval: "month" });
  const written = made(app).flatMap(({ params }) =>
    Object.entries(params).filter(([name]) => name.includes("metadata"))
  );
  assertEquals(written, [
    ["metadata[tenant_id]", ORG],
    ["metadata[pack]", "small"],
    ["payment_intent_data[metadata][tenant_id]", ORG],
    ["payment_intent_data[metadata][pack]", "small"],
    ["metadata[tenant_id]", ORG],
    ["subscription_data[metadata][tenant_id]", ORG],
  ]);
});

Deno.test("the chosen pack is stored before its URL is returned", async () => {
  await using app = await openTestApp();
  await post(app, SMALL);
  const [session] = await sessionsAt(app);
  const { value } = await app.kv.get<Record<string, unknown>>([
    "checkout_session",
    session?.id ?? "",
  ]);
  assertEquals(value?.["orgId"], ORG);
  assertEquals(value?.["pack"], "small");
  assert(Number(value?.["expiresAtMs"]) > app.clock.nowMs);
  const stored = await app.services.store.readCheckout(ORG);
  assert(!JSON.stringify(stored).includes("/c/pay/"), "no URL is kept");
});

Deno.test("a form post is 303, with Stripe allowed by its page's form-action", async () => {
  await using app = await openTestApp();
  const response = await app.fetch(PATH, {
    method: "POST",
    headers: await authorization(),
    body: new URLSearchParams(SMALL),
  });
  assertEquals(response.status, 303);
  assertMatch(response.headers.get("Location") ?? "", CHECKOUT_URL);
  assertEquals(response.headers.get("Referrer-Policy"), "no-referrer");
  assertEquals(await response.text(), "");
});

Deno.test("a form post gets a link page where form-action would block its redirect", async () => {
  await using app = await openTestApp();
  const url = 'https://pay.example.com/c/pay/cs_1?a=1&b="2"';
  interceptStripe(app, async (request, next) => {
    const response = await next(request);
    if (!request.url.endsWith("/v1/checkout/sessions")) return response;
    return Response.json({ ...await response.json(), url });
  });
  const response = await app.fetch(PATH, {
    method: "POST",
    headers: await authorization(),
    body: new URLSearchParams(SMALL),
  });
  assertEquals(response.status, 200);
  const { headers } = response;
  assertEquals(headers.get("Location"), null);
  assertMatch(headers.get("Content-Type") ?? "", /^text\/html/);
  assertEquals(headers.get("Cache-Control"), "no-store");
  assertEquals(headers.get("Referrer-Policy"), "no-referrer");
  assertMatch(
    headers.get("Content-Security-Policy") ?? "",
    /^default-src 'none';/,
  );
  const html = await response.text();
  const shown = "https://pay.example.com/c/pay/cs_1?a=1&amp;b=%222%22";
  assert(html.includes(`http-equiv="refresh" content="0; url=${shown}"`), html);
  assert(html.includes(`href="${shown}"`), html);
  assertEquals(html.includes("<script"), false);
  const json = await post(app, LARGE);
  assertEquals(await urlOf(json), new URL(url).href);
});

Deno.test("a page's form-action allows Stripe, and only itself in the sandbox", () => {
  const policyOf = (environment: Record<string, string>) =>
    contentPolicy({ config: loadConfig(environment) })
      .find((directive) => directive.startsWith("form-action"));
  assertEquals(policyOf({}), "form-action 'self'");
  const live = {
    APP_URL,
    AUTH_JWKS_URL: "https://keys.example/jwks.json",
    STRIPE_SECRET_KEY: "sk_live_x",
    STRIPE_WEBHOOK_SECRET: "whsec_x",
  };
  assertEquals(
    policyOf(live),
    "form-action 'self' https://checkout.stripe.com https://billing.stripe.com",
  );
});

Deno.test("the same choice reuses the open session", async () => {
  await using app = await openTestApp();
  const urls = [
    await urlOf(await post(app, SMALL)),
    await urlOf(await post(app, SMALL)),
  ];
  assertEquals(urls[0], urls[1]);
  assertEquals(made(app).length, 1);
});

Deno.test("a session in another language is replaced", async () => {
  await using app = await openTestApp();
  const open = (language?: "de" | "fr") =>
    openCheckout(app.services, { orgId: ORG, choice: SMALL, language });
  const german = await open("de");
  assertEquals(await open("de"), german);
  assertEquals(await open(), german);
  const french = await open("fr");
  assert(french !== german);
  assertEquals(made(app).map(({ params }) => params["locale"]), ["de", "fr"]);
  assertEquals((await openSessions(app)).length, 1);
});

Deno.test("a session whose language Stripe chooses is reused", async () => {
  await using app = await openTestApp();
  const open = (language?: "de") =>
    openCheckout(app.services, { orgId: ORG, choice: SMALL, language });
  assertEquals(await open(), await open("de"));
});

Deno.test("another choice expires the open session first", async () => {
  await using app = await openTestApp();
  const first = await urlOf(await post(app, SMALL));
  const second = await urlOf(await post(app, LARGE));
  assert(first !== second);
  const statuses = (await sessionsAt(app)).map(({ status }) => status);
  assertEquals(statuses.toSorted(), ["expired", "open"]);
});

Deno.test("a session that expired or was deleted is replaced", async () => {
  await using app = await openTestApp();
  const { services, clock } = app;
  const open = () => openCheckout(services, { orgId: ORG, choice: SMALL });
  const first = await open();
  clock.nowMs += 25 * 3_600_000;
  const second = await open();
  assert(first !== second);
  const stored = await services.store.readCheckout(ORG);
  await app.kv.set(["checkout", ORG], { ...stored, sessionId: "cs_test_gone" });
  assertMatch(await open(), CHECKOUT_URL);
});

Deno.test("64 concurrent first checkouts create one customer and one session", async () => {
  await using app = await openTestApp();
  const headers = {
    ...await authorization(),
    "Content-Type": "application/json",
  };
  const answers = await Promise.all(
    Array.from({ length: 64 }, () =>
      app.fetch(PATH, {
        method: "POST",
        headers,
        body: JSON.stringify(SMALL),
      })),
  );
  const urls = new Set(await Promise.all(answers.map(urlOf)));
  assertEquals(urls.size, 1);
  const stripe = await app.services.stripe();
  const { data } = await stripe.customers.list({ limit: 100 });
  assertEquals(data.length, 1);
  assertEquals((await openSessions(app)).length, 1);
});

Deno.test("different concurrent choices in two processes leave one open session", async () => {
  await using app = await openTestApp();
  const { config, log, now, stripe } = app.services;
  const made = await createServices(config, { kv: app.kv, log, now });
  const other: Services = { ...made.services, stripe };
  const choices = [SMALL, LARGE, { credits: "medium" }] as const;
  await Promise.allSettled(
    [app.services, other].flatMap((services) =>
      choices.map((choice) => openCheckout(services, { orgId: ORG, choice }))
    ),
  );
  const stored = await app.services.store.readCheckout(ORG);
  assertEquals(await openSessions(app), [stored?.sessionId ?? ""]);
});

Deno.test("a crash before the session is stored leaves nothing to pay", async () => {
  await using app = await openTestApp();
  const dying: Services = {
    ...app.services,
    store: {
      ...app.services.store,
      writeCheckout: () => Promise.reject(new Error("crash")),
    },
  };
  const request = { orgId: ORG, choice: SMALL };
  await openCheckout(dying, request).catch(() => {});
  const url = await openCheckout(app.services, request);
  assertMatch(url, CHECKOUT_URL);
  const stored = await app.services.store.readCheckout(ORG);
  assert((await openSessions(app)).includes(stored?.sessionId ?? ""));
});

Deno.test("a customer deleted at Stripe is created again", async () => {
  await using app = await openTestApp();
  const gone = await giveCustomer(app);
  await (await app.services.stripe()).customers.del(gone);
  assertMatch(await urlOf(await post(app, SMALL)), CHECKOUT_URL);
  const stands = await app.services.store.readCustomer(ORG);
  assert(stands !== null && stands.stripeCustomerId !== gone);
});

const BAD_CHOICES: unknown[] = [
  {},
  { plan: "pro" },
  { interval: "month" },
  { plan: "free", interval: "month" },
  { plan: "gold", interval: "month" },
  { plan: "pro", interval: "week" },
  { credits: "huge" },
  { credits: "small", plan: "pro", interval: "month" },
  { plan: ["pro"], interval: "month" },
  { credits: { toString: "small" } },
];
for (const choice of BAD_CHOICES) {
  Deno.test(`${JSON.stringify(choice)} is not a valid choice: 400`, async () => {
    await using app = await openTestApp();
    const response = await post(app, choice);
    assertEquals(response.status, 400);
    assertEquals((await response.json()).error.code, "VALIDATION_ERROR");
    assertEquals(made(app), []);
    assertEquals(await app.services.store.readCustomer(ORG), null);
  });
}

Deno.test("a role that cannot manage billing creates nothing", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const ask = async (headers: HeadersInit) =>
    (await app.fetch(PATH, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(SMALL),
    })).status;
  assertEquals(await ask({}), 401);
  assertEquals(await ask(await authorization({}) as HeadersInit), 400);
  const member = await authorization(memberClaims({ role: "member" }));
  assertEquals(await ask(member), 403);
  const claims = { ...memberClaims(), act: { sub: "user_support" } };
  assertEquals(await ask(await authorization(claims)), 401);
  const Cookie = `__session=${await sessionToken({ claims: memberClaims() })}`;
  assertEquals(await ask({ Cookie }), 403);
  assertEquals(await ask({ Cookie, Origin: "https://evil.example" }), 403);
  assertEquals(app.stripe.controls.requests, []);
  assertEquals(await ask({ Cookie, Origin: APP_URL }), 200);
});

Deno.test("without a price at Stripe, nothing is sold", async () => {
  await using app = await openTestApp();
  const prices = new Map(await app.services.prices());
  prices.delete("credits_small");
  const services = { ...app.services, prices: () => Promise.resolve(prices) };
  const failed = await openCheckout(services, { orgId: ORG, choice: SMALL })
    .catch((error) => error.message);
  assertEquals(failed, "Cannot sell credits_small: Stripe has no such price");
  assertEquals(made(app), []);
});

Deno.test("a Checkout URL is neither logged nor stored", async () => {
  await using app = await openTestApp();
  const url = await urlOf(await post(app, SMALL));
  const secret = url.split("/").at(-1) ?? url;
  for (const line of app.lines) assert(!line.includes(secret), line);
  for (const prefix of ["checkout", "checkout_session", "customer"]) {
    for await (const { value } of app.kv.list({ prefix: [prefix] })) {
      assert(!JSON.stringify(value).includes(secret));
    }
  }
});

Deno.test("the return page ignores another organization's session", async () => {
  await using app = await openTestApp();
  const { services } = app;
  await post(app, SMALL);
  const [session] = await sessionsAt(app);
  const id = session?.id ?? "";
  assertEquals(await confirmCheckout(services, ORG, id), "open");
  assertEquals(await confirmCheckout(services, "org_other", id), "not_yours");
  await giveCustomer(app, "org_other");
  assertEquals(await confirmCheckout(services, "org_other", id), "not_yours");
  for (const odd of ["", "cs_gone", "{CHECKOUT_SESSION_ID}", "../x", "cs_/"]) {
    assertEquals(await confirmCheckout(services, ORG, odd), "not_yours", odd);
  }
});

Deno.test("the return page shows that a session has expired", async () => {
  await using app = await openTestApp();
  await post(app, SMALL);
  const [session] = await sessionsAt(app);
  const stripe = await app.services.stripe();
  await stripe.checkout.sessions.expire(session?.id ?? "");
  const { services } = app;
  const result = await confirmCheckout(services, ORG, session?.id ?? "");
  assertEquals(result, "expired");
  assertEquals(await services.store.readCheckout(ORG), null);
  const page = { limit: 10, before: null, nowMs: services.now() };
  const activities = await services.store.listActivity(ORG, page);
  assertEquals(activities.map(({ action }) => action), [
    "checkout.started",
    "customer.linked",
  ]);
});

Deno.test("the return page shows that Stripe is unreachable", async () => {
  await using app = await openTestApp();
  await post(app, SMALL);
  const [session] = await sessionsAt(app);
  app.stripe.controls.fail({ kind: "rate_limited", times: Infinity });
  const { services } = app;
  const result = await confirmCheckout(services, ORG, session?.id ?? "");
  assertEquals(result, "unavailable");
});

/** The parameters of the sessions requested from Stripe. */
async function requestedSession(environment: Record<string, string>) {
  await using app = await openTestApp(environment);
  await openCheckout(app.services, { orgId: ORG, choice: SMALL });
  const [request] = app.stripe.controls.requests.filter(({ path }) =>
    path === "/v1/checkout/sessions"
  );
  return request?.params ?? {};
}

Deno.test("STRIPE_TAX asks Checkout for automatic tax and tax ids", async () => {
  const params = await requestedSession({ STRIPE_TAX: "automatic" });
  assertEquals(params["automatic_tax[enabled]"], "true");
  assertEquals(params["tax_id_collection[enabled]"], "true");
  assertEquals(params["customer_update[address]"], "auto");
  assertEquals(params["customer_update[name]"], "auto");
  assertEquals(params["allow_promotion_codes"], undefined);
});

Deno.test("STRIPE_PROMOTION_CODES lets Checkout accept promotion codes", async () => {
  const params = await requestedSession({ STRIPE_PROMOTION_CODES: "on" });
  assertEquals(params["allow_promotion_codes"], "true");
  assertEquals(params["automatic_tax[enabled]"], undefined);
});
