import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { storeSubscription, subscribe } from "@/tests/helpers/subscriptions.ts";
import {
  ADMIN,
  browserTest,
  MEMBER,
  NEWCOMER,
  signIn,
  type Stage,
} from "./browser.ts";
import {
  cutOffStripe,
  NORTHWIND,
  type StateName,
  SUBSCRIPTION_STATES,
} from "./states.ts";

const END = "August 23, 2026";
const CHECKOUT_PAGE = /\/sandbox\/stripe\/c\/pay\//;
const CHECKOUT_URL = "**/api/v1/operations/payment/checkout";

/** A subscription state with its expected text and actions. */
interface Row {
  name: StateName;
  /** Text in the banner and in "Your plan". */
  expectedText: RegExp[];
  /** The plan marked as current. */
  current: "Free" | "Pro" | "Scale";
  /** The action below each plan, monthly. */
  offers: [free: string, pro: string, scale: string];
  /** Link targets of the banner's buttons. */
  banner?: string[];
  /** Whether the current plan links to the open invoice. */
  debt?: true;
}

const PORTAL = "/api/v1/operations/payment/customer-portal";
const CARD = `${PORTAL}?flow=payment_method_update`;
const INVOICE = "/organization/invoice";

const ROWS: Row[] = [
  {
    name: "never subscribed",
    expectedText: [],
    current: "Free",
    offers: ["Current plan", "Try Pro for 14 days", "Choose Scale"],
  },
  {
    name: "incomplete",
    expectedText: [
      /Finish your payment of \$29\.00/,
      /Finish your payment to start Pro/,
      /Pro starts after its first payment/,
    ],
    current: "Free",
    offers: [
      "Current plan",
      "Starts once paid Finish payment",
      "Available after the first payment for Pro",
    ],
    banner: [INVOICE],
  },
  {
    name: "active",
    expectedText: [new RegExp(`Next charge: \\$29 on ${END}\\.`)],
    current: "Pro",
    offers: ["Cancel Pro", "Current plan: $29 per month", "Switch to Scale"],
  },
  {
    name: "trialing, five days left",
    expectedText: [
      /Your trial ends on August 8, 2026/,
      /Pro then continues for \$29 per month, charged to Visa/,
    ],
    current: "Pro",
    offers: ["Cancel Pro", "Trial, then $29 per month", "Switch to Scale"],
    banner: [],
  },
  {
    name: "trialing without a card",
    expectedText: [/Add a card to keep Pro after the trial/],
    current: "Pro",
    offers: ["Cancel Pro", "Trial, then $29 per month", "Switch to Scale"],
    banner: [CARD],
  },
  {
    name: "cancelling",
    expectedText: [new RegExp(`Ends on ${END}\\. You won't be charged again`)],
    current: "Pro",
    offers: [
      `Starts on ${END}`,
      `Ends on ${END} Keep Pro`,
      "Keep Pro to switch plans",
    ],
  },
  {
    name: "a change is scheduled",
    expectedText: [new RegExp(`Pro starts on ${END}`)],
    current: "Scale",
    offers: [
      "A plan change is scheduled",
      `Starts on ${END}`,
      `Until ${END} Undo change`,
    ],
  },
  {
    name: "past due",
    expectedText: [
      /Your last payment of \$29\.00 failed/,
      /We'll retry invoice NORTH-0007 on August 6, 2026/,
    ],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Active – retrying payment",
      "Available after your payment goes through",
    ],
    banner: [CARD, INVOICE],
  },
  {
    name: "past due, no retry left",
    expectedText: [/Invoice NORTH-0007 won't be retried automatically/],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Active – retrying payment",
      "Available after your payment goes through",
    ],
    banner: [CARD, INVOICE],
  },
  {
    name: "unpaid",
    expectedText: [
      /Pro is on hold: payment failed/,
      /\$29\.00 is due on invoice NORTH-0007/,
    ],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "On hold until the open invoice is paid",
      "Available after your payment goes through",
    ],
    banner: [CARD, INVOICE],
  },
  {
    name: "paused",
    expectedText: [/Pro is paused/, /Paused\. You won't be charged/],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Paused. You won't be charged. Resume Pro",
      "Available after Pro is resumed",
    ],
    banner: [PORTAL],
  },
  {
    name: "paused without a card",
    expectedText: [/Pro is paused/, /There is no card to charge/],
    current: "Pro",
    offers: [
      "Cancel Pro",
      "Paused. You won't be charged. Resume Pro",
      "Available after Pro is resumed",
    ],
    banner: [PORTAL],
  },
  {
    name: "canceled",
    expectedText: [/Pro ended on August 2, 2026/],
    current: "Free",
    offers: ["Current plan", "Choose Pro", "Choose Scale"],
  },
  {
    name: "ended for non-payment",
    expectedText: [
      /Pro ended on August 2, 2026 because its payment failed/,
      /\$29\.00 is due on invoice NORTH-0007/,
    ],
    current: "Free",
    offers: ["Current plan", "Choose Pro", "Choose Scale"],
    debt: true,
  },
  {
    name: "expired before it was paid",
    expectedText: [/The first payment for Pro wasn't finished/],
    current: "Free",
    offers: ["Current plan", "Choose Pro", "Choose Scale"],
  },
];

