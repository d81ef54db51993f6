import { assert, assertEquals, assertMatch } from "@std/assert";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";

const PORTAL = "/api/v1/operations/payment/customer-portal";

const LOCAL_SIGN_IN = {
  APP_URL: "http://localhost:8000",
  AUTH_JWT_KEY: "",
  AUTH_ISSUER: "",
};

/** Requests a page as a browser that follows a link. */
async function navigate(
  app: TestApp,
  path: string,
  headers: Record<string, string> = {},
) {
  const response = await app.fetch(path, {
    headers: {
      Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      ...headers,
    },
  });
  assertMatch(response.headers.get("Content-Type") ?? "", /^text\/html/);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  return { response, html: await response.text() };
}

/** Logged failures of requests, by level. */
function failures({ lines }: TestApp): string[] {
  return lines.map((line) => JSON.parse(line))
    .filter(({ message }) => message === "request failed")
    .map(({ level }) => level);
}

Deno.test("an unknown page is 404 with a link, for every method", async () => {
  await using app = await openTestApp();
  const { response, html } = await navigate(app, "/nope");
  assertEquals(response.status, 404);
  assertMatch(html, /Page not found/);
  assertMatch(html, /href="\/organization#\/plans"/);
  const posted = await app.fetch("/nope", { method: "POST" });
  assertEquals(posted.status, 404);
  await posted.body?.cancel();
});

Deno.test("pages of a deleted organization say so and offer no plan", async () => {
  await using app = await openTestApp();
  const headers = await authorization();
  // The process has read the balance before the deletion.
  await navigate(app, "/organization/usage", headers);
  await deleteOrganization(app.services, ORG);
  const paths = ["/account", "/account/credentials", "/organization"];
  const sections = ["usage", "invoices", "api-keys", "activity", "details"];
  paths.push(...sections.map((section) => `/organization/${section}`));
  for (const path of paths) {
    const { response, html } = await navigate(app, path, headers);
    assertEquals(response.status, 404, path);
    assertMatch(html, /This organization was deleted/);
    assertEquals(html.includes("/api/v1/operations/payment/"), false, path);
    assertMatch(html, /Choose an organization/);
  }
});

Deno.test("a page with an unsupported method is 405 with Allow", async () => {
  await using app = await openTestApp(LOCAL_SIGN_IN);
  const cases = [
    ["/", "POST", "GET, HEAD, OPTIONS"],
    ["/organization", "DELETE", "GET, HEAD, OPTIONS"],
    ["/account", "POST", "GET, HEAD, OPTIONS"],
    ["/pricing", "PUT", "GET, HEAD, OPTIONS"],
    ["/sign-in", "PATCH", "GET, HEAD, POST, OPTIONS"],
    ["/sign-out", "GET", "POST, OPTIONS"],
  ] as const;
  for (const [path, method, allow] of cases) {
    const refused = await app.fetch(path, { method });
    assertEquals(refused.status, 405, path);
    assertEquals(refused.headers.get("Allow"), allow);
    await refused.body?.cancel();
    const options = await app.fetch(path, { method: "OPTIONS" });
    assertEquals(options.status, 204);
    assertEquals(options.headers.get("Allow"), allow);
  }
});

Deno.test("HEAD of a page is its GET without a body", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/pricing", { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-cache");
});

