import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { ADMIN, browserTest, signIn, type Stage } from "./browser.ts";
import { tooWide } from "./layout.ts";

const KEYS = "/account/credentials";

async function fillForm(page: Page): Promise<void> {
  const form = page.locator("form.new-key");
  await form.getByLabel("Name").fill("Build server");
  await form.getByLabel("Read billing").check();
}

async function makeKey(page: Page): Promise<string> {
  await fillForm(page);
  await page.getByRole("button", { name: "Create key" }).click();
  return await page.getByLabel("API key", { exact: true }).inputValue();
}

async function statusWith({ origin }: Stage, key: string): Promise<number> {
  const headers = { Authorization: `Bearer ${key}` };
  const response = await fetch(`${origin}/api/v1/billing/invoices`, {
    headers,
  });
  await response.body?.cancel();
  return response.status;
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  browserTest(
    `${how} script: a key is created, used and revoked`,
    async (stage) => {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, ADMIN, KEYS);
      const key = await makeKey(page);
      assertEquals(await statusWith(stage, key), 200);
      await page.getByText("Revoke", { exact: false }).first().click();
      await page.getByRole("button", { name: "Revoke key" }).click();
      await page.getByText("API key revoked").waitFor();
      assertEquals(await statusWith(stage, key), 401);
      await page.getByText("No API keys yet.").waitFor();
    },
  );
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  browserTest(`${how} script: a key is edited and rotated`, async (stage) => {
    const viewport = { width: 390, height: 844 };
    const page = await stage.open({ javaScriptEnabled, viewport });
    await signIn(stage, page, ADMIN, KEYS);
    const formerKey = await makeKey(page);
    await page.getByText("Edit Build server").click();
    await page.locator(".key-action").getByLabel("Name").fill("Worker");
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Worker was updated.").waitFor();
    await page.getByText("Rotate Worker").click();
    await page.getByRole("button", { name: "Rotate key" }).click();
    await page.getByText("The previous key works until").waitFor();
    const key = await page.getByRole("textbox", { name: "API key" })
      .inputValue();
    assertEquals(await statusWith(stage, formerKey), 200);
    assertEquals(await statusWith(stage, key), 200);
    assertEquals(await page.locator(".key").count(), 2);
    assertEquals(await tooWide(page), []);
  });
}

browserTest("a button copies a new key", async (stage) => {
  const permissions = ["clipboard-read", "clipboard-write"];
  const page = await stage.open({ permissions });
  await signIn(stage, page, ADMIN, KEYS);
  const key = await makeKey(page);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByText("Copied.").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assertEquals(copied, key);
});

browserTest(
  "without script, the copy button is hidden",
  async (stage) => {
    const page = await stage.open({ javaScriptEnabled: false });
    await signIn(stage, page, ADMIN, KEYS);
    assertMatch(await makeKey(page), /^portico_test_/);
    assert(!await page.getByRole("button", { name: "Copy" }).isVisible());
  },
);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";
  browserTest(
    `${how} script: a double click creates one key`,
    async (stage) => {
      const page = await stage.open({ javaScriptEnabled });
      await signIn(stage, page, ADMIN, KEYS);
      await fillForm(page);
      await page.getByRole("button", { name: "Create key" }).dblclick();
      // The page of the first submit can still be shown; its key is replaced.
      const shownStatus = async () =>
        await statusWith(
          stage,
          await page.getByLabel("API key", { exact: true }).inputValue(),
        );
      const deadlineMs = Date.now() + 10_000;
      while (await shownStatus() !== 200 && Date.now() < deadlineMs) {
        await page.waitForLoadState("networkidle");
      }
      await page.waitForLoadState("networkidle");
      assertEquals(await shownStatus(), 200);
      assertEquals(await page.locator(".key").count(), 1);
    },
  );
}

browserTest(
  "reloading the page of a new key creates no second one and says so",
  async (stage) => {
    const page = await stage.open({ javaScriptEnabled: false });
    await signIn(stage, page, ADMIN, KEYS);
    const key = await makeKey(page);
    stage.app.clock.nowMs += 60_000;
    await page.reload();
    await page.waitForURL(/\?made=key_/);
    await page.getByText("Build server was already created.").waitFor();
    assertEquals(await page.getByLabel("API key", { exact: true }).count(), 0);
    assertEquals(await page.locator(".key").count(), 1);
    assertEquals(await statusWith(stage, key), 200);
    await page.reload();
    assertEquals(await page.locator(".key").count(), 1);
  },
);

browserTest("revoking a key can be canceled", async (stage) => {
  const page = await stage.open({ javaScriptEnabled: false });
  await signIn(stage, page, ADMIN, KEYS);
  const key = await makeKey(page);
  await page.getByText("Revoke", { exact: true }).click();
  await page.getByText(/This can't be undone/).waitFor();
  assert(await page.locator(".key-scopes .badge").isVisible());
  await page.getByText("Cancel", { exact: true }).click();
  assert(!await page.getByRole("button", { name: "Revoke key" }).isVisible());
  assertEquals(await statusWith(stage, key), 200);
});

browserTest("an invalid form field gets the focus", async (stage) => {
  stage.expect(/status of 400/);
  const page = await stage.open({ viewport: { width: 390, height: 844 } });
  await signIn(stage, page, ADMIN, KEYS);
  await page.getByLabel("Name").fill("Build server");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByText("Select at least one permission").waitFor();
  const first = page.getByLabel("Read billing");
  assert(await first.evaluate((box) => box === document.activeElement));
  const top = await first.evaluate((box) => box.getBoundingClientRect().top);
  assert(top >= 0 && top < 844, "the field must be visible");
  assertEquals(await page.getByLabel("Name").inputValue(), "Build server");
});

browserTest("the keys page fits a phone, in dark mode too", async (stage) => {
  const page = await stage.open({ viewport: { width: 390, height: 844 } });
  await signIn(stage, page, ADMIN, KEYS);
  await makeKey(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assertEquals(await tooWide(page), []);
    const hidden = await page.getByLabel("API key", { exact: true })
      .evaluate((text) => text.scrollHeight - text.clientHeight);
    assertEquals(hidden, 0, "the key must be fully visible");
  }
  await page.getByRole("link", { name: "Create a key" }).click();
  await page.waitForURL(/#new-key$/);
});
