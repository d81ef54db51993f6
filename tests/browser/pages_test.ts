import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { packedBytes } from "@/bench/script_size.ts";
import { LANGUAGES } from "@/lib/config/languages.ts";
import { charge, grant } from "@/tests/helpers/postings.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { ADMIN, browserTest, MEMBER, signIn } from "./browser.ts";
import { tooWide } from "./layout.ts";
import { checkedWidths, NORTHWIND } from "./states.ts";

browserTest("the navigation leads to every page", async (stage) => {
  const page = await stage.open();
  await signIn(stage, page, ADMIN);
  const nav = page.getByRole("navigation", { name: "Main" });
  const names = await nav.getByRole("link").allInnerTexts();
  assertEquals(names, [
    ...["Plans", "Usage", "Invoices", "API keys", "Activity", "Details"],
  ]);
  for (const name of names) {
    await nav.getByRole("link", { name }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    const current = nav.locator("[aria-current=page]");
    assertEquals(await current.allInnerTexts(), [name]);
  }
});

browserTest("the addresses of former tabs open their pages", async (stage) => {
  const page = await stage.open();
  await signIn(stage, page, ADMIN);
  await page.getByRole("region", { name: "Plans" }).waitFor();
  for (const name of ["details", "activity"]) {
    await page.goto("about:blank");
    await page.goto(`${stage.origin}/organization#/${name}`);
    await page.waitForURL(`${stage.origin}/organization/${name}`);
  }
  const plain = await stage.open({ javaScriptEnabled: false });
  await signIn(stage, plain, ADMIN, "/organization#/details");
  await plain.locator(".nav a:target", { hasText: "Details" }).click();
  await plain.waitForURL(`${stage.origin}/organization/details`);
});

browserTest("pages work with the keyboard and show focus", async (stage) => {
  const page = await stage.open();
  // A fragment would move the start of the tab order.
  await signIn(stage, page, ADMIN, "/organization");
  await page.keyboard.press("Tab");
  assertEquals(await focused(page), "Skip to content");
  for (let step = 0; step < 20; step++) {
    if (await focused(page) === "Manage Billing") break;
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() =>
      getComputedStyle(document.activeElement ?? document.body).outlineStyle
    );
    assertEquals(outline, "solid", await focused(page) ?? "nothing");
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/sandbox\/stripe\/p\/session\//);
});

function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.textContent ?? null);
}

browserTest(
  "the plans page has at most 3 KB of app script, compressed",
  async (stage) => {
    const page = await stage.open();
    const scripts: Promise<string>[] = [];
    page.on("response", (response) => {
      if (response.url().endsWith(".js")) scripts.push(response.text());
    });
    await signIn(stage, page, ADMIN);
    await page.waitForLoadState("networkidle");
    const inline = await page.locator("script:not([src])").allTextContents();
    assert(inline.length > 0);
    const { own, framework } = await packedBytes([
      ...await Promise.all(scripts),
      ...inline,
    ]);
    assert(own > 0 && framework > 0, "app and framework scripts must be found");
    assert(
      own <= 3 * 1024,
      `${own} bytes, beside ${framework} of the framework`,
    );
  },
);

browserTest(
  "on a phone the current plan is first, and canceling last",
  async (stage) => {
    await storeSubscription(stage.app, {}, NORTHWIND);
    const page = await stage.open({ viewport: { width: 390, height: 844 } });
    await signIn(stage, page, ADMIN, "/organization");
    const shown = await page.evaluate(() =>
      [...document.querySelectorAll(".plan")]
        .map((plan) => ({
          top: plan.getBoundingClientRect().top,
          name: plan.querySelector("h3")?.textContent,
        }))
        .toSorted((one, other) => one.top - other.top)
        .map(({ name }) => name)
    );
    assertEquals(shown, ["Pro", "Scale", "Free"]);
    const cancel = page.locator(".plan").filter({ hasText: "Cancel Pro" });
    assertEquals(await cancel.getByRole("heading").innerText(), "Free");
  },
);

browserTest("the selected interval survives a reload", async (stage) => {
  const page = await stage.open();
  await page.goto(`${stage.origin}/pricing`);
  const yearly = page.getByRole("radio", { name: "Yearly" });
  await yearly.check();
  await page.reload();
  assert(await yearly.isChecked());
  await page.locator(".price.by-year").first().waitFor();
  await signIn(stage, page, ADMIN, "/organization");
  assert(await yearly.isChecked());
  await page.getByRole("radio", { name: "Monthly" }).check();
  await page.reload();
  assert(!await yearly.isChecked());
});

