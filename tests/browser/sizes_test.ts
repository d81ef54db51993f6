import { assert, assertEquals } from "@std/assert";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { charge, grant } from "@/tests/helpers/postings.ts";
import { ADMIN, browserTest, signIn } from "./browser.ts";
import { NORTHWIND } from "./states.ts";

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
