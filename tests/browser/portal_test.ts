import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import {
  ADMIN,
  browserTest,
  MEMBER,
  NEWCOMER,
  signIn,
  signInOnPage,
  type Stage,
} from "./browser.ts";
import { tooWide } from "./layout.ts";

const PORTAL_PAGE = /\/sandbox\/stripe\/p\/session\//;
const JSON_URL = "**/api/v1/account/billing-portal";

function manageBilling(page: Page) {
  return page.getByRole("link", { name: "Manage Billing", exact: true });
}

/** Opens the portal and follows its return link. */
async function visitPortal(page: Page): Promise<void> {
  await manageBilling(page).click();
  await page.waitForURL(PORTAL_PAGE);
  await page.locator("a.return").click();
}

/** The message beside Manage Billing. */
function message(page: Page) {
  return page.locator(".billing").getByRole("status");
}

function portalSessions({ app }: Stage): number {
  return app.stripe.controls.requests
    .filter(({ path }) => path === "/v1/billing_portal/sessions").length;
}

browserTest(
  "with script, Manage Billing returns to the page that it is on",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, ADMIN);
    assertEquals(page.url(), `${stage.origin}/organization#/plans`);
    await visitPortal(page);
    await page.waitForURL(`${stage.origin}/organization#/plans`);
    await page.goto(`${stage.origin}/account`);
    await visitPortal(page);
    await page.waitForURL(`${stage.origin}/account`);
    await manageBilling(page).waitFor();
    assertEquals(portalSessions(stage), 2);
  },
);

browserTest(
  "without script, Manage Billing returns to the page that it is on",
  async (stage) => {
    const page = await stage.open({ javaScriptEnabled: false });
    await signInOnPage(stage, page, ADMIN);
    await visitPortal(page);
    await page.waitForURL(`${stage.origin}/organization#/plans`);
    await page.goto(`${stage.origin}/account`);
    await visitPortal(page);
    await page.waitForURL(`${stage.origin}/account`);
    assert(await manageBilling(page).isVisible());
    assertEquals(portalSessions(stage), 2);
  },
);

browserTest(
  "without script, the activity page shows a portal visit",
  async (stage) => {
    const viewport = { width: 390, height: 844 };
    const page = await stage.open({ javaScriptEnabled: false, viewport });
    await signIn(stage, page, ADMIN);
    await visitPortal(page);
    await page.waitForURL(`${stage.origin}/organization#/plans`);
    await page.getByRole("link", { name: "Activity" }).click();
    await page.waitForURL(`${stage.origin}/organization/activity`);
    const entry = page.getByText("Opened the billing portal");
    assert(await entry.isVisible());
    assert(!await manageBilling(page).isVisible());
    assertEquals(await tooWide(page), []);
  },
);

browserTest("a double click creates one portal session", async (stage) => {
  const page = await stage.open();
  await signIn(stage, page, ADMIN);
  const clicked = Promise.withResolvers<void>();
  await page.route(JSON_URL, async (route) => {
    await clicked.promise;
    await route.continue();
  });
  await manageBilling(page).dblclick();
  assertEquals(await manageBilling(page).getAttribute("aria-busy"), "true");
  assertEquals(await message(page).textContent(), "Opening Stripe…");
  await manageBilling(page).click();
  clicked.resolve();
  await page.waitForURL(PORTAL_PAGE);
  assertEquals(portalSessions(stage), 1);
});

browserTest("a new tab follows the link", async (stage) => {
  const page = await stage.open();
  await signIn(stage, page, ADMIN);
  for (const button of ["left", "middle"] as const) {
    const [tab] = await Promise.all([
      page.context().waitForEvent("page"),
      manageBilling(page).click(
        button === "left" ? { modifiers: ["Control"] } : { button },
      ),
    ]);
    await tab.waitForURL(PORTAL_PAGE);
    await tab.close();
  }
  assertEquals(await manageBilling(page).getAttribute("aria-busy"), "false");
  assertEquals(page.url(), `${stage.origin}/organization#/plans`);
});

browserTest("Back restores a usable page", async (stage) => {
  const page = await stage.open();
  await signIn(stage, page, ADMIN);
  await manageBilling(page).click();
  await page.waitForURL(PORTAL_PAGE);
  await page.goBack({ waitUntil: "commit" });
  await page.waitForURL(`${stage.origin}/organization#/plans`, {
    waitUntil: "commit",
  });
  await page.locator('a[aria-busy="false"]').waitFor();
  assertEquals(await message(page).textContent(), "");
  await manageBilling(page).click();
  await page.waitForURL(PORTAL_PAGE);
  assertEquals(portalSessions(stage), 2);
});

