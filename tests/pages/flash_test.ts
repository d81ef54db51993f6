import { assert, assertEquals, assertMatch } from "@std/assert";
import { readBillingView } from "@/lib/pages/billing_view.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { openCheckout, payOnPage } from "@/tests/helpers/checkout_page.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import {
  cutOffPrices,
  storeSubscription,
} from "@/tests/helpers/subscriptions.ts";

/** Follows a return from Checkout, and counts redirects. */
async function returned(app: TestApp, sessionId: string) {
  const first = await visitPage(app, `/organization?checkout=${sessionId}`);
  if (first.response.status !== 303) return { first, page: first, cookie: "" };
  assertEquals(first.response.headers.get("Location"), "/organization");
  const cookie = first.response.headers.get("Set-Cookie") ?? "";
  const headers = { Cookie: cookie.split(";")[0] ?? "" };
  const page = await visitPage(app, "/organization", { headers });
  return { first, page, cookie };
}

async function openSession(app: TestApp): Promise<string> {
  const choice = { plan: "pro", interval: "month" } as const;
  await openCheckout(app.services, { orgId: ORG, choice });
  return (await app.services.store.readCheckout(ORG))?.sessionId ?? "";
}

Deno.test("a flash message is shown once and is gone after a reload", async () => {
  await using app = await openTestApp();
  const { page, cookie } = await returned(app, await openSession(app));
  assertMatch(
    cookie,
    /^portico_notice=open; Path=\/organization; Max-Age=30; /,
  );
  assertMatch(cookie, /HttpOnly; SameSite=Lax; Secure$/);
  assertMatch(
    page.text,
    /Checkout isn't finished, and you weren't charged/,
  );
  assertMatch(page.response.headers.get("Set-Cookie") ?? "", /Max-Age=0/);
  assert(
    !(await visitPage(app, "/organization")).text.includes("That checkout"),
  );
});

Deno.test("an expired or foreign checkout has its own message", async () => {
  await using app = await openTestApp();
  const sessionId = await openSession(app);
  await (await app.services.stripe()).checkout.sessions.expire(sessionId);
  const expired = await returned(app, sessionId);
  assertMatch(expired.page.text, /has expired, and you weren't charged/);
  for (const foreign of ["cs_test_another", "", "<script>", "cs_"]) {
    const { page } = await returned(app, foreign);
    assertMatch(page.text, /belongs to another organization/);
  }
});

Deno.test("an unconfirmed checkout can be reloaded", async () => {
  await using app = await openTestApp();
  const sessionId = await openSession(app);
  app.stripe.controls.fail({ kind: "unreachable", times: Infinity });
  const { first } = await returned(app, sessionId);
  assertEquals(first.response.status, 200);
  assertMatch(first.text, /Can't reach Stripe to confirm your payment/);
  assertMatch(first.text, /Refresh from Stripe/);
  app.stripe.controls.reset();
  const { page } = await returned(app, sessionId);
  assertMatch(page.text, /isn't finished/);
});

Deno.test("a paid checkout without prices can be reloaded", async () => {
  await using app = await openTestApp();
  const choice = { plan: "pro", interval: "month" } as const;
  const url = await openCheckout(app.services, { orgId: ORG, choice });
  await app.stripe.controls.hold();
  await payOnPage(app, url);
  const { sessionId } = await app.services.store.readCheckout(ORG) ?? {};
  cutOffPrices(app);
  const { first } = await returned(app, sessionId ?? "");
  assertEquals(first.response.status, 200);
  assertMatch(first.text, /Can't reach Stripe to confirm your payment/);
});

Deno.test("a forged cookie or query shows no message", async () => {
  await using app = await openTestApp();
  const headers = { Cookie: "portico_notice=<b>paid</b>" };
  const page = await visitPage(app, "/organization", { headers });
  assert(!page.html.includes('class="notice'));
  const asked = await visitPage(app, "/organization?check=anything");
  assertEquals(asked.response.status, 200);
  const bold = { Cookie: "portico_notice=paid" };
  const told = await visitPage(app, "/organization", { headers: bold });
  assert(!told.text.includes("is active"), "only what is stored is active");
});

Deno.test("a refresh shows its message once, as does a refresh too soon", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  for (
    const [outcome, words] of [
      ["checked", /Up to date/],
      ["too_soon", /Try again in ten seconds/],
      ["failed", /Can't reach Stripe/],
    ] as const
  ) {
    const { response } = await visitPage(app, `/organization?check=${outcome}`);
    assertEquals(response.status, 303);
    const cookie = response.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const headers = { Cookie: cookie };
    const { text } = await visitPage(app, "/organization", { headers });
    assertMatch(text, words);
  }
});

Deno.test("a page does not wait for a slow Stripe", async () => {
  await using app = await openTestApp();
  await storeSubscription(app);
  const { services, stripe } = app;
  await services.store.markPortalOpened(ORG, {
    openedAtMs: services.now(),
    before: null,
  });
  stripe.controls.fail({
    kind: "slow",
    delayMs: 300,
    path: "/v1/subscriptions",
  });
  const late = await readBillingView(services, ORG, { timeoutMs: 20 });
  assertEquals([late.stale, late.subscription?.status], [true, "active"]);
  // The response arrives after the page; the next one shows the changes.
  await new Promise((done) => setTimeout(done, 400));
  const next = await readBillingView(services, ORG);
  assertEquals([next.stale, next.subscription], [false, null]);
  assertEquals([late.changes, next.changes], [null, []]);
});

Deno.test("a page with outdated data shows its time and a refresh button", async () => {
  await using app = await openTestApp();
  await storeSubscription(app);
  const { services, stripe } = app;
  await services.store.markPortalOpened(ORG, {
    openedAtMs: services.now(),
    before: null,
  });
  stripe.controls.fail({ kind: "unreachable", times: Infinity });
  for (const path of ["/organization", "/account"]) {
    const { response, text, html } = await visitPage(app, path);
    assertEquals(response.status, 200);
    assertMatch(text, /Your plan Pro/);
    assertMatch(text, /is from August 3, 2026 at 9:30.*UTC/);
    assertMatch(html, /<form method="post" action="\/organization\/check">/);
  }
});

Deno.test("sign-in keeps the checkout to confirm", async () => {
  await using app = await openTestApp({
    APP_URL: "http://localhost:8000",
    AUTH_JWT_KEY: "",
    AUTH_ISSUER: "",
  });
  const response = await app.fetch("/organization?checkout=cs_test_1");
  assertEquals(response.status, 303);
  assertEquals(
    response.headers.get("Location"),
    "/sign-in?redirect_url=%2Forganization%3Fcheckout%3Dcs_test_1",
  );
});
