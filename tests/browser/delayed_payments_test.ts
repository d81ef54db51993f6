import { assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { browserTest, NEWCOMER, signIn, type Stage } from "./browser.ts";
import { tooWide } from "./layout.ts";

const ORG = "org_paperlantern";

/** Test bank accounts by their result four days later. */
const SUCCEEDS = "000123456789";
const FAILS = "000222222227";

/** Buys the small pack by bank debit and returns to the account page. */
async function buyByDebit(
  stage: Stage,
  page: Page,
  account: string,
): Promise<void> {
  await signIn(stage, page, NEWCOMER, "/account");
  await page.getByRole("button", { name: "Buy Small" }).click();
  await page.getByText("mirei@paperlantern.example").waitFor();
  await page.getByLabel("Bank debit (settles later)").check();
  await page.getByLabel("Routing number").fill("110000000");
  await page.getByLabel("Account number").fill(account);
  await page.getByLabel("Name", { exact: true }).fill("Mirei Halloran");
  await page.locator("form button[type=submit]").last().click();
  await page.waitForURL(`${stage.origin}/account#content`);
}

/** The page's text, on one line. */
async function pageText(page: Page): Promise<string> {
  const text = await page.locator("main").innerText();
  return text.replaceAll(/\s+/g, " ");
}

/** Advances four days, to the bank's answer and its event. */
async function letBankAnswer({ app }: Stage): Promise<void> {
  const customer = await app.services.store.readCustomer(ORG);
  for (let day = 0; day < 4; day++) {
    await app.stripe.clocks.step(customer?.stripeCustomerId ?? "", "day");
  }
  await app.stripe.controls.drain();
}

browserTest(
  "a cleared bank debit updates the page",
  async (stage) => {
    const page = await stage.open();
    await buyByDebit(stage, page, SUCCEEDS);
    await page.getByText("This page updates when the payment clears").waitFor();
    const first = await pageText(page);
    assertMatch(
      first,
      /Thank you\. Small credit pack: payment pending/,
    );
    assertMatch(first, /Token balance 1,000/i);
    await letBankAnswer(stage);
    await page.getByText("The tokens are in your balance").waitFor();
    const then = await pageText(page);
    assertMatch(then, /Token balance 11,000/i);
    assertMatch(then, /\$10\.00 Paid/);
    const entry = page.getByRole("region", { name: "Transactions" })
      .getByRole("listitem").filter({ hasText: "Small credit pack" }).first();
    assertMatch(await entry.innerText(), /\+10,000/);
    await entry.getByRole("link", { name: /Invoice/ }).click();
    await page.waitForURL(/\/sandbox\/stripe\/i/);
  },
);

browserTest(
  "a failed bank debit updates the page",
  async (stage) => {
    const page = await stage.open();
    await buyByDebit(stage, page, FAILS);
    await page.getByText("This page updates when the payment clears").waitFor();
    await letBankAnswer(stage);
    await page.getByText("payment failed").waitFor();
    assertMatch(await pageText(page), /Token balance 1,000/i);
    await page.getByRole("link", { name: "Buy tokens" }).first().click();
    assertEquals(new URL(page.url()).hash, "#credits");
  },
);

browserTest(
  "without script, a refresh shows the cleared payment",
  async (stage) => {
    const page = await stage.open({ javaScriptEnabled: false });
    await buyByDebit(stage, page, SUCCEEDS);
    await page.getByText("Return to this page to see").waitFor();
    await letBankAnswer(stage);
    await page.getByRole("button", { name: "Refresh from Stripe" }).click();
    await page.waitForURL(`${stage.origin}/account#content`);
    assertMatch(await pageText(page), /Token balance 11,000/i);
  },
);

browserTest("a pending payment fits a phone", async (stage) => {
  const page = await stage.open({ viewport: { width: 320, height: 700 } });
  await buyByDebit(stage, page, FAILS);
  assertEquals(await tooWide(page), []);
  await letBankAnswer(stage);
  await page.getByText("payment failed").waitFor();
  assertEquals(await tooWide(page), []);
});
