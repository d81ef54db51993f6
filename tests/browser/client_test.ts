import { assertEquals } from "@std/assert";
import type { Balance, Portico } from "@portico/client";
import { browserTest, NEWCOMER, signIn } from "./browser.ts";

/** The client as browsers load it. */
async function bundleClient(): Promise<string> {
  const { outputFiles = [] } = await Deno.bundle({
    entrypoints: ["packages/client/mod.ts"],
    platform: "browser",
    write: false,
  });
  return outputFiles[0]?.text() ?? "";
}

browserTest(
  "the client uses the session cookie in a browser",
  async (stage) => {
    const page = await stage.open();
    await signIn(stage, page, NEWCOMER);
    const script = await bundleClient();
    await page.route(
      "**/client.js",
      (route) =>
        route.fulfill({ contentType: "text/javascript", body: script }),
    );
    await page.route(
      "**/empty",
      (route) =>
        route.fulfill({ contentType: "text/html", body: "<title>App</title>" }),
    );
    await page.goto(`${stage.origin}/empty`);
    const balance: Balance = await page.evaluate(async (organization) => {
      const path = "/client.js";
      const module: { Portico: typeof Portico } = await import(path);
      const portico = new module.Portico({ url: location.origin });
      await portico.organization(organization).charge(250, {
        idempotencyKey: "job-1",
      });
      return await portico.organization(organization).balance();
    }, NEWCOMER.organization);
    assertEquals(balance.tokens.total, 750);
  },
);
