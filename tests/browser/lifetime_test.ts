import { PDFDocument } from "@cantoo/pdf-lib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { browserTest, NEWCOMER, signInOnPage, type Stage } from "./browser.ts";

const PLANS = "/organization#/plans";
/** This card attaches and fails at the next charge. */
const FAILS_LATER = "4000000000000341";
const WORKS = "4242424242424242";

browserTest(
  "an organization subscribes, switches, fails, recovers, cancels and resumes",
  async (stage) => {
    const page = await stage.open();
    await signInOnPage(stage, page, NEWCOMER);
    await subscribe(page);
    await switchUp(stage, page);
    await switchDown(stage, page);
    await failRenewal(stage, page);
    await mend(stage, page);
    await cancel(stage, page);
    await resume(stage, page);
    await cancel(stage, page);
    await downloadInvoice(page);
  },
);

/** The text above the plans. */
async function pageText(page: Page): Promise<string> {
  const text = await page.locator("main").innerText();
  return text.replaceAll(/\s+/g, " ");
}

/**
 * Presses a button on Stripe's page. Waits first: the portal visit is recorded
 * in the background.
 */
async function press(
  { app }: Stage,
  page: Page,
  name: string,
): Promise<void> {
  await app.services.background.settled();
  await page.getByRole("button", { name }).click();
}

/** Returns from Stripe's page to updated plans. */
async function backAtPlans(page: Page): Promise<string> {
  await page.waitForURL(/\/organization(#|$)/);
  return await pageText(page);
}

async function fillCard(page: Page, number: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel(/^Expiry/).fill("12 / 34");
  await page.getByLabel(/^Security code/).fill("123");
}

async function subscribe(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Try Pro for 14 days" }).click();
  await page.waitForURL(/\/c\/pay\//);
  await page.getByText("mirei@paperlantern.example").waitFor();
  await fillCard(page, WORKS);
  await page.getByLabel("Name", { exact: true }).fill("Mirei Halloran");
  await page.locator("form button[type=submit]").last().click();
  const first = await backAtPlans(page);
  assertMatch(
    first,
    /Pro is active\. Your trial runs until August 17, 2026/,
  );
  assertMatch(first, /Charged to Visa ending in 4242/);
  await page.reload();
  const again = await pageText(page);
  assert(
    !again.includes("Pro is active"),
    "a reload must not repeat the message",
  );
  assertMatch(
    again,
    /Your trial runs until August 17, 2026, then \$29 per month/,
  );
}

/** Advances the organization's time in the sandbox console. */
async function moveOn(stage: Stage, page: Page, step: string): Promise<void> {
  await page.goto(`${stage.origin}/sandbox`);
  await page.getByRole("button", { name: step }).first().click();
  await page.waitForURL(/\/sandbox#clocks/);
  await stage.app.stripe.controls.drain();
  await page.goto(`${stage.origin}${PLANS}`);
}

async function switchUp(stage: Stage, page: Page): Promise<void> {
  await moveOn(stage, page, "End trial");
  assertMatch(
    await pageText(page),
    /Next charge: \$29 on September 17, 2026\./,
  );
  await page.getByRole("link", { name: "Switch to Scale" }).click();
  const cost = await pageText(page);
  assertMatch(
    cost,
    /(\$[\d.]+) due today, then \$99\.00 per month from September 17, 2026\./,
  );
  assertMatch(cost, /Unused time on Portico Pro .*-\$\d+\.\d\d/);
  assertMatch(cost, /Remaining time on Portico Scale .*\$\d+\.\d\d/);
  const [, due = ""] = /(\$[\d.]+) due today/.exec(cost) ?? [];
  await page.getByRole("link", { name: "Continue" }).click();
  assert((await pageText(page)).includes(due), "Stripe's page says the same");
  await press(stage, page, "Confirm");
  const after = await backAtPlans(page);
  assertMatch(
    after,
    /Your plan Scale Next charge: \$99 on September 17, 2026\./,
  );
}

async function switchDown(stage: Stage, page: Page): Promise<void> {
  await page.getByRole("link", { name: "Switch to Pro" }).click();
  assertMatch(
    await pageText(page),
    /Pro starts on September 17, 2026 at \$29 per month\. Nothing is due today\./,
  );
  await page.getByRole("link", { name: "Continue" }).click();
  await press(stage, page, "Confirm");
  const after = await backAtPlans(page);
  assertMatch(
    after,
    /Your plan Scale Pro starts on September 17, 2026 at \$29 per month\./,
  );
}

async function failRenewal(stage: Stage, page: Page): Promise<void> {
  await page.getByRole("link", { name: "Manage Billing" }).click();
  await page.getByRole("link", { name: "Add payment method" }).click();
  await fillCard(page, FAILS_LATER);
  await press(stage, page, "Add card");
  await page.getByText("•••• 0341").first().waitFor();
  await moveOn(stage, page, "Next renewal");
  const text = await pageText(page);
  assertMatch(
    text,
    /Your last payment of \$29\.00 failed We'll retry invoice \S+ on September \d+, 2026\./,
  );
  assertMatch(text, /Your plan Pro/);
}

async function mend(stage: Stage, page: Page): Promise<void> {
  await page.getByRole("link", { name: "Update card" }).click();
  await fillCard(page, WORKS);
  await press(stage, page, "Add card");
  const after = await backAtPlans(page);
  assert(!after.includes("failed"));
  assertMatch(after, /Payment of \$29\.00 received\. Pro is active\./);
  assertMatch(after, /Your plan Pro Next charge: \$29 on October 17, 2026\./);
}

async function cancel(stage: Stage, page: Page): Promise<void> {
  await page.getByRole("link", { name: "Cancel Pro" }).click();
  await press(stage, page, "Cancel plan");
  const after = await backAtPlans(page);
  assertMatch(after, /Ends on October 17, 2026\. You won't be charged again\./);
}

async function resume(stage: Stage, page: Page): Promise<void> {
  await press(stage, page, "Keep Pro");
  const message = page.getByRole("status").filter({ hasText: "Pro resumed." });
  await message.waitFor();
  await page.waitForFunction(() => document.activeElement?.id === "flash");
  const after = await pageText(page);
  assertMatch(after, /Your plan Pro Next charge: \$29 on October 17, 2026\./);
}

async function downloadInvoice(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Manage Billing" }).click();
  const pdf = page.getByRole("link", { name: "PDF" }).first();
  const href = await pdf.getAttribute("href") ?? "";
  const address = new URL(href, page.url()).href;
  const response = await page.context().request.get(address);
  assertEquals(response.status(), 200);
  assertEquals(response.headers()["content-type"], "application/pdf");
  const document = await PDFDocument.load(await response.body());
  assertEquals(document.getPageCount(), 1);
}