const FAILURES = [
  { status: 401, words: /session has ended/, way: "Sign in again" },
  { status: 403, words: /Ask an admin/ },
  { status: 400, words: /No billing yet/, way: "Choose a plan" },
  { status: 429, words: /Try again in 7 seconds/ },
  { status: 503, words: /Try again in 7 seconds/ },
  { status: 500, words: /Request ID: req_test/ },
];

browserTest(
  "a failure is reported beside the button with a link to retry",
  async (stage) => {
    stage.expect(/^Failed to load resource/);
    const page = await stage.open();
    await signIn(stage, page, ADMIN);
    for (const { status, words, way } of FAILURES) {
      const headers = { "Retry-After": "7", "X-Request-Id": "req_test" };
      await page.route(
        JSON_URL,
        (route) => route.fulfill({ status, headers }),
        {
          times: 1,
        },
      );
      await manageBilling(page).click();
      await message(page).filter({ hasText: words }).waitFor();
      assertEquals(
        await manageBilling(page).getAttribute("aria-busy"),
        "false",
      );
      const links = await message(page).getByRole("link")
        .allTextContents();
      assertEquals(links, way === undefined ? [] : [way]);
    }
    await page.route(JSON_URL, (route) => route.abort(), { times: 1 });
    await manageBilling(page).click();
    await page.getByText("Check your connection").waitFor();
    await manageBilling(page).click();
    await page.waitForURL(PORTAL_PAGE);
  },
);

browserTest("a request that gets no response times out", async (stage) => {
  stage.expect(/^Failed to load resource/);
  const page = await stage.open();
  await page.addInitScript(() => {
    const timeout = AbortSignal.timeout;
    AbortSignal.timeout = () => timeout.call(AbortSignal, 50);
  });
  await signIn(stage, page, ADMIN);
  await page.route(JSON_URL, () => {});
  await manageBilling(page).click();
  await page.getByText("taking too long").waitFor();
});

browserTest(
  "an expired session in an open page leads to sign-in and back",
  async (stage) => {
    stage.expect(/status of 401/);
    const page = await stage.open();
    await signIn(stage, page, ADMIN);
    stage.app.clock.nowMs += 11 * 60_000;
    await manageBilling(page).click();
    await page.getByRole("link", { name: "Sign in again" }).click();
    await page.waitForURL(/\/organization/);
    await manageBilling(page).click();
    await page.waitForURL(PORTAL_PAGE);
  },
);

browserTest(
  "returning with an expired session keeps the page and scroll position",
  async (stage) => {
    const page = await stage.open({ javaScriptEnabled: false });
    await signIn(stage, page, ADMIN);
    await manageBilling(page).click();
    await page.waitForURL(PORTAL_PAGE);
    stage.app.clock.nowMs += 11 * 60_000;
    await page.goto(`${stage.origin}/organization#/plans`);
    assertEquals(page.url(), `${stage.origin}/organization#/plans`);
    await page.getByRole("heading", { name: "Plans", level: 1 }).waitFor();
    assertEquals(await page.evaluate(() => scrollY), 0);
  },
);

browserTest("a member without permission sees the reason", async (stage) => {
  const page = await stage.open();
  await signIn(stage, page, MEMBER);
  const link = manageBilling(page);
  assertEquals(await link.getAttribute("aria-disabled"), "true");
  assertEquals(await link.getAttribute("href"), null);
  assertMatch(
    await page.locator("#billing-reason").innerText(),
    /Ask an admin/,
  );
}, { BILLING_ROLES: "org:admin" });

browserTest(
  "an organization that never paid is not sent to the portal",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, NEWCOMER);
    assertEquals(await manageBilling(page).count(), 0);
    await page.getByText("No billing yet").waitFor();
  },
);

browserTest(
  "a billing detail is edited in the portal, with and without script",
  async (stage) => {
    for (const javaScriptEnabled of [true, false]) {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, ADMIN, "/organization/details");
      const email = `bills-${javaScriptEnabled}@northwind.example`;
      await page.getByRole("link", { name: "Edit: Billing email" }).click();
      await page.waitForURL(PORTAL_PAGE);
      await page.getByLabel("Email").fill(email);
      await page.getByRole("button", { name: "Save" }).click();
      await page.waitForURL(`${stage.origin}/organization/details`);
      await page.getByText(email).waitFor();
      await page.getByRole("status").filter({ hasText: "Up to date." })
        .waitFor();
      await page.getByRole("link", { name: "Edit: Payment method" }).click();
      await page.waitForURL(PORTAL_PAGE);
      await page.close();
    }
  },
);