Deno.test("a failed portal link shows a page with the API's status", async () => {
  await using app = await openTestApp({
    BILLING_ROLES: "org:admin",
    AUTH_SIGN_IN_URL: "https://accounts.example/sign-in?theme=calm",
  });
  const signedOut = await navigate(app, PORTAL);
  assertEquals(signedOut.response.status, 401);
  assertEquals(signedOut.response.headers.get("WWW-Authenticate"), "Bearer");
  assertMatch(signedOut.html, /Your session has ended/);
  assertMatch(
    signedOut.html,
    /accounts\.example\/sign-in\?theme=calm&amp;redirect_url=https%3A%2F%2Fbilling\.example%2Forganization/,
  );

  const nowhere = await navigate(app, PORTAL, await authorization({}));
  assertEquals(nowhere.response.status, 400);
  assertMatch(nowhere.html, /Choose an organization first/);

  const unpaid = await navigate(app, PORTAL, await authorization());
  assertEquals(unpaid.response.status, 404);
  assertMatch(unpaid.html, /href="\/organization#\/plans"[^>]*>Choose a plan/);

  await giveCustomer(app);
  const member = await authorization(memberClaims({ role: "member" }));
  const forbidden = await navigate(app, PORTAL, member);
  assertEquals(forbidden.response.status, 403);
  assertMatch(forbidden.html, /an admin of your organization/);

  const odd = await navigate(
    app,
    `${PORTAL}?flow=%3Cscript%3E`,
    await authorization(),
  );
  assertEquals(odd.response.status, 400);
  assert(!odd.html.includes("<script"));
  assertEquals(failures(app), []);
});

Deno.test("a Stripe failure is 500 with the request id, logged once", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  app.stripe.controls.fail({ kind: "server_error", times: Infinity });
  const { response, html } = await navigate(app, PORTAL, await authorization());
  assertEquals(response.status, 500);
  const id = response.headers.get("X-Request-Id") ?? "none";
  assert(html.includes(id));
  assertMatch(html, new RegExp(`href="${PORTAL}"[^>]*>Try again`));
  assertEquals(failures(app), ["error"]);
  assert(app.lines.some((line) => line.includes(id)));
});

const STRIPE_LINKS = [
  PORTAL,
  "/organization/invoice",
  "/organization/change?plan=scale&interval=month",
];
for (const path of STRIPE_LINKS) {
  Deno.test(`${path} is a 503 page with "Try again" while Stripe is unreachable`, async () => {
    await using app = await openTestApp();
    await storeSubscription(app);
    app.stripe.controls.fail({ kind: "unreachable", times: Infinity });
    const { response, html } = await navigate(app, path, await authorization());
    assertEquals(response.status, 503);
    assertEquals(
      response.headers.get("Retry-After"),
      /change/.test(path) ? "10" : "5",
    );
    assertMatch(html, /Can't reach Stripe/);
    const again = RegExp.escape(path.replaceAll("&", "&amp;"));
    assertMatch(html, new RegExp(`href="${again}"[^>]*>Try again`));
    assertEquals(failures(app), ["warn"]);
  });
}

Deno.test("a page whose visitor cannot be authenticated is 503 with Retry-After", async () => {
  await using app = await openTestApp({
    AUTH_JWT_KEY: "",
    AUTH_JWKS_URL: "http://127.0.0.1:1/jwks.json",
  });
  const headers = await authorization();
  const { response, html } = await navigate(app, "/organization", headers);
  assertEquals(response.status, 503);
  assertMatch(response.headers.get("Retry-After") ?? "", /^\d+$/);
  assertMatch(html, /href="\/organization"[^>]*>Try again/);
  assertEquals(failures(app), ["warn"]);
});

Deno.test("clients that prefer HTML get a page with the same status", async () => {
  await using app = await openTestApp();
  const pages = [
    "text/html",
    "text/*",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "application/json;q=0.5,text/html",
    "text/html, */*;q=0.1",
  ];
  const texts = [
    ...["*/*", "application/json", "image/png", "text/html;q=0"],
    ...["text/html;q=0.5,application/json", "application/*,text/html;q=0.9"],
  ];
  for (const Accept of [...pages, ...texts]) {
    const response = await app.fetch(PORTAL, { headers: { Accept } });
    assertEquals(response.status, 401, Accept);
    assertEquals(response.headers.get("WWW-Authenticate"), "Bearer");
    assert(response.headers.has("RateLimit"), Accept);
    const type = response.headers.get("Content-Type") ?? "";
    assertEquals(type.startsWith("text/html"), pages.includes(Accept), Accept);
    await response.body?.cancel();
  }
  const account = await app.fetch("/api/v1/account/balance", {
    headers: { Accept: "text/html" },
  });
  assertEquals((await account.json()).error, "unauthorized");
});
