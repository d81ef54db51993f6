import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { giveCustomer, memberClaims } from "@/tests/helpers/app.ts";
import { ISSUER, sessionToken, testKey } from "@/tests/helpers/tokens.ts";
import { browserTest } from "./browser.ts";

const CLERK = {
  AUTH_JWT_KEY: (await testKey()).pem,
  AUTH_ISSUER: ISSUER,
  CLERK_PUBLISHABLE_KEY: `pk_test_${btoa("clerk.billing.example$")}`,
};

/**
 * Serves the part of Clerk's script that the pages use.
 *
 * @param token The refreshed session token, or null for no session.
 */
async function serveClerk(page: Page, token: string | null): Promise<void> {
  const body = `globalThis.Clerk = {
    load: () => Promise.resolve(),
    session: ${
    token === null ? "undefined" : `{
      getToken: ({ skipCache }) => {
        if (!skipCache) throw new Error("an old token would do");
        document.cookie = "__session=${token}; Path=/; SameSite=Lax";
        return Promise.resolve("${token}");
      },
    }`
  },
    buildSignInUrl: ({ signInForceRedirectUrl }) =>
      "https://accounts.example/?to=" + encodeURIComponent(signInForceRedirectUrl),
  };`;
  await page.route(`${ISSUER}/**`, (route) =>
    route.fulfill({
      contentType: "text/javascript",
      headers: { "Access-Control-Allow-Origin": "*" },
      body,
    }));
}

/** Documents that the page has asked for. */
function visits(page: Page): string[] {
  const paths: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) paths.push(request.url());
  });
  return paths;
}

browserTest(
  "with Clerk, an expired session is refreshed in place",
  async (stage) => {
    stage.expect(/status of 401/);
    await giveCustomer(stage.app);
    const page = await stage.open();
    await serveClerk(page, await sessionToken({ claims: memberClaims() }));
    const asked = visits(page);
    await page.goto(`${stage.origin}/organization#/plans`);
    await page.getByRole("link", { name: "Manage Billing" }).waitFor();
    assertEquals(page.url(), `${stage.origin}/organization#/plans`);
    assertEquals(asked.length, 2);
    assertEquals(await page.evaluate(() => sessionStorage.length), 0);
  },
  CLERK,
);

browserTest(
  "with Clerk, a page that is refused again reloads once",
  async (stage) => {
    stage.expect(/status of 401/);
    const page = await stage.open();
    await serveClerk(page, "not.a.token");
    const asked = visits(page);
    await page.goto(`${stage.origin}/account`);
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    await page.waitForLoadState("networkidle");
    assertEquals(asked.length, 2);
  },
  CLERK,
);

browserTest(
  "with Clerk and no session, the page links to its sign-in",
  async (stage) => {
    stage.expect(/status of 401/);
    const page = await stage.open();
    await serveClerk(page, null);
    await page.goto(`${stage.origin}/account`);
    const link = page.getByRole("link", { name: "Sign in" });
    await link.waitFor();
    assertEquals(
      await link.getAttribute("href"),
      `https://accounts.example/?to=${
        encodeURIComponent(`${stage.origin}/account`)
      }`,
    );
  },
  CLERK,
);

browserTest(
  "with Clerk, a member of several organizations switches",
  async (stage) => {
    await giveCustomer(stage.app);
    const page = await stage.open();
    await serveClerk(page, null);
    await page.addInitScript(`const organizations = [
        { organization: { id: "org_abc123", name: "Northwind" } },
        { organization: { id: "org_other", name: "Paper Lantern" } },
      ];
      let clerk;
      Object.defineProperty(globalThis, "Clerk", {
        get: () => clerk,
        set: (value) => clerk = {
          ...value,
          organization: organizations[0].organization,
          user: {
            getOrganizationMemberships: () =>
              Promise.resolve({ data: organizations }),
          },
          setActive: ({ organization }) =>
            sessionStorage.setItem("chosen", organization),
        },
      });`);
    const token = await sessionToken({ claims: memberClaims() });
    await page.context().addCookies([
      { name: "__session", value: token, url: stage.origin },
    ]);
    await page.goto(`${stage.origin}/organization/usage`);
    await page.getByText("Organization: Northwind").click();
    await page.getByRole("button", { name: "Paper Lantern" }).click();
    await page.waitForURL(`${stage.origin}/organization`);
    assertEquals(
      await page.evaluate(() => sessionStorage.getItem("chosen")),
      "org_other",
    );
  },
  CLERK,
);
