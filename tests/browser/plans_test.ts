import { assert, assertEquals, assertMatch } from "@std/assert";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { storeSubscription, subscribe } from "@/tests/helpers/subscriptions.ts";
import {
  ADMIN,
  browserTest,
  NEWCOMER,
  signIn,
  signInElsewhere,
  type Stage,
} from "./browser.ts";
import { cutOffStripe, NORTHWIND, planActions } from "./states.ts";

const CHECKOUT_PAGE = /\/sandbox\/stripe\/c\/pay\//;
const CHECKOUT_URL = "**/api/v1/operations/payment/checkout";

browserTest(
  "the interval switch shows prices per month or year, with and without script",
  async (stage) => {
    await signIn(stage, await stage.open(), ADMIN);
    await storeSubscription(stage.app, {}, NORTHWIND);
    for (const javaScriptEnabled of [true, false]) {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, ADMIN);
      const shown = async () => (await page.locator(".price:visible strong")
        .allTextContents());
      assertEquals(await shown(), ["$0", "$29", "$99"]);
      await page.getByRole("radio", { name: /Year/ }).check();
      assertEquals(await shown(), ["$0", "$290", "$990"]);
      assertEquals(await planActions(page), [
        "Cancel Pro",
        "Switch to yearly",
        "Switch to Scale",
      ]);
      const scale = page.getByRole("link", { name: "Switch to Scale" });
      assertMatch(await scale.getAttribute("href") ?? "", /interval=year$/);
      await page.getByRole("radio", { name: /Year/ }).focus();
      await page.keyboard.press("ArrowLeft");
      assertEquals(await shown(), ["$0", "$29", "$99"]);
      await page.close();
    }
  },
);

browserTest(
  "the interval switch starts at the paid interval and shows the real saving",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, ADMIN);
    const price = { id: "price_year", amountMinor: 29_000, currency: "usd" };
    await storeSubscription(stage.app, { interval: "year", price }, NORTHWIND);
    await page.reload();
    assert(await page.getByRole("radio", { name: /Year/ }).isChecked());
    await page.getByText("save up to $198").waitFor();
    await page.getByText("save $58", { exact: true }).waitFor();
    assertMatch(
      (await planActions(page))[1] ?? "",
      /Current plan: \$290 per year/,
    );
  },
);

browserTest(
  "while Stripe is unreachable, plans cannot be chosen and links offer a retry",
  async (stage) => {
    stage.expect(/^Failed to load resource/);
    await signIn(stage, await stage.open(), ADMIN); // creates the demo data
    cutOffStripe(stage.app);
    for (const choice of [NEWCOMER, ADMIN]) {
      const page = await stage.open({ javaScriptEnabled: choice === ADMIN });
      await signIn(stage, page, choice);
      const scale = page.locator(".plan", { hasText: "Scale" });
      const button = scale.getByRole("button");
      await button.and(page.getByText(/^(Choose|Switch to) Scale$/)).waitFor();
      assert(await button.isDisabled());
      const reason = await button.getAttribute("aria-describedby");
      assertEquals(
        await page.locator(`[id="${reason}"]`).innerText(),
        "Prices can't be loaded. Try again in a moment.",
      );
    }
    const page = await stage.open({ javaScriptEnabled: false });
    await signIn(stage, page, ADMIN);
    await page.getByRole("link", { name: "Manage Billing", exact: true })
      .click();
    await page.getByRole("heading", { name: "Can't reach Stripe" }).waitFor();
    stage.app.stripe.controls.reset();
    await page.getByRole("link", { name: "Try again" }).click();
    await page.waitForURL(/\/sandbox\/stripe\/p\/session\//);
  },
);

function checkouts({ app }: Stage): number {
  return app.stripe.controls.requests.filter(({ method, path }) =>
    method === "POST" && path === "/v1/checkout/sessions"
  ).length;
}

browserTest(
  "choosing a plan opens Checkout, with and without script",
  async (stage) => {
    for (const javaScriptEnabled of [false, true]) {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, NEWCOMER);
      await page.getByRole("radio", { name: /Year/ }).check();
      await page.getByRole("button", { name: "Choose Scale" }).click();
      await page.waitForURL(CHECKOUT_PAGE);
      await page.close();
    }
    assertEquals(checkouts(stage), 1, "the open session must be reused");
  },
);