browserTest("the usage chart labels its grid lines", async (stage) => {
  const { store, now } = stage.app.services;
  await store.post(NORTHWIND, grant("invoice:in_1", 50_000), now());
  await store.post(NORTHWIND, charge("charge:1", 3_500), now());
  for (const width of [390, 1280]) {
    const page = await stage.open({ viewport: { width, height: 844 } });
    await signIn(stage, page, ADMIN, "/organization/usage");
    const labels = page.locator(".usage-scale span");
    assertEquals(await labels.allInnerTexts(), ["4,000", "2,000", "0"]);
    const lines = page.locator(".usage-rule, .usage-base");
    for (let index = 0; index < 3; index++) {
      const label = await labels.nth(index).boundingBox();
      const line = await lines.nth(index).boundingBox();
      assert(label && line);
      const distance = label.y + label.height / 2 - line.y;
      assert(Math.abs(distance) < 2, `label ${index} is ${distance} px off`);
    }
  }
});

const PAGES = ["/organization", "/account", "/account/credentials", "/pricing"];

browserTest(
  "pages in each language fit a phone and a desktop",
  async (stage) => {
    const page = await stage.open();
    for (const locale of LANGUAGES) {
      await page.setExtraHTTPHeaders({ "Accept-Language": locale });
      for (const path of PAGES) {
        await signIn(stage, page, ADMIN, path);
        const lang = await page.locator("html").getAttribute("lang");
        assertEquals(lang, locale, path);
        for (const width of checkedWidths(320, 390, 1280)) {
          await page.setViewportSize({ width, height: 844 });
          const where = `${path} in ${locale} at ${width} px`;
          assertEquals(await tooWide(page), [], where);
        }
      }
    }
  },
);

browserTest(
  "the language chosen in the footer persists, without script",
  async (stage) => {
    const page = await stage.open({ locale: "de", javaScriptEnabled: false });
    await page.goto(`${stage.origin}/pricing`);
    await page.getByRole("heading", { name: "Drei Tarife" }).waitFor();
    await page.getByRole("button", { name: "日本語" }).click();
    await page.getByRole("heading", { name: "3つのプラン" }).waitFor();
    assertEquals(new URL(page.url()).pathname, "/pricing");
    await signIn(stage, page, ADMIN);
    await page.getByText("請求を管理").first().waitFor();
    assertEquals(await page.locator("html").getAttribute("lang"), "ja");
  },
);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";
  browserTest(`after sign-out, Back shows no account ${how}`, async (stage) => {
    const page = await stage.open({ javaScriptEnabled });
    await signIn(stage, page, ADMIN, "/organization/invoices");
    await page.goto(`${stage.origin}/organization`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${stage.origin}/sign-in`);
    for (let visit = 0; visit < 2; visit++) {
      await page.goBack({ waitUntil: "commit" });
      await page.getByRole("heading", { name: "Choose a test user" })
        .waitFor({ timeout: 10_000 });
      const signOut = page.getByRole("button", { name: "Sign out" });
      assertEquals(await signOut.count(), 0);
    }
  });
}

browserTest(
  "the organization menu closes with Escape and on a click beside it",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, ADMIN, "/organization/usage");
    const summary = page.locator(".switcher summary");
    const other = page.getByRole("button", { name: "Paper Lantern" });
    await summary.click();
    await other.waitFor();
    await page.keyboard.press("Escape");
    assert(!await other.isVisible());
    assert(await summary.evaluate((name) => name === document.activeElement));
    await summary.click();
    await other.waitFor();
    await page.getByRole("heading", { name: "Usage", level: 1 }).click();
    assert(!await other.isVisible());
  },
);

browserTest("a member of several organizations switches", async (stage) => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await stage.open({ javaScriptEnabled });
    await signIn(stage, page, ADMIN, "/organization/usage");
    await page.getByText("Organization: Northwind Atelier").click();
    await page.getByRole("button", { name: "Paper Lantern" }).click();
    await page.waitForURL(`${stage.origin}/organization`);
    await page.locator(".eyebrow", { hasText: "Paper Lantern" }).first()
      .waitFor();
    await signIn(stage, page, MEMBER, "/organization/usage");
    assertEquals(await page.locator(".switcher").count(), 0);
  }
});
