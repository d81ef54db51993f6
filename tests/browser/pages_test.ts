import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { packedBytes } from "@/bench/script_size.ts";
import { ADMIN, browserTest, signIn } from "./browser.ts";

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