browserTest(
  "a double click creates one checkout and shows progress",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, NEWCOMER);
    let asked = 0;
    const clicked = Promise.withResolvers<void>();
    await page.route(CHECKOUT_URL, async (route) => {
      asked++;
      await clicked.promise;
      await route.continue();
    });
    const button = page.getByRole("button", { name: "Try Pro for 14 days" });
    await button.dblclick();
    assertEquals(await button.getAttribute("aria-busy"), "true");
    await page.getByText("Opening Stripe…").waitFor();
    clicked.resolve();
    await page.waitForURL(CHECKOUT_PAGE);
    assertEquals([asked, checkouts(stage)], [1, 1]);
  },
);

browserTest("a failed checkout is reported beside its plan", async (stage) => {
  stage.expect(/^Failed to load resource/);
  const page = await stage.open();
  await signIn(stage, page, NEWCOMER);
  const scale = page.locator(".plan", { hasText: "Scale" });
  const status = scale.getByRole("status");
  for (
    const [code, words] of [
      [500, /Can't open Stripe/],
      [401, /session has ended/],
      [400, /This plan isn't available/],
      [409, /This page is out of date/],
    ] as const
  ) {
    await page.route(CHECKOUT_URL, (route) => route.fulfill({ status: code }), {
      times: 1,
    });
    await scale.getByRole("button", { name: "Choose Scale" }).click();
    await status.filter({ hasText: words }).waitFor();
  }
});

browserTest(
  "a plan is not chosen for the organization of another tab, with and without script",
  async (stage) => {
    stage.expect(/^Failed to load resource/);
    const warnings = [
      [true, "This page is out of date. Reload it."],
      [false, "You switched to another organization"],
    ] as const;
    for (const [javaScriptEnabled, warning] of warnings) {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, NEWCOMER);
      await signInElsewhere(stage, page, ADMIN);
      await page.getByRole("button", { name: "Choose Scale" }).click();
      await page.getByText(warning).waitFor();
    }
    assertEquals(checkouts(stage), 0);
  },
);

browserTest(
  "a plan change is confirmed once, on Stripe's page, with and without script",
  async (stage) => {
    const changes = [
      { javaScriptEnabled: true, to: "year", message: /^Switched to yearly/ },
      { javaScriptEnabled: false, to: "scale", message: /^Switched to Scale/ },
    ] as const;
    await signIn(stage, await stage.open(), ADMIN);
    await subscribeNorthwind(stage);
    for (const { javaScriptEnabled, to, message } of changes) {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, ADMIN);
      await page.getByRole("radio", { name: /Year/ }).check();
      const name = to === "year" ? "Switch to yearly" : "Switch to Scale";
      await page.getByRole("link", { name }).click();
      const main = page.getByRole("main");
      await main.getByText(/due today/i).first().waitFor();
      assertEquals(await main.getByRole("button").count(), 0);
      assertEquals(await main.getByRole("link").allInnerTexts(), [
        "Continue",
        "Keep current plan",
      ]);
      await page.getByRole("link", { name: "Continue" }).click();
      await page.getByRole("button", { name: "Confirm" }).click();
      await page.waitForURL(`${stage.origin}/organization#/plans`);
      const status = page.locator("#flash");
      assertMatch(await status.innerText(), message);
      assertMatch(await status.innerText(), /: \$[\d,]+\.\d\d paid\./);
      await page.close();
    }
  },
);

/** Subscribes to Pro monthly at the local Stripe. */
async function subscribeNorthwind({ app }: Stage): Promise<void> {
  const { store } = app.services;
  const customer = await store.readCustomer(NORTHWIND);
  await subscribe(app, customer?.stripeCustomerId ?? "");
  await syncSubscription(app.services, NORTHWIND);
}