/** The visible action below each plan. */
async function footOf(page: Page): Promise<string[]> {
  const feet = await page.locator(".plan-action").allInnerTexts();
  return feet.map((text) => text.replaceAll(/\s+/g, " ").trim());
}

async function look(page: Page, row: Row): Promise<void> {
  const { name } = row;
  const text = await page.locator("main").innerText();
  for (const words of row.expectedText) assertMatch(text, words, name);
  assertEquals(await footOf(page), row.offers, name);
  const marked = page.locator(".plan--current .plan-name");
  assertEquals(await marked.allTextContents(), [row.current], name);
  const ways = await page.locator(".banner a").evaluateAll((links) =>
    links.map((link) => link.getAttribute("href"))
  );
  assertEquals(ways, row.banner ?? [], name);
  assertEquals(await page.locator(".banner").count(), row.banner ? 1 : 0, name);
  const debt = page.locator(".subscription").getByRole("link", {
    name: "Pay open invoice",
  });
  assertEquals(await debt.count(), row.debt ? 1 : 0, name);
}

browserTest(
  "every state shows its status and actions",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, ADMIN);
    for (const row of ROWS) {
      const state = SUBSCRIPTION_STATES[row.name];
      if (state !== null) {
        await storeSubscription(stage.app, state, NORTHWIND);
        await page.reload();
      }
      await look(page, row);
      const manage = page.getByRole("link", {
        name: "Manage Billing",
        exact: true,
      });
      assertEquals(await manage.getAttribute("href"), PORTAL, row.name);
    }
  },
);

browserTest(
  "every state fits a phone with large touch targets",
  async (stage) => {
    const page = await stage.open({ viewport: { width: 390, height: 844 } });
    await signIn(stage, page, ADMIN);
    for (const [name, state] of Object.entries(SUBSCRIPTION_STATES)) {
      if (state === null) continue;
      await storeSubscription(stage.app, state, NORTHWIND);
      await page.reload();
      assertEquals(await sizesOf(page), { overflow: 0, small: [] }, name);
    }
  },
);

function sizesOf(page: Page) {
  return page.evaluate(() => ({
    overflow: Math.max(0, document.documentElement.scrollWidth - innerWidth),
    small: [
      ...document.querySelectorAll(".button, .plan-cancel, .switch label"),
    ]
      .filter((element) => element.checkVisibility())
      .filter((element) => element.getBoundingClientRect().height < 44)
      .map((element) => element.textContent),
  }));
}

browserTest(
  "a role without permission sees every state and no actions",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, MEMBER);
    for (const { name, expectedText } of ROWS) {
      const state = SUBSCRIPTION_STATES[name];
      if (state === null) continue;
      await storeSubscription(stage.app, state, NORTHWIND);
      await page.reload();
      const text = await page.locator("main").innerText();
      for (const words of expectedText) assertMatch(text, words, name);
      const doors = page.locator(
        `main a[href^="/api/"], main a[href="${INVOICE}"], main .plan-action a`,
      );
      assertEquals(await doors.count(), 0, name);
      assertEquals(await page.locator("main .plan-action button").count(), 0);
    }
    await storeSubscription(stage.app, { status: "past_due" }, NORTHWIND);
    await page.reload();
    await page.getByText("Ask an admin of your organization to update the card")
      .waitFor();
  },
  { BILLING_ROLES: "org:admin" },
);

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
      assertEquals(await footOf(page), [
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
    assertMatch((await footOf(page))[1] ?? "", /Current plan: \$290 per year/);
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
