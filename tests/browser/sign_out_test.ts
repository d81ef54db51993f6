import { assertEquals } from "@std/assert";
import { ADMIN, browserTest, MEMBER, signIn } from "./browser.ts";

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
