import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { charge, grant } from "@/tests/helpers/postings.ts";
import {
  ADMIN,
  browserTest,
  MEMBER,
  NEWCOMER,
  signIn,
  type Stage,
} from "./browser.ts";
import { smallTargets, tooWide } from "./layout.ts";
import { ADMINS_ONLY, NORTHWIND } from "./states.ts";

const CHECKOUT_PAGE = /\/sandbox\/stripe\/c\/pay\//;

/** The text of a region, on one line. */
async function textOf(page: Page, name: string): Promise<string> {
  const text = await page.getByRole("region", { name }).innerText();
  return text.replaceAll(/\s+/g, " ");
}

async function buy(page: Page, pack: string): Promise<void> {
  await page.getByRole("button", { name: `Buy ${pack}` }).click();
  await page.waitForURL(CHECKOUT_PAGE);
}

/** Pays on Checkout's page with a working card. */
async function pay(page: Page): Promise<void> {
  await page.getByLabel("Card number").fill("4242424242424242");
  await page.getByLabel(/^Expiry/).fill("12 / 34");
  await page.getByLabel(/^Security code/).fill("123");
  await page.getByLabel("Name", { exact: true }).fill("Mirei Halloran");
  await page.locator("form button[type=submit]").last().click();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  browserTest(
    `buying a pack adds tokens, an entry and an invoice, ${how} script`,
    async (stage) => {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, NEWCOMER, "/account");
      await buy(page, "Small");
      await pay(page);
      await page.waitForURL(`${stage.origin}/account#content`);
      await lookAtPurchase(page);
    },
  );
}

async function lookAtPurchase(page: Page): Promise<void> {
  await page.getByText("The tokens are in your balance").waitFor();
  assertMatch(await textOf(page, "Token balance"), /11,000/);
  const entry = page.getByRole("region", { name: "Transactions" })
    .getByRole("listitem").filter({ hasText: "Small credit pack" }).first();
  assertMatch(await entry.innerText(), /\+10,000/);
  assertMatch(await textOf(page, "Invoices"), /\$10\.00.*Paid.*View.*PDF/);
  await entry.getByRole("link", { name: /Invoice/ }).click();
  await page.waitForURL(/\/sandbox\/stripe\/i/);
  await page.getByText("$10.00").first().waitFor();
  await page.goto(new URL("/account", page.url()).href);
  await page.getByRole("heading", { name: "Account" }).waitFor();
  assertEquals(await page.getByText("The tokens are in your").count(), 0);
}

browserTest("a pack checkout can be abandoned", async (stage) => {
  const page = await stage.open({ javaScriptEnabled: false });
  await signIn(stage, page, NEWCOMER, "/account");
  await buy(page, "Large");
  await page.getByRole("link", { name: /back/i }).first().click();
  await page.waitForURL(`${stage.origin}/account#credits`);
  assertMatch(await textOf(page, "Token balance"), /1,000/);
});

/** Creates more ledger entries than fit on a page. */
async function useForAMonth({ app }: Stage): Promise<void> {
  const { store, now } = app.services;
  const post = (posting: Parameters<typeof store.post>[1], daysAgo: number) =>
    store.post(NORTHWIND, posting, now() - daysAgo * 24 * 60 * 60 * 1000);
  await post(grant("invoice:in_1", 50_000), 29);
  for (let day = 29; day >= 0; day--) {
    await post(charge(`charge:${day}`, 100 + day * 7), day);
  }
}

