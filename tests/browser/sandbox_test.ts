import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { ADMIN, browserTest, signIn, type Stage } from "./browser.ts";
import { smallTargets, tooWide } from "./layout.ts";

/** Opens the event list with one customer's history. */
async function openList(stage: Stage, page: Page): Promise<void> {
  await signIn(stage, page, ADMIN);
  await stage.app.stripe.controls.drain();
  await page.goto(`${stage.origin}/sandbox`);
}

browserTest(
  "the sandbox console fits any screen with large touch targets",
  async (stage) => {
    const page = await stage.open();
    await openList(stage, page);
    await fitsAnyScreen(page);
    await page.locator(".event a").first().click();
    await page.waitForURL(/\/sandbox\/events\/\w+/);
    await fitsAnyScreen(page);
  },
);

async function fitsAnyScreen(page: Page): Promise<void> {
  for (const width of [390, 768, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    const where = `${page.url()} at ${width} px`;
    assertEquals(await tooWide(page), [], where);
    assertEquals(await smallTargets(page), [], where);
  }
}

browserTest(
  "without script, events are held, released, viewed and resent",
  async (stage) => {
    const page = await stage.open({ javaScriptEnabled: false });
    await openList(stage, page);
    await page.getByRole("button", { name: "Hold events" }).click();
    await page.getByText("Events are held").waitFor();
    const stripe = await stage.app.services.stripe();
    await stripe.products.create({ name: "Something new" });
    await page.reload();
    const newest = page.locator(".event").first();
    await newest.getByText("Pending").waitFor();
    await page.getByRole("button", { name: "Release", exact: true })
      .click();
    await newest.getByText("Delivered").waitFor();
    await newest.getByRole("link", { name: "product.created" }).click();
    await page.getByText("Something new").waitFor();
    await page.getByRole("button", { name: "Send twice" }).click();
    await page.locator(".deliveries > li").nth(2).waitFor();
    assertEquals(await page.getByText("sent manually").count(), 2);
  },
);

browserTest("events are filtered, and time advances", async (stage) => {
  const page = await stage.open();
  await openList(stage, page);
  await page.getByLabel("Type").selectOption("customer.created");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/type=customer\.created/);
  assertEquals(await page.locator(".event").count(), 1);
  const clock = page.locator(".clock", { hasText: "Northwind Atelier" });
  const before = await clock.locator("time").first().textContent();
  await clock.getByRole("button", { name: "+1 month" }).click();
  await page.waitForURL(/#clocks$/);
  const after = await clock.locator("time").first().textContent();
  assert(before !== after);
});
