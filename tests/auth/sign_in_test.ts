import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Environment } from "@/lib/config/config.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";
import {
  memberClaims,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";

const ORIGIN = "http://localhost:8000";
const TILDA = { user: "user_tilda_okonjo", organization: "org_northwind" };

/** The app with its local sign-in. */
function openSandboxApp(environment: Environment = {}): Promise<TestApp> {
  return openTestApp({
    APP_URL: ORIGIN,
    AUTH_JWT_KEY: "",
    AUTH_ISSUER: "",
    ...environment,
  });
}

function submit(
  app: TestApp,
  fields: Record<string, string>,
  headers: Record<string, string> = { Origin: ORIGIN },
): Promise<Response> {
  const body = new URLSearchParams(fields);
  return app.fetch("/sign-in", { method: "POST", headers, body });
}

/** The browser's `Cookie` header after a response. */
function cookiesOf(response: Response): string {
  return response.headers.getSetCookie()
    .map((cookie) => cookie.split(";")[0]).join("; ");
}

Deno.test("a signed-out page redirects to sign-in and back", async () => {
  await using app = await openSandboxApp();
  for (const path of ["/organization", "/account"]) {
    const response = await app.fetch(path);
    assertEquals(response.status, 303);
    assertEquals(response.headers.get("Cache-Control"), "no-store");
    assertEquals(
      response.headers.get("Location"),
      `/sign-in?redirect_url=${encodeURIComponent(path)}`,
    );
  }
});

Deno.test("signing in sets cookies and redirects to the plans", async () => {
  await using app = await openSandboxApp();
  const list = await app.fetch("/sign-in");
  assertMatch(await list.text(), /Tilda Okonjo/);
  const response = await submit(app, TILDA);
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("Location"), "/organization#/plans");
  const Cookie = cookiesOf(response);
  const page = await app.fetch("/organization", { headers: { Cookie } });
  assertEquals(page.status, 200);
  const html = await page.text();
  assertMatch(html, /<p class="eyebrow">Northwind Atelier<\/p><h1>Plans<\/h1>/);
  assertMatch(html, /action="\/sign-out"/);
});

Deno.test("signing in redirects back within this app only", async () => {
  await using app = await openSandboxApp();
  const target = async (redirect_url: string) => {
    const response = await submit(app, { ...TILDA, redirect_url });
    return response.headers.get("Location");
  };
  assertEquals(await target("/account"), "/account");
  for (
    const hostile of ["//evil.example", "/\\evil.example", "https://x.example"]
  ) {
    assertEquals(await target(hostile), "/organization#/plans");
  }
});

Deno.test("a sign-in submitted by another site is refused", async () => {
  await using app = await openSandboxApp();
  const refused: Record<string, string>[] = [
    {},
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site", Origin: ORIGIN },
    { "Sec-Fetch-Site": "none" },
  ];
  for (const headers of refused) {
    const response = await submit(app, TILDA, headers);
    assertEquals(response.status, 403, JSON.stringify(headers));
    assertEquals(response.headers.getSetCookie(), []);
    await response.body?.cancel();
  }
  const own = await submit(app, TILDA, { "Sec-Fetch-Site": "same-origin" });
  assertEquals(own.status, 303);
});

Deno.test("a sign-in with an invalid choice or body is refused", async () => {
  await using app = await openSandboxApp();
  const unknown = await submit(app, { user: "user_unknown" });
  assertEquals(unknown.status, 400);
  await unknown.body?.cancel();
  const stranger = await submit(app, { ...TILDA, organization: "org_other" });
  assertEquals(stranger.status, 400);
  await stranger.body?.cancel();
  const json = await app.fetch("/sign-in", {
    method: "POST",
    headers: { Origin: ORIGIN, "Content-Type": "application/json" },
    body: "{}",
  });
  assertEquals(json.status, 415);
  await json.body?.cancel();
});

Deno.test("an expired session is refreshed once", async () => {
  await using app = await openSandboxApp();
  const Cookie = cookiesOf(await submit(app, TILDA));
  app.clock.nowMs += 11 * 60_000;
  const expired = await app.fetch("/account", { headers: { Cookie } });
  const signIn = expired.headers.get("Location") ?? "";
  assertEquals(signIn, "/sign-in?redirect_url=%2Faccount");
  const refreshed = await app.fetch(signIn, { headers: { Cookie } });
  assertEquals(refreshed.status, 303);
  assertEquals(refreshed.headers.get("Location"), "/account");
  const page = await app.fetch("/account", {
    headers: { Cookie: cookiesOf(refreshed) },
  });
  assertEquals(page.status, 200);
  await page.body?.cancel();

  // An immediate second redirect means the page refused the token.
  const again = await app.fetch(signIn, {
    headers: { Cookie: `${Cookie}; ${cookiesOf(refreshed)}` },
  });
  assertEquals(again.status, 200);
  assertMatch(await again.text(), /Choose a test user/);
});

