import { assert, assertEquals, assertMatch } from "@std/assert";
import { renderToString } from "preact-render-to-string";
import { Page } from "@/components/layout/Page.tsx";
import { returnPathOf } from "@/lib/auth/sign_in.ts";
import {
  authorization,
  giveCustomer,
  memberClaims,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { APP_URL } from "@/tests/helpers/tokens.ts";

const PORTAL = "/api/v1/operations/payment/customer-portal";

/** Gets a page, signed in by default. */
async function visit(
  app: TestApp,
  path: string,
  headers?: Record<string, string>,
) {
  const response = await app.fetch(path, {
    headers: { Accept: "text/html", ...headers ?? await authorization() },
  });
  return { response, html: await response.text() };
}

Deno.test("the home page redirects to the organization", async () => {
  await using app = await openTestApp();
  const { response } = await visit(app, "/", {});
  assertEquals(response.status, 302);
  assertEquals(response.headers.get("Location"), "/organization");
});

Deno.test("the plans page shows Manage Billing to a customer", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const { response, html } = await visit(app, "/organization");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertMatch(
    html,
    /<a class="button" href="\/api\/v1[^>]*>Manage Billing<\/a>/,
  );
  assertMatch(html, /<section id="\/plans"/);
  assertMatch(html, /<strong>\$29<\/strong> per month/);
  assertMatch(html, /or \$290 per year, save \$58/);
});

Deno.test("the plans page shows the next step without a customer", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  const { response, html } = await visit(app, "/organization");
  assertEquals(response.status, 200);
  assert(!html.includes(PORTAL));
  assertMatch(html, /No billing yet/);
  assertMatch(html, /<button[^>]*>Try Pro for 14 days<\/button>/);
  const member = await authorization(memberClaims({ role: "member" }));
  const readOnly = await visit(app, "/organization", member);
  assertMatch(readOnly.html, /Once an admin chooses a plan/);
  const [withoutFooter = ""] = readOnly.html.split("<footer");
  assert(!withoutFooter.includes("<button"));
  const scripts = readOnly.html.match(/<script/g) ?? [];
  assertEquals(scripts.length, 2, "for former tabs and the interval");
});

Deno.test("a role without permission sees why Manage Billing is disabled", async () => {
  await using app = await openTestApp({ BILLING_ROLES: "org:admin" });
  await giveCustomer(app);
  const member = await authorization(memberClaims({ role: "member" }));
  for (const path of ["/organization", "/account"]) {
    const { html } = await visit(app, path, member);
    assert(!html.includes(PORTAL));
    assertMatch(html, /aria-disabled="true"[^>]*>\s*Manage Billing/);
    assertMatch(html, /Ask an admin of your organization/);
    assert((await visit(app, path)).html.includes(`href="${PORTAL}`));
  }
});

Deno.test("a user without an organization is asked to choose one", async () => {
  await using app = await openTestApp();
  for (const path of ["/organization", "/account"]) {
    const { response, html } = await visit(app, path, await authorization({}));
    assertEquals(response.status, 200);
    assertMatch(html, /Choose an organization first/);
    assert(!html.includes(PORTAL));
  }
});

Deno.test("prices that Stripe does not return are not shown", async () => {
  await using app = await openTestApp();
  app.stripe.controls.fail({ kind: "unreachable", times: Infinity });
  const { response, html } = await visit(app, "/pricing", {});
  assertEquals(response.status, 200);
  assertMatch(html, /Price unavailable/);
  assert(!/\$[1-9]/.test(html), "only the free plan has a price");
});

Deno.test("prices use the visitor's locale", async () => {
  await using app = await openTestApp();
  const { html } = await visit(app, "/pricing", { "Accept-Language": "de" });
  assertMatch(html, /290\s\$/);
  assertMatch(html, /50\.000/);
});