browserTest("the ledger pages and filters without script", async (stage) => {
  await useForAMonth(stage);
  const page = await stage.open({ javaScriptEnabled: false });
  await signIn(stage, page, ADMIN, "/account");
  const lines = page.getByRole("region", { name: "Transactions" })
    .locator(".line");
  assertEquals(await lines.count(), 20);
  await page.getByRole("link", { name: "Charges" }).click();
  await page.getByRole("link", { name: "Older transactions" }).click();
  await page.waitForURL(/kind=charge&cursor=\w+#ledger$/);
  assertEquals(await lines.count(), 10);
  await page.getByRole("link", { name: "Latest transactions" }).click();
  assertEquals(await lines.count(), 20);
  const summary = page.getByText("View as table");
  await summary.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("table").waitFor();
  assertEquals(await page.getByRole("row").count(), 31);
});

browserTest(
  "the account page fits a phone with large touch targets",
  async (stage) => {
    await useForAMonth(stage);
    const page = await stage.open({ viewport: { width: 390, height: 844 } });
    for (const person of [ADMIN, MEMBER, NEWCOMER]) {
      await signIn(stage, page, person, "/account");
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const where = `${person.user}, ${colorScheme}`;
        assertEquals(await tooWide(page), [], where);
        assertEquals(await smallTargets(page), [], where);
      }
    }
  },
  ADMINS_ONLY,
);

/** The selectors with a visible element. */
function visible(page: Page, selectors: readonly string[]): Promise<string[]> {
  return page.evaluate(
    (selectors) =>
      selectors.filter((selector) =>
        [...document.querySelectorAll(selector)]
          .some((element) => element.checkVisibility())
      ),
    [...selectors],
  );
}

browserTest(
  "print shows the content without buttons",
  async (stage) => {
    await useForAMonth(stage);
    const page = await stage.open({ javaScriptEnabled: true });
    await signIn(stage, page, ADMIN, "/account");
    const content = [".wallet", ".usage", ".line--entry", ".line--invoice"];
    const pressed = [".nav", ".parts", ".chips", ".page-link", ".button"];
    assertEquals(await visible(page, [...content, ...pressed]), [
      ...content,
      ...pressed,
    ]);
    await page.emulateMedia({ media: "print" });
    assertEquals(await visible(page, [...content, ...pressed]), content);
  },
);

browserTest(
  "the chart uses system colors in forced-colors mode",
  async (stage) => {
    await useForAMonth(stage);
    const page = await stage.open({ forcedColors: "active" });
    await signIn(stage, page, ADMIN, "/account");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const [bar, label, today] = await Promise.all(
        [".usage-bar", ".usage-label", ".usage-bar--today"].map((selector) =>
          page.locator(selector).first()
            .evaluate((mark) => getComputedStyle(mark).fill)
        ),
      );
      assertEquals(bar, label, "bars must have the text color");
      assertMatch(today ?? "", /usage-today/, "and today is hatched");
    }
  },
);

browserTest(
  "every focusable element on the account page is visible",
  async (stage) => {
    await useForAMonth(stage);
    const page = await stage.open();
    for (const path of ["/account", "/account/credentials"]) {
      await signIn(stage, page, ADMIN, path);
      const stops = await stopsOf(page);
      assert(stops.length > 10, path);
      assertEquals(
        stops.filter(({ outline }) => outline !== "solid"),
        [],
        path,
      );
    }
  },
);

/** Focusable elements in tab order, and whether they are visible. */
async function stopsOf(page: Page) {
  const stops: { what: string; outline: string }[] = [];
  for (let step = 0; step < 100; step++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (element === null || element === document.body) return null;
      const what = element.textContent || element.tagName;
      return { what, outline: getComputedStyle(element).outlineStyle };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}

browserTest(
  "a credit pack is paid with a saved card, with tax and a promotion code field",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, ADMIN, "/organization/usage");
    await buy(page, "Small");
    await page.getByText("billing@northwind.example").waitFor();
    assert(await page.getByRole("radio", { name: /Visa .* 4242/ }).isChecked());
    await page.getByText("VAT (20%)").waitFor();
    await page.getByText("Add promotion code").waitFor();
    await page.getByLabel("Country or region").selectOption("GB");
    await page.getByRole("button", { name: "Pay $12.00" }).click();
    await page.getByText("The tokens are in your balance").waitFor();
  },
  { STRIPE_TAX: "automatic", STRIPE_PROMOTION_CODES: "on" },
);