Deno.test("after a failed refresh, sign-in asks for a choice", async () => {
  await using app = await openSandboxApp();
  const Cookie = cookiesOf(await submit(app, TILDA));
  const response = await app.fetch("/sign-in", { headers: { Cookie } });
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("sign-in works on the origin that Stripe redirects to", async () => {
  await using app = await openSandboxApp();
  const url = "http://127.0.0.1:8000/sign-in?redirect_url=%2Faccount";
  const info = {
    remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    completed: Promise.resolve(),
  } as const;
  const response = await app.handler(new Request(url), info);
  assertEquals(response.status, 303);
  assertEquals(
    response.headers.get("Location"),
    `${ORIGIN}/sign-in?redirect_url=%2Faccount`,
  );
});

Deno.test("signing out ends the browser's session", async () => {
  await using app = await openSandboxApp();
  const Cookie = cookiesOf(await submit(app, TILDA));
  const ask = (headers: Record<string, string>) =>
    app.fetch("/sign-out", { method: "POST", headers });
  const foreign = await ask({ Cookie, Origin: "https://evil.example" });
  assertEquals(foreign.status, 403);
  await foreign.body?.cancel();
  const response = await ask({ Cookie, Origin: ORIGIN });
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("Location"), "/sign-in");
  assert(
    response.headers.getSetCookie().every((one) => one.includes("Max-Age=0")),
  );
  const back = await app.fetch("/sign-in?redirect_url=/account", {
    headers: { Cookie },
  });
  assertEquals(back.status, 200);
  await back.body?.cancel();
});

Deno.test("the local sign-in is missing when a real one is configured", async () => {
  await using app = await openTestApp();
  for (const method of ["GET", "POST"]) {
    for (const path of ["/sign-in", "/sign-out"]) {
      if (path === "/sign-out" && method === "GET") continue;
      const response = await app.fetch(path, { method });
      assertEquals(response.status, 404, `${method} ${path}`);
      await response.body?.cancel();
    }
  }
});

Deno.test("signing out leads to the configured page", async () => {
  const away = "https://accounts.example/sign-out?all=1";
  await using app = await openTestApp({ AUTH_SIGN_OUT_URL: away });
  const token = await sessionToken({ claims: memberClaims() });
  const Cookie = `__session=${token}`;
  const page = await app.fetch("/pricing", { headers: { Cookie } });
  await page.body?.cancel();
  const account = await app.fetch("/account", { headers: { Cookie } });
  assertMatch(await account.text(), /action="\/sign-out"/);
  assertMatch(
    account.headers.get("Content-Security-Policy") ?? "",
    /form-action 'self' https:\/\/accounts\.example(?:;|$)/,
  );
  const response = await app.fetch("/sign-out", {
    method: "POST",
    headers: { Cookie, "Sec-Fetch-Site": "same-origin" },
  });
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("Location"), away);
});

Deno.test("in live mode, a page redirects to the configured sign-in and back", async () => {
  await using app = await openTestApp({
    AUTH_SIGN_IN_URL: "https://accounts.example/sign-in",
  });
  const response = await app.fetch("/organization");
  assertEquals(response.status, 303);
  assertEquals(
    response.headers.get("Location"),
    "https://accounts.example/sign-in?redirect_url=" +
      "https%3A%2F%2Fbilling.example%2Forganization",
  );
});

Deno.test("without a configured sign-in, a page explains how to sign in", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/organization");
  assertEquals(response.status, 401);
  assertEquals(response.headers.get("WWW-Authenticate"), "Bearer");
  const html = await response.text();
  assertMatch(html, /Sign in to your app, then return to this page/);
  assert(!html.includes("<script"));
});

Deno.test("only the session cookie indicates an expired session", async () => {
  await using app = await openTestApp();
  for (const Cookie of ["x__session=a.b.c", "theme=__session=", "theme=dark"]) {
    const response = await app.fetch("/organization", { headers: { Cookie } });
    assertMatch(await response.text(), /Sign in to continue/, Cookie);
  }
});

Deno.test("with Clerk, its script refreshes an expired session", async () => {
  await using app = await openTestApp({
    CLERK_PUBLISHABLE_KEY: `pk_test_${btoa("clerk.billing.example$")}`,
  });
  const response = await app.fetch("/organization", {
    headers: { Cookie: "__session=aaa.bbb.ccc" },
  });
  assertEquals(response.status, 401);
  const html = await response.text();
  assertMatch(html, /Your session has ended/);
  assertMatch(
    html,
    /<script src="https:\/\/clerk\.billing\.example\/npm\/@clerk\/clerk-js@5\/dist\/clerk\.browser\.js"/,
  );
  assertMatch(html, /data-clerk-publishable-key="pk_test_/);
  assertMatch(html, /<script src="\/clerk_session\.js/);
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  assertMatch(policy, /script-src [^;]*https:\/\/clerk\.billing\.example/);
});