Deno.test("pages ship scripts for their islands only", async () => {
  await using app = await openTestApp({
    APP_URL: "http://localhost:8000",
    AUTH_JWT_KEY: "",
    AUTH_ISSUER: "",
  });
  for (const path of ["/pricing", "/sign-in", "/nope"]) {
    const { html } = await visit(app, path, {});
    const scripts = html.match(/<script/g) ?? [];
    // The pricing page has one that keeps the billing interval.
    assertEquals(scripts.length, path === "/pricing" ? 1 : 0, path);
    assert(!html.includes("style="), path);
  }
});

Deno.test("the API reference has separate styles and scripts", async () => {
  await using app = await openTestApp();
  const { html } = await visit(app, "/docs", {});
  assertMatch(html, /<a href="\/docs" aria-current="page">/);
  const keys = [...html.matchAll(/ data-key="([^"]+)"/g)].map(([, key]) => key);
  assertEquals(keys.length, 3);
  assertEquals(new Set(keys).size, 3, "Fresh keeps one element for each key");
});

Deno.test("every page has one heading, a title, landmarks and an icon", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  for (const path of ["/organization", "/account", "/pricing", "/nope"]) {
    const { html } = await visit(app, path);
    assertEquals(html.match(/<h1/g)?.length, 1, path);
    assertMatch(html, /<html lang="en">/);
    assertMatch(html, /<title>[^<]+ · Portico<\/title>/);
    assertMatch(html, /<a class="skip" href="#content">/);
    assertMatch(html, /<main id="content"/);
    assertMatch(html, /<link rel="icon" type="image\/svg\+xml"/);
    assertMatch(html, /name="viewport"/);
  }
});

Deno.test("pages have security headers and a policy without inline scripts", async () => {
  await using app = await openTestApp();
  for (const path of ["/organization", "/nope"]) {
    const { headers } = (await visit(app, path)).response;
    assertEquals(headers.get("X-Content-Type-Options"), "nosniff");
    assertMatch(headers.get("X-Request-Id") ?? "", /^req_/);
    const policy = headers.get("Content-Security-Policy") ?? "";
    assertMatch(policy, /frame-ancestors 'none'/);
    assertMatch(policy, /style-src 'self'(;|$)/);
    assert(!policy.includes("unsafe-inline"), policy);
  }
});

Deno.test("a page contains neither Stripe ids nor tokens", async () => {
  await using app = await openTestApp();
  const customerId = await giveCustomer(app);
  const headers = await authorization();
  for (const path of ["/organization", "/account"]) {
    const { html } = await visit(app, path, headers);
    assert(!html.includes(customerId));
    assert(!html.includes(headers.Authorization.slice(7)));
    assert(html.includes(ORG));
  }
});

Deno.test("the mode bar shows the sandbox, and a live app has none", async () => {
  await using app = await openTestApp();
  assertMatch((await visit(app, "/pricing")).html, /<strong>Sandbox<\/strong>/);
  const bar = (mode: "test" | "live") => {
    const config = {
      ...app.services.config,
      stripe: { mode, secretKey: "", webhookSecrets: [], apiBase: null },
    };
    return renderToString(
      <Page
        title="Any"
        locale="en-US"
        services={{ ...app.services, config }}
      >
        {null}
      </Page>,
    );
  };
  assertMatch(bar("test"), /<strong>Test mode<\/strong>/);
  assert(!bar("live").includes("mode"));
});

Deno.test("the return path allows pages of this app only", () => {
  const config = { appUrl: APP_URL };
  const kept = [
    "/",
    "/account",
    "/organization?a=b#/plans",
    "/a//b",
    "/%2F%2Fx",
  ];
  for (const path of kept) assertEquals(returnPathOf(config, path), path);
  const refused = [
    ...[null, "", "account", "//evil.example", "/\\evil.example", "\\/evil"],
    ...["https://evil.example/", "/\t/evil.example", "/\n/evil.example"],
    ...["/.//evil.example", "/x/..//evil.example", "javascript:alert(1)"],
    ...["/ /x", "/a\u0000", "/é", `${APP_URL}/account`],
  ];
  for (const path of refused) {
    assertEquals(returnPathOf(config, path), null, JSON.stringify(path));
  }
});
